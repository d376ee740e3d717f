// What a source takes back: owed to come down on every site that has it, gone from the public, and owed again on its return.
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type { AnyEvent, RepostRow } from '@tongsheng/contracts';
import {
  readLog,
  readPublic,
  sampleRule,
  sampleSource,
  signIn,
  startSite,
  startSystem,
  twice,
  until,
  type Session,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const sites = ['city', 'province'];
/** Every second for ten minutes. */
const followUp = Array.from({ length: 600 }, (_, i) => `PT${i}S`).join(',');
let upstream: Site;
let system: System;
let bus: Bus;
let client: BusClient;
const people = new Map<string, Session>();
let said = 0;

const titleOf = (name: string) => `关于${name}事项的公告`;
const show = (name: string) =>
  upstream.put(
    `/${name}.html`,
    `<!doctype html><title>${titleOf(name)}</title><article><h1>${titleOf(name)}</h1><p>一、减按25%计入应纳税所得额。</p></article>`,
  );

const events = async (): Promise<AnyEvent[]> => (await readLog(bus)).flatMap((entry) => entry.events);
const rows = async (state: 'open' | 'closed', name: string): Promise<RepostRow[]> => {
  const { body } = await people.get('editor')!.get(`/api/reposts?state=${state}`);
  const found = (body as { rows: RepostRow[] }).rows.filter(({ title }) => title === titleOf(name));
  return found.sort((one, other) => (one.site < other.site ? -1 : 1));
};
/** The tasks of an item on both sites, once they are in this state. */
const both = (state: 'open' | 'closed', name: string, are: (row: RepostRow) => boolean = () => true) =>
  until(async () => {
    const found = (await rows(state, name)).filter(are);
    expect(found.map(({ site }) => site)).toEqual(sites);
    return found as [RepostRow, RepostRow];
  }, 60_000);
const one = (state: 'open' | 'closed', name: string, site: string, is: (row: RepostRow) => boolean) =>
  until(async () => {
    const found = (await rows(state, name)).find((row) => row.site === site && is(row));
    expect(found).toBeDefined();
    return found!;
  }, 60_000);

async function say(person: string, { taskId, site }: RepostRow, command: { type: string; [more: string]: unknown }) {
  const answer = await people.get(person)!.command({ ...command, taskId, site }, `${command.type}-${++said}-12345678`);
  expect(answer).toMatchObject({ status: 202 });
}
const approve = (row: RepostRow) => say('editor', row, { type: 'repost.approve', seenHash: row.contentHash });
const read = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.text() };
};

/** A new item of a source, and its tasks. */
async function publish(name: string): Promise<[RepostRow, RepostRow]> {
  show(name);
  upstream.put(
    `/${name}.xml`,
    `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${upstream.url}</link><item><guid isPermaLink="false">${name}</guid><title>${titleOf(name)}</title><link>${upstream.url}/${name}.html</link><description>一、减按25%计入应纳税所得额。</description></item></channel></rss>`,
  );
  await register({ type: 'source.register', source: sampleSource(name, `${upstream.url}/${name}.xml`) });
  return both('open', name);
}
const register = (command: Record<string, unknown>) =>
  client.command('registry', {
    ...command,
    id: `test/${++said}`,
    at: new Date().toISOString(),
    actor: { kind: 'person', id: 'admin', name: '管理员' },
  } as never);

