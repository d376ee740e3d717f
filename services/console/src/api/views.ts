import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  AccountView,
  BalanceView,
  CalendarView,
  ChannelDetail,
  ChannelOverview,
  ChannelRow,
  DeadLetter,
  DeliveryBoard,
  DeliveryDetail,
  DeliveryOutlook,
  Directory,
  Draft,
  EvidenceView,
  HealthView,
  ItemDetail,
  ItemSearch,
  LinkedDetail,
  LinkedRow,
  MatrixView,
  Me,
  OutlookQuery,
  PeopleView,
  QueueChoices,
  QueuePage,
  RefusedLogin,
  ReleaseDetail,
  RecallDetail,
  RecallKind,
  RecallPlan,
  RecallRow,
  ReleaseRow,
  RepostDetail,
  RevisionRow,
  RulebookView,
  RumorDetail,
  RumorRow,
  SimilarRumors,
  SimilarView,
  SiteRow,
  SiteTest,
  SourceDetail,
  SourceRow,
  SubmissionCounts,
  SubmissionDetail,
  SubmissionRecipients,
  SubmissionRow,
  TimelineEntry,
  TranscriptView,
  WorkingCopy,
} from '@tongsheng/contracts';
import { queryOf as deliveryQuery, type DeliveryFilter } from '../deliveries/filter.ts';
import { queryOf, type Asked } from '../reposts/asked.ts';
import { post, read } from './client.ts';

export type Rows<Row> = { rows: Row[]; position: number; serverTime: string };

const search = (values: Record<string, string | undefined>): string => {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export const session = () =>
  queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => read<Me>('/api/session', signal), retry: false });

/** By which directories people sign in here; asked for before anybody has. */
export const signInWays = () =>
  queryOptions({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => read<{ directories: Directory[] }>('/api/sign-in', signal),
    staleTime: Infinity,
  });

/** One's own account. Whoever opens it wants to see it as it is now. */
export const account = () =>
  queryOptions({
    queryKey: ['account'],
    queryFn: ({ signal }) => read<AccountView>('/api/account', signal),
    staleTime: 0,
  });

/** People, what they may do and how they sign in. */
export const people = () =>
  queryOptions({
    queryKey: ['people'],
    queryFn: ({ signal }) => read<PeopleView>('/api/people', signal),
    staleTime: 0,
  });

/** Rows of the first page, which has to be there at once, and of each that follows unseen. */
const [firstRows, moreRows] = ['100', '500'];

