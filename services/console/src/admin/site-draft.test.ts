import { keptSecret, publicationShown, type Site, type SitePublication } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { blankPublication, blankSite, draftOf, problemsOf, siteOf } from './site-draft.ts';

const site: Site = {
  siteId: 'city',
  name: '某市税务局',
  level: 'city',
  region: '370200',
  superior: '000000',
  speaksFor: [{ region: '370281', name: '某县级市' }],
  baseUrl: 'https://city.example',
};

/** As the server shows it. */
const rowOf = (of: Site) => ({ ...of, publication: publicationShown(of.publication ?? { kind: 'portal' }) });

describe('a site that is being written', () => {
  it('is registered as it was, when nothing was changed', () => {
    expect(siteOf(draftOf(rowOf(site)))).toEqual(site);
    const columns = [{ kind: 'news' as const, name: '税务 要闻', url: 'https://city.example/ywxw/' }];
    const limited = { ...site, rumorLimit: 'PT1H', incidentLimit: 'PT30M', columns };
    for (const language of ['zh', 'en'] as const) expect(siteOf(draftOf(rowOf(limited), language))).toEqual(limited);
    expect(draftOf(rowOf(limited), 'en').columns).toBe('news 税务 要闻 https://city.example/ywxw/');
  });
  it('has no place in the hierarchy until someone gives it one', () => {
    const { region: _region, superior: _superior, ...rest } = site;
    expect(siteOf(draftOf(rowOf(rest)))).toEqual(rest);
  });
  it('is told all that is wrong at once', () => {
    const wrong = { ...blankSite, siteId: '坏', region: '3702', speaksFor: '370281 某县\n某区', columns: '新闻 要闻' };
    expect(problemsOf(wrong, new Set()).map(({ field }) => field)).toEqual([
      'name',
      'siteId',
      'baseUrl',
      'region',
      'speaksFor',
      'columns',
    ]);
    expect(problemsOf(wrong, new Set()).at(-2)!.values).toEqual({ n: '2' });
    expect(problemsOf(draftOf(rowOf(site)), new Set(['city'])).map(({ field }) => field)).toEqual(['siteId']);
  });
});

describe('who publishes it', () => {
  const wordpress: SitePublication = {
    kind: 'wordpress',
    settings: {
      url: 'https://city.example',
      username: 'tongsheng',
      password: 'abcd EFGH 1234',
      categories: ['政策', '转载'],
      onRemove: 'private',
    },
  };
  const known = draftOf(rowOf({ ...site, publication: wordpress }));
  it('keeps the secret that nobody was shown', () => {
    expect(JSON.stringify(known)).not.toContain('EFGH');
    const kept = { ...wordpress, settings: { ...wordpress.settings, password: keptSecret } };
    expect(siteOf(known).publication).toEqual(kept);
    const { publication } = known;
    const typed = { ...publication, fields: { ...publication.fields, password: 'another one' } };
    expect(siteOf({ ...known, publication: typed }).publication).toMatchObject({
      settings: { password: 'another one' },
    });
  });
  it('is asked for all that its kind needs, and begins with what is usual', () => {
    const chosen = { ...known, publication: blankPublication('wordpress') };
    expect(chosen.publication.fields).toMatchObject({ onRemove: 'trash', categories: '' });
    expect(problemsOf(chosen, new Set()).map(({ field }) => field)).toEqual([
      'publication-url',
      'publication-username',
      'publication-password',
    ]);
    expect(problemsOf({ ...known, publication: blankPublication('portal') }, new Set())).toEqual([]);
  });
});
