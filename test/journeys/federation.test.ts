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
  ComplianceView,
  NeighboursView,
  ReleaseDetail,
  streams,
  SubmissionDetail,
  type Neighbours,
  type PublicDocument,
  type RepostRow,
} from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import {
  barriersOf,
  enter,
  failure,
  openScreen,
  picture,
  sampleRule,
  sampleSource,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Session,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trouble } from '../support/trouble.ts';

const site = (siteId: string, name: string, level: 'national' | 'province' | 'city') => ({ siteId, name, level });
const national: Neighbours = {
  us: 'national',
  neighbours: [
    {
      name: 'province',
      sites: [site('province', '某省税务局', 'province'), site('city', '某市税务局', 'city')],
      told: ['submission'],
    },
  ],
};
const province: Neighbours = {
  us: 'province',
  neighbours: [
    { name: 'national', sites: [site('national', '国家税务总局', 'national')], told: ['repost', 'submission'] },
  ],
};
const password = 'of-the-link';

type Side = { system: System; bus: Bus; comms: Session; manager: Session };
let above: Side;
let below: Side;
let cable: Cable;
let browser: Browser;

async function sideOf(system: System): Promise<Side> {
  const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const [comms, manager] = await Promise.all([
    signIn(system.consoleUrl, 'comms'),
    signIn(system.consoleUrl, 'manager'),
  ]);
  return { system, bus, comms, manager };
}

beforeAll(async () => {
  const port = await freePort();
  cable = await layCable(port);
  const knocking = { port, advertise: `127.0.0.1:${cable.port}`, passwords: { province: password } };
  const knocksAt = { national: `nats-leaf://province:${password}@127.0.0.1:${cable.port}` };
  const [one, other, chromium] = await Promise.all([
    startSystem({
      services: ['registry', 'releases', 'oversight', 'gateway'],
      samples: false,
      links: { with: national, knocking },
    }),
    startSystem({
      services: ['registry', 'ingest', 'reposts', 'releases', 'gateway'],
      samples: false,
      links: { with: province, knocksAt },
    }),
    startBrowser(),
  ]);
  browser = chromium;
  [above, below] = await Promise.all([sideOf(one), sideOf(other)]);
  const admin = await signIn(other.consoleUrl, 'admin');
  const source = {
    ...sampleSource('national-policy', 'https://national.example/'),
    kind: 'public',
    stream: neighbourStreams('national').public,
  };
  await say(admin, { type: 'rule.register', rule: sampleRule('all', ['province']) });
  await say(admin, { type: 'source.register', source });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  for (const side of [below, above]) {
    await side?.bus.nc.close();
    await side?.system[Symbol.asyncDispose]();
  }
  await cable?.close();
});