/** The queue, page by page. The rows change where they stand, as they are told (`live.ts`). */
export const queue = (asked: Asked) =>
  infiniteQueryOptions({
    queryKey: ['reposts', asked],
    queryFn: ({ pageParam: after, signal }) =>
      read<QueuePage>(
        `/api/reposts${search({ ...queryOf(asked), limit: after ? moreRows : firstRows, after: after ?? undefined })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  });

/** How many there are of what is asked for, and the first of them. Read anew when a task changed, and as time goes by. */
export const queueFigures = (asked: Asked, limit = 1) =>
  queryOptions({
    queryKey: ['queue-figures', asked, limit],
    queryFn: ({ signal }) =>
      read<QueuePage>(`/api/reposts${search({ ...queryOf(asked), limit: String(limit) })}`, signal),
    refetchInterval: 15_000,
  });

/** Which sources and columns a filter can choose from. */
export const queueChoices = (state: Exclude<Asked['view'], 'closed'>) =>
  queryOptions({
    queryKey: ['queue-choices', state],
    queryFn: ({ signal }) => read<QueueChoices>(`/api/reposts/choices?state=${state}`, signal),
  });

export const queueCsvPath = (asked: Asked): string => `/api/reposts.csv${search(queryOf(asked))}`;

/** `item`: whose text of those that are the same policy; else the one that is due first. */
export const repost = (site: string, taskId: string, item?: string) =>
  queryOptions({
    queryKey: ['repost', `${site}/${taskId}`, item ?? '*'],
    queryFn: ({ signal }) => read<RepostDetail>(`/api/reposts/${taskId}${search({ site, item })}`, signal),
  });

/** Asked again by itself: it changes when a platform does. */
export const refusedLogins = () =>
  queryOptions({
    queryKey: ['refused-logins'],
    queryFn: ({ signal }) => read<{ rows: RefusedLogin[] }>('/api/refused-logins', signal),
    refetchInterval: 15_000,
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

export const revisions = (site: string, releaseId: string) =>
  queryOptions({
    queryKey: ['revisions', `${site}/${releaseId}`],
    queryFn: ({ signal }) => readRevisions(site, releaseId, signal),
  });

export const readRevisions = (site: string, releaseId: string, signal?: AbortSignal) =>
  read<{ rows: RevisionRow[] }>(`/api/releases/${releaseId}/revisions?site=${site}`, signal);

/** A saved version never changes. */
export const revision = (site: string, releaseId: string, number: number) =>
  queryOptions({
    queryKey: ['revision', `${site}/${releaseId}`, number],
    queryFn: ({ signal }) => readRevision(site, releaseId, number, signal),
    staleTime: Infinity,
  });

export const readRevision = (site: string, releaseId: string, number: number, signal?: AbortSignal) =>
  read<{ row: RevisionRow; draft: Draft }>(`/api/releases/${releaseId}/revisions/${number}?site=${site}`, signal);

/** What the caller has written in a draft and not saved. */
export const workingCopy = (site: string, releaseId: string) =>
  queryOptions({
    queryKey: ['working', `${site}/${releaseId}`],
    queryFn: ({ signal }) =>
      read<{ copy: WorkingCopy | null }>(`/api/releases/${releaseId}/working?site=${site}`, signal),
    staleTime: 0,
    gcTime: 0,
  });

export type WorkingRow = Omit<WorkingCopy, 'draft'> & Pick<Draft, 'kind' | 'title'>;

export const workingCopies = () =>
  queryOptions({
    queryKey: ['working-copies'],
    queryFn: ({ signal }) => read<{ rows: WorkingRow[] }>('/api/working', signal),
    staleTime: 0,
  });

export const filePath = (site: string, releaseId: string, hash: string): string =>
  `/api/releases/${releaseId}/files/${hash}?site=${site}`;

export const recallsCsvPath = '/api/recalls.csv';

export const recalls = () =>
  queryOptions({ queryKey: ['recalls'], queryFn: ({ signal }) => read<Rows<RecallRow>>('/api/recalls', signal) });

export const recall = (site: string, releaseId: string, round: number) =>
  queryOptions({
    queryKey: ['recall', `${site}/${releaseId}/${round}`],
    queryFn: ({ signal }) => readRecall(site, releaseId, round, 0, signal),
  });

/** As of a position of the log: after a decision, as it was decided. */
export const readRecall = (
  site: string,
  releaseId: string,
  round: number,
  atLeast: number,
  signal?: AbortSignal,
): Promise<RecallDetail> => read(`/api/recalls/${releaseId}/${round}?site=${site}&atLeast=${atLeast}`, signal);

/** What would be done where, if it were decided now. */
export const recallPlan = (site: string, releaseId: string, kind: RecallKind) =>
  queryOptions({
    queryKey: ['recall-plan', `${site}/${releaseId}`, kind],
    queryFn: ({ signal }) =>
      read<RecallPlan>(`/api/releases/${releaseId}/recall-plan?site=${site}&kind=${kind}`, signal),
    staleTime: 0,
    gcTime: 0,
  });

export const linkedReleases = () =>
  queryOptions({ queryKey: ['linked-list'], queryFn: ({ signal }) => read<Rows<LinkedRow>>('/api/linked', signal) });

export const linkedRelease = (site: string, linkedId: string) =>
  queryOptions({
    queryKey: ['linked', `${site}/${linkedId}`],
    queryFn: ({ signal }) => readLinked(site, linkedId, signal),
  });

export const readLinked = (site: string, linkedId: string, signal?: AbortSignal): Promise<LinkedDetail> =>
  read(`/api/linked/${linkedId}?site=${site}`, signal);

export const rumors = () =>
  queryOptions({ queryKey: ['rumors'], queryFn: ({ signal }) => read<Rows<RumorRow>>('/api/rumors', signal) });

export const rumor = (site: string, rumorCaseId: string) =>
  queryOptions({
    queryKey: ['rumor', `${site}/${rumorCaseId}`],
    queryFn: ({ signal }) => readRumor(site, rumorCaseId, 0, signal),
  });

/** As of a position of the log: after a decision, the case as it was decided. */
export const readRumor = (
  site: string,
  rumorCaseId: string,
  atLeast: number,
  signal?: AbortSignal,
): Promise<RumorDetail> => read(`/api/rumors/${rumorCaseId}?site=${site}&atLeast=${atLeast}`, signal);

export const calendar = (from: string, to: string) =>
  queryOptions({
    queryKey: ['calendar', from, to],
    queryFn: ({ signal }) => read<CalendarView>(`/api/calendar${search({ from, to })}`, signal),
    // Slots of channels are reserved a moment after it was planned.
    refetchInterval: 15_000,
  });

export const submissions = (way: 'out' | 'in') =>
  queryOptions({
    queryKey: ['submissions', way],
    queryFn: ({ signal }) => read<Rows<SubmissionRow>>(`/api/submissions?way=${way}`, signal),
  });

export const submission = (site: string, submissionId: string) =>
  queryOptions({
    queryKey: ['submission', `${site}/${submissionId}`],
    queryFn: ({ signal }) => readSubmission(site, submissionId, 0, signal),
  });

/** As of a position of the log: after an answer, as it was answered. */
export const readSubmission = (
  site: string,
  submissionId: string,
  atLeast: number,
  signal?: AbortSignal,
): Promise<SubmissionDetail> => read(`/api/submissions/${site}/${submissionId}?atLeast=${atLeast}`, signal);

export const submissionRecipients = () =>
  queryOptions({
    queryKey: ['submission-recipients'],
    queryFn: ({ signal }) => read<SubmissionRecipients>('/api/submissions/recipients', signal),
  });

export const submissionCounts = (period: { from: string; to: string }) =>
  queryOptions({
    queryKey: ['submissions', 'counts', period],
    queryFn: ({ signal }) => read<SubmissionCounts>(`/api/submissions/counts${search(period)}`, signal),
  });

export const similarRumors = (claim: string) =>
  queryOptions({
    queryKey: ['similar-rumors', claim],
    queryFn: ({ signal }) => read<SimilarRumors>(`/api/rumors/similar${search({ claim })}`, signal),
    placeholderData: (before) => before,
  });

/** As many as the board lists. */
export const deliveriesListed = 1_000;

export const deliveries = (filter: DeliveryFilter = {}) =>
  queryOptions({
    queryKey: ['deliveries', filter],
    queryFn: ({ signal }) => read<DeliveryBoard>(`/api/deliveries${search(deliveryQuery(filter))}`, signal),
  });

/** How many there are of each kind; counted anew when one changes (`live.ts`). */
export const deliveryFigures = (site?: string) =>
  queryOptions({
    queryKey: ['delivery-figures', site ?? '*'],
    queryFn: ({ signal }) => read<DeliveryBoard>(`/api/deliveries${search({ site, limit: '1' })}`, signal),
  });

export const deliveriesCsvPath = (filter: DeliveryFilter): string =>
  `/api/deliveries.csv${search(deliveryQuery(filter))}`;

export const delivery = (site: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['delivery', `${site}/${deliveryId}`],
    queryFn: ({ signal }) => read<DeliveryDetail>(`/api/deliveries/${deliveryId}?site=${site}`, signal),
  });

export const transcript = (site: string, deliveryId: string, hash: string) =>
  queryOptions({
    queryKey: ['transcript', hash],
    queryFn: ({ signal }) =>
      read<TranscriptView>(`/api/deliveries/${deliveryId}/transcripts/${hash}?site=${site}`, signal),
    staleTime: Infinity,
  });

/** What would become of these if they were sent again now. */
export const outlooks = (of: OutlookQuery['deliveries']) =>
  queryOptions({
    queryKey: ['outlooks', of],
    queryFn: () => post<{ rows: DeliveryOutlook[] }>('/api/deliveries/outlook', { deliveries: of }),
    staleTime: 0,
    gcTime: 0,
  });

export type SourceList = Rows<SourceRow> & { hooksUrl: string };

export const sources = () =>
  queryOptions({ queryKey: ['sources'], queryFn: ({ signal }) => read<SourceList>('/api/sources', signal) });

/** The looks at a source live in its reader's memory and are told by nobody, so they are asked for. */
export const source = (sourceId: string) =>
  queryOptions({
    queryKey: ['source', sourceId],
    queryFn: ({ signal }) => readSource(sourceId, 0, signal),
    refetchInterval: 5_000,
  });

/** As of a position of the log: after a registration, the source as it was registered. */
export const readSource = (sourceId: string, atLeast: number, signal?: AbortSignal): Promise<SourceDetail> =>
  read(`/api/sources/${sourceId}?atLeast=${atLeast}`, signal);

export type ItemFilter = { q?: string; source?: string; show?: 'unrouted' | 'optional' | 'ignore' | 'withdrawn' };

export const items = (filter: ItemFilter) =>
  infiniteQueryOptions({
    queryKey: ['items', filter],
    queryFn: ({ pageParam, signal }) =>
      read<ItemSearch>(`/api/items${search({ ...filter, before: pageParam ?? undefined })}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  });

/** A source's newest items, read anew when it has brought another one. */
export const newestItems = (source: string, count: number) =>
  queryOptions({
    queryKey: ['newest-items', source, count],
    queryFn: ({ signal }) => read<ItemSearch>(`/api/items${search({ source, limit: '8' })}`, signal),
    placeholderData: (before) => before,
  });

export const item = (sourceId: string, itemId: string) =>
  queryOptions({
    queryKey: ['item', itemId],
    queryFn: ({ signal }) => read<ItemDetail>(`/api/items/${sourceId}/${itemId}`, signal),
  });

/** Under `path` lie the view itself, its `body` and its `message`. */
export const evidence = (path: string) =>
  queryOptions({
    queryKey: ['evidence', path],
    queryFn: ({ signal }) => read<EvidenceView>(path, signal),
    staleTime: Infinity,
  });

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

/** What stands before attempts is told by nobody, so it is asked for. */
export const channelOverview = () =>
  queryOptions({
    queryKey: ['channel-overview'],
    queryFn: ({ signal }) => read<ChannelOverview>('/api/channels/overview', signal),
    refetchInterval: 5_000,
  });

export const channelDetail = (channelId: string) =>
  queryOptions({
    queryKey: ['channel', channelId],
    queryFn: ({ signal }) => readChannel(channelId, 0, signal),
    refetchInterval: 5_000,
  });

/** As of a position of the log: after a registration, the channel as it was registered. */
export const readChannel = (channelId: string, atLeast: number, signal?: AbortSignal): Promise<ChannelDetail> =>
  read(`/api/channels/${channelId}?atLeast=${atLeast}`, signal);

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

export const balance = () =>
  queryOptions({
    queryKey: ['balance'],
    queryFn: ({ signal }) => read<BalanceView>('/api/balance', signal),
    refetchInterval: 10_000,
  });

export const health = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => read<HealthView>('/api/health', signal, 503),
    refetchInterval: 5_000,
  });

