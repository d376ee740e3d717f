import type { Priority } from './policy.ts';
import type { QueueFilter } from './queue.ts';
import type { RepostRow } from './views.ts';
import type { Role } from './words.ts';

/** `open`: what waits for a decision; `review`: for a later act of its chain. `drifted`: what the public no longer has as it was. `closed`: what was decided. */
export const queueViews = ['open', 'review', 'waiting_exemption', 'drifted', 'closed'] as const;
export type QueueView = (typeof queueViews)[number];

/** How much of a limit is left, in a word. */
export const clockStates = ['normal', 'near', 'urgent', 'overdue'] as const;
export type ClockState = (typeof clockStates)[number];

/** A third and a twelfth of the limit are where the words change (12 h: 4 h and 1 h). All in ms. */
export function clockStateOf(startsAt: number, dueAt: number, now: number): ClockState {
  const left = dueAt - now;
  const limit = dueAt - startsAt;
  if (left <= 0) return 'overdue';
  if (now >= urgentAtOf(startsAt, dueAt)) return 'urgent';
  return left <= limit / 3 ? 'near' : 'normal';
}

/** From when on so little is left that the word is `urgent`. */
export const urgentAtOf = (startsAt: number, dueAt: number): number => dueAt - (dueAt - startsAt) / 12;

/** Which tasks belong into which view of the queue. */
export const inView: Record<QueueView, (row: RepostRow) => boolean> = {
  open: ({ state }) => state === 'queued',
  review: ({ state, reviews }) => state === 'queued' && reviews.length > 0,
  waiting_exemption: ({ state, exemption }) => state === 'queued' && exemption !== null,
  drifted: ({ drift }) => drift !== null,
  closed: ({ state }) => state !== 'queued' && state !== 'merged',
};

/** What is particular about a task, where it is more than a first repost that nobody has touched. */
const concerns = {
  update: ({ update }) => update !== null,
  exemption: ({ exemption }) => exemption !== null,
  returned: ({ returned }) => returned !== null,
  voided: ({ voided }) => voided !== null,
  retract: ({ retract }) => retract !== null,
} satisfies Record<string, (row: RepostRow) => boolean>;
export type Concern = keyof typeof concerns;
export const concernNames = Object.keys(concerns) as [Concern, ...Concern[]];

export const claimers = ['me', 'others', 'nobody'] as const;
export const queueSorts = ['due', 'seen', 'priority', 'source', 'title'] as const;
export type QueueSort = (typeof queueSorts)[number];

/** What a row is found and ordered by, worked out once. Times in ms. */
export type TaskFacts = {
  key: string;
  site: string;
  sources: readonly { sourceId: string; name: string }[];
  sourceName: string;
  column: string;
  kind: RepostRow['kind'];
  priority: Priority;
  startsAt: number;
  dueAt: number;
  seenAt: number;
  claimedBy: string | null;
  /** Whose signature it waits for after others': as what, and by none of those. Null: nobody has signed. */
  turn: { roles: readonly Role[]; notBy: readonly string[] } | null;
  views: readonly QueueView[];
  concerns: readonly Concern[];
  title: string;
  /** Titles and document numbers, folded. */
  text: string;
};

export const taskKey = ({ site, taskId }: Pick<RepostRow, 'site' | 'taskId'>): string => `${site}/${taskId}`;

export function factsOf(row: RepostRow): TaskFacts {
  const { site, obligations, sourceName, column, kind, title } = row;
  const said = obligations.flatMap((each) => [each.title, each.documentNumber ?? '']);
  return {
    key: taskKey(row),
    site,
    sources: obligations.map(({ sourceId: id, sourceName: name }) => ({ sourceId: id, name })),
    sourceName,
    column,
    kind,
    priority: row.priority,
    startsAt: Date.parse(row.startsAt),
    dueAt: Date.parse(row.dueAt),
    seenAt: Date.parse(row.firstSeenAt),
    claimedBy: row.claim?.by ?? null,
    turn: turnOf(row),
    views: queueViews.filter((view) => inView[view](row)),
    concerns: concernNames.filter((each) => concerns[each](row)),
    title,
    text: folded([title, ...said].join('\n')),
  };
}