beforeAll(async () => {
  upstream = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'clock', 'oversight', 'gateway', 'portal'],
    samples: false,
    environment: {
      WEB_ALLOW: `127.0.0.1:${upstream.port}`,
      FOLLOW_UP: followUp,
      FOLLOW_UP_PATIENCE: 'PT1S',
      REPOST_RECHECKS: followUp,
    },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  for (const id of ['editor', 'editor2']) people.set(id, await signIn(system.consoleUrl, id));
  await until(async () =>
    expect((await events()).filter(({ type }) => type === 'site.registered').length).toBeGreaterThanOrEqual(2),
  );
  const policy = {
    policyId: 'any',
    name: '上级网站',
    basis: '示例',
    publisher: 'any',
    limit: 'PT12H',
    retractLimit: 'PT1H',
  };
  await register({ type: 'policy.register', policy });
  await register({ type: 'rule.register', rule: sampleRule('all', []) });
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

describe('an item that was never out', () => {
  it('is not owed once its source took it back, and is owed again, from its return, when it has it again', async () => {
    await publish('early');
    upstream.remove('/early.html');
    const closed = await both('closed', 'early', ({ state }) => state === 'withdrawn');
    expect(closed.map(({ withdrawn, gone }) => [withdrawn?.snapshot, gone[0]?.reason])).toEqual([
      [null, 'gone'],
      [null, 'gone'],
    ]);
    show('early');
    const [row] = await both('open', 'early', ({ state }) => state === 'queued');
    const returned = (await events()).find((event) => event.type === 'item.returned');
    expect(row.startsAt).toBe(returned?.type === 'item.returned' && returned.returnedAt);
    expect(Date.parse(row.dueAt) - Date.parse(row.startsAt)).toBe(12 * 3_600_000);
  });
});

describe('an item that is out on two sites', () => {
  let pages: string[];

  it('has to come down on both after a second look upstream, within the limit of the policy', async () => {
    for (const row of await publish('late')) await approve(row);
    pages = (await both('closed', 'late', ({ state }) => state === 'verified')).map(({ url }) => url!);
    upstream.remove('/late.html');
    const due = await both('open', 'late', ({ retract }) => retract !== null);
    const withdrawn = (await events()).findLast((event) => event.type === 'item.withdrawn');
    for (const { retract } of due) {
      expect(retract).toMatchObject({ reason: 'gone' });
      expect(retract!.startsAt).toBe(withdrawn?.type === 'item.withdrawn' && withdrawn.withdrawnAt);
      expect(Date.parse(retract!.dueAt) - Date.parse(retract!.startsAt)).toBe(3_600_000);
    }
    for (const url of pages) expect((await read(url)).status).toBe(200);
  });

  it('comes down where an editor says so: 410 at its address, in no list and no feed, and that is proven', async () => {
    await say('editor', await one('open', 'late', 'province', ({ retract }) => retract !== null), {
      type: 'repost.retract',
    });
    const { withdrawn } = await one('closed', 'late', 'province', ({ state }) => state === 'withdrawn');
    expect(withdrawn).toMatchObject({ status: 410, snapshot: expect.any(String) });
    const page = await read(pages[1]!);
    expect(page.status).toBe(410);
    expect(page.body).toContain('The source has withdrawn the original.');
    expect(page.body).not.toContain(titleOf('late'));
    for (const path of ['/province', '/province/feed.rss', '/province/feed.atom', '/province/feed.json'])
      expect((await read(`${system.portalUrl}${path}`)).body).not.toContain(titleOf('late'));
    expect((await read(`${system.portalUrl}/province/feed.atom`)).body).toContain(`<at:deleted-entry`);
  });

  it('stays where two persons say so, with their reason', async () => {
    const row = await one('open', 'late', 'city', ({ retract }) => retract !== null);
    await say('editor', row, { type: 'repost.request_exemption', reason: '原文另有公布' });
    await one('open', 'late', 'city', ({ exemption }) => exemption !== null);
    await say('editor2', row, { type: 'repost.exempt' });
    await one('closed', 'late', 'city', ({ state }) => state === 'verified');
    expect((await read(pages[0]!)).status).toBe(200);
    expect((await read(`${system.portalUrl}/city/feed.rss`)).body).toContain(titleOf('late'));
  });

  it('is gone also to a portal that reads everything anew', async () => {
    await system.kill('portal');
    await system.start('portal');
    expect((await read(pages[1]!)).status).toBe(410);
  });

  it('is owed again when its source has it again, and is public again after that', async () => {
    show('late');
    const row = await one('open', 'late', 'province', ({ state }) => state === 'queued');
    expect(
      (await events()).filter((event) => event.type === 'repost.owed_again' && event.taskId === row.taskId),
    ).toHaveLength(1);
    await approve(row);
    await one('closed', 'late', 'province', ({ state }) => state === 'verified');
    expect((await read(pages[1]!)).status).toBe(200);
    expect((await read(`${system.portalUrl}/province/feed.atom`)).body).not.toContain('<at:deleted-entry');
    const told = (await readPublic(bus)).filter(({ site, url }) => site === 'province' && url === pages[1]);
    expect(told.map(({ withdrawnAt }) => withdrawnAt !== undefined)).toEqual([false, true, false]);
    expect(twice(await readLog(bus))).toEqual([]);
  });
});

describe('an item whose page is out', () => {
  const typesOf = async (taskId: string, site: string) =>
    (await events()).flatMap((event) =>
      'taskId' in event && 'site' in event && event.taskId === taskId && event.site === site ? [event.type] : [],
    );

  it('has to come down also after people said that it is another policy, and its own new task is closed', async () => {
    const [[one], [other]] = [await publish('left'), await publish('right')];
    const regroup = (command: Record<string, unknown>) =>
      people.get('editor')!.command({ ...command, reason: '编辑判断' }, `regroup-${++said}-12345678`);
    await regroup({ type: 'cluster.merge', clusterId: other.clusterId, into: one.clusterId });
    await until(async () => expect(await typesOf(other.taskId, 'city')).toContain('repost.merged'));
    await say('editor', one, { type: 'repost.approve', seenHash: other.contentHash });
    await until(async () => expect(await typesOf(one.taskId, 'city')).toContain('repost.verified'));
    await regroup({ type: 'cluster.split', clusterId: one.clusterId, itemId: other.itemId, to: 'apart' });
    await until(async () => expect(await typesOf(one.taskId, 'city')).toContain('repost.unbound'));

    upstream.remove('/right.html');
    await until(async () => expect(await typesOf(one.taskId, 'city')).toContain('repost.retract_due'));
    const apart = await until(async () => {
      const queued = (await events()).find(
        (event) => event.type === 'repost.queued' && event.clusterId === 'apart' && event.site === 'city',
      );
      expect(queued).toBeDefined();
      return queued as Extract<AnyEvent, { type: 'repost.queued' }>;
    });
    await until(async () => expect(await typesOf(apart.taskId, 'city')).toContain('repost.withdrawn'));
    // What was never out of it anywhere else is as it was.
    expect(await typesOf(one.taskId, 'province')).not.toContain('repost.retract_due');
  });

  it('is told to tasks that came while nobody was there to tell them', async () => {
    const [row] = await publish('asleep');
    await system.kill('reposts');
    upstream.remove('/asleep.html');
    await until(async () =>
      expect((await events()).some((event) => event.type === 'item.withdrawn' && event.itemId === row.itemId)).toBe(
        true,
      ),
    );
    await system.start('reposts');
    await both('closed', 'asleep', ({ state }) => state === 'withdrawn');
  });
});
