// The delivery process is killed at every step of its work: nothing is lost, and no reader sees anything twice.
// DELIVERY_KILLS (8) and DELIVERY_ROUND (6 releases a kill) make it as long as one likes; DELIVERY_SEED repeats a run. A draft
// that may be on its way is looked for two minutes later only; but for a long run that look is not waited for.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { carryOut, connectBus, ensureStreams, followJournal, Journal, type Bus, type Following } from '@tongsheng/bus';
import { subjects, type Channel, type DeliveryEvent, type ReleaseEvent } from '@tongsheng/contracts';
import { startWeChatFake, type WeChatFake } from '@tongsheng/fakes';
import { freePort, startNewsroom, type Newsroom } from '@tongsheng/local';
import { hashA, readLog, startServers, until, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { delivery, type Delivery } from '../../services/delivery/src/delivery.ts';
import { registrations } from '../../services/registry/src/registration.ts';
import { brokenByNow } from '../support/promises.ts';

const kills = Number(process.env['DELIVERY_KILLS'] ?? 8);
const perKill = Number(process.env['DELIVERY_ROUND'] ?? 6);
const seed = Number(process.env['DELIVERY_SEED'] ?? 1);

const root = join(import.meta.dirname, '../..');
const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const callback = { token: 'tokenOfTheTest', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const site = 'province';

/** One channel of each class of what is done about an unknown outcome. */
const classes = { hook: 'same_key', wechat: 'probe', mail: 'person', hand: 'assisted' } as const;
type Name = keyof typeof classes;
const names = Object.keys(classes) as Name[];

let servers: Servers;
let bus: Bus;
let journal: Journal;
let newsroom: Newsroom;
let fake: WeChatFake;
let door: number;
let child: ChildProcess;
let following: Following;
/** A platform without an interface: what people publish there, and how often. */
let platform: Server;
const published = new Map<string, number>();
/** Entries of deliveries that the log has, and who waits for the next ones. */
let heard = 0;
let onHeard: () => void = () => {};
const states = new Map<string, { state: Delivery; channelId: string; title: string; events: DeliveryEvent[] }>();

/** A long run says how it goes. */
const say = (line: string) => process.env['DELIVERY_KILLS'] && process.stdout.write(`${line}\n`);

/** Numbers in [0, 1) that are the same for the same seed. */
const random = (() => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
})();

const head = (id: string) => ({
  id,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'comms', name: '宣传' },
});

async function register(channel: Omit<Channel, 'site' | 'paused' | 'name'>): Promise<void> {
  const limits = { parallel: 6, ...channel.limits };
  const whole = { ...channel, name: channel.channelId, site, paused: false, limits } as Channel;
  const command = { type: 'channel.register' as const, ...head(`register/${channel.channelId}`), channel: whole };
  await carryOut(journal, registrations['channel.register'], command);
}

async function sign(releaseId: string): Promise<void> {
  const signed: ReleaseEvent = {
    type: 'release.signed',
    releaseId,
    site,
    kind: 'rebuttal',
    format: 'text',
    title: releaseId,
    documentNumber: null,
    summary: '没有这样的政策。',
    html: '<p>正文</p>',
    rumor: null,
    channels: names,
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked: null,
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: new Date().toISOString(),
  };
  await journal.append(journal.nothingAt({ aggregate: 'release', site, id: releaseId }), head(`sign/${releaseId}`), [
    signed,
  ]);
}

