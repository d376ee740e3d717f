// Two deployments, each on a server of its own, joined by a leaf node: what the national one publishes is in the province's
// queue, what the province does and offers is known above, and neither reads more than that.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect as dial, createServer, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  BusClient,
  carryOut,
  connectBus,
  decodeEntry,
  Journal,
  linkAccount,
  neighbourStreams,
  publishPublic,
  walkStream,
  type Bus,
} from '@tongsheng/bus';
import {
  streams,
  type Neighbours,
  type PublicDocument,
  type RepostRow,
  type SubmissionCommand,
} from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import {
  failure,
  sampleRule,
  sampleSource,
  service,
  signIn,
  startSystem,
  until,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submission } from '../../services/releases/src/submission.ts';
import { trouble } from '../support/trouble.ts';

const above: Neighbours = { us: 'national', neighbours: [{ name: 'province', sites: ['province', 'city'], told: [] }] };
const below: Neighbours = {
  us: 'province',
  neighbours: [{ name: 'national', sites: ['national'], told: ['repost', 'submission'] }],
};
const password = 'of-the-link';

let national: System;
let province: System;
let cable: Cable;
let up: Bus;
let down: Bus;

beforeAll(async () => {
  const port = await freePort();
  cable = await layCable(port);
  const knocking = { port, passwords: { province: password } };
  const knocksAt = { national: `nats-leaf://province:${password}@127.0.0.1:${cable.port}` };
  national = await startSystem({ services: [], samples: false, links: { with: above, knocking } });
  province = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'releases', 'gateway'],
    samples: false,
    links: { with: below, knocksAt },
  });
  up = await connectBus({ url: national.servers.nats.url, name: 'test' });
  down = await connectBus({ url: province.servers.nats.url, name: 'test' });
  const admin = await signIn(province.consoleUrl, 'admin');
  const source = {
    ...sampleSource('national-policy', 'https://national.example/'),
    kind: 'public',
    stream: neighbourStreams('national').public,
  };
  expect(await admin.command({ type: 'rule.register', rule: sampleRule('all', ['province']) })).toMatchObject({
    status: 202,
  });
  expect(await admin.command({ type: 'source.register', source })).toMatchObject({ status: 202 });
}, 120_000);
afterAll(async () => {
  await Promise.all([up?.nc.close(), down?.nc.close()]);
  await province?.[Symbol.asyncDispose]();
  await national?.[Symbol.asyncDispose]();
  await cable?.close();
});

