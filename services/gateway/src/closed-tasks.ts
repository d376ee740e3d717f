import { factsOf, taskKey, type RepostRow, type TaskFacts } from '@tongsheng/contracts';

/** A task that was closed stands by when (ms), and of the same moment by its key; the newest first. */
export type ClosedPlace = { score: number; key: string };

export type ClosedSearch = {
  /** Rows of a set as they are stored, by falling score. */
  read(set: string, range: { max: number; offset: number; limit: number }): Promise<string[]>;
  /** One for each site, or one for all. No task stands in two of them. */
  sets: readonly string[];
  scoreOf(row: RepostRow, set: string): number;
  /** Null: everything does, and no more is read than is wanted. */
  fits: ((facts: TaskFacts) => boolean) | null;
  limit: number;
  from: ClosedPlace | null;
  /** Tasks looked at before it says where to go on. */
  most?: number | undefined;
};

export type ClosedPage = { rows: string[]; next: ClosedPlace | null };

type Task = ClosedPlace & { row: RepostRow; json: string };

const chunk = 200;
const mostTasks = 5_000;

/** Looks through what was closed, from the newest on, as far as a person likes to wait. */
export async function findClosed(search: ClosedSearch): Promise<ClosedPage> {
  const { sets, fits, limit, most = mostTasks } = search;
  const streams = sets.map((set) => newestFirst(search, set));
  const heads = await Promise.all(streams.map(async (stream) => (await stream.next()).value ?? null));
  const rows: string[] = [];
  let last: Task | null = null;
  for (let looked = 0; ; looked++) {
    const at = newestOf(heads);
    if (at === -1) return { rows, next: null };
    if (rows.length === limit || looked === most) return { rows, next: last && { score: last.score, key: last.key } };
    last = heads[at]!;
    if (fits === null || fits(factsOf(last.row))) rows.push(last.json);
    heads[at] = (await streams[at]!.next()).value ?? null;
  }
}

async function* newestFirst(search: ClosedSearch, set: string): AsyncGenerator<Task, undefined> {
  const { read, scoreOf, fits, limit, from } = search;
  const size = fits ? chunk : Math.min(limit + 1, chunk);
  let score = from?.score ?? Infinity;
  let skip = 0;
  for (;;) {
    const found = await read(set, { max: score, offset: skip, limit: size });
    for (const json of found) {
      const row = JSON.parse(json) as RepostRow;
      const task: Task = { row, json, key: taskKey(row), score: scoreOf(row, set) };
      skip = task.score === score ? skip + 1 : 1;
      score = task.score;
      if (from === null || isBefore(from, task)) yield task;
    }
    if (found.length < size) return undefined;
  }
}

const isBefore = (one: ClosedPlace, other: ClosedPlace): boolean =>
  one.score === other.score ? one.key > other.key : one.score > other.score;

/** Of the next of each stream, the newest; -1: all have ended. */
function newestOf(heads: readonly (Task | null)[]): number {
  let found = -1;
  for (const [i, head] of heads.entries()) if (head && (found === -1 || isBefore(head, heads[found]!))) found = i;
  return found;
}