async function start(): Promise<void> {
  const allowed = [newsroom.ports.smtp, newsroom.ports.http, fake.port, portOf(platform)];
  child = spawn(process.execPath, ['--max-semi-space-size=4', join(root, 'services/delivery/dist/main.js')], {
    env: {
      ...process.env,
      NATS_URL: servers.nats.url,
      REDIS_URL: servers.redis.url,
      DELIVERY_PORT: String(door),
      SECRETS_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      WEB_ALLOW: allowed.map((port) => `127.0.0.1:${port}`).join(','),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  child.once('exit', () => ready.reject(new Error('delivery ended before it was ready')));
  child.stdout?.on('data', (data: Buffer) => {
    if (data.includes('service.ready')) ready.resolve();
  });
  await ready.promise;
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Until the log has so many more entries of deliveries; all that there will be may be fewer. */
async function entries(more: number): Promise<void> {
  const wanted = heard + more;
  await new Promise<void>((resolve) => {
    onHeard = () => heard >= wanted && resolve();
    onHeard();
  });
  onHeard = () => {};
}

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
  [newsroom, fake, door] = await Promise.all([
    startNewsroom({ dir: join(servers.dir, 'newsroom'), secret }),
    startWeChatFake({ publishMs: 500 }),
    freePort(),
  ]);
  following = await followJournal(bus, {
    aggregate: 'delivery',
    onEntry: ({ id, events }) => {
      heard++;
      for (const event of events as DeliveryEvent[]) {
        const known = states.get(id) ?? { state: delivery.initial, channelId: '', title: '', events: [] };
        const named = event.type === 'delivery.requested' ? { channelId: event.channelId, title: event.title } : {};
        known.events.push(event);
        states.set(id, { ...known, ...named, state: delivery.evolve(known.state, event) });
      }
      onHeard();
    },
    onUnreadable: (error) => {
      throw error;
    },
    onFailure: () => {},
  });
  const home = {
    siteId: site,
    name: '示例',
    level: 'province' as const,
    speaksFor: [],
    baseUrl: 'https://tax.example',
  };
  await carryOut(journal, registrations['site.register'], { type: 'site.register', ...head('site'), site: home });
  await register({ channelId: 'hook', kind: 'webhook', settings: { url: newsroom.webhookUrl, secret } });
  const { smtpUrl: smtp } = newsroom;
  const letter = { smtp, from: 'press@tax.example', to: ['desk@newsroom.example'] };
  platform = createServer(({ url = '/' }, response) => void response.end(`<h1>${url.slice(1)}</h1>`));
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const people = { platform: 'other' as const, within: 'PT4H', rebuttalWithin: 'PT2H' };
  await register({ channelId: 'hand', kind: 'assisted', settings: people });
  await register({ channelId: 'mail', kind: 'email', settings: letter });
  const account = { appid: fake.access['AppID']!, appSecret: fake.access['AppSecret']! };
  const calls = { callbackToken: callback.token, callbackAesKey: callback.aesKey };
  await register({ channelId: 'wechat', kind: 'wechat', settings: { api: fake.url, ...account, ...calls } });
  await start();
  const url = `http://127.0.0.1:${door}/channels/wechat`;
  // The check of the address comes from the fake, as the channel becomes known to the process.
  await until(async () => expect(await fake.act('setCallback', { url, mode: 'encrypted', ...callback })).toBe(true));
});
afterAll(async () => {
  await kill();
  await following.stop();
  await Promise.all([newsroom.stop(), fake.stop(), new Promise((resolve) => platform.close(resolve))]);
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const countTypes = (events: DeliveryEvent[], type: DeliveryEvent['type']) =>
  events.filter((event) => event.type === type).length;
const isLong = process.env['DELIVERY_KILLS'] !== undefined;
const isToBeAsked = (state: Delivery) => state.status === 'unknown' && state.nextProbeAt !== null;
const of = (name: Name) => [...states].filter(([, { channelId }]) => channelId === name);
/** A release's title, wherever it is mentioned. */
const titleIn = (text: string): string => /r\d+x/.exec(text)?.[0] ?? '';
/** Title → how often it is among these. */
function countOf(titles: Iterable<string>): (title: string) => number {
  const counts = Map.groupBy(titles, (title) => title);
  return (title) => counts.get(title)?.length ?? 0;
}
const mailsOf = () => countOf(newsroom.mails.map(({ subject }) => titleIn(subject)));

/** A person publishes what waits to be handed over, once each, and brings back where it is. */
async function handOver(): Promise<void> {
  const waiting = of('hand').filter(([, { state }]) => state.status === 'pending' && state.assigned !== null);
  for (const [deliveryId, { title, state }] of waiting) {
    if (state.status !== 'pending') continue;
    const id = `${deliveryId}/report/${state.attempts}`;
    const url = `http://127.0.0.1:${portOf(platform)}/${title}`;
    const facts = { deliveryId, site, url, visibleAt: new Date().toISOString(), screenshot: null, note: '' };
    const said = await carryOut(journal, delivery, { type: 'delivery.report', ...head(id), ...facts });
    if (said.changed) published.set(title, (published.get(title) ?? 0) + 1);
  }
}

/** Where nobody but a person can tell: looks into the mailbox, and says what is there. */
async function settle(): Promise<number> {
  const open = of('mail').filter(([, { state }]) => state.status === 'unknown');
  const mails = mailsOf();
  for (const [deliveryId, { title, events }] of open) {
    const resolution = mails(title) > 0 ? ('arrived' as const) : ('send_again' as const);
    const id = `${deliveryId}/resolve/${events.length}`;
    const command = { type: 'delivery.resolve' as const, ...head(id), deliveryId, site, resolution, note: '已核实' };
    await carryOut(journal, delivery, command);
  }
  return open.length;
}

it('a call that is not signed as agreed is kept by its name, once, and tells nothing', async () => {
  const forge = () =>
    fetch(`http://127.0.0.1:${door}/channels/wechat?signature=00&timestamp=1&nonce=2`, {
      method: 'POST',
      body: '<xml><Event>PUBLISHJOBFINISH</Event></xml>',
    });
  for (let n = 0; n < 3; n++) expect((await forge()).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${door}/channels/mail`, { method: 'POST', body: '' })).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${door}/channels/nobody`)).status).toBe(404);
  const kept = (await readLog(bus)).flatMap(({ events }) => events).filter(({ type }) => type === 'callback.refused');
  // Two, should the hour have changed in between.
  expect(kept.length).toBeLessThanOrEqual(2);
  expect(kept[0]).toMatchObject({ channelId: 'wechat', because: 'wrong_signature' });
});

it(
  'whenever it dies',
  async () => {
    let releases = 0;
    const beganAt = performance.now();
    for (let n = 0; n < kills; n++) {
      await handOver();
      // Each release is a delivery a class, of three entries at least; the moment falls into the midst of them.
      const many = 1 + Math.floor(random() * perKill * names.length * 2);
      const reached = entries(many);
      await Promise.all(Array.from({ length: perKill }, () => sign(`r${++releases}x`)));
      await reached;
      // Between two entries there are calls.
      await wait(random() * 15);
      await kill();
      await start();
      if (n % 10 === 9) say(`${n + 1} kills, ${releases} releases`);
    }
    const roundMs = Math.round((performance.now() - beganAt) / kills);
    let resolved = 0;
    await until(
      async () => {
        await handOver();
        resolved += await settle();
        const byState = Map.groupBy([...states.values()], ({ state }) => state.status);
        const counts = Object.fromEntries([...byState].map(([status, list]) => [status, list.length]));
        const put = isLong ? 0 : of('wechat').filter(([, { state }]) => isToBeAsked(state)).length;
        expect({ unknown: 0, ...counts }).toEqual({ unknown: put, confirmed: releases * names.length - put });
      },
      600_000 + kills * 1_000,
    );

    const titles = Array.from({ length: releases }, (_, i) => `r${i + 1}x`);
    const seen = {
      // A receiver that keeps to the standard takes each id once.
      hook: countOf([...newsroom.calls.values()].map(({ body }) => titleIn(body))),
      wechat: (title: string) => fake.ledger.posted(title),
      mail: mailsOf(),
      hand: (title: string) => published.get(title) ?? 0,
    };
    const open = new Set(
      [...states.values()]
        .filter(({ state }) => isToBeAsked(state))
        .map(({ channelId, title }) => `${channelId} ${title}`),
    );
    const report = names.map((name) => {
      const list = of(name).map(([, each]) => each.events);
      const unknown = list.filter((events) => events.some((each) => 'outcome' in each && each.outcome === 'unknown'));
      const person = list.filter((events) => events.some(({ type }) => type === 'delivery.resolved'));
      const callbacks = list.filter((events) =>
        events.some((each) => each.type === 'delivery.probed' && each.by === 'callback' && each.finding === 'present'),
      );
      return {
        class: classes[name],
        channel: name,
        deliveries: list.length,
        twice: titles.filter((title) => seen[name](title) > 1).length,
        lost: titles.filter((title) => seen[name](title) === 0 && !open.has(`${name} ${title}`)).length,
        unknown: unknown.length,
        again: list.filter((events) => countTypes(events, 'delivery.attempted') > 1).length,
        'by a person': person.length,
        'by callback': callbacks.length,
      };
    });
    const each = report.map((row) =>
      Object.entries(row)
        .map(([what, value]) => `${what} ${value}`)
        .join(', '),
    );
    process.stdout.write(`${kills} kills at ${roundMs} ms a round; ${each.join('; ')}\n`);
    for (const each of report) expect(each).toMatchObject({ deliveries: releases, twice: 0, lost: 0 });
    // Each of those was heard once, and says what it was about.
    const byCallback = report.find(({ channel }) => channel === 'wechat')!['by callback'];
    await until(async () => {
      // It is written down after it was told on, so that a call is never taken for told when it was not; a death in between
      // leaves the delivery's own word for it.
      const calls = (await readLog(bus))
        .flatMap(({ events }) => events)
        .filter(({ type }) => type === 'callback.heard');
      expect(new Set(calls.map((event) => 'callbackId' in event && event.callbackId)).size).toBe(calls.length);
      expect(calls.length).toBeGreaterThanOrEqual(byCallback - kills);
    });
    // A start begins where it has to, and sends nothing anew.
    await kill();
    const from: unknown[] = [];
    const listening = bus.nc.subscribe('$JS.API.CONSUMER.CREATE.>', {
      callback: (_, message) => {
        const { config } = message.json<{ config: { filter_subject?: string; opt_start_seq?: number } }>();
        if (config.filter_subject === subjects.events('delivery') && config.opt_start_seq)
          from.push(config.opt_start_seq > 1);
      },
    });
    await bus.nc.flush();
    const attempts = () => [...states.values()].map(({ events }) => countTypes(events, 'delivery.attempted'));
    const before = attempts();
    await start();
    listening.unsubscribe();
    expect(from).toEqual([true]);
    expect(attempts()).toEqual(before);
    expect(brokenByNow(await readLog(bus))).toEqual([]);
    // Only where the class asks for one.
    for (const each of report) if (each.class !== 'person') expect(each).toMatchObject({ 'by a person': 0 });
    expect(report.find(({ channel }) => channel === 'mail')!['by a person']).toBeLessThanOrEqual(resolved);
  },
  900_000 + kills * 20_000,
);