/** The wire between two servers, which can be cut. */
type Cable = { port: number; cut(): void; mend(): void; close(): Promise<void> };
async function layCable(to: number): Promise<Cable> {
  const ends = new Set<Socket>();
  let whole = true;
  const server: TcpServer = createServer((here) => {
    if (!whole) return void here.destroy();
    const there = dial(to, '127.0.0.1');
    for (const [end, other] of [
      [here, there],
      [there, here],
    ] as const) {
      ends.add(end);
      end.on('error', () => other.destroy()).on('close', () => void (ends.delete(end), other.destroy()));
    }
    here.pipe(there).pipe(here);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    whole = false;
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    mend: () => void (whole = true),
    async close() {
      cut();
      server.close();
    },
  };
}

const document = (name: string): PublicDocument => ({
  documentId: name,
  site: 'national',
  siteName: '国家税务总局',
  kind: 'press',
  column: '税收政策',
  title: `关于${name}的公告`,
  summary: '',
  html: `<p>${'自公布之日起施行。'.repeat(20)}</p>`,
  url: `https://national.example/national/press/${name}`,
  source: null,
  verdict: null,
  postedAt: new Date().toISOString(),
  version: 1,
  files: [],
  contentHash: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
});

const key = { submissionId: 'offer-1', site: 'province' };
const head = (id: string) => ({ id, at: new Date().toISOString(), actor: service });
const offer: SubmissionCommand = {
  type: 'submission.offer',
  ...head('offer'),
  ...key,
  actingSite: 'province',
  releaseId: 'release-1',
  contentHash: 'a'.repeat(64),
  title: '全省办税服务新举措',
  to: { kind: 'site', site: 'national', name: '国家税务总局' },
  slot: null,
  html: null,
  message: '请同步发布',
  limit: 'P1D',
  dueAt: new Date(Date.now() + 86_400_000).toISOString(),
};
const acknowledge = (id: string): SubmissionCommand => ({
  type: 'submission.acknowledge',
  ...head(id),
  ...key,
  actingSite: 'national',
});

/** What the national deployment was told, in order: the type of each event. */
async function toldAbove(): Promise<string[]> {
  const types: string[] = [];
  await walkStream(up, {
    stream: neighbourStreams('province').entries,
    subject: 'from.province.ev.>',
    onMessage: ({ subject, seq, data, headers }) => {
      const entry = decodeEntry({
        subject: subject.replace('from.province.', ''),
        seq,
        data,
        ...(headers && { headers }),
      });
      types.push(...entry.events.map(({ type }) => type));
    },
  });
  return types;
}

it('what the national site publishes stands in the province’s queue, with where it is from', async () => {
  await publishPublic(up, document('first'));
  const editor = await signIn(province.consoleUrl, 'editor');
  const row = await until(async () => {
    const { body } = await editor.get('/api/reposts?state=open');
    const found = (body as { rows: RepostRow[] }).rows.find(({ title }) => title === '关于first的公告');
    expect(found).toBeDefined();
    return found!;
  });
  expect(row.obligations[0]).toMatchObject({ sourceId: 'national-policy' });
});

it('what the province does about it is known above, and nothing else of its log', async () => {
  await carryOut(new Journal(down, 'test'), trouble, failure('secret', 'secret'));
  await until(async () => expect(await toldAbove()).toContain('repost.queued'));
  expect(new Set((await toldAbove()).map((type) => type.split('.')[0]))).toEqual(new Set(['repost']));
});

it('an offer goes up, and the answer comes down to where it is decided', async () => {
  await carryOut(new Journal(down, 'test'), submission, offer);
  await until(async () => expect(await toldAbove()).toContain('submission.offered'));
  const question = { neighbour: 'province', command: acknowledge('answer-1') };
  await expect(new BusClient(up).ask('neighbour', question)).resolves.toMatchObject({ changed: true });
  await until(async () => expect(await toldAbove()).toContain('submission.acknowledged'));
  const { entries } = await new Journal(down, 'test').read({
    aggregate: 'submission',
    site: 'province',
    id: 'offer-1',
  });
  expect(entries.at(-1)!.envelope.actor).toMatchObject({ id: 'neighbour-national' });
});

it('a neighbour answers for its own sites alone, and only what is for the asked side to say', async () => {
  const ask = (command: object) => new BusClient(up).ask('neighbour', { neighbour: 'province', command });
  await expect(ask({ ...acknowledge('a-2'), actingSite: 'province' })).rejects.toMatchObject({
    code: 'submission_wrong_side',
  });
  await expect(
    ask({ ...acknowledge('a-3'), type: 'submission.withdraw', reason: 'not ours to say' }),
  ).rejects.toMatchObject({ code: 'submission_wrong_side' });
});

it('what happens while the link is cut arrives afterwards, in order and once, both ways', async () => {
  cable.cut();
  const names = Array.from({ length: 120 }, (_, i) => `cut-${i}`);
  for (const name of names) await publishPublic(up, document(name));
  await carryOut(new Journal(down, 'test'), submission, {
    ...offer,
    ...head('offer-2'),
    submissionId: 'offer-2',
  });
  const question = { neighbour: 'province', command: { ...acknowledge('answer-2'), submissionId: 'offer-2' } };
  await expect(new BusClient(up).ask('neighbour', question, 20_000)).rejects.toThrow(/not to be reached/);
  cable.mend();
  await until(async () => {
    const brought: string[] = [];
    await walkStream(down, {
      stream: neighbourStreams('national').public,
      subject: 'from.national.pub.>',
      onMessage: ({ subject }) => void brought.push(subject.split('.').at(-1)!),
    });
    expect(brought).toEqual(['first', ...names]);
  });
  await until(async () => {
    const told = (await toldAbove()).filter((type) => type.startsWith('submission.'));
    expect(told).toEqual(['submission.offered', 'submission.acknowledged', 'submission.offered']);
  });
  await expect(until(() => new BusClient(up).ask('neighbour', question))).resolves.toMatchObject({ changed: true });
  await until(async () => expect((await toldAbove()).at(-1)).toBe('submission.acknowledged'));
});

describe('a province whose server was taken over', () => {
  let hostile: ChildProcess;
  let bus: Bus;
  beforeAll(async () => {
    const port = await freePort();
    const account = linkAccount('national');
    const file = join(province.servers.dir, 'hostile.conf');
    await writeFile(
      file,
      `listen: "127.0.0.1:${port}"
      accounts: { ${account}: { users: [{ user: x, password: x }] } }
      leafnodes: { reconnect: 1, remotes: [{ url: "nats-leaf://province:${password}@127.0.0.1:${cable.port}", account: ${account} }] }`,
    );
    hostile = spawn(process.env['NATS_SERVER'] ?? 'nats-server', ['-c', file]);
    bus = await until(() =>
      connectBus({ url: `nats://x:x@127.0.0.1:${port}`, name: 'hostile', apiPrefix: 'national.api' }),
    );
    // It is linked, and reads what it may.
    await until(async () => expect((await bus.jsm.streams.info(streams.public)).state.messages).toBeGreaterThan(0));
  });
  afterAll(async () => {
    await bus?.nc.close();
    hostile?.kill('SIGKILL');
  });

  it('reads nothing above but what is public, and what was put out for it', async () => {
    const tried = [
      ...['EVENTS', 'HUB', 'DEAD', 'OBJ_EVIDENCE', 'KV_WORKING', 'OUT_OTHER', 'FROM_PROVINCE'].flatMap((stream) => [
        `national.api.STREAM.INFO.${stream}`,
        `national.api.STREAM.MSG.GET.${stream}`,
      ]),
      'national.api.STREAM.PURGE.PUBLIC',
      'national.api.STREAM.DELETE.PUBLIC',
      'national.api.CONSUMER.CREATE.PUBLIC',
      'national.api.STREAM.NAMES',
      'ask.correction_intake',
      'cmd.registry',
      'cmd.submission',
    ];
    const answers = await Promise.all(
      tried.map((subject) =>
        bus.nc.request(subject, '{"seq":1}', { timeout: 1_000 }).then(
          () => subject,
          () => null,
        ),
      ),
    );
    expect(answers.filter((each) => each !== null)).toEqual([]);
  });

  it('writes nothing above', async () => {
    const all = [streams.journal, streams.public, streams.hub, ...Object.values(neighbourStreams('province'))];
    const ends = () => Promise.all(all.map(async (stream) => (await up.jsm.streams.info(stream)).state.last_seq));
    const before = await ends();
    for (const subject of [
      'ev.person.registry.x',
      'pub.national.press.x',
      'hub.x',
      'from.province.ev.repost.a.b',
      'out.province.x',
    ])
      bus.nc.publish(subject, '{}', { reply: 'ev.repost.national.x' });
    bus.nc.publish('national.api.STREAM.INFO.PUBLIC', '', { reply: 'ev.repost.national.x' });
    await bus.nc.flush();
    // What was asked last was answered: everything before it has arrived.
    await bus.jsm.streams.info(streams.public);
    expect(await ends()).toEqual(before);
  });
});
