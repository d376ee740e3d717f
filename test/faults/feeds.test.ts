import type { Source, SourceRow } from '@tongsheng/contracts';
import { sampleSource, signIn, startSystem, until, type Session, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let system: System;
let admin: Session;

beforeAll(async () => {
  system = await startSystem({ services: ['registry', 'ingest', 'gateway'], backlog: [30, 20, 10] });
  admin = await until(() => signIn(system.consoleUrl, 'admin'));
});
afterAll(() => system[Symbol.asyncDispose]());

/** What each site does, and the name that its trouble has on the source's row; null where it is read all the same. */
const faults: Record<string, string | null> = {
  drip: 'timeout',
  endless: 'too_large',
  enormous: 'too_large',
  'gzip-bomb': 'too_large',
  'redirect-loop': 'too_many_redirects',
  'redirect-private': 'address_refused',
  'entity-bomb': 'entities_refused',
  'server-error': 'http_error',
  'not-a-feed': 'not_a_feed',
  'cut-off': 'connection_lost',
  truncated: 'truncated',
  'wrong-charset': null,
  'lost-characters': null,
  'shared-id': null,
  untitled: null,
};

async function register(each: Source): Promise<void> {
  // Registrations have a service of their own; the gateway only passes them on.
  expect(await admin.command({ type: 'source.register', source: each })).toMatchObject({ status: 202 });
}

const rows = async () => ((await admin.get('/api/sources')).body as { rows: SourceRow[] }).rows;
const row = async (sourceId: string) => {
  const found = (await rows()).find((each) => each.sourceId === sourceId);
  expect(found).toBeDefined();
  return found!;
};
const itemsOf = async (sourceIds: string[]) =>
  (await rows()).filter(({ sourceId }) => sourceIds.includes(sourceId)).reduce((sum, { items }) => sum + items, 0);

describe('a source that is hostile or broken', () => {
  beforeAll(async () => {
    for (const name of Object.keys(faults))
      await register(sampleSource(name, `${system.upstreams.url}/faults/${name}`));
    await register(sampleSource('inside', 'http://169.254.169.254/latest/meta-data/'));
    await register(sampleSource('loopback', `http://localhost:${system.upstreams.port}/national/feed.xml`));
    await register(sampleSource('nobody', 'http://nobody.invalid/feed.xml'));
  });

  it('has a row that names its trouble, and the others go on meanwhile', async () => {
    const healthy = system.upstreams.sites.map(({ sourceId }) => sourceId);
    const before = await until(async () => {
      const count = await itemsOf(healthy);
      expect(count).toBeGreaterThanOrEqual(3);
      return count;
    });
    // The slow drip is still dripping: it holds nobody back.
    for (let i = 1; i <= 3; i++) {
      await system.upstreams.postNext();
      await until(async () => expect(await itemsOf(healthy)).toBe(before + i));
    }
    for (const [name, code] of Object.entries(faults)) {
      if (code === null) continue;
      await until(async () => expect((await row(name)).troubles).toMatchObject([{ code }]), 40_000);
    }
    for (const name of ['inside', 'loopback'])
      await until(async () => expect((await row(name)).troubles).toMatchObject([{ code: 'address_refused' }]));
    await until(async () => expect((await row('nobody')).troubles).toMatchObject([{ code: 'dns_failed' }]), 30_000);
    for (const sourceId of healthy) expect((await row(sourceId)).troubles).toEqual([]);
  });

  it('says what it can’t read entry by entry, and the entries beside it are read', async () => {
    await until(async () => {
      const lost = await row('lost-characters');
      expect(lost).toMatchObject({ items: 1, troubles: [] });
      expect(lost.rejected).toMatchObject([{ code: 'unreadable_title' }]);
    });
  });

  it('that gives all its entries one id brings each of them once, and says of every one that is none', async () => {
    await until(async () => expect(await row('shared-id')).toMatchObject({ items: 2, troubles: [] }));
    await until(async () => expect((await row('untitled')).rejected).toHaveLength(12));
  });

  it('is read in spite of a wrong label of its charset', async () => {
    await until(async () => expect(await row('wrong-charset')).toMatchObject({ items: 1, troubles: [], rejected: [] }));
  });

  it('tells its trouble once and not at every look, and makes no item of half a document', async () => {
    const position = async () => ((await admin.get('/api/health')).body as { journalPosition: number }).journalPosition;
    expect((await row('truncated')).items).toBe(0);
    const before = await position();
    const began = (await row('server-error')).troubles[0]!.since;
    // Three documents are three looks at least: healthy sources are read every second, and each look told of them.
    for (let i = 0; i < 3; i++) {
      const items = await itemsOf(system.upstreams.sites.map(({ sourceId }) => sourceId));
      await system.upstreams.postNext();
      await until(async () =>
        expect(await itemsOf(system.upstreams.sites.map(({ sourceId }) => sourceId))).toBe(items + 1),
      );
    }
    expect(await position()).toBe(before + 3);
    expect((await row('server-error')).troubles[0]!.since).toBe(began);
  });

  it('and the others bring nothing twice when the reader was killed and comes back', async () => {
    const healthy = [...system.upstreams.sites.map(({ sourceId }) => sourceId), 'shared-id', 'lost-characters'];
    const before = await itemsOf(healthy);
    await system.kill('ingest');
    await system.upstreams.postNext();
    await system.start('ingest');
    await until(async () => expect(await itemsOf(healthy)).toBe(before + 1));
    await system.upstreams.postNext();
    await until(async () => expect(await itemsOf(healthy)).toBe(before + 2));
  });

  it('is well again as soon as it can be read', async () => {
    await register(sampleSource('server-error', `${system.upstreams.url}/national/feed.xml`));
    await until(async () => {
      const { items, troubles } = await row('server-error');
      expect([items > 0, troubles]).toEqual([true, []]);
    });
  });

  it('has not brought the reader down', async () => {
    expect(system.pidOf('ingest')).not.toBeNull();
    const said = await system.logOf('ingest');
    // Killed once, above, and never otherwise.
    expect(said.match(/service\.ready/g)).toHaveLength(2);
    expect(said).not.toContain('source.look_failed');
  });
});
