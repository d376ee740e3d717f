// A policy and its interpretation become public in the same moment, on every site, or not at all.
import { BusClient, connectBus, Journal, type Bus } from '@tongsheng/bus';
import {
  Refusal,
  type AnyEvent,
  type Draft,
  type LinkedCommand,
  type LinkedEvent,
  type LinkedPlan,
  type ReleaseCommand,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import {
  everyRole,
  hashA,
  inMemory,
  pressDraft,
  publicBytes,
  readLog,
  redisOf,
  startSystem,
  twice,
  until,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const services = ['registry', 'releases', 'portal', 'clock', 'delivery', 'duty', 'gateway'] as const;

let system: System;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let said = 0;
type FakeState = { calls: Record<string, number>; posts: { visible: boolean }[] };

beforeAll(async () => {
  system = await startSystem({
    services,
    samples: false,
    fakes: ['wechat'],
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
  client = new BusClient(bus);
  // Sites are there once the seed was read.
  await until(async () => expect((await readLog(bus)).some(({ aggregate }) => aggregate === 'site')).toBe(true));
});
afterAll(async () => {
  await bus.close();
  await system[Symbol.asyncDispose]();
});

const now = () => new Date().toISOString();
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
/** A moment that is still to come when it is planned, however slow the machine. */
const soon = () => new Date(Date.now() + 2_000).toISOString();
const head = (who: string, at = now()) => ({
  id: `linked-test/${++said}`,
  at,
  actor: { kind: 'person' as const, id: who, name: who },
  site: 'province',
});
const tell = (command: LinkedCommand) => client.command('linked', command);
const write = (command: ReleaseCommand) => client.command('release', command);
const linkedOf = async (id: string) =>
  (await journal.read({ aggregate: 'linked', site: 'province', id })).events as LinkedEvent[];
const releaseOf = async (id: string) =>
  (await journal.read({ aggregate: 'release', site: 'province', id })).events as ReleaseEvent[];
const typesOf = async (id: string) => (await linkedOf(id)).map(({ type }) => type);

const partsOf = (name: string): LinkedPlan['parts'] => [
  { releaseId: `${name}-policy`, site: 'province', role: 'policy' },
  { releaseId: `${name}-reading`, site: 'province', role: 'interpretation' },
];
const plan = (name: string, more: Partial<LinkedPlan> = {}, baseRevision = 0) =>
  tell({
    type: 'linked.plan',
    ...head('planner'),
    linkedId: name,
    plan: {
      title: '同步发布',
      parts: partsOf(name),
      sites: ['province', 'city'],
      channels: [],
      t0: later(60),
      ...more,
    },
    baseRevision,
  });
const commit = (linkedId: string, at: string) =>
  tell({ type: 'linked.commit', ...head('clock', at), linkedId, ready: [] });

/** Through the whole chain: four people. */
async function sign(name: string, { releaseId, role }: LinkedPlan['parts'][number], baseRevision = 0): Promise<void> {
  const kind = role === 'policy' ? ('policy' as const) : ('interpretation' as const);
  const linked = { site: 'province', linkedId: name };
  const html = `<p>正文：${releaseId}</p>`;
  const draft: Draft = pressDraft({
    kind,
    title: `${releaseId} 全文`,
    html,
    linked,
    channels: ['province-press-mail'],
  });
  const contentHash = baseRevision === 0 ? hashA : 'c'.repeat(64);
  await write({ type: 'release.draft', ...head('writer'), releaseId, draft, contentHash, baseRevision });
  await write({ type: 'release.submit', ...head('writer'), releaseId, seenHash: contentHash });
  for (const step of ['review', 'confidentiality', 'sign'] as const)
    await write({
      type: 'release.pass_step',
      ...everyRole,
      ...head(`${step}er`),
      releaseId,
      step,
      seenHash: contentHash,
    });
}
const status = async (path: string) => (await fetch(`${system.portalUrl}${path}`)).status;
const addresses = (name: string) =>
  ['province', 'city'].flatMap((site) => [`/${site}/policy/${name}-policy`, `/${site}/interpretation/${name}-reading`]);
const feed = async () => (await fetch(`${system.portalUrl}/feed.json`)).text();

describe('a linked release', () => {
  it('is dark until T0, and then stands on every site, in feeds too, with the moment it went out', async () => {
    const t0 = later(60);
    await plan('together', { t0 });
    for (const part of partsOf('together')) await sign('together', part);
    await until(async () => expect(await typesOf('together')).toContain('linked.sealed'));
    for (const each of addresses('together')) expect(await status(each)).toBe(404);
    expect(await feed()).not.toContain('together');
    await expect(commit('together', later(59))).rejects.toThrow(Refusal);

    await commit('together', t0);
    await until(async () => {
      for (const each of addresses('together')) expect(await status(each)).toBe(200);
    });
    await until(async () => expect(await typesOf('together')).toContain('linked.opened'));
    const page = await (await fetch(`${system.portalUrl}${addresses('together')[0]}`)).text();
    expect(page).toContain('together-policy 全文');
    await until(async () => {
      for (const { releaseId } of partsOf('together'))
        expect((await releaseOf(releaseId)).at(-1)).toMatchObject({ type: 'release.published' });
    });
    expect(await feed()).toContain('together-reading 全文');
  });

  it('goes out by the clock at its moment, not before it, and is pushed to its channels then', async () => {
    const channels = [{ channelId: 'province-press-hook', required: true }];
    await plan('clock', { channels });
    for (const part of partsOf('clock')) await sign('clock', part);
    await until(async () => expect(await typesOf('clock')).toContain('linked.sealed'));
    const t0 = soon();
    await plan('clock', { t0, channels }, 1);
    await until(async () => expect(await typesOf('clock')).toContain('linked.opened'));
    const events = await linkedOf('clock');
    const committed = events.find((event) => event.type === 'linked.committed')!;
    expect(committed).toMatchObject({ t0, late: [] });
    expect(Date.parse((committed as { committedAt: string }).committedAt)).toBeGreaterThanOrEqual(Date.parse(t0));
    await until(() => {
      const calls = JSON.stringify([...system.newsroom.calls.values()]);
      expect(calls).toContain('clock-policy');
      expect(calls).toContain('clock-reading');
    });
  });

  it('stops at its moment when a channel that must be ready is not there', async () => {
    const channels = [{ channelId: 'nowhere', required: true }];
    await plan('absent', { channels });
    for (const part of partsOf('absent')) await sign('absent', part);
    await until(async () => expect(await typesOf('absent')).toContain('linked.sealed'));
    await plan('absent', { t0: soon(), channels }, 1);
    await until(async () => expect(await typesOf('absent')).toContain('linked.stopped'));
    expect((await linkedOf('absent')).at(-1)).toMatchObject({
      because: 'not_ready',
      missing: ['channel/absent-policy/nowhere', 'channel/absent-reading/nowhere'],
    });
    for (const each of addresses('absent')) expect(await status(each)).toBe(404);
    const alarms = async () => (await readLog(bus)).filter(({ aggregate }) => aggregate === 'alarm');
    await until(async () =>
      expect((await alarms()).flatMap(({ events }) => events)).toMatchObject([
        { type: 'alarm.raised', about: { kind: 'linked', linkedId: 'absent', minutes: null, count: 2 } },
      ]),
    );
  });

  it('puts drafts where the channel has drafts, takes them away when a part is pulled, and flips them at its moment', async () => {
    const channelId = 'province-fake-wechat';
    const fake = system.fakes.find(({ kind }) => kind === 'wechat')!;
    const state = async () => (await (await fetch(`${fake.url}/fake/state`)).json()) as FakeState;
    const deliveriesOf = async (name: string) => {
      const events = (await readLog(bus)).flatMap(({ events: told }) => told as AnyEvent[]);
      const ids = events.flatMap((event) =>
        event.type === 'delivery.requested' && event.linked?.linkedId === name ? [event.deliveryId] : [],
      );
      return ids.map((id) =>
        events.flatMap((event) => ('deliveryId' in event && event.deliveryId === id ? [event] : [])),
      );
    };
    const has = (events: AnyEvent[], type: AnyEvent['type']) => events.some((event) => event.type === type);
    const t0 = later(60);
    await plan('drafted', { t0, channels: [{ channelId, required: true }], parts: partsOf('drafted').slice(1) });
    await sign('drafted', partsOf('drafted')[1]!);
    await until(async () =>
      expect((await deliveriesOf('drafted')).map((each) => has(each, 'delivery.prepared'))).toEqual([true]),
    );
    const { calls, posts } = await state();
    expect([calls['draft.add'], calls['freepublish.submit']]).toEqual([1, undefined]);
    expect(posts).toMatchObject([{ visible: false }]);

    const pull = { linkedId: 'drafted', releaseId: 'drafted-reading', reason: '口径有变' };
    await tell({ type: 'linked.pull_part', ...head('planner'), ...pull });
    await until(async () =>
      expect((await deliveriesOf('drafted'))[0]!.at(-1)).toMatchObject({ type: 'delivery.discarded', done: true }),
    );
    await until(async () =>
      expect((await releaseOf(pull.releaseId)).at(-1)).toMatchObject({ type: 'release.pulled_back' }),
    );
    await sign('drafted', partsOf('drafted')[1]!, 1);
    await until(async () =>
      expect((await deliveriesOf('drafted')).map((each) => has(each, 'delivery.prepared'))).toEqual([true, true]),
    );
    await until(async () =>
      expect((await typesOf('drafted')).filter((type) => type === 'linked.sealed')).toHaveLength(2),
    );
    await commit('drafted', t0);
    await until(async () => expect((await state()).posts).toMatchObject([{ visible: true }]), 60_000);
    expect((await state()).calls).toMatchObject({ 'draft.add': 2, 'draft.delete': 1, 'freepublish.submit': 1 });
  });

  it('leaves no trace of its words outside the chain before T0: at the portal, in its memory, the PUBLIC stream, logs, Redis', async () => {
    const t0 = later(60);
    const channels = [{ channelId: 'province-press-hook', required: true }];
    await plan('secret', { t0, channels });
    for (const part of partsOf('secret')) await sign('secret', part);
    await until(async () => expect(await typesOf('secret')).toContain('linked.sealed'));
    await until(async () => expect(JSON.stringify(await readLog(bus))).toContain('"title":"secret-reading 全文"'));
    const [title, body] = ['secret-reading 全文', '正文：secret-reading'];
    const feeds = ['/feed.rss', '/feed.atom', '/feed.json', '/province/feed.json', '/city/feed.atom'];
    const searches = ['/search?q=secret', '/province/search?q=secret'];
    const paths = ['/', '/province', '/city', '/sitemap.xml', ...feeds, ...searches, ...addresses('secret')];
    const answers = () => Promise.all(paths.map(async (path) => (await fetch(`${system.portalUrl}${path}`)).text()));
    for (const answer of await answers()) expect(answer).not.toContain(title);
    for (const words of [title, body]) {
      expect(await publicBytes(bus)).not.toContain(words);
      for (const service of services) expect(await system.logOf(service)).not.toContain(words);
    }
    expect(inMemory(system.pidOf('portal')!, [title, body])).toEqual([]);
    // The back office's read models know its title, for those who may see it, and never its text.
    expect((await redisOf(system.servers.redis.url)).join('\n')).not.toContain(body);
    const stranger = await fetch(`${system.consoleUrl}/api/linked/secret?site=province`);
    expect(stranger.status).toBe(401);
    expect(await stranger.text()).not.toContain(title);

    await commit('secret', t0);
    await until(async () => expect(await status(addresses('secret')[1]!)).toBe(200));
    expect((await answers()).join('')).toContain(title);
    expect(inMemory(system.pidOf('portal')!, [body])).toEqual([body]);
  });

  it('is rehearsed: everything but the flip; and the press gets it early, each a copy of their own', async () => {
    const channels = ['province-press-hook', 'nowhere'].map((channelId) => ({ channelId, required: true }));
    await plan('early', { channels });
    const people = [
      { name: '王记者', email: 'wang@paper.example' },
      { name: '李记者', email: 'li@radio.example' },
    ];
    const about = { linkedId: 'early' };
    const tellPress = () =>
      tell({ type: 'linked.tell_press', ...head('comms'), ...about, channelId: 'province-press-mail', people });
    await expect(tellPress()).rejects.toMatchObject({ code: 'linked_unsigned' });
    for (const part of partsOf('early')) await sign('early', part);
    await until(async () => expect(await typesOf('early')).toContain('linked.sealed'));
    await until(async () => {
      await tell({ type: 'linked.record_rehearsal', ...head('comms'), ...about, results: [] });
      const last = (await linkedOf('early')).at(-1);
      if (last?.type !== 'linked.rehearsed') throw new Error('not rehearsed');
      expect(last.results).toHaveLength(8);
      expect(last.results.filter(({ ready }) => !ready)).toEqual([
        { target: 'channel/early-policy/nowhere', ready: false, detail: 'no_channel' },
        { target: 'channel/early-reading/nowhere', ready: false, detail: 'no_channel' },
      ]);
    });
    for (const each of addresses('early')) expect(await status(each)).toBe(404);
    await tellPress();
    expect((await linkedOf('early')).at(-1)).toMatchObject({ type: 'linked.press_told', people });
    await until(() => {
      const reached = system.newsroom.mails.flatMap(({ to }) => to).filter((each) => /wang|li@/.test(each));
      expect(reached.sort()).toEqual([
        'li@radio.example',
        'li@radio.example',
        'wang@paper.example',
        'wang@paper.example',
      ]);
    });
  });

  it('does not let a policy be signed alone', async () => {
    const [policy] = partsOf('alone');
    await plan('alone', { parts: [policy!] });
    await expect(sign('alone', policy!)).rejects.toMatchObject({ code: 'release_no_interpretation' });
    await tell({ type: 'linked.waive', ...head('manager'), linkedId: 'alone', reason: '发布会上解读' });
    const [drafted] = await releaseOf('alone-policy');
    const seenHash = drafted!.type === 'release.drafted' ? drafted!.contentHash : '';
    const step = { step: 'sign' as const, releaseId: 'alone-policy', seenHash };
    await write({ type: 'release.pass_step', ...everyRole, ...head('signer'), ...step });
    await until(async () => expect(await typesOf('alone')).toContain('linked.sealed'));
  });

  it('stops when a part was taken out before T0, and goes out when it is back', async () => {
    const t0 = later(60);
    await plan('pulled', { t0 });
    const parts = partsOf('pulled');
    for (const part of parts) await sign('pulled', part);
    await until(async () => expect(await typesOf('pulled')).toContain('linked.sealed'));
    const releaseId = 'pulled-reading';
    await tell({ type: 'linked.pull_part', ...head('planner'), linkedId: 'pulled', releaseId, reason: '口径有变' });
    await until(async () => expect((await releaseOf(releaseId)).at(-1)).toMatchObject({ type: 'release.pulled_back' }));
    await commit('pulled', t0);
    expect((await linkedOf('pulled')).at(-1)).toMatchObject({ type: 'linked.stopped', because: 'part_unsigned' });

    await sign('pulled', parts[1]!, 1);
    const again = later(90);
    await plan('pulled', { t0: again }, 1);
    await until(async () =>
      expect((await linkedOf('pulled')).filter(({ type }) => type === 'linked.sealed')).toHaveLength(2),
    );
    expect(await status(addresses('pulled')[0]!)).toBe(404);
    await commit('pulled', again);
    await until(async () => expect(await status('/city/interpretation/pulled-reading')).toBe(200));
  });

  it('lets its parts go when it is cancelled', async () => {
    await plan('cancelled');
    const [policy] = partsOf('cancelled');
    await sign('cancelled', policy!);
    await until(async () => expect(await typesOf('cancelled')).toContain('linked.part_signed'));
    await tell({ type: 'linked.cancel', ...head('planner'), linkedId: 'cancelled', reason: '暂缓' });
    await until(async () =>
      expect((await releaseOf('cancelled-policy')).at(-1)).toMatchObject({ type: 'release.pulled_back' }),
    );
  });

  it('goes out whole when the process died right after the moment', async () => {
    const t0 = later(60);
    await plan('killed', { t0 });
    for (const part of partsOf('killed')) await sign('killed', part);
    await until(async () => expect(await typesOf('killed')).toContain('linked.sealed'));
    await Promise.all([commit('killed', t0), system.kill('releases')].map((each) => each.catch(() => {})));
    await system.start('releases');
    await commit('killed', t0);
    await until(async () => expect(await typesOf('killed')).toContain('linked.opened'));
    await until(async () => {
      for (const each of addresses('killed')) expect(await status(each)).toBe(200);
    });
  });

  it('is public as before after the portal was started anew', async () => {
    await system.kill('portal');
    await system.start('portal');
    for (const each of addresses('together')) expect(await status(each)).toBe(200);
    expect(twice(await readLog(bus)).filter((each) => each.startsWith('release.published'))).toEqual([]);
  });
});
