import type { ComplianceTasks, ComplianceTasksQuery } from '@tongsheng/contracts';

/** All that there ever was. */
const ever = { from: '2000-01-01', to: '9999-12-31' };

/** The newest tasks of a site that are out, by when they were due, each once; `ask` answers what is behind a figure. */
export async function newestReposts(
  ask: (query: ComplianceTasksQuery) => Promise<Pick<ComplianceTasks, 'tasks' | 'count'>>,
  site: string,
  limit: number,
  now: string,
): Promise<{ taskId: string; title: string }[]> {
  const newest = async (outcome: 'on_time' | 'late') => {
    const query = { ...ever, now, sites: [site], outcome, duty: 'repost' as const, size: limit };
    const { tasks, count } = await ask({ ...query, offset: 0 });
    // A page is by when they were due, the earliest first.
    return count <= limit ? tasks : (await ask({ ...query, offset: count - limit })).tasks;
  };
  const found = (await Promise.all([newest('on_time'), newest('late')])).flat();
  const tasks = new Map(found.map((task) => [task.taskId, task]));
  return [...tasks.values()]
    .filter(({ publishedAt }) => publishedAt !== null)
    .sort((one, other) => (one.publishedAt! > other.publishedAt! ? -1 : 1))
    .slice(0, limit)
    .map(({ taskId, title }) => ({ taskId, title }));
}
