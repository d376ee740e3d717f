import type { AlarmSubject, RepostEvent, SourceHealthEvent, WarningShare } from '@tongsheng/contracts';

type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Escalated = Extract<SourceHealthEvent, { type: 'source.escalated' }>;
export type OpenTask = Pick<Queued, 'taskId' | 'title' | 'sourceName' | 'startsAt' | 'dueAt'> & {
  warned: WarningShare[];
};

/** What an alarm needs to know of a task, from its past; null while the public has what it should, or nobody owes it. */
export function openTask(past: readonly RepostEvent[]): OpenTask | null {
  let task = null as OpenTask | null;
  let isOut = false;
  const names = new Map<string, string>();
  for (const event of past) {
    if (event.type === 'repost.queued' || event.type === 'repost.bound') {
      const { taskId, itemId, title, sourceName, startsAt, dueAt } = event;
      names.set(itemId, sourceName);
      // One repost settles what another source adds later.
      if (isOut) continue;
      // Of several obligations the earliest counts; after an exemption it is the first one again.
      if (!task || dueAt < task.dueAt)
        task = { taskId, title, sourceName, startsAt, dueAt, warned: task?.warned ?? [] };
    }
    if (event.type === 'repost.update_due') {
      const { taskId, itemId, title, startsAt, dueAt } = event;
      task = { taskId, title, sourceName: names.get(itemId) ?? itemId, startsAt, dueAt, warned: [] };
    }
    if (event.type === 'repost.merged') return null;
    isOut ||= event.type === 'repost.published';
    if (event.type === 'repost.published' || event.type === 'repost.exempted') task = null;
    if (!task) continue;
    if (event.type === 'repost.source_changed') task = { ...task, title: event.title };
    if (event.type === 'repost.warned') task = { ...task, warned: [...task.warned, event.share] };
  }
  return task;
}

/** How often the public's page had to be brought up to date so far: each time has alarms of its own. */
export const roundOf = (past: readonly RepostEvent[]): number =>
  past.filter(({ type }) => type === 'repost.update_due').length;

export function taskSubject(task: OpenTask, share: WarningShare): AlarmSubject {
  const { warned: _warned, ...facts } = task;
  return { kind: 'task', share, ...facts };
}

/** Whether the way of reading that was escalated has neither recovered since nor been escalated further. */
export function isEscalatedStill(past: readonly SourceHealthEvent[], escalated: Escalated): boolean {
  const of = past.filter((event) =>
    'detector' in event ? event.detector === escalated.detector : !escalated.detector,
  );
  const at = of.findLastIndex(
    (event) => event.type === 'source.escalated' && event.escalatedAt === escalated.escalatedAt,
  );
  return !of.slice(at + 1).some(({ type }) => type === 'source.recovered' || type === 'source.escalated');
}
