import type { Shift } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, planOf } from './roster-import.ts';

const known = {
  people: [
    { personId: 'feng', name: '冯值班' },
    { personId: 'chu', name: '褚备班' },
    { personId: 'wang1', name: '王伟' },
    { personId: 'wang2', name: '王伟' },
  ],
  sites: [{ siteId: 'province', name: '某省税务局网站' }],
  shifts: [] as Shift[],
};
const head = ['当班人', '备班人', '开始', '结束', '站点'];
const day = ['冯值班', '褚备班', '2026-12-01 08:30', '2026-12-01 20:30', ''];
const night = ['褚备班', '', '2026/12/1 20:30', '次日 08:30', '全部站点'];
const codes = (table: string[][], weeks = 1, more = known) =>
  planOf(table, weeks, more).problems.map(({ row, code }) => `${row} ${code}`);

describe('a roster that is brought', () => {
  it('is read by names, with the head left out and Beijing times', () => {
    const { planned, problems, holes } = planOf([head, day, night], 1, known);
    expect(problems).toEqual([]);
    expect(holes).toEqual([]);
    expect(planned.map(({ row, shift }) => [row, shift.personId, shift.substituteId, shift.from, shift.to])).toEqual([
      [2, 'feng', 'chu', '2026-12-01T00:30:00.000Z', '2026-12-01T12:30:00.000Z'],
      [3, 'chu', null, '2026-12-01T12:30:00.000Z', '2026-12-02T00:30:00.000Z'],
    ]);
  });
  it('says of each wrong line which it is and what is wrong, and of all of them at once', () => {
    const wrong = [
      ['某人', '', '2026-12-01 08:30', '2026-12-01 20:30'],
      ['王伟', '', '2026-12-01 08:30', '2026-12-01 20:30'],
      ['冯值班', '无此人', '2026-12-01 08:30', '2026-12-01 20:30'],
      ['冯值班', '冯值班', '2026-12-01 08:30', '2026-12-01 20:30'],
      ['冯值班', '', '2026-12-01 20:30', '2026-12-01 08:30'],
      ['冯值班', '', '2026-02-30 08:30', '明天'],
      ['冯值班', '', '2026-12-01 08:30', '2026-12-01 20:30', '外省'],
      ['冯值班', '2026-12-01'],
    ];
    expect(codes(wrong)).toEqual([
      '1 unknownPerson',
      '2 ambiguousPerson',
      '3 unknownSubstitute',
      '4 samePerson',
      '5 endsFirst',
      '6 noBegin',
      '6 noEnd',
      '7 unknownSite',
      '8 columns',
    ]);
  });
  it('overlaps neither itself nor what is registered', () => {
    const late = ['褚备班', '', '2026-12-01 20:00', '2026-12-02 08:30', ''];
    expect(codes([day, late])).toEqual(['2 overlapsRow']);
    const registered = { ...planOf([late], 1, known).planned[0]!.shift, shiftId: 'other' };
    expect(codes([day], 1, { ...known, shifts: [registered] })).toEqual(['1 overlapsShift']);
  });
  it('is the same when it is brought again', () => {
    const { planned } = planOf([day, night], 2, known);
    const shifts = planned.map(({ shift }) => shift);
    const again = planOf([day, night], 2, { ...known, shifts });
    expect(again.problems).toEqual([]);
    expect(again.planned.map(({ shift }) => shift)).toEqual(shifts);
  });
  it('names its holes', () => {
    const next = ['冯值班', '', '2026-12-02 08:30', '2026-12-02 20:30', ''];
    expect(planOf([day, next], 1, known).holes).toEqual([
      { site: '*', from: '2026-12-01T12:30:00.000Z', to: '2026-12-02T00:30:00.000Z' },
    ]);
  });
  it('is repeated by the week, and each week has shifts of its own', () => {
    const { planned } = planOf([day, night], 3, known);
    expect(planned.map(({ shift }) => shift.from.slice(0, 10))).toEqual([
      '2026-12-01',
      '2026-12-01',
      '2026-12-08',
      '2026-12-08',
      '2026-12-15',
      '2026-12-15',
    ]);
    expect(new Set(planned.map(({ shift }) => shift.shiftId)).size).toBe(6);
  });
  it('never plans a shift of a line that is wrong, nor one that ends before it begins, whatever the table holds', () => {
    const cell = fc.oneof(
      fc.constantFrom(...day, ...night, '', null, '24:00', '2026-12-01 24:00'),
      fc.string(),
      fc.date(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 8 }), (table) => {
        const { planned, problems } = planOf(table, 2, known);
        const bad = new Set(problems.filter(({ code }) => !code.startsWith('overlaps')).map(({ row }) => row));
        for (const { row, shift } of planned) {
          expect(bad.has(row)).toBe(false);
          expect(shift.from < shift.to).toBe(true);
        }
      }),
    );
  });
});

it('a time is Beijing’s, also out of a spreadsheet, which has no zone', () => {
  expect(instantOf('2026年12月1日 08:30')).toBe('2026-12-01T00:30:00.000Z');
  expect(instantOf(new Date('2026-12-01T08:30:00.000Z'))).toBe('2026-12-01T00:30:00.000Z');
  expect(instantOf('2026-12-01 24:00')).toBe('2026-12-01T16:00:00.000Z');
  expect(instantOf('2026-13-01 08:30')).toBeNull();
});
