import { queryOptions } from '@tanstack/react-query';
import type { ComplianceBuilding, ComplianceTasks, ComplianceView, ReleaseCompliance } from '@tongsheng/contracts';
import { read } from './client.ts';

/** What of the questions of the page is in its address; the values as they travel. */
export type Asked = {
  from: string;
  to: string;
  asOf?: string | undefined;
  neighbour?: string | undefined;
  sites?: string | undefined;
  level?: string | undefined;
  sourceId?: string | undefined;
  column?: string | undefined;
  kind?: string | undefined;
  person?: string | undefined;
  limit?: string | undefined;
  unit?: string | undefined;
};
export type AskedTasks = Omit<Asked, 'unit'> & { outcome: string; duty?: string | undefined };

const query = (values: Record<string, string | undefined>): string =>
  `?${new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))}`;

export const isBuilding = (answer: object): answer is ComplianceBuilding => 'building' in answer;

/** Figures of now are asked for again and again, of a moment that is over only until they are folded. In ms. */
const again = { now: 10_000, building: 1_000 };

export const compliance = (asked: Asked) =>
  queryOptions({
    queryKey: ['compliance', asked],
    queryFn: ({ signal }) => read<ComplianceView | ComplianceBuilding>(`/api/compliance${query(asked)}`, signal),
    placeholderData: (before) => before,
    refetchInterval: ({ state: { data } }) => {
      if (data && isBuilding(data)) return again.building;
      return asked.asOf === undefined ? again.now : false;
    },
  });

export const releaseCompliance = (period: { from: string; to: string }) =>
  queryOptions({
    queryKey: ['compliance-releases', period],
    queryFn: ({ signal }) => read<ReleaseCompliance>(`/api/compliance/releases${query(period)}`, signal),
    placeholderData: (before) => before,
    refetchInterval: again.now,
  });

export const complianceFile = (asked: AskedTasks): string => `/api/compliance/tasks.csv${query(asked)}`;

export const pageSize = 50;

export const complianceTasks = (asked: AskedTasks, page: number) =>
  queryOptions({
    queryKey: ['compliance-tasks', asked, page],
    queryFn: ({ signal }) =>
      read<ComplianceTasks | ComplianceBuilding>(
        `/api/compliance/tasks${query({ ...asked, offset: String((page - 1) * pageSize), size: String(pageSize) })}`,
        signal,
      ),
    placeholderData: (before) => before,
    refetchInterval: ({ state: { data } }) => (data && isBuilding(data) ? again.building : false),
  });
