import type { QuotaCommand, QuotaEvent } from '@tongsheng/contracts';
import { noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodOf, quota } from './quota.ts';

const given = specify(quota);
const key = (deliveryId: string) => ({ credentialId: 'app', channelId: 'wechat', period: '20261123', deliveryId });
const head = { id: 'c', at: noon, actor: service };
const reserve = (deliveryId: string, limit = 1): QuotaCommand => ({
  type: 'quota.reserve',
  ...head,
  ...key(deliveryId),
  limit,
});
const giveBack = (deliveryId: string): QuotaCommand => ({ type: 'quota.return', ...head, ...key(deliveryId) });
const reserved = (deliveryId: string, limit = 1): QuotaEvent => ({
  type: 'quota.reserved',
  ...key(deliveryId),
  limit,
  reservedAt: noon,
});
const returned = (deliveryId: string): QuotaEvent => ({
  type: 'quota.returned',
  ...key(deliveryId),
  returnedAt: noon,
});

describe('a slot of a quota', () => {
  it('is one delivery’s, however often it asks', () => {
    given().when(reserve('a')).yields(reserved('a'));
    given(reserved('a')).when(reserve('a')).yields();
    given(reserved('a')).when(reserve('b')).isRefused('quota_exhausted');
  });
  it('that was not needed is another’s', () => {
    given(reserved('a')).when(giveBack('a')).yields(returned('a'));
    given(reserved('a'), returned('a')).when(reserve('b')).yields(reserved('b'));
    given(reserved('a')).when(giveBack('b')).yields();
  });
  it('is never given twice, whoever asks and returns in whatever order', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const commands = fc.oneof(
      names.map((name) => reserve(name, 3)),
      names.map(giveBack),
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 60 }), (all) => {
        let holders = quota.initial;
        for (const command of all) {
          try {
            holders = quota.decide(command, holders).reduce(quota.evolve, holders);
          } catch {
            expect(holders).toHaveLength(3);
          }
          expect(holders.length).toBeLessThanOrEqual(3);
          expect(new Set(holders).size).toBe(holders.length);
        }
      }),
    );
  });
});

describe('a period', () => {
  const zone = 'Asia/Shanghai';
  it('of a day begins at midnight in the platform’s zone', () => {
    expect(periodOf({ per: 'day', count: 1, zone }, '2026-11-23T15:59:59.999Z')).toEqual({
      period: '20261123',
      next: '2026-11-23T16:00:00.000Z',
    });
    expect(periodOf({ per: 'day', count: 1, zone }, '2026-11-23T16:00:00.000Z').period).toBe('20261124');
  });
  it('of a month begins on the first', () => {
    expect(periodOf({ per: 'month', count: 4, zone }, '2026-12-31T15:00:00.000Z')).toEqual({
      period: '202612',
      next: '2026-12-31T16:00:00.000Z',
    });
  });
});
