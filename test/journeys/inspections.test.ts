// A quarter's inspection, from the frozen list to the page from which citizens repeat the draw.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InspectionDetail, quarterOf, verifyScript, worksheetItem } from '@tongsheng/contracts';
import { signIn, startSite, startSystem, until, type Session, type Site, type System } from '@tongsheng/test/support';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, it } from 'vitest';

const { inspectionId } = quarterOf(new Date().toISOString());
const site = 'province';
const publicValue = '3456.78';
const day = (ago: number) => DateTime.now().setZone('Asia/Shanghai').minus({ days: ago }).toISODate()!;
const list = (newest: string) =>
  `<!doctype html><title>栏目</title><ul><li><a href="/1.html">关于便民办税的通知</a> <span>${newest}</span></li><li><a href="/gone.html">旧文件下载</a> <span>2020-01-02</span></li></ul>`;
const judgements = worksheetItem.options.map((item) => ({ item, verdict: 'fine', note: '', url: null }));

let system: System;
let target: Site;
let manager: Session;

beforeAll(async () => {
  target = await startSite();
  target.put('/', list(day(1)));
  target.put('/1.html', '<!doctype html><title>1</title>');
  target.put('/news/', list(day(40)));
  system = await startSystem({
    services: ['registry', 'reposts', 'oversight', 'clock', 'duty', 'gateway', 'portal'],
    samples: false,
    environment: { WEB_ALLOW: new URL(target.url).host },
  });
  manager = await signIn(system.consoleUrl, 'manager');
  const admin = await signIn(system.consoleUrl, 'admin');
  const columns = [
    { name: '新闻', url: `${target.url}/news/`, kind: 'news' },
    { name: '通知', url: `${target.url}/lost/`, kind: 'notices' },
  ];
  for (const siteId of ['county-a', 'county-b']) {
    const of = { siteId, name: `示例${siteId}`, level: 'city', baseUrl: target.url, columns };
    const publication = { kind: 'webhook', settings: { url: `${target.url}/hook`, secret: 'whsec_c2VjcmV0c2VjcmV0' } };
    const answer = await admin.command({ type: 'site.register', site: { ...of, publication } });
    expect(answer).toMatchObject({ status: 202 });
  }
});
afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const detail = async (atLeast = 0) =>
  InspectionDetail.parse((await manager.get(`/api/inspections/${inspectionId}?site=${site}&atLeast=${atLeast}`)).body);
const say = async (type: string, more: object = {}) => {
  const { status, body } = await manager.command({ type: `inspection.${type}`, site, inspectionId, ...more });
  return { status, ...(body as { position: number; code?: string }) };
};

it('is expected as soon as there is a site that supervises', async () => {
  await until(async () => expect((await detail()).row.state).toBe('expected'));
});

it('freezes its list, is drawn once, and never with less than thirty of a hundred', async () => {
  const open = { publicValueName: '下一交易日上证综指收盘点位', exclude: [{ siteId: 'city', reason: '正在迁移' }] };
  expect(await say('open', { ...open, share: 20 })).toMatchObject({ status: 422, code: 'inspection_share_low' });
  const { position } = await say('open', { ...open, share: 50 });
  expect((await detail(position)).row).toMatchObject({ state: 'opened', population: { length: 3 } });
  await say('draw', { publicValue });
  expect(await say('draw', { publicValue: 'another' })).toMatchObject({ status: 409, code: 'inspection_drawn' });
  const left = await say('enlarge', { count: 1, reason: '全部检查' });
  expect((await detail(left.position)).row.sites.map(({ siteId }) => siteId).sort()).toEqual([
    'county-a',
    'county-b',
    'province',
  ]);
});

