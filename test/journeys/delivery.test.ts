import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, carryOut, connectBus, ensureStreams, Journal, type Bus } from '@tongsheng/bus';
import {
  streams,
  type Channel,
  type DeliveryCommand,
  type DeliveryEvent,
  type Receipt,
  type ReleaseEvent,
  type RegistryCommand,
} from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import { everyRole, hashA, startServers, until, type Servers } from '@tongsheng/test/support';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { delivery } from '../../services/delivery/src/delivery.ts';
import { deliveryIdOf } from '../../services/delivery/src/request-deliveries.reaction.ts';
import { registrations } from '../../services/registry/src/registration.ts';
import { postfixHome, startPostfix } from '../peers/postfix-server.ts';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const bounceToken = 'what the mail server shows';
const root = join(import.meta.dirname, '../..');

let servers: Servers;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let newsroom: Newsroom;
let partner: Partner;
const processes = new Set<ChildProcess>();

/** Ends or holds what a sink says, so that a process can be killed while it listens. */
class Gate {
  #open = Promise.withResolvers<void>();
  constructor() {
    this.#open.resolve();
  }
  shut(): void {
    this.#open = Promise.withResolvers<void>();
  }
  open(): void {
    this.#open.resolve();
  }
  pass(): Promise<void> {
    return this.#open.promise;
  }
}

type Newsroom = { port: number; mails: string[]; gate: Gate; server: SMTPServer };
type Partner = { port: number; calls: { id: string; body: unknown }[]; gate: Gate; server: Server };

/** A real mail server. It has the whole mail before it passes its gate and says 250. */
async function openNewsroom(): Promise<Newsroom> {
  const mails: string[] = [];
  const gate = new Gate();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(/^Message-ID: <(\w+)\./m.exec(Buffer.concat(chunks).toString('utf8'))?.[1] ?? 'nameless');
        void gate.pass().then(() => done());
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.server.address() as AddressInfo).port, mails, gate, server };
}

