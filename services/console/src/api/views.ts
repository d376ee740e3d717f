import { queryOptions } from '@tanstack/react-query';
import type {
  ChannelRow,
  ComplianceTask,
  ComplianceView,
  DeadLetter,
  DeliveryRow,
  HealthView,
  Me,
  ReleaseDetail,
  ReleaseRow,
  RepostDetail,
  RepostRow,
  SiteRow,
  SourceRow,
  TimelineEntry,
} from '@tongsheng/contracts';
import { read } from './client.ts';

export type Rows<Row> = { rows: Row[]; position: number; serverTime: string };
export type RepostList = Rows<RepostRow> & { total: number };
export type QueueView = 'open' | 'waiting_exemption' | 'closed';

const search = (values: Record<string, string | undefined>): string => {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export const session = () =>
  queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => read<Me>('/api/session', signal), retry: false });

export const reposts = (state: QueueView, site?: string) =>
  queryOptions({
    queryKey: ['reposts', state, site ?? '*'],
    queryFn: ({ signal }) => read<RepostList>(`/api/reposts${search({ state, site, limit: '2000' })}`, signal),
  });

export const repost = (site: string, taskId: string) =>
  queryOptions({
    queryKey: ['repost', `${site}/${taskId}`],
    queryFn: ({ signal }) => read<RepostDetail>(`/api/reposts/${taskId}?site=${site}`, signal),
  });

export const releases = () =>
  queryOptions({ queryKey: ['releases'], queryFn: ({ signal }) => read<Rows<ReleaseRow>>('/api/releases', signal) });

export const release = (site: string, releaseId: string) =>
  queryOptions({
    queryKey: ['release', `${site}/${releaseId}`],
    queryFn: ({ signal }) => readRelease(site, releaseId, signal),
  });

export const readRelease = (site: string, releaseId: string, signal?: AbortSignal): Promise<ReleaseDetail> =>
  read(`/api/releases/${releaseId}?site=${site}`, signal);

export const deliveries = (ofRelease?: string) =>
  queryOptions({
    queryKey: ['deliveries', ofRelease ?? '*'],
    queryFn: ({ signal }) => read<Rows<DeliveryRow>>(`/api/deliveries${search({ release: ofRelease })}`, signal),
  });

export type Period = { from: string; to: string };

export const compliance = ({ from, to }: Period) =>
  queryOptions({
    queryKey: ['compliance', from, to],
    queryFn: ({ signal }) => read<ComplianceView>(`/api/compliance${search({ from, to })}`, signal),
    placeholderData: (before) => before,
  });

export type Figure = Period & { outcome: string; sites?: string; sourceId?: string; asOf?: string };

export const tasksPath = (figure: Figure) => search(figure);

export const complianceTasks = (figure: Figure) =>
  queryOptions({
    queryKey: ['compliance-tasks', figure],
    queryFn: ({ signal }) => read<{ tasks: ComplianceTask[] }>(`/api/compliance/tasks${tasksPath(figure)}`, signal),
  });

export const sources = () =>
  queryOptions({ queryKey: ['sources'], queryFn: ({ signal }) => read<Rows<SourceRow>>('/api/sources', signal) });

export const sites = () =>
  queryOptions({
    queryKey: ['sites'],
    queryFn: ({ signal }) => read<{ rows: SiteRow[] }>('/api/sites', signal),
    staleTime: 60_000,
  });

export const channels = () =>
  queryOptions({
    queryKey: ['channels'],
    queryFn: ({ signal }) => read<{ rows: ChannelRow[] }>('/api/channels', signal),
    staleTime: 60_000,
  });

export const deadLetters = () =>
  queryOptions({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) => read<{ rows: DeadLetter[] }>('/api/dead-letters', signal),
    refetchInterval: 5_000,
  });

export const audit = () =>
  queryOptions({
    queryKey: ['audit'],
    queryFn: ({ signal }) => read<Rows<TimelineEntry>>('/api/audit', signal),
    refetchInterval: 10_000,
  });

export const health = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => read<HealthView>('/api/health', signal, 503),
    refetchInterval: 5_000,
  });
