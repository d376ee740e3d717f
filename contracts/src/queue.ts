import { z } from 'zod';
import { itemKind } from './item.ts';
import { priority, type Priority } from './policy.ts';
import { RepostRow } from './views.ts';
import { instant, line, siteId, sourceId } from './words.ts';

/** `open`: what waits for a decision; `review`: for a later act of its chain. `drifted`: what the public no longer has as it was. `closed`: what was decided. */
export const queueView = z.enum(['open', 'review', 'waiting_exemption', 'drifted', 'closed']);
export type QueueView = z.infer<typeof queueView>;

/** How much of a limit is left, in a word. */
export const clockState = z.enum(['normal', 'near', 'urgent', 'overdue']);
export type ClockState = z.infer<typeof clockState>;

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
} satisfies Record<string, (row: RepostRow) => boolean>;
export type Concern = keyof typeof concerns;
export const concern = z.enum(Object.keys(concerns) as [Concern, ...Concern[]]);

export const claimed = z.enum(['me', 'others', 'nobody']);
export const queueSort = z.enum(['due', 'seen', 'priority', 'source', 'title']);
export type QueueSort = z.infer<typeof queueSort>;

/** Which tasks are looked for; all of what is given must hold. */
export const QueueFilter = z.object({
  site: siteId.optional(),
  source: sourceId.optional(),
  column: line.optional(),
  kind: itemKind.optional(),
  priority: priority.optional(),
  clock: clockState.optional(),
  claimed: claimed.optional(),
  concern: concern.optional(),
  /** Words that stand in a title or a document number, all of them. */
  q: z.string().trim().max(200).optional(),
});
export type QueueFilter = z.infer<typeof QueueFilter>;

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
    views: queueView.options.filter((view) => inView[view](row)),
    concerns: concern.options.filter((each) => concerns[each](row)),
    title,
    text: folded([title, ...said].join('\n')),
  };
}

const openings = /[〔[【（﹝［]/g;
const closings = /[〕\]】）﹞］]/g;

/** Text as all its ways of being written have it: document numbers are written in brackets of every kind. */
const folded = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(openings, '(').replace(closings, ')');

/** Whether a task is among those looked for, by somebody at some moment (ms); null: every one is. */
export function queueTest(filter: QueueFilter, me: string, now: number): ((facts: TaskFacts) => boolean) | null {
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
  if (whose === 'me') tests.push(({ claimedBy }) => claimedBy === me);
  if (whose === 'others') tests.push(({ claimedBy }) => claimedBy !== null && claimedBy !== me);
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

/** Names and titles as a Chinese register has them, by their sound. */
const bySound = new Intl.Collator('zh-CN', { numeric: true });

export function comparePlaces(one: Place, other: Place): number {
  const [a, b] = [one[0], other[0]];
  const first = typeof a === 'number' || typeof b === 'number' ? Number(a) - Number(b) : bySound.compare(a, b);
  if (first !== 0) return first;
  return one[1] - other[1] || (one[2] < other[2] ? -1 : one[2] > other[2] ? 1 : 0);
}

/** A page of the queue; `next` is where to go on, null at its end. */
export const QueuePage = z.object({
  rows: z.array(RepostRow),
  /** Of all that was looked for; null where that would mean looking through all that was ever done. */
  total: z.int().nullable(),
  urgent: z.int(),
  overdue: z.int(),
  next: z.string().nullable(),
  position: z.int(),
  serverTime: instant,
});
export type QueuePage = z.infer<typeof QueuePage>;

const choice = <T extends z.ZodType>(value: T) => z.object({ value, name: z.string(), tasks: z.int() });

/** What the tasks of a view have, for the menus of a filter. */
export const QueueChoices = z.object({ sources: z.array(choice(sourceId)), columns: z.array(choice(line)) });
export type QueueChoices = z.infer<typeof QueueChoices>;