/** Registrations are told by nobody: read anew after a change, and now and then. */
export const rulebook = () =>
  queryOptions({
    queryKey: ['rulebook'],
    queryFn: ({ signal }) => read<RulebookView>('/api/rulebook', signal),
    staleTime: 15_000,
  });

export const matrix = (siteIds: readonly string[], sourceIds: readonly string[]) =>
  queryOptions({
    queryKey: ['matrix', siteIds, sourceIds],
    queryFn: ({ signal }) => readMatrix(siteIds, sourceIds, signal),
    enabled: siteIds.length > 0 && sourceIds.length > 0,
    placeholderData: (before) => before,
  });

/** As much as one question may ask for. */
const matrixAtOnce = 100;

export async function readMatrix(
  siteIds: readonly string[],
  sourceIds: readonly string[],
  signal?: AbortSignal,
): Promise<MatrixView> {
  const cells: MatrixView['cells'] = [];
  for (let i = 0; i < siteIds.length; i += matrixAtOnce)
    for (let j = 0; j < sourceIds.length; j += matrixAtOnce) {
      const sites = siteIds.slice(i, i + matrixAtOnce).join(',');
      const sources = sourceIds.slice(j, j + matrixAtOnce).join(',');
      const part = await read<MatrixView>(`/api/rulebook/matrix${search({ sites, sources })}`, signal);
      cells.push(...part.cells);
    }
  return { cells };
}

