// Whatever dies, whenever: nothing is lost, and nothing happens twice. Told by the log, and by the outside.
import { connectBus, type Bus } from '@tongsheng/bus';
import type { DeliveryRow, ReleaseDetail, RepostRow } from '@tongsheng/contracts';
import { createRedis } from '@tongsheng/projections';
import {
  allServices,
  readLog,
  readPublic,
  signIn,
  startSystem,
  until,
  type Answer,
  type ServiceName,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { brokenByNow } from '../support/promises.ts';

let system: System;
let bus: Bus;
const people = new Map<string, Session>();

beforeAll(async () => {
  system = await startSystem({ backlog: [30] });
  bus = await connectBus({ url: system.servers.nats.url, name: 'witness' });
  await signInAll();
});
afterAll(async () => {
  await bus.close();
  await system[Symbol.asyncDispose]();
});

async function signInAll(): Promise<void> {
  for (const id of ['editor', 'comms', 'reviewer', 'confidentiality', 'signer', 'manager'])
    people.set(id, await signIn(system.consoleUrl, id));
}
const as = (id: string): Session => people.get(id)!;

/** Says a command as a console does: again under the same key while the answer stays away. */
async function say(person: string, command: Record<string, unknown>, key: string): Promise<Answer> {
  return until(async () => {
    const answer = await as(person).command(command, key);
    if (answer.status >= 500)
      throw new Error(`${JSON.stringify(command)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }, 60_000);
}

const rowsOf = async (person: string, path: string): Promise<unknown[]> => {
  const { status, body } = await as(person).get(path);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return (body as { rows: unknown[] }).rows;
};
const tasks = async (state: 'open' | 'closed') =>
  (await rowsOf('editor', `/api/reposts?state=${state}`)) as RepostRow[];

/** Puts out a document and waits until it stands in the queue. */
async function queued(): Promise<RepostRow> {
  const document = await system.upstreams.postNext();
  return until(async () => {
    const row = (await tasks('open')).find(({ title }) => title === document?.title);
    if (!row) throw new Error(`${document?.title} is not in the queue`);
    return row;
  }, 60_000);
}

const approve = ({ site, taskId, contentHash }: RepostRow) =>
  say('editor', { type: 'repost.approve', site, taskId, seenHash: contentHash }, `approve-${taskId}`);

async function verified({ site, taskId }: RepostRow): Promise<RepostRow> {
  return until(async () => {
    const row = (await tasks('closed')).find((each) => each.site === site && each.taskId === taskId);
    expect(row?.state).toBe('verified');
    return row!;
  }, 60_000);
}

/** Draft and review chain up to the last signature, which is said but not waited for. */
async function release(releaseId: string): Promise<{ title: string; signed: Promise<Answer> }> {
  const site = 'province';
  const title = `关于${releaseId}的通稿`;
  const channels = ['province-press-mail', 'province-press-hook'];
  const draft = { kind: 'press', title, summary: '', html: '<p>正文。</p>', rumor: null, channels };
  await say('comms', { type: 'release.draft', site, releaseId, draft, baseRevision: 0 }, `draft-${releaseId}`);
  const seenHash = await until(async () => {
    const { status, body } = await as('comms').get(`/api/releases/${releaseId}?site=${site}`);
    expect(status).toBe(200);
    return (body as ReleaseDetail).row.contentHash;
  });
  await say('comms', { type: 'release.submit', site, releaseId, seenHash }, `submit-${releaseId}`);
  const pass = (person: string, step: string) =>
    say(person, { type: 'release.pass_step', site, releaseId, step, seenHash }, `${step}-${releaseId}`);
  await pass('reviewer', 'review');
  await pass('confidentiality', 'confidentiality');
  return { title, signed: pass('signer', 'sign') };
}

const deliveriesOf = async (releaseId: string) =>
  (await rowsOf('comms', `/api/deliveries?release=${releaseId}`)) as DeliveryRow[];

/** Waits until each delivery is settled; a person looks where the outcome is unknown, as the board asks for. */
async function delivered(releaseId: string, title: string): Promise<void> {
  await until(async () => {
    const rows = await deliveriesOf(releaseId);
    expect(rows).toHaveLength(2);
    for (const { site, deliveryId, state } of rows.filter((row) => row.state === 'unknown')) {
      const resolution = mailsOf(title).length > 0 ? 'arrived' : 'send_again';
      await say(
        'comms',
        { type: 'delivery.resolve', site, deliveryId, resolution, note: '已致电核实' },
        `${state}-${deliveryId}`,
      );
    }
    expect(rows.map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
  }, 60_000);
}
const mailsOf = (title: string) => system.newsroom.mails.filter(({ subject }) => subject.includes(title));
const callsOf = (title: string) => [...system.newsroom.calls.values()].filter(({ body }) => body.includes(title));

async function restart(service: ServiceName): Promise<void> {
  await system.kill(service);
  await system.start(service);
}

afterEach(async () => {
  const entries = await readLog(bus);
  expect(brokenByNow(entries)).toEqual([]);

  const documents = await readPublic(bus);
  const versions = documents.map(({ site, kind, documentId, version }) => `${site}/${kind}/${documentId} ${version}`);
  expect(versions).toHaveLength(new Set(versions).size);
  for (const { url, title, source } of documents.slice(-3)) {
    const page = await (await fetch(url)).text();
    expect(page).toContain(title);
    if (source?.link) expect(page).toContain(source.link);
  }
  const ids = system.newsroom.mails.map(({ messageId }) => messageId);
  expect(ids).toHaveLength(new Set(ids).size);
  expect(system.newsroom.refused).toBe(0);
});

it.each(['registry', 'ingest'] as const)('%s dies while a document comes in', async (service) => {
  const document = await system.upstreams.postNext();
  await restart(service);
  const row = await until(async () => {
    const found = (await tasks('open')).find(({ title }) => title === document?.title);
    expect(found).toBeDefined();
    return found!;
  }, 60_000);
  await approve(row);
  await verified(row);
});

it('reposts dies while the item waits for its tasks', async () => {
  await system.kill('reposts');
  const document = await system.upstreams.postNext();
  await until(async () =>
    expect(
      (await readLog(bus))
        .flatMap(({ events }) => events)
        .some((event) => event.type === 'item.published' && event.title === document?.title),
    ).toBe(true),
  );
  await system.start('reposts');
  await until(async () => expect((await tasks('open')).some(({ title }) => title === document?.title)).toBe(true));
});

it.each(['reposts', 'clock', 'oversight', 'gateway', 'portal'] as const)(
  '%s dies while an approval is on its way',
  async (service) => {
    const row = await queued();
    const answered = approve(row);
    await restart(service);
    // Whoever asks again under the same key is told that it is done, and by nobody else.
    expect((await answered).status).toBe(202);
    const { url } = await verified(row);
    expect(await (await fetch(url!)).text()).toContain(row.title);
  },
  90_000,
);

it.each(['releases', 'delivery', 'gateway'] as const)(
  '%s dies while the signature is on its way',
  async (service) => {
    const releaseId = `r-${service}`;
    const { title, signed } = await release(releaseId);
    await restart(service);
    expect((await signed).status).toBe(202);
    await delivered(releaseId, title);
    expect(mailsOf(title)).toHaveLength(1);
    expect(callsOf(title)).toHaveLength(1);
  },
  120_000,
);

it('every process dies at once, in the middle of everything', async () => {
  const row = await queued();
  const { title, signed } = await release('r-all');
  const approved = approve(row);
  await Promise.all(allServices.map((service) => system.kill(service)));
  await Promise.all(allServices.map((service) => system.start(service)));
  expect((await approved).status).toBe(202);
  expect((await signed).status).toBe(202);
  await verified(row);
  await delivered('r-all', title);
  expect(mailsOf(title)).toHaveLength(1);
  expect(callsOf(title)).toHaveLength(1);
}, 180_000);

it('the bus dies and comes back', async () => {
  const row = await queued();
  const approved = approve(row);
  await system.servers.restartNats();
  expect((await approved).status).toBe(202);
  await verified(row);
}, 90_000);

it('Redis is emptied: every view comes back as it was', async () => {
  const period = 'from=2020-01-01&to=2030-01-01';
  const look = async () => {
    const [open, closed] = await Promise.all([tasks('open'), tasks('closed')]);
    const compliance = await as('manager').get(`/api/compliance?${period}`);
    const { total, bySite, bySource } = compliance.body as Record<string, unknown>;
    return {
      open,
      closed,
      releases: await rowsOf('comms', '/api/releases'),
      deliveries: await rowsOf('comms', '/api/deliveries'),
      total,
      bySite,
      bySource,
    };
  };
  const before = await look();
  const redis = createRedis(system.servers.redis.url, () => {});
  await redis.connect();
  await redis.flushAll();
  redis.destroy();
  await until(signInAll, 60_000);
  await until(async () => expect(await look()).toEqual(before), 60_000);
  const row = await queued();
  await approve(row);
  await verified(row);
}, 90_000);
