import { holes, onDuty, person, shift, type Shift } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peopleOf } from './whom.ts';

const somebody = (personId: string, roles: string[], sites: string[] = ['*'], disabled = false) =>
  person.parse({ personId, name: `同志${personId}`, roles, sites, disabled, passwordHash: '$argon2id$x' });
const people = [
  somebody('feng', ['duty']),
  somebody('chu', ['duty', 'editor'], ['province']),
  somebody('wei', ['editor'], ['city']),
  somebody('wu', ['manager']),
  somebody('gone', ['manager', 'editor'], ['*'], true),
];
const on = (personId: string, more: Partial<Shift> = {}): Shift =>
  shift.parse({ shiftId: personId, site: '*', personId, from: noon, to: minutesLater(60), ...more });
const idsOf = (whom: Parameters<typeof peopleOf>[0], shifts: Shift[], site: string | null = 'province', at = noon) =>
  peopleOf(whom, site, at, { shifts, people }).map(({ personId }) => personId);

describe('a step means', () => {
  it('who is on duty for the site at that moment, and the substitute', () => {
    const shifts = [on('feng', { substituteId: 'chu' })];
    expect(idsOf('duty', shifts)).toEqual(['feng']);
    expect(idsOf('substitute', shifts)).toEqual(['chu']);
    expect(idsOf('duty', shifts, 'province', minutesLater(60))).toEqual([]);
    expect(idsOf('duty', [on('feng', { cancelled: true })])).toEqual([]);
  });
  it('the site’s own shift rather than the one for all sites', () => {
    const shifts = [on('feng'), on('chu', { site: 'province' })];
    expect(idsOf('duty', shifts)).toEqual(['chu']);
    expect(idsOf('duty', shifts, 'city')).toEqual(['feng']);
    expect(idsOf('duty', shifts, null)).toEqual(['feng']);
    expect(idsOf('duty', [on('chu', { site: 'province' })], null)).toEqual(['chu']);
  });
  it('the editors of the site and the managers, never who has left', () => {
    expect(idsOf('editors', [])).toEqual(['chu']);
    expect(idsOf('editors', [], null)).toEqual(['chu', 'wei']);
    expect(idsOf('managers', [])).toEqual(['wu']);
    expect(idsOf({ personId: 'wei' }, [])).toEqual(['wei']);
    expect(idsOf({ personId: 'gone' }, [])).toEqual([]);
  });
});

describe('holes of a roster', () => {
  const period = { from: noon, to: minutesLater(240) };
  it('lie between shifts, before the first and after the last', () => {
    expect(holes([], 'province', period)).toEqual([period]);
    const shifts = [on('a', { from: minutesLater(60), to: minutesLater(120) })];
    expect(holes(shifts, 'province', period)).toEqual([
      { from: noon, to: minutesLater(60) },
      { from: minutesLater(120), to: minutesLater(240) },
    ]);
    expect(holes([on('a', { site: 'city', to: minutesLater(240) })], 'province', period)).toEqual([period]);
  });
  it('are exactly the moments at which nobody is on duty', () => {
    const anyShift = fc
      .record({ from: fc.nat(300), length: fc.integer({ min: 1, max: 120 }), cancelled: fc.boolean() })
      .map(({ from, length, cancelled }) =>
        on('feng', { from: minutesLater(from - 30), to: minutesLater(from - 30 + length), cancelled }),
      );
    fc.assert(
      fc.property(fc.array(anyShift, { maxLength: 8 }), fc.nat(239), (shifts, minute) => {
        const at = minutesLater(minute);
        const isHole = holes(shifts, 'province', period).some(({ from, to }) => from <= at && at < to);
        expect(isHole).toBe(onDuty(shifts, 'province', at).length === 0);
      }),
    );
  });
});
