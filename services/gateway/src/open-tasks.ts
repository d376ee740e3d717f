import {
  comparePlaces,
  factsOf,
  placeIn,
  queueTest,
  Refusal,
  taskKey,
  type Asker,
  urgentAtOf,
  type Place,
  type QueueChoices,
  type QueueFilter,
  type QueueSort,
  type QueueView,
  type RepostRow,
  type TaskFacts,
} from '@tongsheng/contracts';
import type { Change } from '@tongsheng/projections';

/** A task that somebody still has to look at: what it is found by, and its row as JSON in UTF-8. */
type Held = { facts: TaskFacts; json: Buffer };
type OpenView = Exclude<QueueView, 'closed'>;
/** The tasks of a view and of some sites (null: of all), in an order; and since when each is urgent and overdue, beside it. */
type Order = {
  view: OpenView;
  sites: ReadonlySet<string> | null;
  sort: QueueSort;
  tasks: Held[];
  urgentAt: Float64Array;
  overdueAt: Float64Array;
  /** Whether the moments are those of the tasks as they are now. */
  timed: boolean;
};

export type Asked = {
  view: OpenView;
  filter: QueueFilter;
  sort: QueueSort;
  reverse: boolean;
  /** Who asks, and the sites that they work for; null: all of them. */
  me: Asker;
  sites: readonly string[] | null;
  now: number;
};

export type Page = { rows: Buffer[]; total: number; urgent: number; overdue: number; next: Place | null };

/** Orders kept at most: of each set of sites that people work for, those that they use. */
const mostOrders = 128;

/**
 * The open tasks in memory, in every order that is in use: few thousands of them wait for an editor, however many there
 * have ever been. Redis holds the truth; this is what it says, read once and then followed change by change.
 */
export class OpenTasks {
  #tasks = new Map<string, Held>();
  readonly #orders = new Map<string, Order>();
  /** Changes that are told while all of it is being read, which may have been read or not. */
  #meanwhile: Change[] | null = null;
  #ready = false;

  /** Reads all of it, as JSON, and from then on stands for it. One at a time. */
  async load(all: AsyncIterable<string[]>): Promise<void> {
    const meanwhile: Change[] = [];
    this.#meanwhile = meanwhile;
    try {
      const tasks = new Map<string, Held>();
      for await (const rows of all)
        for (const json of rows) {
          const row = JSON.parse(json) as RepostRow;
          if (isHeld(row)) tasks.set(taskKey(row), hold(row, json));
        }
      this.#tasks = tasks;
      this.#orders.clear();
      this.#ready = true;
    } finally {
      this.#meanwhile = null;
    }
    for (const change of meanwhile) this.hear(change);
  }

  /** What it says may be wrong, and nobody can say yet what is right. */
  doubt(): void {
    this.#ready = false;
  }

