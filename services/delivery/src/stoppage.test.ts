import type { StoppageCommand, StoppageEvent, Urgency } from '@tongsheng/contracts';
import { minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stoppage } from './stoppage.ts';
import { wordOf } from './stoppages.ts';

const given = specify(stoppage);
const key = { channelId: 'wechat', site: 'province' };
const facts = { channelName: '公众号', urgency: 'rebuttal' as const, waiting: 2, since: noon, detail: 'HTTP 503' };
const notice = (minutes: number, since = noon): StoppageCommand => ({
  type: 'stoppage.notice',
  ...key,
  ...facts,
  since,
  id: `n${minutes}`,
  at: minutesLater(minutes),
  actor: service,
});
const end = (minutes: number, since = noon): StoppageCommand => ({
  type: 'stoppage.end',
  ...key,
  since,
  because: 'well',
  id: `e${minutes}`,
  at: minutesLater(minutes),
  actor: service,
});
const noticed: StoppageEvent = { type: 'stoppage.noticed', ...key, ...facts, noticedAt: minutesLater(5) };
const ended: StoppageEvent = {
  type: 'stoppage.ended',
  ...key,
  since: noon,
  because: 'well',
  endedAt: minutesLater(9),
};

describe('a channel that stands still', () => {
  it('is said once, however many processes see it, and so is its end', () => {
    given().when(notice(5)).yields(noticed);
    given(noticed).when(notice(6)).yields();
    given(noticed).when(end(9)).yields(ended);
    given(noticed, ended).when(end(10)).yields();
    given().when(end(10)).yields();
  });
  it('again is another one, which the end of the first does not end', () => {
    const again = { ...noticed, since: minutesLater(10), noticedAt: minutesLater(15) } as StoppageEvent;
    given(noticed, ended)
      .when(notice(15, minutesLater(10)))
      .yields(again);
    given(noticed, ended, again).when(end(16)).yields();
  });
  it('is noticed and over in turns, whatever is said in which order', () => {
    const step = fc.record({ isNotice: fc.boolean(), since: fc.integer({ min: 0, max: 3 }).map(minutesLater) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const told = steps.reduce<StoppageEvent[]>((past, { isNotice, since }, i) => {
          const state = past.reduce(stoppage.evolve, stoppage.initial);
          return [...past, ...stoppage.decide(isNotice ? notice(i, since) : end(i, since), state)];
        }, []);
        for (const [i, event] of told.entries())
          expect(event.type).toBe(i % 2 === 0 ? 'stoppage.noticed' : 'stoppage.ended');
        for (const [i, event] of told.entries()) if (i % 2 === 1) expect(event.since).toBe(told[i - 1]!.since);
      }),
    );
  });
});

describe('people hear of it', () => {
  const patience = { rebuttal: 'PT5M', urgent: 'PT15M', routine: 'PT1H' };
  const channel = (waiting: Partial<Record<Urgency, number>>, since: string | null = noon, paused = false) => ({
    channelId: 'wechat',
    paused,
    since,
    waiting,
  });
  it.each<[Partial<Record<Urgency, number>>, number]>([
    [{ rebuttal: 1, routine: 7 }, 5],
    [{ urgent: 1, routine: 7 }, 15],
    [{ routine: 7 }, 60],
  ])('as soon as the most urgent of what waits can bear no more: %j after %i minutes', (waiting, minutes) => {
    expect(wordOf(channel(waiting), null, minutesLater(minutes - 1), patience)).toBeNull();
    expect(wordOf(channel(waiting), null, minutesLater(minutes), patience)).toMatchObject({
      say: 'notice',
      since: noon,
      waiting: Object.values(waiting).reduce((sum, each) => sum + each, 0),
    });
  });
  it('once, and not where nothing waits, people paused it, or it is well', () => {
    const late = minutesLater(600);
    expect(wordOf(channel({ rebuttal: 1 }), { since: noon }, late, patience)).toBeNull();
    for (const quiet of [channel({}), channel({ rebuttal: 1 }, null), channel({ rebuttal: 1 }, noon, true)])
      expect(wordOf(quiet, null, late, patience)).toBeNull();
  });
  it('that it is over, and why', () => {
    const because = (state: ReturnType<typeof channel>) => wordOf(state, { since: noon }, minutesLater(9), patience);
    expect(because(channel({ rebuttal: 1 }, null))).toEqual({ say: 'end', since: noon, because: 'well' });
    expect(because(channel({}))).toMatchObject({ because: 'idle' });
    expect(because(channel({ rebuttal: 1 }, noon, true))).toMatchObject({ because: 'paused' });
    // It was well in between, and stands still anew.
    expect(because(channel({ rebuttal: 1 }, minutesLater(8)))).toMatchObject({ since: noon, because: 'well' });
  });
});
