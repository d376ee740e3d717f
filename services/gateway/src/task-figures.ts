import { LiveGauge } from '@tongsheng/telemetry';

/** Open tasks by the time that is left to them, each in one class: the upper bounds, in ms. */
const classes = [
  ['overdue', 0],
  ['under_30m', 30 * 60_000],
  ['under_1h', 3_600_000],
  ['under_3h', 3 * 3_600_000],
  ['under_6h', 6 * 3_600_000],
  ['more', Infinity],
] as const;

export type TimeLeft = (typeof classes)[number][0];

/** How many of the moments of expiry fall into each class; every class is there, so that none seems unknown. */
export function byTimeLeft(dues: Iterable<number>, now: number): Record<TimeLeft, number> {
  const counted = Object.fromEntries(classes.map(([name]) => [name, 0])) as Record<TimeLeft, number>;
  for (const due of dues) counted[classes.find(([, bound]) => due - now <= bound)![0]]++;
  return counted;
}

/** Nothing is told while the queue is being read: no tasks at all would be a lie. */
export const openTasks = new LiveGauge({
  name: 'tongsheng_tasks_open',
  help: 'Repost tasks that wait for an editor, by the time that is left',
  labels: ['left'],
});

export const nextDue = new LiveGauge({
  name: 'tongsheng_task_next_due_timestamp_seconds',
  help: 'When the next task that is not overdue yet falls due',
  labels: [],
});
