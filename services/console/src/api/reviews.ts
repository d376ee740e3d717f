import { queryOptions } from '@tanstack/react-query';
import type {
  Checklist,
  Draft,
  Leave,
  ReleaseKind,
  ReleaseRow,
  ReleaseTurn,
  ReviewAct,
  Role,
  Seat,
  Standstill,
  TextFinding,
  TimelineEntry,
} from '@tongsheng/contracts';
import { post, read } from './client.ts';

type Path = { steps: (ReviewAct & { seats: Seat[] })[]; standstill: Standstill | null };
export type KindReview = {
  kind: ReleaseKind;
  from: 'site' | 'all' | 'plain';
  paths: { full: Path; urgent: Path | null };
  debtLimit: string;
};
export type LeaveRow = Leave & { name: string; deputyName: string | null };
export type Reviews = {
  kinds: KindReview[];
  leaves: LeaveRow[];
  people: { personId: string; name: string; roles: Role[] }[];
};
export type ChecklistRow = Pick<Checklist, 'listId' | 'site' | 'name' | 'kind' | 'enabled'> & { count: number };

/** How releases of a site are reviewed, and by whom at this moment. */
export const reviews = (site: string) =>
  queryOptions({
    queryKey: ['reviews', site],
    queryFn: ({ signal }) => read<Reviews>(`/api/reviews?site=${site}`, signal),
    enabled: site !== '',
  });

/** What waits for a signature. It changes with the clock too: people go and come back. */
export const approvals = () =>
  queryOptions({
    queryKey: ['approvals'],
    queryFn: ({ signal }) =>
      read<{ rows: { row: ReleaseRow; turn: ReleaseTurn }[] }>('/api/releases/approvals', signal),
    refetchInterval: 30_000,
  });

export const reviewHistory = (kind: 'release_chain' | 'leave' | 'checklist', id: string) =>
  queryOptions({
    queryKey: ['review-history', kind, id],
    queryFn: ({ signal }) => read<{ rows: TimelineEntry[] }>(`/api/reviews/${kind}/${id}/history`, signal),
  });

export const checklists = () =>
  queryOptions({
    queryKey: ['checklists'],
    queryFn: ({ signal }) => read<{ rows: ChecklistRow[] }>('/api/checklists', signal),
  });

export const checklistOf = (listId: string) =>
  queryOptions({
    queryKey: ['checklist', listId],
    queryFn: ({ signal }) => read<Checklist>(`/api/checklists/${listId}`, signal),
  });

export const checkDraft = (site: string, draft: Draft) =>
  queryOptions({
    queryKey: ['check', site, JSON.stringify(draft)],
    queryFn: () => post<{ findings: TextFinding[] }>('/api/releases/check', { site, draft }),
    // What has no title yet is no draft that could be checked.
    enabled: draft.title.trim() !== '',
    placeholderData: (before) => before,
    gcTime: 60_000,
    retry: false,
  });
