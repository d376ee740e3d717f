import type { ItemRow } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { waiting } from './unrouted-rows.ts';

const row = (itemId: string, routeBy: string | null, effect: 'unrouted' | 'ignore' = 'unrouted'): ItemRow => ({
  itemId,
  sourceId: 's',
  sourceName: '来源',
  title: itemId,
  link: null,
  documentNumber: null,
  issuer: null,
  column: null,
  publication: { at: null, precision: 'none', text: null },
  firstSeenAt: '2026-11-23T04:00:00.000Z',
  changedAt: '2026-11-23T04:00:00.000Z',
  version: 1,
  presence: 'present',
  attachments: 0,
  files: { kept: 0, failed: 0 },
  tasks: 0,
  routing: { effect, by: null, routeBy, overdue: false },
});

it('what must be routed first is first, and what someone has dealt with is gone', () => {
  const rows = [
    row('later', '2026-11-23T09:00:00.000Z'),
    row('done', '2026-11-23T05:00:00.000Z', 'ignore'),
    row('first', '2026-11-23T06:00:00.000Z'),
  ];
  expect(waiting(rows).map(({ itemId }) => itemId)).toEqual(['first', 'later']);
});
