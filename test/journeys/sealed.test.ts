// What lies with the public side before its moment can't be read by anyone, and then all of it at once.
import {
  connectBus,
  ensureStreams,
  followPublic,
  newSealKey,
  openSealed,
  publishPublic,
  readPublic,
  sealPublic,
  type Bus,
} from '@tongsheng/bus';
import type { PublicDocument } from '@tongsheng/contracts';
import {
  hashA,
  hashB,
  minutesLater,
  noon,
  publicBytes,
  startServers,
  until,
  type Servers,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

let servers: Servers;
let bus: Bus;

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
});
afterAll(async () => {
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const secret = '解读全文在此之前谁也不能看到';
const pageOf = (site: string, documentId: string): PublicDocument => ({
  documentId,
  site,
  siteName: site,
  kind: 'interpretation',
  column: '政策解读',
  title: secret,
  summary: '',
  html: `<p>${secret}</p>`,
  url: `https://tax.example/${site}/interpretation/${documentId}`,
  source: null,
  verdict: null,
  files: [],
  postedAt: noon,
  version: 1,
  contentHash: hashA,
});
const sealAll = async (key: string, name: string) => {
  const documents = ['province', 'city'].flatMap((site) => [pageOf(site, `${name}-a`), pageOf(site, `${name}-b`)]);
  const positions: number[] = [];
  for (const each of documents) positions.push(await sealPublic(bus, { site: 'province', key }, each));
  return { documents, positions };
};

it('stays dark until its key is public, and then stands there whole, in one step, with the moment it went out', async () => {
  const key = newSealKey();
  const told: PublicDocument[][] = [];
  let turn: PublicDocument[] = [];
  const following = await followPublic(bus, {
    onDocument(document) {
      if (turn.length === 0) {
        told.push(turn);
        // Whoever looks between two turns of the loop sees all of them or none.
        queueMicrotask(() => (turn = []));
      }
      turn.push(document);
    },
    onUnreadable: (reason) => expect.unreachable(reason),
    onFailure: (error) => expect.unreachable(String(error)),
  });
  const { positions, documents } = await sealAll(key, 'dark');
  await publishPublic(bus, pageOf('province', 'other'));
  await until(() => expect(told).toHaveLength(1));
  expect(told[0]!.map(({ documentId }) => documentId)).toEqual(['other']);
  const readable = await publicBytes(bus);
  expect(readable).toContain('other');
  expect(readable).not.toContain('dark');
  await expect(readPublic(bus, positions[0]!)).rejects.toThrow();

  const postedAt = minutesLater(60);
  await openSealed(bus, { site: 'province', key }, { positions, postedAt });
  await until(() => expect(told).toHaveLength(2));
  expect(told[1]).toEqual(documents.map((each) => ({ ...each, postedAt })));
  expect(await readPublic(bus, positions[3]!)).toEqual({ ...documents[3], postedAt });
  await following.stop();
});

it('is sealed and opened once, however often it is said', async () => {
  const key = newSealKey();
  const first = await sealAll(key, 'once');
  expect((await sealAll(key, 'once')).positions).toEqual(first.positions);
  const open = () => openSealed(bus, { site: 'province', key }, { positions: first.positions, postedAt: noon });
  expect(await open()).toBe(await open());
});

it('under another key is another seal: what a crash left behind is never opened', async () => {
  const [lost, kept] = [newSealKey(), newSealKey()];
  const orphan = await sealAll(lost, 'twice');
  const { positions } = await sealAll(kept, 'twice');
  await openSealed(bus, { site: 'province', key: kept }, { positions, postedAt: noon });
  expect((await readPublic(bus, positions[0]!)).documentId).toBe('twice-a');
  await expect(readPublic(bus, orphan.positions[0]!)).rejects.toThrow();
});

it('a key that fits nothing is told, and the public goes on', async () => {
  const unreadable: string[] = [];
  const seen: string[] = [];
  const foreign = newSealKey();
  const { positions } = await sealAll(newSealKey(), 'foreign');
  await openSealed(bus, { site: 'province', key: foreign }, { positions, postedAt: noon });
  await publishPublic(bus, pageOf('province', 'after'));
  const following = await followPublic(bus, {
    onDocument: ({ documentId }) => void seen.push(documentId),
    onUnreadable: (reason) => void unreadable.push(reason),
    onFailure: (error) => expect.unreachable(String(error)),
  });
  await following.caughtUp;
  await following.stop();
  expect(unreadable).toHaveLength(1);
  expect(seen).toContain('after');
  expect(seen.join()).not.toContain('foreign');
});

it('what is not sealed is there once, however often it is said, and again when it was something else in between', async () => {
  const page = pageOf('province', 'turned-back');
  const first = await publishPublic(bus, page);
  expect(await publishPublic(bus, page)).toBe(first);
  const other = await publishPublic(bus, { ...page, contentHash: hashB });
  expect(other).toBeGreaterThan(first);
  const back = await publishPublic(bus, page);
  expect(back).toBeGreaterThan(other);
  expect(await publishPublic(bus, page)).toBe(back);
});