  hear(change: Change): void {
    if ('rebuilt' in change) return;
    this.#meanwhile?.push(change);
    const { key, json } = change;
    const before = this.#tasks.get(key) ?? null;
    const row = json === null ? null : (JSON.parse(json) as RepostRow);
    const after = json !== null && row && isHeld(row) ? hold(row, json) : null;
    if (after) this.#tasks.set(key, after);
    else if (!before || !this.#tasks.delete(key)) return;
    const { site } = (after ?? before)!.facts;
    for (const order of this.#orders.values())
      if (order.sites === null || order.sites.has(site)) move(order, within(order, before), within(order, after));
  }

  /** @throws Refusal stale_view */
  find(asked: Asked, after: Place | null, limit: number): Page {
    const { filter, reverse, me, now } = asked;
    const { tasks, sort, urgentAt, overdueAt } = this.#order(asked);
    const place = placeIn[sort];
    const fits = queueTest(filter, me, now);
    const page: Page = { rows: [], total: 0, urgent: 0, overdue: 0, next: null };
    const last = tasks.length - 1;
    const from = after === null ? (reverse ? last : 0) : next(tasks, place, after, reverse);
    let shown: Held | null = null;
    for (let i = 0; i <= last; i++) {
      const at = reverse ? last - i : i;
      const task = tasks[at]!;
      if (fits !== null && !fits(task.facts)) continue;
      page.total++;
      if (now >= overdueAt[at]!) page.overdue++;
      else if (now >= urgentAt[at]!) page.urgent++;
      if (page.next !== null || (reverse ? at > from : at < from)) continue;
      if (page.rows.length < limit) page.rows.push((shown = task).json);
      else if (shown) page.next = place(shown.facts);
    }
    return page;
  }

  /** When each task that waits for an editor falls due, in ms since 1970. @throws Refusal stale_view */
  *dues(): Iterable<number> {
    if (!this.#ready) throw new Refusal('stale_view', 'the queue is being read', { view: 'reposts' });
    for (const { facts } of this.#tasks.values()) if (facts.views.includes('open')) yield facts.dueAt;
  }

  /** Which sources and columns the tasks of a view have. @throws Refusal stale_view */
  choices(view: OpenView, sites: readonly string[] | null): QueueChoices {
    const sources = new Map<string, QueueChoices['sources'][number]>();
    const columns = new Map<string, QueueChoices['columns'][number]>();
    for (const { facts } of this.#order({ view, sites, sort: 'source', filter: {} }).tasks) {
      for (const { sourceId, name } of facts.sources) count(sources, sourceId, name);
      count(columns, facts.column, facts.column);
    }
    return { sources: [...sources.values()], columns: [...columns.values()].sort((a, b) => b.tasks - a.tasks) };
  }

  /** All tasks of a view and some sites in an order, kept for the next time. */
  #order({ view, sites: mine, sort, filter: { site } }: Pick<Asked, 'view' | 'sites' | 'sort' | 'filter'>): Order {
    if (!this.#ready) throw new Refusal('stale_view', 'the queue is being read', { view: 'reposts' });
    const sites = site ? [site] : mine;
    const name = `${view} ${sort} ${sites ? [...sites].sort().join(' ') : '*'}`;
    const known = this.#orders.get(name);
    if (known) this.#orders.delete(name);
    const order = known ?? this.#sorted(view, sites, sort);
    // What was asked for last is forgotten last.
    this.#orders.set(name, order);
    if (this.#orders.size > mostOrders) this.#orders.delete(this.#orders.keys().next().value!);
    if (!order.timed) time(order);
    return order;
  }

  #sorted(view: OpenView, sites: readonly string[] | null, sort: QueueSort): Order {
    const only = sites && new Set(sites);
    const place = placeIn[sort];
    const placed: { task: Held; place: Place }[] = [];
    for (const task of this.#tasks.values())
      if ((only === null || only.has(task.facts.site)) && task.facts.views.includes(view))
        placed.push({ task, place: place(task.facts) });
    placed.sort((a, b) => comparePlaces(a.place, b.place));
    const tasks = placed.map(({ task }) => task);
    const moments = new Float64Array(0);
    return { view, sites: only, sort, tasks, urgentAt: moments, overdueAt: moments, timed: false };
  }
}

/** What somebody still has to look at. */
const isHeld = ({ state, drift }: RepostRow): boolean => state === 'queued' || (drift !== null && state !== 'merged');

const hold = (row: RepostRow, json: string): Held => ({ facts: factsOf(row), json: Buffer.from(json) });

function count<T extends { value: string; name: string; tasks: number }>(
  choices: Map<string, T>,
  value: string,
  name: string,
): void {
  const known = choices.get(value);
  if (known) known.tasks++;
  else choices.set(value, { value, name, tasks: 1 } as T);
}

const within = ({ view }: Order, task: Held | null): Held | null => (task?.facts.views.includes(view) ? task : null);

function time(order: Order): void {
  const { tasks } = order;
  if (order.overdueAt.length < tasks.length) {
    const size = Math.ceil(tasks.length * 1.25);
    order.urgentAt = new Float64Array(size);
    order.overdueAt = new Float64Array(size);
  }
  for (let i = 0; i < tasks.length; i++) {
    const { startsAt, dueAt } = tasks[i]!.facts;
    order.urgentAt[i] = urgentAtOf(startsAt, dueAt);
    order.overdueAt[i] = dueAt;
  }
  order.timed = true;
}

function move(order: Order, before: Held | null, after: Held | null): void {
  const { tasks, sort } = order;
  const place = placeIn[sort];
  if (before || after) order.timed = false;
  const from = before && lowerBound(tasks, place, place(before.facts));
  const to = after && place(after.facts);
  if (from !== null && to && comparePlaces(place(before!.facts), to) === 0) {
    tasks[from] = after;
    return;
  }
  if (from !== null) tasks.splice(from, 1);
  if (to) tasks.splice(lowerBound(tasks, place, to), 0, after);
}

/** The first that does not stand before a place. */
function lowerBound(tasks: readonly Held[], place: (facts: TaskFacts) => Place, wanted: Place): number {
  let [low, high] = [0, tasks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePlaces(place(tasks[middle]!.facts), wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first after a place, which may be gone by now, in the direction of reading. */
function next(tasks: readonly Held[], place: (facts: TaskFacts) => Place, after: Place, reverse: boolean): number {
  const at = lowerBound(tasks, place, after);
  if (reverse) return at - 1;
  const found = tasks[at];
  return found && comparePlaces(place(found.facts), after) === 0 ? at + 1 : at;
}
