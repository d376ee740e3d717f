import type { Site } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { blankSite, draftOf, problemsOf, siteOf } from './site-draft.ts';

const site: Site = {
  siteId: 'city',
  name: '某市税务局',
  level: 'city',
  region: '370200',
  superior: '000000',
  speaksFor: [{ region: '370281', name: '某县级市' }],
  baseUrl: 'https://city.example',
};

describe('a site that is being written', () => {
  it('is registered as it was, when nothing was changed', () => {
    expect(siteOf(draftOf(site))).toEqual(site);
  });
  it('has no place in the hierarchy until someone gives it one', () => {
    const { region: _region, superior: _superior, ...rest } = site;
    expect(siteOf(draftOf(rest))).toEqual(rest);
  });
  it('is told all that is wrong at once', () => {
    const wrong = { ...blankSite, siteId: '坏', region: '3702', speaksFor: '370281 某县\n某区' };
    expect(problemsOf(wrong, new Set()).map(({ field }) => field)).toEqual([
      'name',
      'siteId',
      'baseUrl',
      'region',
      'speaksFor',
    ]);
    expect(problemsOf(wrong, new Set()).at(-1)!.values).toEqual({ n: '2' });
    expect(problemsOf(draftOf(site), new Set(['city'])).map(({ field }) => field)).toEqual(['siteId']);
  });
});
