import type { BalanceCommand, BalanceEvent } from '@tongsheng/contracts';
import { minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balance } from './balance.ts';

const given = specify(balance);
const account = { kind: 'site' as const, id: 'city' };
const head = (at: string) => ({ id: `c-${at}`, at, actor: service, account, site: 'city' });
const facts = (since: string) => ({
  name: '某市',
  takenIn: 3,
  delivered: 1,
  refused: 0,
  waiting: 1,
  parked: 0,
  difference: 1,
  missing: 1,
  doubled: 0,
  uneven: [
    {
      of: 'item' as const,
      site: 'city',
      id: 'i',
      sourceId: 'national',
      title: '公告',
      wanted: 1,
      there: 0,
      holders: [],
      since,
    },
  ],
  position: 9,
  since,
});
const breaks = (at: string, since = at): BalanceCommand => ({ type: 'balance.break', ...head(at), ...facts(since) });
const restores = (at: string): BalanceCommand => ({ type: 'balance.restore', ...head(at) });
const broken = (at: string, since = at): BalanceEvent => ({
  type: 'balance.broken',
  account,
  site: 'city',
  ...facts(since),
  brokenAt: at,
});

describe('books that are uneven', () => {
  it('are told of once', () => {
    given().when(breaks(noon)).yields(broken(noon));
    given(broken(noon))
      .when(breaks(minutesLater(1), noon))
      .yields();
  });
  it('are even again since that trouble', () => {
    const restoredAt = minutesLater(5);
    given(broken(noon))
      .when(restores(restoredAt))
      .yields({ type: 'balance.restored', account, site: 'city', since: noon, restoredAt });
  });
  it('that nobody was told of are not restored', () => {
    given().when(restores(noon)).yields();
  });
  it('alternate with even ones, whatever several processes say', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (says) => {
        const past: BalanceEvent[] = [];
        says.forEach((isBroken, i) => {
          const state = past.reduce(balance.evolve, balance.initial);
          const command = isBroken ? breaks(minutesLater(i)) : restores(minutesLater(i));
          past.push(...balance.decide(command, state));
        });
        past.forEach(({ type }, i) => expect(type).toBe(i % 2 === 0 ? 'balance.broken' : 'balance.restored'));
      }),
    );
  });
});