/** A partner that checks every signature with the library of the standard, and answers when its gate is open. */
async function openPartner(): Promise<Partner> {
  const calls: Partner['calls'] = [];
  const gate = new Gate();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const body = new Webhook(secret).verify(Buffer.concat(chunks).toString('utf8'), headers);
      calls.push({ id: headers['webhook-id']!, body });
      void gate.pass().then(() => response.writeHead(202).end('taken'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, calls, gate, server };
}

/** A service as it runs in production: its own process. Resolves when it says that it is ready. */
async function startService(name: 'delivery' | 'releases', more: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(root, 'services', name, 'dist/main.js')], {
    env: {
      ...process.env,
      NATS_URL: servers.nats.url,
      LOG_LEVEL: 'info',
      WEB_ALLOW: `127.0.0.1:${newsroom.port},127.0.0.1:${partner.port}`,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.add(child);
  const ready = Promise.withResolvers<void>();
  child.once('exit', () => ready.reject(new Error(`${name} ended before it was ready`)));
  child.stdout.on('data', (data: Buffer) => {
    if (data.includes('service.ready')) ready.resolve();
  });
  await ready.promise;
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  processes.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const head = (id: string, person = 'test') => ({
  id,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: person, name: `同志${person}` },
});

async function register(): Promise<void> {
  const baseUrl = 'https://province.example';
  const site = { siteId: 'province', name: '示例省税务局', level: 'province' as const, speaksFor: [], baseUrl };
  const shared = { site: 'province', paused: false };
  const email: Channel = {
    ...shared,
    channelId: 'newsroom',
    name: '新闻通气邮件组',
    kind: 'email',
    settings: {
      smtp: `smtp://127.0.0.1:${newsroom.port}`,
      from: 'press@province.example',
      to: ['desk@paper.example'],
      bounceToken,
    },
  };
  const webhook: Channel = {
    ...shared,
    channelId: 'partner',
    name: '融媒体中心',
    kind: 'webhook',
    settings: { url: `http://127.0.0.1:${partner.port}/hook`, secret },
  };
  const commands: RegistryCommand[] = [
    { type: 'site.register', ...head('site'), site },
    { type: 'channel.register', ...head('email'), channel: email },
    { type: 'channel.register', ...head('webhook'), channel: webhook },
  ];
  for (const command of commands) await carryOut(journal, registrations[command.type], command);
}

/** A release through its whole chain, by four persons. */
async function sign(releaseId: string, channels: string[]): Promise<void> {
  const key = (step: string, person: string) => ({
    ...head(`${releaseId}/${step}`, person),
    releaseId,
    site: 'province',
  });
  const draft = { kind: 'press', title: `通稿${releaseId}`, summary: '', html: '<p>正文</p>', rumor: null, channels };
  const seenHash = hashA;
  const commands = [
    { type: 'release.draft', ...key('draft', 'writer'), draft, contentHash: hashA, baseRevision: 0 },
    { type: 'release.submit', ...key('submit', 'writer'), seenHash },
    { type: 'release.pass_step', ...everyRole, ...key('review', 'reviewer'), step: 'review', seenHash },
    {
      type: 'release.pass_step',
      ...everyRole,
      ...key('confidentiality', 'secrets'),
      step: 'confidentiality',
      seenHash,
    },
    { type: 'release.pass_step', ...everyRole, ...key('sign', 'signer'), step: 'sign', seenHash },
  ];
  for (const command of commands) await client.command('release', command);
}

const idOf = (releaseId: string, channelId: string) => deliveryIdOf('province', releaseId, channelId);

async function history(releaseId: string, channelId: string): Promise<string[]> {
  const past = await journal.read({ aggregate: 'delivery', site: 'province', id: idOf(releaseId, channelId) });
  return (past.events as DeliveryEvent[]).map((event) => ('outcome' in event ? event.outcome : event.type.slice(9)));
}

const becomes = (releaseId: string, channelId: string, expected: string[], withinMs = 15_000) =>
  until(async () => expect(await history(releaseId, channelId)).toEqual(expected), withinMs);

const mailsOf = (releaseId: string) => newsroom.mails.filter((id) => id === idOf(releaseId, 'newsroom'));
const callsOf = (releaseId: string) => partner.calls.filter(({ id }) => id === idOf(releaseId, 'partner'));

function resolve(releaseId: string, resolution: 'arrived' | 'send_again'): Promise<Receipt> {
  const command: DeliveryCommand = {
    type: 'delivery.resolve',
    ...head(`${releaseId}/resolve`, 'comms'),
    deliveryId: idOf(releaseId, 'newsroom'),
    site: 'province',
    resolution,
    note: '已电话确认',
  };
  return client.command('delivery', command);
}

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
  client = new BusClient(bus);
  newsroom = await openNewsroom();
  partner = await openPartner();
  await register();
  await startService('releases');
});
afterEach(() => {
  newsroom.gate.open();
  partner.gate.open();
});
afterAll(async () => {
  await Promise.all([...processes].map(kill));
  await new Promise<void>((done) => newsroom.server.close(() => done()));
  partner.server.closeAllConnections();
  partner.server.close();
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

it('a signed release reaches the newsroom and the partner once, also with two processes, and its page is out', async () => {
  const both = await Promise.all([startService('delivery'), startService('delivery')]);
  const releases = Array.from({ length: 5 }, (_, i) => `plain${i}`);
  await Promise.all(releases.map((releaseId) => sign(releaseId, ['newsroom', 'partner'])));
  for (const releaseId of releases) {
    await becomes(releaseId, 'newsroom', ['requested', 'attempted', 'confirmed']);
    await becomes(releaseId, 'partner', ['requested', 'attempted', 'confirmed']);
    expect(mailsOf(releaseId)).toHaveLength(1);
    expect(callsOf(releaseId)).toHaveLength(1);
    const past = await journal.read({ aggregate: 'release', site: 'province', id: releaseId });
    const published = (past.events as ReleaseEvent[]).filter((event) => event.type === 'release.published');
    expect(published).toMatchObject([{ url: `https://province.example/province/press/${releaseId}` }]);
    await bus.jsm.streams.getMessage(streams.public, { last_by_subj: `pub.province.press.${releaseId}` });
  }
  expect(callsOf('plain0')[0]!.body).toMatchObject({ type: 'release.published', data: { title: '通稿plain0' } });
  await Promise.all(both.map(kill));
});

it('a mail that comes back hours later is a fact of its delivery, once, and nothing is sent again', async () => {
  const port = await freePort();
  const child = await startService('delivery', { DELIVERY_PORT: String(port) });
  await sign('bounced', ['newsroom']);
  await becomes('bounced', 'newsroom', ['requested', 'attempted', 'confirmed']);
  const bounce = [
    'Message-Id: <1@mx>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx',
    '',
    'Final-Recipient: rfc822; desk@paper.example',
    'Action: failed',
    'Status: 5.1.1',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `X-Tongsheng-Delivery: ${idOf('bounced', 'newsroom')}`,
    '',
    '--b--',
    '',
  ].join('\r\n');
  const handOn = (token: string) =>
    fetch(`http://127.0.0.1:${port}/channels/newsroom`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'message/rfc822' },
      body: bounce,
    });
  expect((await handOn('guessed')).status).toBe(401);
  expect((await handOn(bounceToken)).status).toBe(200);
  expect((await handOn(bounceToken)).status).toBe(200);
  expect(await history('bounced', 'newsroom')).toEqual(['requested', 'attempted', 'confirmed', 'bounced']);
  expect(mailsOf('bounced')).toHaveLength(1);
  await kill(child);
});

