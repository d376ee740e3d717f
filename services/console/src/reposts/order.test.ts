import type { RepostRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { arrived, merged, nextOpen } from './order.ts';
import { keyOf } from './rows.ts';

const row = (taskId: string, dueAt: string, more: Partial<RepostRow> = {}) =>
  ({ site: 'province', taskId, dueAt, state: 'queued', exemption: null, ...more }) as RepostRow;
const rows = [row('late', '2026-11-23T09:00:00.000Z'), row('soon', '2026-11-23T07:00:00.000Z')];
const byKey = (list: RepostRow[]) => new Map(list.map((each) => [keyOf(each), each]));

describe('the frozen order of the queue', () => {
  it('puts what is due first at the top, and leaves out what is done', () => {
    const done = row('done', '2026-11-23T06:00:00.000Z', { state: 'approved' });
    expect(merged([...rows, done], 'open')).toEqual(['province/soon', 'province/late']);
  });

  it('keeps what is new beside the list until it is merged', () => {
    const order = merged(rows, 'open');
    const urgent = row('urgent', '2026-11-23T06:30:00.000Z');
    expect(arrived(order, [...rows, urgent], 'open')).toEqual([urgent]);
    expect(merged([...rows, urgent], 'open')[0]).toBe('province/urgent');
  });

  it('shows only what waits for a second person in that view', () => {
    const asked = row('asked', '2026-11-23T08:00:00.000Z', {
      exemption: { reason: '重复', by: 'editor', byName: '李', requestedAt: '2026-11-23T01:00:00.000Z' },
    });
    expect(merged([...rows, asked], 'waiting_exemption')).toEqual(['province/asked']);
  });

  it('goes on to the next row that waits, then back, then nowhere', () => {
    const [late, soon] = rows as [RepostRow, RepostRow];
    const order = merged(rows, 'open');
    expect(nextOpen(order, byKey(rows), keyOf(soon))).toBe(keyOf(late));
    expect(nextOpen(order, byKey(rows), keyOf(late))).toBe(keyOf(soon));
    expect(nextOpen(order, byKey([late, { ...soon, state: 'approved' }]), keyOf(late))).toBeNull();
  });
});
