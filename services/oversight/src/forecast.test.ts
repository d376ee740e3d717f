import { Forecast } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedAt, forecast, paceOf, type OpenTask } from './forecast.ts';
import { hourMs, type DecidedHour } from './pace.ts';

const now = Date.parse(noon);
const due = (minutes: number, n = 0, site = 'province'): OpenTask => ({
  taskId: `task-${minutes}-${n}`,
  site,
  title: '公告',
  sourceName: '国家税务总局网站',
  dueAt: minutesLater(minutes),
});
/** So many decisions in each of the last hours. */
const steady = (perHour: number, hours: number, site = 'province'): DecidedHour[] =>
  Array.from({ length: hours }, (_, i) => ({ hour: now - (i + 1) * hourMs, bySite: { [site]: perHour } }));
const weeks = 14 * 24;

describe('the pace', () => {
  it('is by hour of the day when a week is known', () => {
    // Two an hour from nine to five in Beijing, nothing at night.
    const past = steady(2, weeks).filter(({ hour }) => {
      const ofDay = (hour / hourMs + 8) % 24;
      return ofDay >= 9 && ofDay < 17;
    });
    const pace = paceOf(past, noon);
    expect(pace.basis).toBe('hourly');
    expect(pace.at('province', now)).toBeCloseTo(2, 0);
    expect(pace.at('province', now + 10 * hourMs)).toBe(0);
    expect(pace.at('city', now)).toBe(0);
  });
  it('is even when less is known, and nothing when nothing is', () => {
    expect(paceOf(steady(3, 10), noon)).toMatchObject({ basis: 'even' });
    expect(paceOf(steady(3, 10), noon).at('province', now)).toBeCloseTo(3);
    expect(paceOf([], noon)).toMatchObject({ basis: 'none', days: 0 });
  });
  it('does not count the hour that runs, nor what is longer ago than four weeks', () => {
    const old = { hour: now - 29 * 24 * hourMs, bySite: { province: 1_000 } };
    expect(paceOf([old, { hour: now, bySite: { province: 1_000 } }], noon).basis).toBe('none');
  });
});

describe('a forecast', () => {
  it('says after which full hour how many will be late, and which', () => {
    // Two an hour; by 18:20 twelve are done, and 17 are due.
    const open = Array.from({ length: 17 }, (_, n) => due(380, n));
    const said = forecast(open, steady(2, weeks), noon);
    expect(said).toMatchObject({ basis: 'hourly', days: 14, open: 17, overdue: 0, after: minutesLater(360), late: 5 });
    expect(said.tasks).toHaveLength(5);
    expect(said.hours.find(({ from }) => from === minutesLater(360))).toMatchObject({ due: 17, late: 5, decisions: 2 });
    expect(Forecast.parse(said)).toEqual(said);
  });
  it('lets what is overdue be done first, and does not count it a second time', () => {
    const said = forecast([due(-10), due(30)], steady(1, weeks), noon);
    expect(said).toMatchObject({ overdue: 1, late: 1 });
    expect(said.tasks).toMatchObject([{ dueAt: minutesLater(30), expectedAt: minutesLater(120) }]);
  });
  it('of one site is not made better by the pace of another', () => {
    const past = steady(1, weeks).map(({ hour, bySite }) => ({ hour, bySite: { ...bySite, city: 100 } }));
    const said = forecast([due(30, 1), due(30, 2), due(30, 3, 'city')], past, noon);
    expect(said.tasks.map(({ site }) => site)).toEqual(['province', 'province']);
  });
  it('without a past says nothing rather than that all will be late', () => {
    expect(forecast([due(30)], [], noon)).toMatchObject({ basis: 'none', late: 0, after: null });
  });
});

const anyOpen = fc
  .array(fc.record({ minutes: fc.integer({ min: -120, max: 2_000 }), site: fc.constantFrom('province', 'city') }), {
    maxLength: 40,
  })
  .map((all) => all.map(({ minutes, site }, n) => due(minutes, n, site)));
const anyPast = fc
  .array(fc.record({ ago: fc.integer({ min: 1, max: weeks }), n: fc.integer({ min: 1, max: 9 }) }), { maxLength: 60 })
  .map((all) => all.map(({ ago, n }) => ({ hour: now - ago * hourMs, bySite: { province: n, city: n % 3 } })));

describe('whatever is open and whatever the pace', () => {
  it('the hours add up to the whole, and every late task is open, due within the day, and expected later', () => {
    fc.assert(
      fc.property(anyOpen, anyPast, (open, past) => {
        const said = forecast(open, past, noon);
        expect(said.hours.reduce((sum, { late }) => sum + late, 0)).toBe(said.late);
        expect(said.tasks).toHaveLength(said.late);
        for (const { taskId, dueAt, expectedAt: at } of said.tasks) {
          expect(open.some((task) => task.taskId === taskId)).toBe(true);
          expect(dueAt >= noon && dueAt < minutesLater(1_440)).toBe(true);
          expect(at === null || at > dueAt).toBe(true);
        }
        expect(said.after === null).toBe(said.late === 0);
        if (said.after) expect(said.after <= said.tasks[0]!.dueAt).toBe(true);
      }),
    );
  });
  it('more people at work never make more late', () => {
    fc.assert(
      fc.property(anyOpen, anyPast, fc.integer({ min: 1, max: 4 }), (open, past, factor) => {
        const faster = past.map(({ hour, bySite }) => ({
          hour,
          bySite: Object.fromEntries(Object.entries(bySite).map(([site, n]) => [site, n * factor])),
        }));
        expect(forecast(open, faster, noon).late).toBeLessThanOrEqual(forecast(open, past, noon).late);
      }),
    );
  });
  it('one more task never makes fewer late', () => {
    fc.assert(
      fc.property(anyOpen, anyPast, fc.integer({ min: 0, max: 1_400 }), (open, past, minutes) => {
        const more = [...open, due(minutes, 99)];
        expect(forecast(more, past, noon).late).toBeGreaterThanOrEqual(forecast(open, past, noon).late);
      }),
    );
  });
  it('a site’s tasks are expected in the order of their limits', () => {
    fc.assert(
      fc.property(anyOpen, anyPast, (open, past) => {
        const expected = expectedAt(open, paceOf(past, noon), noon);
        for (const site of ['province', 'city']) {
          const order = open
            .filter((task) => task.site === site)
            .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))
            .map((task) => expected.get(task) ?? Infinity);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      }),
    );
  });
});
