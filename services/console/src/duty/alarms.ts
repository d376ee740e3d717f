import type { AlarmRow, Me, Role } from '@tongsheng/contracts';

/** Who sees alarms; the server decides again. */
export const watchers: readonly Role[] = ['duty', 'editor', 'manager', 'admin'];

export const isWaiting = ({ state }: AlarmRow): boolean => state === 'calling' || state === 'unanswered';

/** What nobody took comes first, then what is due soonest; a silent source stands where it began. */
export function byUrgency(one: AlarmRow, other: AlarmRow): number {
  if (one.state !== other.state) return one.state === 'unanswered' ? -1 : other.state === 'unanswered' ? 1 : 0;
  const [a, b] = [urgencyOf(one), urgencyOf(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}
const urgencyOf = ({ about, raisedAt }: AlarmRow) =>
  'dueAt' in about ? about.dueAt : about.kind === 'linked' ? about.t0 : raisedAt;

/** Whether somebody is meant: called by name, or on duty for it. */
export const concerns = (row: AlarmRow, { personId }: Pick<Me, 'personId'>, onDutyFor: readonly string[]): boolean =>
  row.told.some((each) => each.personId === personId) ||
  (row.site === null ? onDutyFor.length > 0 : onDutyFor.includes(row.site));
