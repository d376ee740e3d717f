import { queryOptions } from '@tanstack/react-query';
import type { InspectionDetail, InspectionList, SelfCheck } from '@tongsheng/contracts';
import { read } from './client.ts';

export const inspections = () =>
  queryOptions({
    queryKey: ['inspections'],
    queryFn: ({ signal }) => read<InspectionList>('/api/inspections', signal),
  });

export const inspection = (site: string, inspectionId: string) =>
  queryOptions({
    queryKey: ['inspection', `${site}/${inspectionId}`],
    queryFn: ({ signal }) => readInspection(site, inspectionId, 0, signal),
  });

/** As of a position of the log: after a decision, the inspection as it was decided. */
export const readInspection = (
  site: string,
  inspectionId: string,
  atLeast: number,
  signal?: AbortSignal,
): Promise<InspectionDetail> => read(`/api/inspections/${inspectionId}?site=${site}&atLeast=${atLeast}`, signal);

export const selfChecks = () =>
  queryOptions({
    queryKey: ['self-checks'],
    queryFn: ({ signal }) => read<{ rows: SelfCheck[]; serverTime: string }>('/api/site-checks', signal),
  });

export const sitesFilePath = (site: string, inspectionId: string) =>
  `/api/inspections/${inspectionId}/sites.txt?site=${site}`;
export const findingsCsvPath = (site: string, inspectionId: string) =>
  `/api/inspections/${inspectionId}/findings.csv?site=${site}`;
export const evidencePath = (site: string, checkId: string, snapshot: string) =>
  `/api/site-checks/${checkId}/evidence/${snapshot}?site=${site}`;
