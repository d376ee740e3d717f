import { carryOut, Journal, Later, type Bus, type Entry } from '@tongsheng/bus';
import type { ItemEvent, Member, RepostEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { noon, queueing, sampleSource } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { alias } from '../../services/ingest/src/alias.ts';
import { idOfKey } from '../../services/ingest/src/identity.ts';
import { Memory, recall } from '../../services/ingest/src/memory.ts';
import { observe } from '../../services/ingest/src/observation.ts';
import { plainEntry } from '../../services/ingest/src/sources/source.ts';
import { Teller } from '../../services/ingest/src/teller.ts';
import { Clusters } from '../../services/reposts/src/clusters.ts';
import type { Following } from '../../services/reposts/src/following.ts';
import type { PublicPages } from '../../services/reposts/src/public-pages.ts';
import { PublishRepost } from '../../services/reposts/src/publish-repost.reaction.ts';
import { repost } from '../../services/reposts/src/repost.ts';
import type { SitePublisher } from '../../services/reposts/src/site-publisher.ts';
import { Chance } from './chance.ts';
import { connectTo, noFaults } from './connection.ts';
import { SimulatedServer } from './server.ts';
import { never, VirtualTime } from './time.ts';

const clock = new (class extends Clock {
  now = () => noon;
})();
const silent = new (class extends Log {
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
})();

function journalOnly(): Journal {
  return logOnly().journal;
}

function logOnly(): { bus: Bus; journal: Journal } {
  const server = new SimulatedServer(new VirtualTime(noon), true);
  const owner = { name: 'test', alive: true };
  const bus = connectTo({ server, owner, chance: new Chance(1), faults: noFaults, die() {} });
  return { bus, journal: new Journal(bus, 'test') };
}

/** What the simulation found once, as small as it can be said. */
describe('a task that is approved', () => {
  const { taskId, site, contentHash, itemId } = queueing();
  const person = { kind: 'person' as const, id: 'wang', name: '王' };
  const task = { taskId, site };
  const at = { aggregate: 'repost', site, id: taskId };

  async function approved(journal: Journal): Promise<Entry<RepostEvent>> {
    await carryOut(journal, repost, queueing());
    const approve = { type: 'repost.approve' as const, ...task, seenHash: contentHash, roles: ['editor' as const] };
    await carryOut(journal, repost, { ...approve, id: 'approve', at: noon, actor: person });
    return (await journal.last(at)) as Entry<RepostEvent>;
  }

  /** A publisher whose process dies where it is told to: its calls are never answered. */
  function publisher(journal: Journal, dies: { publishing?: boolean; following?: boolean }) {
    const followed: string[] = [];
    const pages = { documentOf: async () => ({ site, files: [] }) };
    const answer = { url: 'https://tax.example/province/repost/task', publicPosition: 1 };
    const calls = { publish: () => (dies.publishing ? never() : Promise.resolve(answer)), find: async () => null };
    const following = {
      catchUp: async (known: { itemId: string }) => (dies.following ? never() : void followed.push(known.itemId)),
    };
    const reaction = new PublishRepost(
      journal,
      clock,
      silent,
      pages as unknown as PublicPages,
      { of: async () => ({ onUnknown: 'same_key', calls }) } as unknown as SitePublisher,
      following as unknown as Following,
    );
    return { reaction, followed };
  }

  const typesOf = async (journal: Journal) => (await journal.read(at)).events.map(({ type }) => type);

  it('is looked at again when another process seems to be at it, because that one may die', async () => {
    const journal = journalOnly();
    const entry = await approved(journal);
    const [one, other] = [publisher(journal, { publishing: true }), publisher(journal, { publishing: true })];
    const both = Promise.race([one.reaction.react(entry), other.reaction.react(entry)]);
    await expect(both).rejects.toThrow(Later);
    await publisher(journal, {}).reaction.react(entry);
    expect(await typesOf(journal)).toContain('repost.published');
  });

  it('is brought up to date although the process died between publishing and looking at the source', async () => {
    const journal = journalOnly();
    const entry = await approved(journal);
    void publisher(journal, { following: true }).reaction.react(entry);
    await expect.poll(() => typesOf(journal)).toContain('repost.published');
    const next = publisher(journal, {});
    await next.reaction.react(entry);
    expect(next.followed).toEqual([itemId]);
  });
});

it('what one way of reading a source said in vain is news when the other one says it', async () => {
  const { bus, journal } = logOnly();
  const teller = new Teller(journal, clock);
  const source = sampleSource('source', 'https://a.example/feed');
  const memory = new Memory(true);
  const urls = ['https://a.example/list', 'https://a.example/feed'];
  const evidence = async () => ({
    url: urls[0]!,
    status: 200,
    snapshot: 'a'.repeat(64),
    bodyHash: 'a'.repeat(64),
    bytes: 1,
    seenAt: noon,
  });
  const say = async (text: string, via: string) => {
    const observed = observe(
      plainEntry({
        id: null,
        title: '关于示例的公告',
        link: 'https://a.example/1.html',
        published: { at: noon, precision: 'minute', text: null },
        updatedAt: null,
        summary: '',
        contentHtml: `<p>${text}</p>`,
        author: null,
        categories: [],
        enclosures: [],
      }),
      source,
    );
    if (!observed.ok) throw new Error(observed.detail);
    const others = urls.filter((url) => url !== via);
    return teller.tell(source, observed.observation, memory, { detector: 'feed', via, others, evidence });
  };
  const { itemId } = await say('一', urls[0]!);
  expect((await say('二', urls[1]!)).changed).toBe(false);
  expect((await say('二', urls[0]!)).changed).toBe(true);
  const { events } = await journal.read({ aggregate: 'item', site: source.sourceId, id: itemId });
  expect((events as ItemEvent[]).map(({ type }) => type)).toEqual(['item.published', 'item.revised']);

  // A restart reads from the log what this process remembers; a month later only the log itself knows it.
  const onFailure = (error: unknown) => {
    throw error;
  };
  const { memories, whole } = await recall(bus, journal, { now: noon, onFailure });
  const { contentHash } = events.at(-1) as Extract<ItemEvent, { type: 'item.revised' }>;
  expect(whole).toBe(true);
  expect(memories.get(source.sourceId)?.get(itemId)).toEqual({ itemId, contentHash });
  const later = await recall(bus, journal, { now: '2026-12-31T04:00:00.000Z', onFailure });
  expect([later.whole, later.memories.size]).toEqual([false, 0]);
});

it('an entry whose key was claimed by a process that died before it told the item is not taken for told', async () => {
  const { bus, journal } = logOnly();
  const teller = new Teller(journal, clock);
  const source = { sourceId: 'source' };
  const keys = ['c5201', 'a.example/1.html'];
  const [itemId, aliasId] = keys.map((key) => idOfKey(source.sourceId, key)) as [string, string];
  const head = { at: noon, actor: { kind: 'service' as const, id: 'ingest' }, ...source, itemId };
  await carryOut(journal, alias, { type: 'alias.claim', id: 'claim', ...head, aliasId, key: keys[1]! });
  const { memories } = await recall(bus, journal, { now: noon, onFailure: () => {} });
  for (const memory of [memories.get(source.sourceId)!, new Memory(false)]) {
    expect(await teller.find(source, keys, memory)).toBe(itemId);
    expect(await teller.findTold(source, keys, memory)).toBeNull();
  }
});

it('of two items that share several keys, each first at another one, neither waits for the other for ever', async () => {
  const { journal } = logOnly();
  const clusters = new Clusters(journal, clock);
  const cause = { causationId: 'test', correlationId: 'test' };
  const member: Member = {
    itemId: 'feed',
    sourceId: 'source',
    sourceName: '国家税务总局网站',
    title: '国家税务总局关于优化纳税服务有关事项的公告',
    link: 'https://upstream.example/1.html',
    documentNumber: null,
    issuer: null,
    kind: 'policy',
    firstSeenAt: noon,
    print: null,
  };
  // The other one has claimed the link, and is slow to open.
  await clusters.hold(`link:${member.link}`, 'list', cause);
  await expect(clusters.place(member, cause)).rejects.toThrow('is being opened');
  expect(await clusters.place({ ...member, itemId: 'list' }, cause)).toBe('list');
  expect(await clusters.place(member, cause)).toBe('list');
});

it('what one of several detectors has under way is not told a second time by another under its own first key', async () => {
  const { journal } = logOnly();
  const teller = new Teller(journal, clock);
  const source = sampleSource('source', 'https://upstream.example/feed.xml');
  const link = 'https://upstream.example/1.html';
  const tell = async (id: string | null, via: string, others: string[], until?: Promise<unknown>) => {
    const observed = observe(
      plainEntry({
        id,
        title: '关于示例的公告',
        link,
        published: { at: noon, precision: 'minute', text: null },
        updatedAt: null,
        summary: '',
        contentHtml: '<p>正文</p>',
        author: null,
        categories: [],
        enclosures: [],
      }),
      source,
    );
    if (!observed.ok) throw new Error(observed.detail);
    const hash = 'a'.repeat(64);
    const evidence = async () => {
      await until;
      return { url: via, status: 200, snapshot: hash, bodyHash: hash, bytes: 1, seenAt: noon };
    };
    const how = { detector: 'feed' as const, via, others, evidence };
    return teller.tell(source, observed.observation, new Memory(false), how);
  };
  const [feed, list] = ['https://upstream.example/feed.xml', 'https://upstream.example/'];
  // The list's proof is slow: it has looked for the item, and the feed tells it meanwhile.
  const told = Promise.withResolvers<void>();
  const slow = tell(null, list, [feed], told.promise);
  const fast = await tell('c5201', feed, [list]);
  told.resolve();
  expect((await slow).itemId).toBe(fast.itemId);
});
