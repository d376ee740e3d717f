import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { claimed, failed, isOver, readAsked, subscribed, subscriptionIdOf, told, type Asked } from './subscription.ts';

const noon = '2026-11-23T04:00:00.000Z';
const [hash, other] = ['a'.repeat(64), 'b'.repeat(64)];
const form = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.topic': 'https://portal.example/feed.atom',
    'hub.callback': 'https://reader.example/callback?x=1',
    ...more,
  });
const asked = readAsked(form()) as Asked;
const secondsFrom = (at: string, until: string) => DateTime.fromISO(until).diff(DateTime.fromISO(at)).as('seconds');

describe('what is asked of the hub', () => {
  it('is read as W3C WebSub has it', () => {
    const more = { 'hub.secret': 's', 'hub.lease_seconds': '86400', 'hub.verify': 'async' };
    expect(readAsked(form(more))).toEqual({
      mode: 'subscribe',
      topic: 'https://portal.example/feed.atom',
      callback: 'https://reader.example/callback?x=1',
      secret: 's',
      leaseSeconds: 86_400,
    });
    expect(readAsked(form())).toMatchObject({ secret: null, leaseSeconds: 864_000 });
  });
  it.each([
    [{ 'hub.mode': 'publish' }, 'hub.mode'],
    [{ 'hub.topic': '' }, 'hub.topic'],
    [{ 'hub.callback': 'ftp://reader.example/' }, 'hub.callback'],
    [{ 'hub.callback': 'javascript:alert(1)' }, 'hub.callback'],
    [{ 'hub.callback': 'https://root:pass@reader.example/' }, 'hub.callback'],
    [{ 'hub.callback': `https://reader.example/${'a'.repeat(2_000)}` }, 'hub.callback'],
    [{ 'hub.secret': '密'.repeat(67) }, 'hub.secret'],
  ])('is refused by name: %j', (more, name) => {
    expect(readAsked(form(more))).toContain(name);
  });
  it('lasts an hour at least and thirty days at most, whatever is wished for', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string(), fc.double()), (wish) => {
        const { leaseSeconds } = readAsked(form({ 'hub.lease_seconds': String(wish) })) as Asked;
        expect(leaseSeconds).toBeGreaterThanOrEqual(3_600);
        expect(leaseSeconds).toBeLessThanOrEqual(30 * 86_400);
        expect(Number.isInteger(leaseSeconds)).toBe(true);
      }),
    );
  });
  it('is one subscription for each callback and feed', () => {
    expect(subscriptionIdOf(asked)).toBe(subscriptionIdOf({ ...asked }));
    expect(subscriptionIdOf({ ...asked, callback: 'https://reader.example/2' })).not.toBe(subscriptionIdOf(asked));
    expect(subscriptionIdOf(asked)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a subscription', () => {
  const fresh = subscribed(asked, null, hash, noon);
  it('begins with the feed as it is, and one that is renewed with what it was told last', () => {
    expect(fresh).toMatchObject({ told: hash, leaseUntil: '2026-12-03T04:00:00.000Z', notBefore: null });
    expect(subscribed({ ...asked, secret: 'new' }, fresh, other, noon)).toMatchObject({ told: hash, secret: 'new' });
  });
  it('is over at the end of its lease', () => {
    expect(isOver(fresh, '2026-12-03T03:59:59.999Z')).toBe(false);
    expect(isOver(fresh, fresh.leaseUntil)).toBe(true);
  });
  it('is left to the process that tells it, for a minute', () => {
    expect(claimed(fresh, noon).notBefore).toBe('2026-11-23T04:01:00.000Z');
  });
  it('is well again once it was told', () => {
    const ill = failed(fresh, null, noon);
    expect(told(ill, other)).toEqual({ ...fresh, told: other });
  });
  it('that fails is tried ever more seldom, and at least every six hours to the end of its lease', () => {
    const wishes = fc.array(fc.option(fc.integer({ min: 0, max: 10 ** 7 })), { maxLength: 60 });
    fc.assert(
      fc.property(wishes, (all) => {
        let [known, at] = [fresh, noon];
        for (const wish of all) {
          const next = failed(known, wish, at);
          const wait = secondsFrom(at, next.notBefore!);
          expect(wait).toBeGreaterThanOrEqual(30);
          expect(wait).toBeLessThanOrEqual(21_600);
          expect(next).toEqual({ ...known, failures: known.failures + 1, notBefore: next.notBefore });
          [known, at] = [next, next.notBefore!];
        }
      }),
    );
    expect(failed(failed(fresh, null, noon), null, noon).notBefore).toBe('2026-11-23T04:02:00.000Z');
  });
});
