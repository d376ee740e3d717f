import { connectBus, type Bus } from '@tongsheng/bus';
import type { RepostDetail, RepostEvent, RepostRow } from '@tongsheng/contracts';
import {
  readLog,
  readPublic,
  sampleRule,
  sampleSource,
  signIn,
  startSite,
  startSystem,
  until,
  type Answer,
  type Session,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

let site: Site;
let system: System;
let bus: Bus;
const people = new Map<string, Session>();

const body = (words: string) =>
  `<p>为进一步优化纳税服务，${words}，现将有关事项公告如下：</p><p>一、自公布之日起施行，请遵照执行。</p><p>打印 关闭</p>`;
const feedOf = (name: string, html: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${site.url}</link><item><guid isPermaLink="false">${name}</guid><title>关于${name}事项的公告</title><link>${site.url}/${name}</link><description><![CDATA[${html}]]></description></item></channel></rss>`;

async function as(personId: string): Promise<Session> {
  const known = people.get(personId) ?? (await signIn(system.consoleUrl, personId));
  people.set(personId, known);
  return known;
}
const say = async (personId: string, command: Record<string, unknown> & { type: string }): Promise<Answer> =>
  (await as(personId)).command(command);
const rowOf = async (name: string, state = 'open', personId = 'editor'): Promise<RepostRow> => {
  const { body: answer } = await (await as(personId)).get(`/api/reposts?state=${state}`);
  const row = (answer as { rows: RepostRow[] }).rows.find(({ title }) => title.includes(name));
  if (!row) throw new Error(`${name} is not in ${state}`);
  return row;
};
const detailOf = async ({ site: of, taskId }: RepostRow, personId = 'editor') =>
  (await (await as(personId)).get(`/api/reposts/${taskId}?site=${of}`)).body as RepostDetail;
const approve = (personId: string, { site: of, taskId }: RepostRow, seenHash: string, more: object = {}) =>
  say(personId, { type: 'repost.approve', site: of, taskId, seenHash, ...more });
const eventsOf = async ({ taskId }: RepostRow) =>
  (await readLog(bus))
    .flatMap(({ events }) => events as RepostEvent[])
    .filter((e) => 'taskId' in e && e.taskId === taskId);

/** A new item of a source of its own; its task, once it is in the queue. */
async function queued(name: string): Promise<RepostRow> {
  site.put(`/${name}.xml`, feedOf(name, body(name)));
  const source = sampleSource(name, `${site.url}/${name}.xml`);
  expect(await say('admin', { type: 'source.register', source })).toMatchObject({ status: 202 });
  return until(() => rowOf(name));
}

beforeAll(async () => {
  site = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'portal', 'gateway'],
    samples: false,
    environment: { WEB_ALLOW: `127.0.0.1:${site.port}` },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  await say('admin', { type: 'rule.register', rule: sampleRule('all', ['province']) });
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

it('an item that nobody made a chain for takes one editor, whose signature names both reviews', async () => {
  const row = await queued('plain');
  expect(await approve('reviewer', row, row.contentHash)).toMatchObject({
    status: 403,
    body: { code: 'role_missing' },
  });
  expect(await approve('editor', row, row.contentHash)).toMatchObject({ status: 202 });
  const done = await until(() => rowOf('plain', 'closed'));
  expect(done.reviews).toMatchObject([{ steps: ['first', 'confidentiality'], role: 'editor', by: 'editor' }]);
});

it('our own text goes out instead of the source’s, faithful and cleaned, and only as it was seen', async () => {
  const row = await queued('edited');
  const { html } = await detailOf(row);
  const { site: of, taskId, itemId, contentHash: basedOn } = row;
  const edit = (text: string, more: object = {}) =>
    say('editor', { type: 'repost.edit', site: of, taskId, itemId, basedOn, html: text, ...more });
  const cut = html.replace('<p>打印 关闭</p>', '<script>alert(1)</script>');

  const asked = await (
    await as('editor')
  ).post(`/api/reposts/${taskId}/fidelity`, { site: of, itemId, basedOn, html: cut });
  expect(asked.status).toBe(200);
  expect((asked.body as { fidelity: number }).fidelity).toBeGreaterThan(0.9);
  expect(await edit('<p>完全不同的文字</p>')).toMatchObject({ status: 422, body: { code: 'repost_unfaithful' } });
  // Whoever says himself how faithful he was is not believed.
  const claimed = { made: { contentHash: 'f'.repeat(64), fidelity: 1 } };
  expect(await edit('<p>完全不同的文字</p>', claimed)).toMatchObject({ status: 422 });
  expect(await edit(cut)).toMatchObject({ status: 202 });
  const withEdit = await until(async () => {
    const now = await rowOf('edited');
    expect(now.edit).not.toBeNull();
    return now;
  });
  const detail = await detailOf(row);
  expect(detail.previewHtml).not.toContain('打印');
  expect(detail.html).not.toContain('script');
  expect(await approve('editor', row, basedOn)).toMatchObject({ status: 409, body: { code: 'repost_edited' } });
  expect(await approve('editor', row, withEdit.edit!.contentHash)).toMatchObject({ status: 202 });
  await until(async () => expect((await rowOf('edited', 'closed')).state).toBe('verified'));
  const [page] = (await readPublic(bus)).filter(({ title }) => title.includes('edited'));
  expect(page!.html).toContain('现将有关事项公告如下');
  expect(page!.html).not.toContain('打印');
  expect(page!.contentHash).toBe(withEdit.edit!.contentHash);

  // The source changes: what we changed is not carried over by itself.
  site.put('/edited.xml', feedOf('edited', body('edited，并予以更正')));
  const update = await until(async () => {
    const now = await rowOf('edited');
    expect(now.update).not.toBeNull();
    return now;
  });
  const behind = await detailOf(update);
  expect(behind.texts.out!.ours).not.toContain('打印');
  expect(behind.texts.out!.source).toContain('打印');
  expect(behind.texts.source).toContain('并予以更正');
  expect(await approve('editor', update, update.contentHash)).toMatchObject({ body: { code: 'repost_edit_old' } });
  expect(await say('editor', { type: 'repost.drop_edit', site: of, taskId })).toMatchObject({ status: 202 });
  expect(await approve('editor', update, update.contentHash)).toMatchObject({ status: 202 });
  await until(async () => expect((await readPublic(bus)).at(-1)!.html).toContain('并予以更正'));
});

it('three people sign in their order, a later one returns it, and a changed rule book does not change what is under way', async () => {
  const acts = [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['reviewer', 'confidentiality'] },
    { steps: ['third'], roles: ['signer'] },
  ];
  const chain = { chainId: 'three', name: '三审三校', sites: ['province'], kinds: [], acts, enabled: true };
  const unsound = { ...chain, acts: [acts[0], acts[2]] };
  expect(await say('admin', { type: 'chain.register', chain: unsound })).toMatchObject({ status: 422 });
  expect(await say('editor', { type: 'chain.register', chain })).toMatchObject({ status: 403 });
  expect(await say('admin', { type: 'chain.register', chain })).toMatchObject({ status: 202 });

  const row = await queued('three');
  const sign = (who: string, more: object = {}) => approve(who, row, row.contentHash, more);
  // Nobody says of themselves what they are, or which chain it is.
  expect(await sign('reviewer', { roles: ['editor'] })).toMatchObject({ status: 403 });
  const own = { chainId: 'mine', name: '我的', acts: [{ steps: ['first', 'confidentiality'], roles: ['editor'] }] };
  expect(await sign('editor', { chain: own })).toMatchObject({ status: 202 });
  const waiting = await until(() => rowOf('three', 'review', 'reviewer'));
  expect(waiting).toMatchObject({ state: 'queued', chain: { chainId: 'three' }, reviews: [{ by: 'editor' }] });
  expect((await detailOf(row, 'reviewer')).previewHtml).toContain('three');
  expect(await sign('editor2')).toMatchObject({ status: 403, body: { code: 'role_missing' } });

  const back = { type: 'repost.return', site: row.site, taskId: row.taskId, reason: '附件缺第二页' };
  expect(await say('signer', back)).toMatchObject({ status: 403 });
  expect(await say('reviewer', back)).toMatchObject({ status: 202 });
  await until(async () =>
    expect(await rowOf('three')).toMatchObject({ reviews: [], returned: { reason: '附件缺第二页', byName: '钱审核' } }),
  );

  expect(await sign('editor')).toMatchObject({ status: 202 });
  expect(await say('admin', { type: 'chain.register', chain: { ...chain, enabled: false } })).toMatchObject({
    status: 202,
  });
  expect(await sign('reviewer')).toMatchObject({ status: 202 });
  expect((await eventsOf(row)).some(({ type }) => type === 'repost.approved')).toBe(false);
  expect(await sign('signer')).toMatchObject({ status: 202 });
  const done = await until(async () => {
    const now = await rowOf('three', 'closed');
    expect(now.state).toBe('verified');
    return now;
  });
  expect(done.reviews.map(({ by, steps }) => [by, steps])).toEqual([
    ['editor', ['first']],
    ['reviewer', ['second', 'confidentiality']],
    ['signer', ['third']],
  ]);
});