it.skipIf(!postfixHome)(
  'Postfix says at once and later whom a mail did not reach: each is named, and who was busy gets it later',
  async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/channels/press`;
    await using postfix = await startPostfix({ url, token: bounceToken });
    const to = ['desk', 'left', 'unknown', 'busy'].map((name) => `${name}@newsroom.example`);
    const settings = { smtp: `smtp://127.0.0.1:${postfix.port}`, from: 'press@province.example', to, bounceToken };
    const channel: Channel = {
      site: 'province',
      paused: false,
      channelId: 'press',
      name: '邮件组',
      kind: 'email',
      settings,
    };
    await carryOut(journal, registrations['channel.register'], { type: 'channel.register', ...head('press'), channel });
    const allow = `127.0.0.1:${postfix.port},127.0.0.1:${newsroom.port}`;
    const child = await startService('delivery', { DELIVERY_PORT: String(port), WEB_ALLOW: allow });
    await sign('postfix', ['press']);
    const past = async () =>
      (await journal.read({ aggregate: 'delivery', site: 'province', id: idOf('postfix', 'press') }))
        .events as DeliveryEvent[];
    await until(async () => expect((await past()).at(-1)).toMatchObject({ type: 'delivery.bounced' }), 60_000);
    await postfix.makeRoom();
    await until(async () => expect(await postfix.mailsOf('busy')).toHaveLength(1), 120_000);
    const bounced = (events: DeliveryEvent[]) =>
      events.flatMap((event) =>
        event.type === 'delivery.bounced' ? event.recipients.map(({ address, status }) => [address, status]) : [],
      );
    await until(async () =>
      expect(bounced(await past())).toEqual([
        ['left@newsroom.example', '5.1.6'],
        ['unknown@newsroom.example', '5.1.1'],
      ]),
    );
    const events = await past();
    const again = events.flatMap((event) => (event.type === 'delivery.attempted' ? [event.to] : []));
    expect(again.slice(1)).toEqual(again.slice(1).map(() => ['busy@newsroom.example']));
    const answers = events.flatMap((event) => (event.type === 'delivery.answered' ? [event] : []));
    expect(answers.at(-1)).toMatchObject({ outcome: 'confirmed', nextAttemptAt: null, othersHaveIt: true });
    for (const name of ['desk', 'busy']) await until(async () => expect(await postfix.mailsOf(name)).toHaveLength(1));

    // A person has it sent again: to nobody who has it.
    const deliveryId = idOf('postfix', 'press');
    const why = { deliveryId, site: 'province', reason: '邮箱已修好' };
    await carryOut(journal, delivery, { type: 'delivery.redrive', ...head('redrive'), ...why });
    await until(async () =>
      expect((await past()).slice(events.length).map(({ type }) => type)).toContain('delivery.bounced'),
    );
    const redriven = (await past()).slice(events.length);
    expect(redriven.slice(0, 2)).toMatchObject([
      { type: 'delivery.redriven' },
      { type: 'delivery.attempted', to: ['left@newsroom.example', 'unknown@newsroom.example'] },
    ]);
    for (const name of ['desk', 'busy']) expect(await postfix.mailsOf(name)).toHaveLength(1);
    await kill(child);
  },
);

