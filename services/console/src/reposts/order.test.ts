import { taskKey, type RepostRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { arrived, continued, merged, nextOpen } from './order.ts';

const row = (taskId: string, dueAt: string, more: Partial<RepostRow> = {}) =>
  ({ site: 'province', taskId, dueAt, state: 'queued', ...more }) as RepostRow;
const rows = [row('late', '2026-11-23T09:00:00.000Z'), row('soon', '2026-11-23T07:00:00.000Z')];
const byKey = (list: RepostRow[]) => new Map(list.map((each) => [taskKey(each), each]));
const isOpen = ({ state }: RepostRow) => state === 'queued';
const byDue = (one: RepostRow, other: RepostRow) => (one.dueAt < other.dueAt ? -1 : 1);
const order = merged(rows, isOpen, byDue);

describe('the frozen order of the queue', () => {
  it('has what belongs there, as it is asked for', () => {
    const done = row('done', '2026-11-23T06:00:00.000Z', { state: 'approved' });
    expect(merged([...rows, done], isOpen, byDue)).toEqual(['province/soon', 'province/late']);
  });

  it('keeps what is new beside the list until it is merged', () => {
    const urgent = row('urgent', '2026-11-23T06:30:00.000Z');
    expect(arrived(order, [...rows, urgent], isOpen)).toEqual([urgent]);
    expect(merged([...rows, urgent], isOpen, byDue)[0]).toBe('province/urgent');
  });

  it('goes on at its end with a page that is read, whatever of it is there already', () => {
    const next = [row('late', '2026-11-23T09:00:00.000Z'), row('later', '2026-11-23T10:00:00.000Z')];
    expect(continued(order, next)).toEqual([...order, 'province/later']);
    expect(continued(order, rows)).toBe(order);
  });

  it('goes on to the next row that waits, then back, then nowhere', () => {
    const [late, soon] = rows as [RepostRow, RepostRow];
    expect(nextOpen(order, byKey(rows), taskKey(soon))).toBe(taskKey(late));
    expect(nextOpen(order, byKey(rows), taskKey(late))).toBe(taskKey(soon));
    expect(nextOpen(order, byKey([late, { ...soon, state: 'approved' }]), taskKey(late))).toBeNull();
  });
});
