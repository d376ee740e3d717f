import type { AlarmSubject, RepostEvent, SourceHealthEvent, WarningShare } from '@tongsheng/contracts';

type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Escalated = Extract<SourceHealthEvent, { type: 'source.escalated' }>;
export type OpenTask = Pick<Queued, 'taskId' | 'title' | 'sourceName' | 'startsAt' | 'dueAt'> & {
  warned: WarningShare[];
};

/** What an alarm needs to know of a task, from its past; null once the public has it or nobody owes it. */
export function openTask(past: readonly RepostEvent[]): OpenTask | null {
  let task: OpenTask | null = null;
  for (const event of past) {
    if (event.type === 'repost.queued') {
      const { taskId, title, sourceName, startsAt, dueAt } = event;
      task = { taskId, title, sourceName, startsAt, dueAt, warned: [] };
    }
    if (event.type === 'repost.bound') {
      const { taskId, title, sourceName, startsAt, dueAt } = event;
      // One of several obligations, of which the earliest counts; or the first one after an exemption.
      if (!task || dueAt < task.dueAt)
        task = { taskId, title, sourceName, startsAt, dueAt, warned: task?.warned ?? [] };
    }
    if (!task) continue;
    if (event.type === 'repost.source_changed') task = { ...task, title: event.title };
    if (event.type === 'repost.warned') task = { ...task, warned: [...task.warned, event.share] };
    if (event.type === 'repost.published' || event.type === 'repost.merged') return null;
    if (event.type === 'repost.exempted') task = null;
  }
  return task;
}

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