function turnOf({ state, chain, reviews }: RepostRow): TaskFacts['turn'] {
  const act = state === 'queued' && reviews.length > 0 ? chain?.acts[reviews.length] : undefined;
  return act ? { roles: act.roles, notBy: reviews.map(({ by }) => by) } : null;
}

const openings = /[〔[【（﹝［]/g;
const closings = /[〕\]】）﹞］]/g;

/** Text as all its ways of being written have it: document numbers are written in brackets of every kind. */
const folded = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(openings, '(').replace(closings, ')');

/** Who looks for tasks. */
export type Asker = { personId: string; roles: readonly Role[] };

/** Whether a task is among those looked for, by somebody at some moment (ms); null: every one is. */
export function queueTest(filter: QueueFilter, me: Asker, now: number): ((facts: TaskFacts) => boolean) | null {
  const { site, source, column, kind, claimed: whose, clock, q } = filter;
  const words = folded(q ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const tests: ((facts: TaskFacts) => boolean)[] = [];
  if (site) tests.push((facts) => facts.site === site);
  if (source) tests.push((facts) => facts.sources.some(({ sourceId: id }) => id === source));
  if (column) tests.push((facts) => facts.column === column);
  if (kind) tests.push((facts) => facts.kind === kind);
  if (filter.priority) tests.push((facts) => facts.priority === filter.priority);
  if (filter.concern) tests.push((facts) => facts.concerns.includes(filter.concern!));
  if (whose === 'nobody') tests.push(({ claimedBy }) => claimedBy === null);
  if (whose === 'me') tests.push(({ claimedBy }) => claimedBy === me.personId);
  if (whose === 'others') tests.push(({ claimedBy }) => claimedBy !== null && claimedBy !== me.personId);
  if (filter.turn)
    tests.push(
      ({ turn }) =>
        turn !== null && turn.roles.some((role) => me.roles.includes(role)) && !turn.notBy.includes(me.personId),
    );
  if (clock) tests.push(({ startsAt, dueAt }) => clockStateOf(startsAt, dueAt, now) === clock);
  if (words.length > 0) tests.push(({ text }) => words.every((word) => text.includes(word)));
  if (tests.length <= 1) return tests[0] ?? null;
  return (facts) => tests.every((test) => test(facts));
}

/** Where a task stands in an order: by the first, of equals by the second, and by its key, so that no two are equal. */
export type Place = readonly [first: number | string, second: number, key: string];

const rank: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

export const placeIn: Record<QueueSort, (facts: TaskFacts) => Place> = {
  due: ({ dueAt, key }) => [dueAt, 0, key],
  /** What was seen last comes first. */
  seen: ({ seenAt, dueAt, key }) => [-seenAt, dueAt, key],
  priority: ({ priority: urgency, dueAt, key }) => [rank[urgency], dueAt, key],
  source: ({ sourceName, dueAt, key }) => [sourceName, dueAt, key],
  title: ({ title, dueAt, key }) => [title, dueAt, key],
};

/** When a task was closed, in ms: what was closed last comes first. */
export const closedAtOf = ({ removal, withdrawn, approvedAt, exemption, dueAt }: RepostRow): number =>
  Date.parse(removal?.at ?? withdrawn?.at ?? approvedAt ?? exemption?.requestedAt ?? dueAt);

/** Names and titles as a Chinese register has them, by their sound. */
const bySound = new Intl.Collator('zh-CN', { numeric: true });

export function comparePlaces(one: Place, other: Place): number {
  const [a, b] = [one[0], other[0]];
  const first = typeof a === 'number' || typeof b === 'number' ? Number(a) - Number(b) : bySound.compare(a, b);
  if (first !== 0) return first;
  return one[1] - other[1] || (one[2] < other[2] ? -1 : one[2] > other[2] ? 1 : 0);
}