it('looks at every site by machine, step by step, and counts what it could not see as no pass', async () => {
  const checks = await until(async () => {
    const found = (await detail()).checks;
    expect(found.map(({ progress }) => progress)).toEqual([1, 1, 1]);
    expect(found.map(({ check }) => check.probes.counted)).toEqual([1, 1, 1]);
    return found;
  }, 60_000);
  const { check, findings } = checks.find(({ check: of }) => of.site === 'county-a')!;
  expect(check.links.dead.map(({ url }) => url)).toEqual([`${target.url}/gone.html`]);
  const codes = findings.map(({ code, severity }) => `${code} ${severity}`);
  expect(codes).toEqual(['probes_few unchecked', 'column_stale major', 'column_unread unchecked', 'link_dead minor']);
  const { snapshot, url } = check.pages[0]!;
  const kept = await manager.get(`/api/site-checks/${check.checkId}/evidence/${snapshot}?site=county-a`);
  expect(kept).toMatchObject({ status: 200, body: { url, intact: true, statusLine: 'HTTP/1.1 200 OK' } });
});

it('is concluded by people, and a faulty site is told, talked to and looked at again', async () => {
  expect(await say('conclude', { siteId: 'county-a' })).toMatchObject({ code: 'inspection_not_judged' });
  const faulty = [{ ...judgements[0]!, verdict: 'fault', note: '首页标题有错字' }, ...judgements.slice(1)];
  for (const siteId of ['county-a', 'county-b', 'province']) {
    expect(await say('publish', { stage: 'results' })).toMatchObject({ code: 'inspection_unfinished' });
    await say('judge', { siteId, judgements: siteId === 'county-a' ? faulty : judgements });
    expect(await say('conclude', { siteId })).toMatchObject({ status: 202 });
  }
  const siteId = 'county-a';
  await say('notice', { siteId, text: '请于期限内整改', mendBy: new Date().toISOString() });
  const talk = { with: '张处长', where: '三楼会议室', heldAt: new Date().toISOString(), record: '已说明问题' };
  await say('interview', { siteId, ...talk });
  const { position } = await say('recheck', { siteId, mended: true, note: '错字已改' });
  const { sites } = (await detail(position)).row;
  expect(sites.find((each) => each.siteId === siteId)).toMatchObject({
    conclusion: { result: 'failed' },
    notices: { length: 1 },
    interviews: { length: 1 },
    rechecks: { length: 1 },
  });
  expect(sites.find((each) => each.siteId === 'county-b')!.conclusion!.result).toBe('unchecked');
});

it('is published by one decision, and whoever reads the page repeats the draw', async () => {
  await say('publish', { stage: 'results' });
  const url = await until(async () => {
    const { row } = await detail();
    expect(row.state).toBe('published');
    return row.published[0]!.url;
  });
  const page = await until(async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    return answer.text();
  });
  expect(page).toContain('不合格');
  expect(page).toContain('复查已整改');
  expect(page).not.toContain('首页标题有错字');

  const folder = mkdtempSync(join(tmpdir(), 'inspection-'));
  try {
    const [sites] = [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text]) => text!);
    writeFileSync(join(folder, 'sites.txt'), sites!);
    const env = { PATH: process.env['PATH'], QUARTER: inspectionId, PUBLIC_VALUE: publicValue, COUNT: '2' };
    const said = execFileSync('sh', ['-c', verifyScript], { cwd: folder, env, encoding: 'utf8' }).trim().split('\n');
    const { row } = await detail();
    expect(said).toEqual([`list ${row.listHash}`, `seed ${row.draw!.seed}`, ...row.draw!.chosen]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('says how far our own site is from what would fail it', async () => {
  await manager.command({ type: 'site_check.begin', site: 'county-b', checkId: `self-${day(0)}` });
  await until(async () => {
    const { body } = await manager.get('/api/site-checks');
    const { rows } = body as { rows: { site: string; states: { code: string; state: string; days: number }[] }[] };
    const home = rows.find((each) => each.site === 'county-b')!.states.find(({ code }) => code === 'home_stale');
    expect(home).toMatchObject({ state: 'clear', days: 13 });
  }, 30_000);
});