/** The wire between two servers, which can be cut. */
type Cable = { port: number; cut(): void; mend(to?: number): void; close(): Promise<void> };
async function layCable(port: number): Promise<Cable> {
  let to = port;
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
    mend(other = to) {
      to = other;
      whole = true;
    },
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

const title = '全省办税服务新举措';
const draft = {
  kind: 'press',
  title,
  summary: '延时服务',
  html: '<p>自下月一日起，全省办税服务厅推行延时服务。</p>',
  rumor: null,
  channels: [],
};
const say = async (who: Session, command: Record<string, unknown>) => {
  const { status, body } = await who.command(command);
  expect({ status, body }).toMatchObject({ status: 202 });
};

/** The province offers a release of its own to the national site. */
async function offer(submissionId: string): Promise<void> {
  const releaseId = `release-${submissionId}`;
  await say(below.comms, { type: 'release.draft', site: 'province', releaseId, draft, baseRevision: 0 });
  const { contentHash } = await until(async () => {
    const { body } = await below.comms.get(`/api/releases/${releaseId}?site=province`);
    return ReleaseDetail.parse(body).row;
  });
  await say(below.comms, {
    type: 'submission.offer',
    site: 'province',
    actingSite: 'province',
    submissionId,
    releaseId,
    contentHash,
    title,
    to: { kind: 'site', site: 'national', name: '国家税务总局' },
    slot: null,
    html: null,
    message: '请总局网站采用',
    limit: 'P1D',
  });
}
const answer = (type: string, submissionId: string, more: object = {}) => ({
  type,
  site: 'province',
  actingSite: 'national',
  submissionId,
  ...more,
});
const seenBy = async (who: Session, submissionId: string) =>
  SubmissionDetail.parse((await who.get(`/api/submissions/province/${submissionId}`)).body);
const linkSeenBy = async (who: Session) =>
  NeighboursView.parse((await who.get('/api/neighbours')).body).neighbours[0]!.link;

/** What the national deployment was told, in order: the type of each event. */
async function toldAbove(): Promise<string[]> {
  const types: string[] = [];
  await walkStream(above.bus, {
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

/** What was brought into the province of what the national site published, in order. */
async function broughtBelow(): Promise<string[]> {
  const brought: string[] = [];
  await walkStream(below.bus, {
    stream: neighbourStreams('national').public,
    subject: 'from.national.pub.>',
    onMessage: ({ subject }) => void brought.push(subject.split('.').at(-1)!),
  });
  return brought;
}

it('what the national site publishes stands in the province’s queue, with where it is from', async () => {
  await publishPublic(above.bus, document('first'));
  const editor = await signIn(below.system.consoleUrl, 'editor');
  const row = await until(async () => {
    const { body } = await editor.get('/api/reposts?state=open');
    const found = (body as { rows: RepostRow[] }).rows.find(({ title }) => title === '关于first的公告');
    expect(found).toBeDefined();
    return found!;
  });
  expect(row.obligations[0]).toMatchObject({ sourceId: 'national-policy' });
});

it('what the province owes and does is counted for the national manager, and nothing else of its log is told', async () => {
  await carryOut(new Journal(below.bus, 'test'), trouble, failure('secret', 'secret'));
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const period = `from=${day(-3)}&to=${day(3)}`;
  await until(async () => {
    const { body } = await above.manager.get(`/api/compliance?${period}&neighbour=province`);
    expect(ComplianceView.parse(body)).toMatchObject({ total: { due: 1, open: 1 }, bySite: [{ site: 'province' }] });
  });
  const behind = await above.manager.get(`/api/compliance/tasks?${period}&neighbour=province&outcome=open`);
  expect(behind.body).toMatchObject({ tasks: [{ title: '关于first的公告', site: 'province' }] });
  expect((await above.manager.get(`/api/compliance?${period}`)).body).toMatchObject({ total: { due: 0 } });
  expect(new Set((await toldAbove()).map((type) => type.split('.')[0]))).toEqual(new Set(['repost']));
});

it('an offer goes up with its text, and the answer comes down to where it is decided', async () => {
  await offer('offer-1');
  const { body } = await until(async () => {
    const said = await above.comms.get('/api/submissions?way=in');
    expect(said.body).toMatchObject({ rows: [{ submissionId: 'offer-1', owes: 'receiving' }] });
    return said;
  });
  expect(body).toMatchObject({ rows: [{ site: 'province', title }] });
  expect((await seenBy(above.comms, 'offer-1')).previewHtml).toContain('全省办税服务厅推行延时服务');
  const said = await above.comms.command(answer('submission.acknowledge', 'offer-1'));
  expect(said).toMatchObject({ status: 202, body: { changed: true } });
  // Whoever answered sees it at once.
  const { position } = said.body as { position: number };
  const seen = await above.comms.get(`/api/submissions/province/offer-1?atLeast=${position}`);
  expect(seen.body).toMatchObject({ row: { state: 'acknowledged' } });
  await say(above.comms, answer('submission.agree', 'offer-1'));
  await until(async () => expect((await seenBy(below.comms, 'offer-1')).row.state).toBe('agreed'));
  const { entries } = await new Journal(below.bus, 'test').read({
    aggregate: 'submission',
    site: 'province',
    id: 'offer-1',
  });
  const agreed = entries.find(({ events }) => events.some(({ type }) => type === 'submission.agreed'))!;
  expect(agreed.envelope.actor).toMatchObject({ id: 'neighbour-national', name: '国家税务总局' });
  // Each writes its own: nothing is written on behalf of a site of another deployment.
  const arranged = await until(async () => {
    const found = (await toldAbove()).filter((type) => type === 'submission.arranged');
    expect(found).toHaveLength(1);
    return (await seenBy(above.comms, 'offer-1')).row;
  });
  expect(arranged).toMatchObject({ adoptedAs: null, trouble: null });
});

it('a neighbour answers for its own sites alone, and only what is for the asked side to say', async () => {
  expect(
    await above.comms.command({ ...answer('submission.acknowledge', 'offer-1'), actingSite: 'province' }),
  ).toMatchObject({ status: 403, body: { code: 'submission_wrong_side' } });
  expect(
    await above.comms.command(answer('submission.withdraw', 'offer-1', { reason: 'not ours to say' })),
  ).toMatchObject({ status: 403, body: { code: 'submission_wrong_side' } });
  // Nor does anybody of the province answer for the national site.
  expect(await below.comms.command(answer('submission.decline', 'offer-1', { reason: 'no' }))).toMatchObject({
    status: 403,
    body: { code: 'submission_wrong_side' },
  });
  // Past the gateway, too: what comes over the link is looked at where it arrives.
  const ask = (command: object) => new BusClient(above.bus).ask('neighbour', { neighbour: 'province', command });
  const head = { id: 'forged', at: new Date().toISOString(), actor: { kind: 'person', id: 'comms' } };
  await expect(
    ask({ ...head, ...answer('submission.withdraw', 'offer-1', { reason: 'no' }), actingSite: 'province' }),
  ).rejects.toMatchObject({ code: 'submission_wrong_side' });
});

it('people see it on their screens', async () => {
  const screen = await openScreen(browser, `${above.system.consoleUrl}/submissions/province/offer-1`);
  const { page } = screen;
  const accessible = async (name: string) => {
    await picture(page, name);
    expect(await barriersOf(page)).toEqual([]);
  };
  await enter(screen, 'admin');
  await page.goto(`${above.system.consoleUrl}/health`);
  await page.getByTestId('links').getByText('已连通').waitFor();
  await accessible('federation-health');
  await page.goto(`${above.system.consoleUrl}/compliance?neighbour=province`);
  await page.getByTestId('filter-neighbour').waitFor();
  await accessible('federation-compliance');
  await page.goto(`${above.system.consoleUrl}/submissions/province/offer-1`);
  await page.getByTestId('submission').waitFor();
  await accessible('federation-submission');
  expect(screen.errors).toEqual([]);
  await page.context().close();
});

it('what happens while the link is cut arrives afterwards, in order and once, both ways', async () => {
  cable.cut();
  const names = Array.from({ length: 120 }, (_, i) => `cut-${i}`);
  for (const name of names) await publishPublic(above.bus, document(name));
  await offer('offer-2');
  await until(async () => expect(await linkSeenBy(below.manager)).toMatchObject({ connected: false }));
  await until(async () => expect(await linkSeenBy(above.manager)).toMatchObject({ connected: false }));
  const screen = await openScreen(browser, `${above.system.consoleUrl}/health`);
  await enter(screen, 'admin');
  await screen.page.locator('[data-link=cut]').getByText('中断前').first().waitFor();
  await screen.page.getByText('与上下级的线路没有连通').waitFor();
  await picture(screen.page, 'federation-cut');
  expect(await barriersOf(screen.page)).toEqual([]);
  expect(screen.errors).toEqual([]);
  await screen.page.context().close();
  // Who answers is told that it was not said, and says it again.
  expect(await above.comms.command(answer('submission.decline', 'offer-1', { reason: '版面已满' }))).toMatchObject({
    status: 503,
    body: { code: 'neighbour_unreachable' },
  });
  cable.mend();
  await until(async () => expect(await broughtBelow()).toEqual(['first', ...names]));
  await until(async () =>
    expect(await linkSeenBy(below.manager)).toMatchObject({ connected: true, behind: { documents: 0 } }),
  );
  await until(async () => {
    const told = (await toldAbove()).filter((type) => /offered|drafted/.test(type));
    expect(told).toEqual(['release.drafted', 'submission.offered', 'release.drafted', 'submission.offered']);
  });
  await until(() => say(above.comms, answer('submission.acknowledge', 'offer-2')));
  await until(async () => expect((await seenBy(below.comms, 'offer-2')).row.state).toBe('acknowledged'));
});

it('an exchange that is killed goes on where it stopped, on either side', async () => {
  const before = await broughtBelow();
  const names = Array.from({ length: 60 }, (_, i) => `killed-${i}`);
  const publishing = (async () => {
    for (const name of names) await publishPublic(above.bus, document(name));
  })();
  await until(async () => expect((await broughtBelow()).length).toBeGreaterThan(before.length));
  await Promise.all([above.system.kill('exchange'), below.system.kill('exchange')]);
  await offer('offer-3');
  await publishing;
  await Promise.all([above.system.start('exchange'), below.system.start('exchange')]);
  await until(async () => expect(await broughtBelow()).toEqual([...before, ...names]));
  await until(async () => {
    const offers = (await toldAbove()).filter((type) => type === 'submission.offered');
    expect(offers).toHaveLength(3);
  });
  expect((await toldAbove()).filter((type) => type === 'release.drafted')).toHaveLength(3);
});

describe.each(['above', 'below'] as const)('a server that was taken over tries what it can: it reads %s', (where) => {
  let hostile: ChildProcess;
  let bus: Bus;
  const [us, other] = where === 'above' ? ['national', 'province'] : ['province', 'national'];
  beforeAll(async () => {
    const [port, leaf] = await Promise.all([freePort(), freePort()]);
    const account = linkAccount(us);
    // In place of the province it knocks at the national door; in place of the nation it opens to the province.
    const joined =
      where === 'above'
        ? `reconnect: 1, remotes: [{ url: "nats-leaf://province:${password}@127.0.0.1:${cable.port}", account: ${account} }]`
        : `listen: "127.0.0.1:${leaf}", authorization: { users: [{ user: province, password: "${password}", account: ${account} }] }`;
    const file = join(below.system.servers.dir, `hostile-${where}.conf`);
    await writeFile(
      file,
      `listen: "127.0.0.1:${port}"
      accounts: { ${account}: { users: [{ user: x, password: x }] } }
      leafnodes: { ${joined} }`,
    );
    hostile = spawn(process.env['NATS_SERVER'] ?? 'nats-server', ['-c', file]);
    if (where === 'below') {
      cable.cut();
      cable.mend(leaf);
    }
    bus = await until(() =>
      connectBus({ url: `nats://x:x@127.0.0.1:${port}`, name: 'hostile', apiPrefix: `${us}.api` }),
    );
    // It is linked, and reads what it may.
    await until(async () => expect((await bus.jsm.streams.info(streams.public)).config.name).toBe(streams.public));
    const out = neighbourStreams(other).out;
    expect((await bus.jsm.streams.info(out)).config.name).toBe(out);
  });
  afterAll(async () => {
    await bus?.nc.close();
    hostile?.kill('SIGKILL');
  });

  it('nothing but what is public, and what was put out for it', async () => {
    const others = ['EVENTS', 'HUB', 'DEAD', 'TRIED', 'OBJ_EVIDENCE', 'OBJ_PUBLIC_FILES', 'KV_WORKING', 'OUT_OTHER'];
    const copies = [neighbourStreams(other).public, neighbourStreams(other).entries];
    const api = `${us}.api`;
    const tried = [
      ...[...others, ...copies].flatMap((stream) => [
        ...['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET', 'CONSUMER.CREATE'].map((verb) => `${api}.${verb}.${stream}`),
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
      ]),
      ...['PURGE', 'DELETE', 'UPDATE', 'SNAPSHOT', 'MSG.DELETE'].map((verb) => `${api}.STREAM.${verb}.PUBLIC`),
      `${api}.CONSUMER.CREATE.PUBLIC`,
      `${api}.CONSUMER.DURABLE.CREATE.PUBLIC.x`,
      `${api}.STREAM.NAMES`,
      `${api}.STREAM.LIST`,
      `${api}.INFO`,
      'ask.correction_intake',
      'ask.links',
      'ask.neighbour',
      'cmd.registry',
      'cmd.submission',
      'projections',
    ];
    const answered = await Promise.all(
      tried.map((subject) =>
        bus.nc.request(subject, '{"seq":1}', { timeout: 1_000 }).then(
          () => subject,
          () => null,
        ),
      ),
    );
    expect(answered.filter((each) => each !== null)).toEqual([]);
  });

  it('and writes nothing there', async () => {
    const its = neighbourStreams(other);
    const forged = [
      [streams.journal, 'ev.person.registry.forged'],
      [streams.public, 'pub.national.press.forged'],
      [streams.hub, 'hub.forged'],
      [its.entries, `from.${other}.ev.repost.a.forged`],
      [its.public, `from.${other}.pub.a.press.forged`],
      [its.out, `out.${other}.forged`],
    ] as const;
    const asReply = 'ev.repost.national.forged';
    for (const [, subject] of forged) bus.nc.publish(subject, '{}', { reply: asReply });
    bus.nc.publish(`${us}.api.STREAM.INFO.PUBLIC`, '', { reply: asReply });
    await bus.nc.flush();
    // What was asked last was answered: everything before it has arrived.
    await bus.jsm.streams.info(streams.public);
    const { jsm } = (where === 'above' ? above : below).bus;
    for (const [stream, subject] of [...forged, [streams.journal, asReply] as const])
      await expect(jsm.streams.getMessage(stream, { last_by_subj: subject })).rejects.toThrow(/no message found/);
  });
});
