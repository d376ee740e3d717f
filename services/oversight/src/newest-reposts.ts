import type { ProjectionReader } from '@tongsheng/projections';
import { cell, type Compliance } from './compliance.ts';
import type { Cell } from './figures.ts';

type Reader = Pick<ProjectionReader<'repost', Compliance>, 'list'>;

/** The newest tasks of a site that are out, each once. */
export async function newestReposts(
  reader: Reader,
  cells: readonly Cell[],
  site: string,
  limit: number,
): Promise<{ taskId: string; title: string }[]> {
  const own = cells.filter((each) => each.site === site);
  const sets = own.flatMap(({ sourceId }) => (['on_time', 'late'] as const).map((of) => cell(site, sourceId, of)));
  const found = await Promise.all(sets.map((set) => reader.list(set, { reverse: true, limit })));
  const tasks = new Map(found.flat().map((task) => [task.taskId, task]));
  return [...tasks.values()]
    .filter(({ publishedAt }) => publishedAt !== null)
    .sort((one, other) => (one.publishedAt! > other.publishedAt! ? -1 : 1))
    .slice(0, limit)
    .map(({ taskId, counted }) => ({ taskId, title: counted[0]?.title ?? taskId }));
}
