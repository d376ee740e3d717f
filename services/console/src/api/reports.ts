import { queryOptions } from '@tanstack/react-query';
import type { ReportCounting, ReportRow } from '@tongsheng/contracts';
import { read } from './client.ts';
import type { Rows } from './views.ts';

export const reports = () =>
  queryOptions({ queryKey: ['reports'], queryFn: ({ signal }) => read<Rows<ReportRow>>('/api/reports', signal) });

export const report = (site: string, reportId: string) =>
  queryOptions({
    queryKey: ['report', `${site}/${reportId}`],
    queryFn: ({ signal }) => readReport(site, reportId, 0, signal),
  });

const againMs = 1_000;
/** Asked while its figures are counted. */
export const reportCounting = (site: string, reportId: string) =>
  queryOptions({
    queryKey: ['report-counting', `${site}/${reportId}`],
    queryFn: ({ signal }) => read<ReportCounting>(`/api/reports/${site}/${reportId}/counting`, signal),
    refetchInterval: againMs,
    gcTime: 0,
  });

/** As it is once a decision of this tab is in it. */
export const readReport = (site: string, reportId: string, atLeast: number, signal?: AbortSignal): Promise<ReportRow> =>
  read(`/api/reports/${site}/${reportId}?atLeast=${atLeast}`, signal);
