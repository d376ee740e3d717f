import { deliveryState, type DeliveryRow, type LinkedRow, type RumorRow } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policiesOf, reachOf, rebuttalTimes, rumorsOf } from './release-compliance.ts';

const linked = (linkedId: string, roles: string[], more: Partial<LinkedRow> = {}) =>
  ({
    site: 'province',
    linkedId,
    title: linkedId,
    parts: roles.map((role) => ({ releaseId: role, site: 'province', role })),
    committedAt: noon,
    late: [],
    waived: null,
    ...more,
  }) as unknown as LinkedRow;
const rumor = (rumorCaseId: string, more: Partial<RumorRow> = {}) =>
  ({
    site: 'province',
    rumorCaseId,
    claim: rumorCaseId,
    state: 'reported',
    reportedAt: noon,
    dueAt: minutesLater(60),
    rebuttedAt: null,
    ...more,
  }) as unknown as RumorRow;

describe('a policy', () => {
  it('went out with its interpretation, late somewhere, or without it because somebody signed for that', () => {
    const waived = { reason: '紧急', byName: '吴主任', at: noon };
    const found = policiesOf([
      linked('a', ['policy', 'interpretation']),
      linked('b', ['policy', 'interpretation'], { late: ['channel/x'] as never, committedAt: minutesLater(1) }),
      linked('c', ['policy'], { waived, committedAt: minutesLater(2) }),
      linked('news', ['news']),
      linked('planned', ['policy', 'interpretation'], { committedAt: null }),
    ]);
    expect(found.map(({ linkedId, outcome }) => [linkedId, outcome])).toEqual([
      ['c', 'waived'],
      ['b', 'late'],
      ['a', 'together'],
    ]);
    expect(found[0]?.waived).toEqual({ byName: '吴主任', reason: '紧急' });
  });
});

describe('a rumor', () => {
  it('is answered up to its limit in time, and late a millisecond after', () => {
    const told = (more: Partial<RumorRow>, now = noon) => rumorsOf([rumor('r', more)], now)[0]!.outcome;
    expect(told({ state: 'rebutted', rebuttedAt: minutesLater(60) })).toBe('in_time');
    expect(told({ state: 'rebutted', rebuttedAt: minutesLater(61) })).toBe('late');
    expect([told({}), told({}, minutesLater(61)), told({ state: 'watched' })]).toEqual(['open', 'overdue', 'closed']);
  });
  it('took so long from clue to rebuttal', () => {
    const rows = [10, 20, 90].map((minutes) =>
      rumor(`r${minutes}`, { state: 'rebutted', rebuttedAt: minutesLater(minutes) }),
    );
    expect(rebuttalTimes(rumorsOf([...rows, rumor('open')], noon))).toEqual({
      medianSeconds: 1_200,
      p95Seconds: 5_400,
    });
    expect(rebuttalTimes([])).toEqual({ medianSeconds: null, p95Seconds: null });
  });
});

it('the reach of the channels is every delivery that was not called off, once', () => {
  const anyRow = fc
    .record({ channelId: fc.constantFrom('mail', 'wechat'), state: fc.constantFrom(...deliveryState.options) })
    .map((row) => ({ ...row, channelName: row.channelId, site: 'province' }) as unknown as DeliveryRow);
  fc.assert(
    fc.property(fc.array(anyRow), (rows) => {
      const found = reachOf(rows);
      const asked = rows.filter(({ state }) => state !== 'cancelled');
      for (const channel of found) {
        const { asked: all, confirmed, pending, failed, unknown, waiting } = channel;
        expect(all).toBe(asked.filter(({ channelId }) => channelId === channel.channelId).length);
        expect(confirmed + pending + failed + unknown + waiting).toBe(all);
      }
      expect(found.reduce((sum, { asked: all }) => sum + all, 0)).toBe(asked.length);
    }),
  );
});
