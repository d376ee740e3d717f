// What stands between a delivery that is due and its attempt: logins, rates, quotas, and other people's work.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BusClient, carryOut, connectBus, ensureStreams, Journal, type Bus } from '@tongsheng/bus';
import type { Channel, ChannelHealth, CredentialEvent, DeliveryEvent, ReleaseEvent } from '@tongsheng/contracts';
import { startDouyinFake, type DouyinFake } from '@tongsheng/fakes';
import { hashA, pressDraft, startServers, until, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialOf } from '../../services/delivery/src/credentials.ts';
import { deliveryIdOf } from '../../services/delivery/src/request-deliveries.reaction.ts';
import { registrations } from '../../services/registry/src/registration.ts';

const root = join(import.meta.dirname, '../..');
const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;

let servers: Servers;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let delivering: ChildProcess;
let video: DouyinFake;
let partner: Server;
let port: number;
/** Path → how a partner answers there; without one, at once and well. */
const answers = new Map<string, (response: ServerResponse) => void>();
const calls: { path: string; title: string; at: number }[] = [];
const held: ServerResponse[] = [];

const head = (id: string) => ({
  id,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'admin', name: '管理员' },
});

const channelOf = (channelId: string, limits?: Channel['limits']): Channel => ({
  channelId,
  name: `渠道${channelId}`,
  site: 'province',
  paused: false,
  kind: 'webhook',
  settings: { url: `http://127.0.0.1:${port}/${channelId}`, secret },
  ...(limits && { limits }),
});

async function register(channel: Channel, id = channel.channelId): Promise<void> {
  const command = { type: 'channel.register' as const, ...head(`register/${id}`), channel };
  await carryOut(journal, registrations['channel.register'], command);
}

/** A release that has passed its chain. */
async function sign(releaseId: string, channels: string[], kind: 'press' | 'rebuttal' = 'press'): Promise<void> {
  const at = new Date().toISOString();
  const signed: ReleaseEvent = {
    type: 'release.signed',
    releaseId,
    site: 'province',
    ...pressDraft({ kind, title: releaseId, summary: '', channels }),
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: at,
  };
  const address = { aggregate: 'release', site: 'province', id: releaseId };
  await journal.append(journal.nothingAt(address), head(`sign/${releaseId}`), [signed]);
}

async function history(releaseId: string, channelId: string): Promise<string[]> {
  const id = deliveryIdOf('province', releaseId, channelId);
  const { events } = await journal.read({ aggregate: 'delivery', site: 'province', id });
  return (events as DeliveryEvent[]).map((event) => ('outcome' in event ? event.outcome : event.type.slice(9)));
}
const becomes = (releaseId: string, channelId: string, expected: string[]) =>
  until(async () => expect(await history(releaseId, channelId)).toEqual(expected), 30_000);
const delivered = ['requested', 'attempted', 'confirmed'];
const callsTo = (channelId: string) => calls.filter(({ path }) => path === `/${channelId}`);

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
  client = new BusClient(bus);
  partner = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { title: string } };
      calls.push({ path, title: data.title, at: performance.now() });
      (answers.get(path) ?? ((answer) => answer.writeHead(204).end()))(response);
    });
  });
  await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
  port = (partner.address() as AddressInfo).port;
  const site = {
    siteId: 'province',
    name: '示例省税务局',
    level: 'province' as const,
    speaksFor: [],
    baseUrl: 'https://province.example',
  };
  await carryOut(journal, registrations['site.register'], { type: 'site.register', ...head('site'), site });
  video = await startDouyinFake({ refreshMs: 10 * 86_400_000 });
  await start();
});

