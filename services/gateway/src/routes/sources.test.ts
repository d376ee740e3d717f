import { NoAnswer, type BusClient } from '@tongsheng/bus';
import { SourceDetail, SourceSettings, type Source, type SourceRow, type SourceStatus } from '@tongsheng/contracts';
import { hashA, hashB, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { settingsOf, sourceRoutes, withSecrets } from './sources.ts';

const source: Source = {
  sourceId: 'partner',
  name: '某部门',
  level: 'province-portal',
  kind: 'webhook',
  url: 'https://partner.example/column/',
  secret: 'whsec_c2VjcmV0',
  column: '公告',
  zone: 'Asia/Shanghai',
  pollSeconds: 120,
  fullText: false,
  also: [{ kind: 'feed', url: 'https://partner.example/feed.xml' }],
  paused: false,
};
const { secret: _secret, ...unsaid } = source;

describe('a registration', () => {
  it('is shown without its secret, but says that there is one', () => {
    const shown = SourceSettings.parse(settingsOf(source));
    expect(shown).toMatchObject({ hasSecret: true, also: [{ kind: 'feed', hasSecret: false }] });
    expect(JSON.stringify(shown)).not.toContain('whsec');
  });
  it('keeps the secret that nobody was shown, also under another address', () => {
    expect(withSecrets(unsaid, source)).toEqual(source);
    const moved = { ...unsaid, url: 'https://partner.example/other/' };
    expect(withSecrets(moved, source).secret).toBe(source.secret);
    const further = { kind: 'webhook' as const, url: 'https://partner.example/2/' };
    const known = { ...source, also: [{ ...further, secret: 'whsec_b3RoZXI' }] };
    expect(withSecrets({ ...unsaid, also: [further] }, known)).toEqual(known);
  });
  it('takes a new secret, and invents none', () => {
    expect(withSecrets({ ...unsaid, secret: 'whsec_bmV3' }, source).secret).toBe('whsec_bmV3');
    expect(withSecrets(unsaid, undefined)).toEqual(unsaid);
    expect(withSecrets({ ...unsaid, kind: 'feed' }, source)).not.toHaveProperty('secret');
  });
});

const row = { sourceId: 'partner', received: [], troubles: [], rejected: [] } as unknown as SourceRow;
const status: SourceStatus = {
  sourceId: 'partner',
  detectors: [
    {
      kind: 'feed',
      url: 'https://partner.example/feed.xml',
      state: 'waiting',
      nextAt: noon,
      pace: 'usual',
      failures: 0,
      looks: [
        {
          at: noon,
          ms: 20,
          outcome: 'read',
          status: 200,
          bytes: 1_000,
          charset: 'utf-8',
          entries: 10,
          told: 1,
          trouble: null,
          snapshot: hashA,
        },
      ],
      websub: null,
    },
  ],
};

/** A door of the table, with a reader that answers so. */
function doorOf(path: string, answer: () => Promise<unknown>) {
  const asked: unknown[] = [];
  const routes = sourceRoutes({
    models: {
      sources: {
        reader: { get: async (id: string) => (id === 'partner' ? row : null) },
        runner: { reach: async () => {} },
      },
      registeredSources: { get: (id: string) => (id === 'partner' ? source : undefined) },
    },
    client: {
      ask: async (...question: unknown[]) => {
        asked.push(question);
        return answer();
      },
    } as unknown as BusClient,
    proofs: { view: async (named: unknown) => named },
    clock: { now: () => noon },
  } as never);
  const route = routes.find((each) => each.path === path)!;
  return { asked, route, open: (given: object) => route.handle(given as never) };
}
const away = () => Promise.reject(new NoAnswer('nobody is listening'));

describe('a source’s page', () => {
  const path = '/api/sources/:sourceId';
  it('is its registration, its health and its last looks', async () => {
    const shown = await doorOf(path, async () => status).open({
      params: { sourceId: 'partner' },
      query: { atLeast: 0 },
    });
    expect(shown).toMatchObject({ row, source: { hasSecret: true }, status });
    expect(Object.keys(SourceDetail.shape)).toEqual(Object.keys(shown as object));
  });
  it('is shown also when its reader is away', async () => {
    const shown = await doorOf(path, away).open({ params: { sourceId: 'partner' }, query: { atLeast: 0 } });
    expect(shown).toMatchObject({ row, status: null });
  });
  it('of a source that nobody registered is not found', async () => {
    const door = doorOf(path, away);
    await expect(door.open({ params: { sourceId: 'nobody' }, query: { atLeast: 0 } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('evidence of a source', () => {
  const path = '/api/sources/:sourceId/evidence/:snapshot';
  it('is what one of its looks has received, and nothing else', async () => {
    const door = doorOf(path, async () => status);
    expect(await door.open({ params: { sourceId: 'partner', snapshot: hashA } })).toEqual({
      url: 'https://partner.example/feed.xml',
      seenAt: noon,
      snapshot: hashA,
      bodyHash: null,
    });
    const other = door.open({ params: { sourceId: 'partner', snapshot: hashB } });
    await expect(other).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('reading now', () => {
  it('asks the reader, who may take a minute; when it is away, that is said', async () => {
    const looks = status.detectors[0]!.looks;
    const path = '/api/sources/:sourceId/read-now';
    const door = doorOf(path, async () => ({ sourceId: 'partner', looks }));
    expect(await door.open({ params: { sourceId: 'partner' }, query: { atLeast: 0 } })).toEqual({
      sourceId: 'partner',
      looks,
    });
    expect(door.asked).toEqual([['source.read_now', { sourceId: 'partner' }, 60_000]]);
    expect(door.route.may).toEqual(['admin', 'editor', 'duty']);
    await expect(doorOf(path, away).open({ params: { sourceId: 'partner' }, query: { atLeast: 0 } })).rejects.toThrow(
      NoAnswer,
    );
  });
});

describe('trying an address', () => {
  it('answers what it would bring, and no secret', async () => {
    const detector = { kind: 'feed', url: source.url, secret: 'whsec_c2VjcmV0' };
    const found = { detector, title: '公告', count: 0, warnings: [], entries: [], article: null };
    const preview = { url: source.url, title: '公告', trouble: null, candidates: [found] };
    const door = doorOf('/api/source-preview', async () => preview);
    expect(JSON.stringify(await door.open({ body: { url: source.url, zone: 'Asia/Shanghai' } }))).not.toContain(
      'whsec',
    );
    expect(door.route.may).toEqual(['admin']);
  });
});
