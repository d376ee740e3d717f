import {
  claimers,
  clockStates,
  closedAtOf,
  comparePlaces,
  concernNames,
  factsOf,
  inView,
  placeIn,
  queueSorts,
  queueTest,
  queueViews,
  taskKey,
  type Asker,
  type Place,
  type QueueFilter,
  type QueueSort,
  type QueueView,
  type RepostRow,
} from '@tongsheng/contracts';
import type { Word } from '../words/index.ts';

/** The views of the queue, as its tabs call them. */
export const viewWords = {
  open: 'queue.open',
  review: 'queue.review',
  waiting_exemption: 'queue.waiting',
  drifted: 'queue.drifted',
  closed: 'queue.closed',
} as const satisfies Record<QueueView, Word>;

/** What the queue is asked for; everything of it stands in the address. */
export type Asked = { view: QueueView; sort: QueueSort; reverse: boolean; filter: QueueFilter };

/** The queue's part of an address: what is not given is as usual. */
export type QueueSearch = Omit<QueueFilter, 'turn'> & {
  view?: QueueView;
  sort?: QueueSort;
  reverse?: true;
  /** The task on the screen. */
  task?: string;
};

const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;
const priorities = ['high', 'normal', 'low'] as const;

/** The conditions that a person can set, and the values of those that have few. */
export const conditions = {
  site: null,
  source: null,
  column: null,
  kind: kinds,
  clock: clockStates,
  priority: priorities,
  claimed: claimers,
  concern: concernNames,
  q: null,
} as const satisfies Record<keyof Omit<QueueFilter, 'turn'>, readonly string[] | null>;
export type Condition = keyof typeof conditions;
export const conditionNames = Object.keys(conditions) as Condition[];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || undefined : undefined;
const oneOf = <V extends string>(value: unknown, values: readonly V[]): V | undefined =>
  values.find((each) => each === value);

/** Reads an address; what it does not understand it leaves out. */
export function readSearch(search: Record<string, unknown>): QueueSearch {
  const found: Record<string, unknown> = {
    view: oneOf(search['view'], queueViews),
    sort: oneOf(search['sort'], queueSorts),
    reverse: search['reverse'] === true || undefined,
    task: textOf(search['task']),
  };
  for (const name of conditionNames) {
    const values: readonly string[] | null = conditions[name];
    found[name] = values ? oneOf(search[name], values) : textOf(search[name]);
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The conditions of an address alone. */
export function filterOf(search: QueueSearch): QueueFilter {
  const given = conditionNames.filter((name) => search[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, search[name]]));
}

/** `usual`: the view of those who name none. */
export function askedIn(search: QueueSearch, usual: QueueView): Asked {
  const { view = usual, sort = 'due', reverse = false } = search;
  // What waits for a later act is on the list of those whose act it is. What is closed comes as it was closed.
  const filter: QueueFilter = { ...filterOf(search), ...(view === 'review' && { turn: 'mine' as const }) };
  return view === 'closed' ? { view, sort: 'due', reverse: false, filter } : { view, sort, reverse, filter };
}

/** As the gateway is asked for it. */
export function queryOf({ view, sort, reverse, filter }: Asked): Record<string, string | undefined> {
  const order = { ...(sort !== 'due' && { sort }), ...(reverse && { reverse: 'true' }) };
  return { ...(view !== 'open' && { state: view }), ...order, ...filter };
}

const placeOf = ({ view, sort }: Asked, row: RepostRow): Place =>
  view === 'closed' ? [-closedAtOf(row), 0, taskKey(row)] : placeIn[sort](factsOf(row));

/** Which of two rows comes first. */
export const inOrder =
  (asked: Asked) =>
  (one: RepostRow, other: RepostRow): number =>
    comparePlaces(placeOf(asked, one), placeOf(asked, other)) * (asked.reverse ? -1 : 1);

/** Whether a row belongs to what was asked for, by somebody at some moment (ms). */
export function belongs(asked: Asked, me: Asker, now: number): (row: RepostRow) => boolean {
  const fits = queueTest(asked.filter, me, now);
  return (row) => inView[asked.view](row) && (fits === null || fits(factsOf(row)));
}