async function start(): Promise<void> {
  delivering = spawn(process.execPath, [join(root, 'services/delivery/dist/main.js')], {
    env: {
      ...process.env,
      NATS_URL: servers.nats.url,
      REDIS_URL: servers.redis.url,
      SECRETS_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      WEB_ALLOW: `127.0.0.1:${port},127.0.0.1:${video.port}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  delivering.once('exit', () => ready.reject(new Error('delivery ended before it was ready')));
  delivering.stdout?.on('data', (data: Buffer) => {
    if (data.includes('service.ready')) ready.resolve();
  });
  await ready.promise;
}
async function kill(): Promise<void> {
  const ended = once(delivering, 'exit');
  delivering.kill('SIGKILL');
  await ended;
}
afterAll(async () => {
  await kill();
  await video.stop();
  partner.closeAllConnections();
  partner.close();
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const credentialEvents = async (channel: Channel) => {
  const address = { aggregate: 'credential', site: 'province', id: credentialOf(channel) };
  return (await journal.read(address)).events as CredentialEvent[];
};

it('a login that is refused is tried once, whatever waits for it, until the channel is registered anew', async () => {
  const channel = channelOf('login');
  await register(channel);
  answers.set('/login', (response) => response.writeHead(401).end('who are you'));
  await sign('first', ['login']);
  await until(async () => expect(await credentialEvents(channel)).toMatchObject([{ type: 'credential.failed' }]));
  for (const releaseId of ['second', 'third']) await sign(releaseId, ['login']);
  for (const releaseId of ['second', 'third']) await becomes(releaseId, 'login', ['requested']);
  expect(callsTo('login')).toHaveLength(1);

  answers.delete('/login');
  await register({ ...channel, name: '新登记' }, 'login/2');
  for (const releaseId of ['second', 'third']) await becomes(releaseId, 'login', delivered);
  expect(callsTo('login')).toHaveLength(3);
  expect(await credentialEvents(channel)).toMatchObject([{}, { type: 'credential.mended', how: 'registered' }]);
});

it('a person who says that it was mended has it tried again', async () => {
  const channel = channelOf('mended');
  await register(channel);
  answers.set('/mended', (response) => response.writeHead(403).end());
  await sign('waits', ['mended']);
  await until(async () => expect(await credentialEvents(channel)).toHaveLength(1));
  answers.delete('/mended');
  await sign('waits-too', ['mended']);
  await becomes('waits-too', 'mended', ['requested']);
  const credentialId = credentialOf(channel);
  const command = { type: 'credential.mend', ...head('mend'), credentialId, site: 'province', how: 'try_again' };
  await client.command('credential', command);
  await becomes('waits-too', 'mended', delivered);
});

it('a channel’s rate is kept, and waiting for it is no attempt', async () => {
  await register(channelOf('slow', { rate: { tokens: 1, perSeconds: 1 } }));
  const releases = ['rate1', 'rate2', 'rate3'];
  await Promise.all(releases.map((releaseId) => sign(releaseId, ['slow'])));
  for (const releaseId of releases) await becomes(releaseId, 'slow', delivered);
  const times = callsTo('slow').map(({ at }) => at);
  // Timers of two processes may be some milliseconds apart.
  for (const [i, at] of times.slice(1).entries()) expect(at - times[i]!).toBeGreaterThan(900);
});

it('what exceeds the day’s quota waits for a slot of its own, in the order of the days', async () => {
  await register(channelOf('daily', { quotas: [{ per: 'day', count: 1, zone: 'Asia/Shanghai' }] }));
  await sign('today', ['daily']);
  await becomes('today', 'daily', delivered);
  await sign('tomorrow', ['daily']);
  await becomes('tomorrow', 'daily', ['requested', 'postponed']);
  await sign('after-tomorrow', ['daily']);
  await becomes('after-tomorrow', 'daily', ['requested', 'postponed']);
  const notBefore = async (releaseId: string) => {
    const id = deliveryIdOf('province', releaseId, 'daily');
    const { events } = await journal.read({ aggregate: 'delivery', site: 'province', id });
    const [postponed] = (events as DeliveryEvent[]).filter((event) => event.type === 'delivery.postponed');
    return Date.parse(postponed?.notBefore ?? '');
  };
  expect((await notBefore('after-tomorrow')) - (await notBefore('tomorrow'))).toBe(24 * 3_600_000);
  expect(callsTo('daily')).toHaveLength(1);
});

it('a channel that is told too much is left alone as a whole, for as long as it asks', async () => {
  await register(channelOf('busy'));
  answers.set('/busy', (response) => response.writeHead(429, { 'retry-after': '3600' }).end());
  await sign('told', ['busy']);
  await becomes('told', 'busy', ['requested', 'attempted', 'rejected_retryable']);
  await sign('silent', ['busy']);
  await becomes('silent', 'busy', ['requested']);
  expect(callsTo('busy')).toHaveLength(1);
});

it('a rebuttal passes what hangs at the same channel, and other channels notice nothing', async () => {
  await register(channelOf('hangs'));
  await register(channelOf('well'));
  answers.set('/hangs', (response) => void held.push(response));
  await sign('stuck', ['hangs']);
  await until(() => expect(held).toHaveLength(1));
  await sign('behind', ['hangs', 'well']);
  await becomes('behind', 'well', delivered);
  await becomes('behind', 'hangs', ['requested']);
  answers.delete('/hangs');
  await sign('urgent', ['hangs'], 'rebuttal');
  await becomes('urgent', 'hangs', delivered);
  expect(await history('stuck', 'hangs')).toEqual(['requested', 'attempted']);
  for (const response of held) response.writeHead(204).end();
  await becomes('stuck', 'hangs', delivered);
  await becomes('behind', 'hangs', delivered);
});

it('a channel that is ill is left alone after five troubles in a row, and its deliveries lose nothing by it', async () => {
  await register(channelOf('ill'));
  answers.set('/ill', (response) => response.writeHead(500).end());
  const releases = Array.from({ length: 8 }, (_, i) => `ill${i}`);
  await Promise.all(releases.map((releaseId) => sign(releaseId, ['ill'])));
  await until(() => expect(callsTo('ill')).toHaveLength(5), 30_000);
  const told = await Promise.all(releases.map((releaseId) => history(releaseId, 'ill')));
  expect(told.filter((each) => each.length === 1)).toHaveLength(3);
});

it('one that hangs, one that is ill and one that asks for rest hold none of the other ninety-seven back', async () => {
  const ill = { hanging: 'ill-hangs', failing: 'ill-fails', resting: 'ill-rests' };
  const well = Array.from({ length: 97 }, (_, i) => `well${i}`);
  const all = [...Object.values(ill), ...well];
  await Promise.all(all.map((channelId) => register(channelOf(channelId))));
  const hanging: ServerResponse[] = [];
  answers.set(`/${ill.hanging}`, (response) => void hanging.push(response));
  answers.set(`/${ill.failing}`, (response) => response.writeHead(500).end());
  answers.set(`/${ill.resting}`, (response) => response.writeHead(429, { 'retry-after': '3600' }).end());
  const releases = Array.from({ length: 8 }, (_, i) => `among${i}`);
  for (const releaseId of releases) await sign(releaseId, all);
  await until(() => {
    for (const channelId of well) expect(callsTo(channelId)).toHaveLength(releases.length);
  });
  // All of it while the first call of the one still hangs, the next stopped after five, and the third after one.
  expect(hanging).toHaveLength(1);
  await until(() => expect(callsTo(ill.failing)).toHaveLength(5));
  expect(callsTo(ill.resting)).toHaveLength(1);
  for (const response of hanging) response.writeHead(204).end();
  await becomes(releases[0]!, ill.hanging, delivered);
});

it('an authorisation that the platform renewed stands sealed in the log, and counts after a kill and until another is registered', async () => {
  const { access } = video;
  const settings = {
    api: video.url,
    clientKey: access['Client Key']!,
    clientSecret: access['Client Secret']!,
    openId: access['open_id']!,
    refreshToken: access['refresh_token']!,
  };
  const channel = { ...channelOf('video'), kind: 'douyin' as const, settings } as Channel;
  await register(channel);
  const health = async () => (await client.ask('channels.health', { channelId: 'video' })) as ChannelHealth;
  await until(async () => expect(await health()).toMatchObject({ ok: true, expiresAt: expect.any(String) }));
  const events = await credentialEvents(channel);
  expect(events[0]).toMatchObject({ type: 'credential.renewed', field: 'refreshToken' });
  for (const event of events) expect(JSON.stringify(event)).not.toContain('rft.');
  // The platform has forgotten the one that was registered, and the process everything.
  await kill();
  await start();
  expect(await health()).toMatchObject({ ok: true });
  await register({ ...channel, settings: { ...settings, refreshToken: 'rft.of another time' } } as Channel, 'anew');
  await until(async () => expect(await health()).toMatchObject({ ok: false, trouble: 'credential' }));
});
