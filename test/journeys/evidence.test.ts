import { randomBytes } from 'node:crypto';
import { asFront, connectBus, ensureStreams, EvidenceStore, PublicFiles, type Bus } from '@tongsheng/bus';
import { startServers, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let servers: Servers;
let bus: Bus;
beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus, { maxBytes: 64 * 2 ** 20 });
});
afterAll(async () => {
  await bus?.close();
  await servers?.[Symbol.asyncDispose]();
});

const text = Buffer.from('国家税务总局'.repeat(50_000));

describe('what is kept as evidence', () => {
  it('is there under its hash, text and noise alike, and what was never kept is not', async () => {
    const store = new EvidenceStore(bus);
    for (const bytes of [text, randomBytes(300_000), Buffer.alloc(0)]) {
      const kept = await store.read(await store.keep(bytes));
      expect([kept?.intact, Buffer.from(kept!.bytes).equals(bytes)]).toEqual([true, true]);
    }
    expect(await store.read('0'.repeat(64))).toBeNull();
  });
  it('is there once and whole, however often and at whichever moment it is kept', async () => {
    const store = new EvidenceStore(bus);
    const bytes = randomBytes(300_000);
    const size = async () => (await bus.jsm.streams.info('OBJ_EVIDENCE')).state.bytes;
    const before = await size();
    const hashes = await Promise.all(Array.from({ length: 20 }, () => store.keep(bytes)));
    await new EvidenceStore(bus).keep(bytes);
    expect(new Set(hashes).size).toBe(1);
    expect((await store.read(hashes[0]!))?.intact).toBe(true);
    expect((await size()) - before).toBeLessThan(2 * bytes.length);
  });
  it('survives the server’s death', async () => {
    const hash = await new EvidenceStore(bus).keep(text);
    await bus.close();
    await servers.restartNats();
    bus = await connectBus({ url: servers.nats.url, name: 'test' });
    expect((await new EvidenceStore(bus).read(hash))?.intact).toBe(true);
  });
  it('is not for the portal, which reads the files of public pages and nothing else', async () => {
    const shown = await new PublicFiles(bus).keep(text);
    const hidden = await new EvidenceStore(bus).keep(text);
    const portal = await connectBus({ url: servers.nats.urlOf('portal'), name: 'portal', ...asFront });
    expect((await new PublicFiles(portal).read(shown))?.intact).toBe(true);
    await expect(new EvidenceStore(portal).read(hidden)).rejects.toThrowError(/permission/i);
    await expect(new PublicFiles(portal).keep(randomBytes(10))).rejects.toThrowError(/permission/i);
    await portal.close();
  });
});
