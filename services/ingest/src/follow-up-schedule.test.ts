import { describe, expect, it } from 'vitest';
import { absenceOf, followUpSchedule, nextFollowUp, type PageFacts } from './follow-up-schedule.ts';

const first = '2026-11-23T04:00:00.000Z';

describe('an item under obligation is looked at again', () => {
  it('at once, then ever more seldom, for a month', () => {
    const moments: string[] = [];
    for (let last: string | null = null; ;) {
      const next = nextFollowUp(first, last, followUpSchedule);
      if (next === null) break;
      moments.push(next);
      last = next;
    }
    expect(moments).toHaveLength(followUpSchedule.length);
    expect(moments[0]).toBe(first);
    expect(moments.at(-1)).toBe('2026-12-23T04:00:00.000Z');
    const pauses = moments.slice(1).map((moment, i) => Date.parse(moment) - Date.parse(moments[i]!));
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
  });
  it('once for moments that were slept through', () => {
    expect(nextFollowUp(first, '2026-11-23T05:10:00.000Z', followUpSchedule)).toBe('2026-11-23T06:00:00.000Z');
  });
});

describe('a page', () => {
  const link = 'https://upstream.example/zc/1.html';
  const there: PageFacts = { link, answeredBy: link, status: 200, characters: 900, knownCharacters: 1_000 };
  const reason = (facts: Partial<PageFacts>) => absenceOf({ ...there, ...facts })?.reason ?? null;
  it('is there when its text is', () => {
    expect(reason({})).toBeNull();
    expect(reason({ characters: 201 })).toBeNull();
  });
  it('is gone when the server says so', () => {
    expect([reason({ status: 404 }), reason({ status: 410 })]).toEqual(['gone', 'gone']);
  });
  it('has moved home when it leads to the front page', () => {
    expect(reason({ answeredBy: 'https://upstream.example/' })).toBe('moved_home');
    expect(reason({ answeredBy: 'https://upstream.example/index.html' })).toBe('moved_home');
    expect(reason({ answeredBy: 'https://upstream.example/new/1.html' })).toBeNull();
    expect(reason({ answeredBy: 'https://upstream.example/?id=7' })).toBeNull();
  });
  it('has lost its text when hardly any is left of it', () => {
    expect([reason({ characters: null }), reason({ characters: 199 })]).toEqual(['text_lost', 'text_lost']);
    expect(reason({ characters: null, knownCharacters: null })).toBeNull();
  });
  it('is not judged by a server that does not answer, or refuses to', () => {
    for (const status of [null, 403, 429, 500, 503]) expect(reason({ status, characters: null })).toBeNull();
  });
});