it('a mail whose process was killed after it left is unknown, is not sent again, and a person settles it', async () => {
  const first = await startService('delivery');
  newsroom.gate.shut();
  await sign('killed', ['newsroom']);
  await until(() => expect(mailsOf('killed')).toHaveLength(1));
  await kill(first);
  newsroom.gate.open();

  const second = await startService('delivery');
  await becomes('killed', 'newsroom', ['requested', 'attempted', 'unknown']);
  await wait(1_500);
  expect(mailsOf('killed')).toHaveLength(1);
  await resolve('killed', 'arrived');
  await becomes('killed', 'newsroom', ['requested', 'attempted', 'unknown', 'resolved']);
  await expect(resolve('killed', 'send_again')).resolves.toMatchObject({ changed: false });
  await wait(500);
  expect(mailsOf('killed')).toHaveLength(1);
  await kill(second);
});

it('a mail that a person found missing is sent once more, and only then', async () => {
  const first = await startService('delivery');
  newsroom.gate.shut();
  await sign('missing', ['newsroom']);
  await until(() => expect(mailsOf('missing')).toHaveLength(1));
  await kill(first);
  newsroom.gate.open();

  const second = await startService('delivery');
  await becomes('missing', 'newsroom', ['requested', 'attempted', 'unknown']);
  await resolve('missing', 'send_again');
  await becomes('missing', 'newsroom', ['requested', 'attempted', 'unknown', 'resolved', 'attempted', 'confirmed']);
  expect(mailsOf('missing')).toHaveLength(2);
  await kill(second);
});

it('a webhook whose process was killed is sent again under the same key, which the partner can tell', async () => {
  const first = await startService('delivery');
  partner.gate.shut();
  await sign('repeated', ['partner']);
  await until(() => expect(callsOf('repeated')).toHaveLength(1));
  await kill(first);
  partner.gate.open();

  const second = await startService('delivery');
  const told = ['requested', 'attempted', 'unknown', 'attempted', 'confirmed'];
  await becomes('repeated', 'partner', told, 20_000);
  expect(callsOf('repeated')).toHaveLength(2);
  expect(callsOf('repeated')[0]!.body).toEqual(callsOf('repeated')[1]!.body);
  await kill(second);
});

it('an attempt of a process that lives is left to it, however long the channel takes', async () => {
  const slow = await startService('delivery');
  newsroom.gate.shut();
  await sign('slow', ['newsroom']);
  await until(() => expect(mailsOf('slow')).toHaveLength(1));
  const other = await startService('delivery');
  await wait(3_500);
  expect(await history('slow', 'newsroom')).toEqual(['requested', 'attempted']);
  newsroom.gate.open();
  await becomes('slow', 'newsroom', ['requested', 'attempted', 'confirmed']);
  expect(mailsOf('slow')).toHaveLength(1);
  await Promise.all([kill(slow), kill(other)]);
});

it('a process that is told to stop hears the channel out first', async () => {
  const service = await startService('delivery');
  newsroom.gate.shut();
  await sign('stopping', ['newsroom']);
  await until(() => expect(mailsOf('stopping')).toHaveLength(1));
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  await wait(500);
  newsroom.gate.open();
  expect(await ended).toEqual([0, null]);
  expect(await history('stopping', 'newsroom')).toEqual(['requested', 'attempted', 'confirmed']);
});

it('what the channel said while the bus was away is written down when it is back, and later releases go on', async () => {
  const service = await startService('delivery');
  newsroom.gate.shut();
  await sign('outage', ['newsroom']);
  await until(() => expect(mailsOf('outage')).toHaveLength(1));
  await servers.restartNats();
  newsroom.gate.open();
  await becomes('outage', 'newsroom', ['requested', 'attempted', 'confirmed'], 30_000);
  expect(mailsOf('outage')).toHaveLength(1);

  await until(() => sign('after', ['newsroom', 'partner']), 30_000);
  await becomes('after', 'newsroom', ['requested', 'attempted', 'confirmed'], 60_000);
  await becomes('after', 'partner', ['requested', 'attempted', 'confirmed'], 60_000);
  expect(mailsOf('after')).toHaveLength(1);
  await kill(service);
});