export type Registered = 'policy' | 'override' | 'rule' | 'chain' | 'site' | 'source';

export const registrationHistory = (kind: Registered, id: string) =>
  queryOptions({
    queryKey: ['registration-history', kind, id],
    queryFn: ({ signal }) => read<{ rows: TimelineEntry[] }>(`/api/rulebook/${kind}/${id}/history`, signal),
  });

/** Clusters are told by nobody; where one has a task that changes, it is asked for anew. */
export const similar = (clusterId: string) =>
  queryOptions({
    queryKey: ['similar', clusterId],
    queryFn: ({ signal }) => read<SimilarView>(`/api/clusters/${clusterId}/similar`, signal),
    refetchInterval: 15_000,
  });

/** More than a person looks through; what is due first is among them all the same. */
const mostUnrouted = 2_000;

/** What no rule spoke of, due first. The server lists by first sight, so all of it is read. */
export const unrouted = () =>
  queryOptions({
    queryKey: ['unrouted'],
    async queryFn({ signal }) {
      const rows: ItemSearch['rows'] = [];
      for (let before: string | undefined; ;) {
        const page = await read<ItemSearch>(`/api/items${search({ show: 'unrouted', limit: '200', before })}`, signal);
        rows.push(...page.rows);
        if (page.next === null || rows.length >= mostUnrouted) return rows;
        before = page.next;
      }
    },
    staleTime: Infinity,
  });

/** Whether the system that publishes a site would let us in. */
export const testSite = (siteId: string): Promise<SiteTest> => post(`/api/sites/${siteId}/test`, {});
