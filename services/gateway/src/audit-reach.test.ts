import type { TimelineEntry } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import { expect, it } from 'vitest';
import { auditFor } from './audit-reach.ts';

const sitesOf: Record<string, string[]> = {
  city: ['city'],
  both: ['city', 'province'],
  nation: ['*'],
  other: ['other'],
};
const names = [...Object.keys(sitesOf), 'nobody'];
/** More than are read at once, the newest last. */
const entries = Array.from({ length: 2_500 }, (_, position): TimelineEntry => {
  const personId = names[position % names.length]!;
  return { position, at: noon, type: 'session.opened', actor: { kind: 'service', id: 'gateway' }, facts: { personId } };
});
const doors = {
  audit: {
    reader: {
      list: async (_: string, { limit, max = Infinity }: { limit: number; max?: number }) =>
        entries
          .filter(({ position }) => position <= max)
          .toReversed()
          .slice(0, limit),
    },
  },
  people: { get: (id: string) => (sitesOf[id] ? { sites: sitesOf[id] } : undefined) },
  tokens: { get: () => undefined },
};
const seen = async (personId: string, sites: string[], limit = 10_000) => auditFor(doors, { personId, sites }, limit);
const whoIn = (rows: TimelineEntry[]) => [...new Set(rows.map(({ facts }) => String(facts['personId'])))].sort();

it('shows those who serve all sites everything, and others what people of their own sites did', async () => {
  expect(await seen('nation', ['*'])).toHaveLength(entries.length);
  expect(whoIn(await seen('city', ['city']))).toEqual(['both', 'city']);
  expect(await seen('city', ['city'])).toHaveLength(1_000);
  expect(whoIn(await seen('lonely', ['nowhere']))).toEqual([]);
  expect(whoIn(await seen('other', ['nowhere']))).toEqual(['other']);
});

it('stops at the newest that were asked for', async () => {
  const rows = await seen('city', ['city'], 3);
  expect(rows.map(({ position }) => position)).toEqual([2496, 2495, 2491]);
});
