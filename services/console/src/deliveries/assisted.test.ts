import { DeliveryCommand, DeliveryRow } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { doneOf, localNow, problemsOf, reportOf, tasksOf } from './assisted.ts';

const noon = Date.parse('2026-11-23T04:00:00.000Z');
const row = (deliveryId: string, dueAt: string, more: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...DeliveryRow.parse({
    deliveryId,
    site: 'province',
    releaseId: 'release',
    title: '通稿',
    channelId: 'renmin',
    channelName: '人民号',
    channelKind: 'assisted',
    state: 'pending',
    attempts: 1,
    lastOutcome: 'accepted_pending',
    detail: '',
    requestedAt: '2026-11-23T04:00:00.000Z',
    updatedAt: '2026-11-23T04:00:00.000Z',
    nextAttemptAt: null,
    confirmedAt: null,
    receiptId: null,
  }),
  assignment: { files: [], dueAt },
  ...more,
});
const file = new File(['x'], 'a.png', { type: 'image/png' });
const draft = { url: ' https://mp.example/1 ', visibleAt: '2026-11-23T11:58', note: ' 置顶 ', screenshot: file };

it('tasks stand by what is due first, and what was brought back leaves them', () => {
  const reported = {
    byName: '李',
    visibleAt: '2026-11-23T04:10:00.000Z',
    screenshot: null,
    note: '',
    at: '2026-11-23T04:11:00.000Z',
  };
  const rows = [
    row('late', '2026-11-23T09:00:00.000Z'),
    row('soon', '2026-11-23T05:00:00.000Z'),
    row('done', '2026-11-23T04:30:00.000Z', { state: 'confirmed', reported }),
    { ...row('plain', '2026-11-23T04:30:00.000Z'), assignment: null },
  ];
  expect(tasksOf(rows).map(({ deliveryId }) => deliveryId)).toEqual(['soon', 'late']);
  expect(doneOf(rows).map(({ deliveryId }) => deliveryId)).toEqual(['done']);
});

it('what is brought back is an address, a moment that has been, and a screenshot', () => {
  expect(localNow(noon)).toBe('2026-11-23T12:00');
  expect(problemsOf(draft, noon)).toEqual([]);
  expect(problemsOf({ url: 'mp.example', visibleAt: '2026-11-23T12:30', note: '', screenshot: null }, noon)).toEqual([
    'url',
    'time',
    'screenshot',
  ]);
});

it('it is said in the words of the contract', () => {
  const said = reportOf(row('soon', '2026-11-23T05:00:00.000Z'), draft, 'a'.repeat(64));
  const actor = { kind: 'person', id: 'li', name: '李' };
  expect(DeliveryCommand.parse({ ...said, id: 'command', at: '2026-11-23T04:00:00.000Z', actor })).toMatchObject({
    url: 'https://mp.example/1',
    visibleAt: '2026-11-23T03:58:00.000Z',
    note: '置顶',
  });
});
