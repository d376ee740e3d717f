import { AnyEvent } from '@tongsheng/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Tally } from './report-tally.ts';

const samples = (type: string): Record<string, unknown>[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../contracts/history', `${type}.json`), 'utf8')) as never;
/** An event as it was once written, told otherwise in some points. */
const event = (type: string, more: Record<string, unknown>): AnyEvent =>
  AnyEvent.parse({ ...samples(type)[0], ...more });
const period = { from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' };
const inside = '2026-06-01T00:00:00.000Z';
const after = '2026-12-31T16:00:00.000Z';
const of = (...events: AnyEvent[]) => {
  const tally = new Tally(period, (site) => site === 'province');
  for (const each of events) tally.add(each);
  return tally.figures();
};
const out = (releaseId: string, more: Record<string, unknown> = {}, publishedAt = inside, site = 'province') => [
  event('release.signed', { releaseId, site, ...more }),
  event('release.published', { releaseId, site, publishedAt }),
];

it('counts what was first public in the period, of our sites, by what it is', () => {
  const figures = of(
    ...out('a', { kind: 'interpretation', format: 'text' }),
    ...out('b', { kind: 'interpretation', format: 'video' }),
    ...out('c', { kind: 'rebuttal' }),
    ...out('late', { kind: 'press' }, after),
    ...out('theirs', { kind: 'press' }, inside, 'city-a'),
    // Corrected: it is not out twice.
    event('release.published', { releaseId: 'a', site: 'province', publishedAt: inside, version: 2 }),
  );
  expect(figures).toMatchObject({
    published_own: '3',
    interpretations: '2',
    interpretations_material: '1',
    interpretations_product: '1',
    responses: '1',
    waivers: '0',
  });
});

it('counts a rebuttal as in time by its limit, and by the one that was set anew', () => {
  const reported = (rumorCaseId: string, dueAt: string) =>
    event('rumor.reported', { rumorCaseId, site: 'province', reportedAt: inside, dueAt });
  const rebutted = (rumorCaseId: string, rebuttedAt: string) =>
    event('rumor.rebutted', { rumorCaseId, site: 'province', rebuttedAt });
  const figures = of(
    reported('one', '2026-06-01T05:00:00.000Z'),
    rebutted('one', '2026-06-01T05:00:00.000Z'),
    reported('two', '2026-06-01T05:00:00.000Z'),
    rebutted('two', '2026-06-01T05:00:00.001Z'),
    reported('three', '2026-06-01T05:00:00.000Z'),
    event('rumor.assessed', { rumorCaseId: 'three', site: 'province', dueAt: '2026-06-02T00:00:00.000Z' }),
    rebutted('three', '2026-06-01T08:00:00.000Z'),
  );
  expect(figures).toMatchObject({ rumors: '3', rebuttals: '3', rebuttals_on_time: '2' });
});

it('counts a delivery once, when it was first known to be there, by its channel', () => {
  const requested = (deliveryId: string, channelKind: string) =>
    event('delivery.requested', { deliveryId, site: 'province', channelKind });
  const answered = (deliveryId: string, outcome: string, answeredAt = inside) =>
    event('delivery.answered', { deliveryId, site: 'province', outcome, answeredAt });
  const figures = of(
    requested('w', 'wechat_publish'),
    answered('w', 'accepted_pending'),
    event('delivery.probed', { deliveryId: 'w', site: 'province', finding: 'present', probedAt: inside }),
    event('delivery.probed', { deliveryId: 'w', site: 'province', finding: 'present', probedAt: inside }),
    requested('m', 'email'),
    answered('m', 'confirmed'),
    requested('x', 'weibo'),
    answered('x', 'unknown'),
  );
  expect(figures).toMatchObject({ wechat_posts: '1', weibo_posts: '0', other_posts: '1' });
});

it('counts a linked release with policy by whether its interpretation was in it, or somebody answered for going without', () => {
  const planned = (linkedId: string, roles: string[]) =>
    event('linked.planned', {
      linkedId,
      site: 'province',
      parts: roles.map((role) => ({ releaseId: role, site: 'province', role })),
    });
  const opened = (linkedId: string, openedAt = inside) =>
    event('linked.opened', { linkedId, site: 'province', openedAt });
  const figures = of(
    planned('both', ['policy', 'interpretation']),
    opened('both'),
    planned('alone', ['policy']),
    event('linked.waived', { linkedId: 'alone', site: 'province' }),
    opened('alone'),
    planned('news', ['news']),
    opened('news'),
    planned('never', ['policy', 'interpretation']),
  );
  expect(figures).toMatchObject({ with_policy: '1', waivers: '1' });
});
