import type { SourceRow, SourceSettings } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import {
  blank,
  detectorOf,
  draftOf,
  newSecret,
  problemsOf,
  proposeId,
  proposeLevel,
  proposePublisher,
  registrationOf,
  watcherOf,
} from './draft.ts';

const settings: SourceSettings = {
  sourceId: 'national-policy',
  name: '总局政策',
  level: 'national',
  publisher: { kind: 'tax', region: '000000' },
  kind: 'list',
  url: 'https://www.chinatax.gov.cn/zcfg/',
  selectors: { row: 'ul.list li', date: 'span' },
  column: '税收政策',
  zone: 'Asia/Shanghai',
  pollSeconds: 120,
  fullText: false,
  paused: false,
  hasSecret: false,
  also: [{ kind: 'webhook', url: 'https://www.chinatax.gov.cn/', hasSecret: true }],
};
const nobody: ReadonlySet<string> = new Set();

describe('a source that is being written', () => {
  it('is registered as it was, when nothing was changed', () => {
    const { hasSecret: _secret, also, ...main } = settings;
    const expected = { ...main, also: also.map(({ hasSecret: _own, ...detector }) => detector) };
    expect(registrationOf(draftOf(settings))).toEqual(expected);
    expect(registrationOf(settings)).toEqual(expected);
  });
  it('carries nothing that was left empty, and nothing of another kind', () => {
    const draft = { ...draftOf(settings), article: { title: ' ', body: ' #zoom ', date: '' }, issuer: ' ' };
    const registered = registrationOf(draft);
    expect(registered.article).toEqual({ body: '#zoom' });
    expect(registered).not.toHaveProperty('issuer');
    expect(detectorOf({ kind: 'feed', url: ' https://a.example/ ', selectors: { row: 'li' }, stream: 'S' })).toEqual({
      kind: 'feed',
      url: 'https://a.example/',
    });
    expect(detectorOf({ kind: 'list', url: 'https://a.example/', selectors: { row: 'li', link: '' } })).toEqual({
      kind: 'list',
      url: 'https://a.example/',
      selectors: { row: 'li' },
    });
  });
  it('says everything that is missing at once', () => {
    const fields = (draft: Parameters<typeof problemsOf>[0], taken = nobody) =>
      problemsOf(draft, taken).map(({ field }) => field);
    expect(fields(blank)).toEqual(['address', 'name', 'column', 'sourceId']);
    expect(fields(draftOf(settings))).toEqual([]);
    expect(fields(draftOf(settings), new Set(['national-policy']))).toEqual(['sourceId']);
    const lacking = [
      { kind: 'list' as const, url: 'ftp://a.example/' },
      { kind: 'webhook' as const, url: 'https://a.example/' },
      { kind: 'public' as const, url: 'https://a.example/' },
    ];
    expect(fields({ ...draftOf(settings), detectors: lacking })).toEqual(['url-0', 'row-0', 'secret-1', 'stream-2']);
  });
});

describe('what is proposed of an address', () => {
  it('is an id that people recognise and that nobody has', () => {
    expect(proposeId('https://www.chinatax.gov.cn/chinatax/zcfg/index.html', nobody)).toBe('chinatax-zcfg');
    expect(proposeId('https://www.chinatax.gov.cn/zcfg/', new Set(['chinatax-zcfg']))).toBe('chinatax-zcfg-2');
    expect(proposeId('http://127.0.0.1:8080/national/feed.xml', nobody)).toBe('national');
    expect(proposeId('http://[::1]/', nobody)).toBe('source');
  });
  it('is whose site it most likely is', () => {
    const levels = ['www.chinatax.gov.cn', 'www.gov.cn', 'beijing.chinatax.gov.cn', 'www.beijing.gov.cn'].map((host) =>
      proposeLevel(`https://${host}/`),
    );
    expect(levels).toEqual(['national', 'national-portal', 'province', 'province-portal']);
  });
  it('is that another source watches it already, however it is spelled', () => {
    const rows = [{ sourceId: 'a', detectors: [{ kind: 'list', url: 'https://A.example/list/' }] }] as SourceRow[];
    expect(watcherOf('http://a.example/list', rows, '')?.sourceId).toBe('a');
    expect(watcherOf('http://a.example/list', rows, 'a')).toBeUndefined();
  });
});

it('a new secret is one that Standard Webhooks knows', () => {
  expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});

describe('whose website an address is', () => {
  it('is proposed where the address names a province', () => {
    expect(proposePublisher('https://www.gov.cn/zhengce/')).toEqual({ kind: 'state_council', region: '000000' });
    expect(proposePublisher('https://www.chinatax.gov.cn/')).toEqual({ kind: 'tax', region: '000000' });
    expect(proposePublisher('https://shaanxi.chinatax.gov.cn/col/')).toEqual({ kind: 'tax', region: '610000' });
    expect(proposePublisher('http://www.shandong.gov.cn/')).toEqual({ kind: 'government', region: '370000' });
  });
  it('is left to a person where it does not', () => {
    for (const url of ['https://www.yantai.gov.cn/', 'https://beijing.example/', 'http://127.0.0.1/'])
      expect(proposePublisher(url)).toEqual({ kind: '', region: '' });
  });
  it('must be whole once it is begun', () => {
    const half = { ...draftOf(settings), publisher: { kind: 'government' as const, region: '37' } };
    expect(problemsOf(half, nobody)).toEqual([{ field: 'publisher', word: 'rules.need.region' }]);
  });
});
