// What became of pages after they went out, seen from outside: on another system's site, because that is where nobody
// asks us before they change something.
import { BusClient, connectBus, EvidenceStore, type Bus } from '@tongsheng/bus';
import type { AlarmEvent, DriftKind, RepostEvent } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  readLog,
  sampleRule,
  sampleSource,
  startBrowser,
  startCms,
  startSite,
  startSystem,
  until,
  type Cms,
  type Site,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Every second for three minutes. */
const rechecks = Array.from({ length: 180 }, (_, i) => `PT${i + 1}S`).join(',');
let upstream: Site;
let cms: Cms;
let system: System;
let bus: Bus;
let client: BusClient;
let browser: Browser;
let count = 0;

const head = (id = 'editor') => ({
  id: `test/${++count}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id, name: `编辑${id}` },
});
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const text = (rate: string) =>
  `<p>一、减按${rate}计入应纳税所得额。</p><p>二、本公告自2026年1月1日起施行。</p><p><img src="${upstream.url}/flow.png" alt="流程图"></p><p><a href="${upstream.url}/form.pdf">附件：申报表</a></p>`;
const feedOf = (name: string, rate = '25%') =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${upstream.url}</link><item><guid isPermaLink="false">${name}</guid><title>关于${name}事项的公告</title><link>${upstream.url}/${name}</link><description>${text(rate).replaceAll('<', '&lt;')}</description><enclosure url="${upstream.url}/form.pdf" type="application/pdf" length="${pdf.length}"/></item></channel></rss>`;

async function taskOf(sourceId: string): Promise<RepostEvent[]> {
  const events = (await readLog(bus)).flatMap((entry) => entry.events) as RepostEvent[];
  const queued = events.find((event) => event.type === 'repost.queued' && event.sourceId === sourceId);
  return queued ? events.filter((event) => 'taskId' in event && event.taskId === queued.taskId) : [];
}
/** The newest event of a type, once there were so many. */
async function says<T extends RepostEvent['type']>(sourceId: string, type: T, times = 1) {
  type Said = Extract<RepostEvent, { type: T }>;
  return until(async () => {
    const said = (await taskOf(sourceId)).filter((event): event is Said => event.type === type);
    expect(said.length).toBeGreaterThanOrEqual(times);
    return said.at(-1)!;
  });
}
/** The newest alarm about the page of a source, told or closed. */
async function alarmOf(sourceId: string, type: 'alarm.raised' | 'alarm.closed'): Promise<AlarmEvent> {
  const { taskId } = (await taskOf(sourceId))[0]!;
  return until(async () => {
    const all = (await readLog(bus)).flatMap(({ events }) => events as AlarmEvent[]);
    const raised = all.filter(
      (event) => event.type === 'alarm.raised' && event.about.kind === 'page' && event.about.taskId === taskId,
    );
    const names = raised.map((event) => ('alarmId' in event ? event.alarmId : ''));
    const found = all.findLast((event) => event.type === type && names.includes(event.alarmId));
    expect(found).toBeDefined();
    return found!;
  });
}
async function tell(sourceId: string, command: Record<string, unknown>, who?: string): Promise<void> {
  const { taskId, site } = (await taskOf(sourceId))[0]!;
  await client.command('repost', { ...head(who), taskId, site, ...command } as never);
}
async function approve(sourceId: string): Promise<void> {
  const seen = (await taskOf(sourceId)).findLast(
    (event) => event.type === 'repost.queued' || event.type === 'repost.source_changed',
  );
  await tell(sourceId, {
    type: 'repost.approve',
    seenHash: seen && 'contentHash' in seen ? seen.contentHash : '',
    roles: ['editor'],
  });
}
/** A page that is out and proven. */
async function publish(sourceId: string): Promise<void> {
  upstream.put(`/${sourceId}.xml`, feedOf(sourceId));
  upstream.put(
    `/${sourceId}`,
    `<!doctype html><title>关于${sourceId}事项的公告</title><article>${text('25%')}</article>`,
  );
  const source = sampleSource(sourceId, `${upstream.url}/${sourceId}.xml`);
  await client.command('registry', { type: 'source.register', ...head(), source } as never);
  await says(sourceId, 'repost.queued');
  await until(async () => {
    const events = (await readLog(bus)).flatMap((entry) => entry.events);
    expect(events.some((event) => event.type === 'item.files_kept' && event.sourceId === sourceId)).toBe(true);
  });
  await approve(sourceId);
  await says(sourceId, 'repost.verified');
}
/** The page is changed, that is noticed, and noticed again when it was mended. */
async function drifts(name: string, kind: DriftKind, change: () => void, look = async () => {}) {
  const times = (type: RepostEvent['type']) => async () =>
    (await taskOf(name)).filter((each) => each.type === type).length;
  const [drifted, verified] = [await times('repost.drifted')(), await times('repost.verified')()];
  change();
  const said = await says(name, 'repost.drifted', drifted + 1);
  expect(said.kind).toBe(kind);
  await look();
  cms.show(name);
  await says(name, 'repost.verified', verified + 1);
  return said;
}

beforeAll(async () => {
  [upstream, cms, browser] = await Promise.all([startSite(), startCms(), startBrowser()]);
  upstream.put('/flow.png', (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(png));
  upstream.put(
    '/form.pdf',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf),
  );
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'gateway', 'oversight', 'clock', 'duty'],
    samples: false,
    environment: {
      WEB_ALLOW: `127.0.0.1:${upstream.port},127.0.0.1:${cms.site.port}`,
      REPOST_RECHECKS: rechecks,
      FOLLOW_UP: rechecks,
      FOLLOW_UP_PATIENCE: 'PT1S',
      // The machine's own.
      CHROMIUM: process.env['CHROMIUM'],
    },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  const registered = await until(async () => {
    const events = (await readLog(bus)).flatMap((entry) => entry.events);
    const found = events.find((event) => event.type === 'site.registered' && event.siteId === 'province');
    expect(found).toBeDefined();
    return found!;
  });
  const { type: _type, ...province } = registered;
  const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
  const publication = { kind: 'webhook', settings: { url: cms.hook, secret } };
  await client.command('registry', { type: 'site.register', ...head(), site: { ...province, publication } } as never);
  const rule = sampleRule('all', ['province']);
  await client.command('registry', { type: 'rule.register', ...head(), rule } as never);
});
afterAll(async () => {
  await bus?.close();
  await browser?.close();
  await system?.[Symbol.asyncDispose]();
  await cms?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

describe('a page on another system', () => {
  it('is verified with all of its text, and with each picture and attachment to the byte', async () => {
    await publish('watched');
    const { evidence } = await says('watched', 'repost.verified');
    expect(evidence.shown).toBe(1);
    expect(evidence.checks.every(({ ok }) => ok)).toBe(true);
    expect(evidence.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['images', 'attachments']));
    expect(evidence.files?.map(({ found }) => found)).toEqual(['same', 'same']);
  });
  it('is pictured by a browser, whole, and the picture is kept by its hash', async () => {
    const { of, picture } = await says('watched', 'repost.pictured');
    expect(of).toBe('verified');
    const kept = await new EvidenceStore(bus).read(picture!.hash);
    expect(kept?.intact).toBe(true);
    expect(Buffer.from(kept!.bytes).subarray(8, 12).toString()).toBe('WEBP');
    expect(picture).toMatchObject({ width: 1_280, whole: true, bytes: kept!.bytes.length });
  });
  it('drifts by one figure that somebody changed in silence, and what changed is said and pictured', async () => {
    const { changes, snapshot } = await drifts(
      'watched',
      'edited',
      () => cms.show('watched', (page) => page.replace('25%', '50%')),
      async () => {
        expect((await says('watched', 'repost.pictured', 2)).of).toBe('drifted');
      },
    );
    expect(changes).toEqual([{ was: '一、减按25%计入应纳税所得额。', now: '一、减按50%计入应纳税所得额。' }]);
    expect(snapshot).not.toBeNull();
  });
  it('drifts by an attachment that is gone, which is named', async () => {
    const file = cms.page('watched').files.find(({ type }) => type === 'application/pdf')!;
    const { reason } = await drifts('watched', 'broken_file', () => cms.site.remove(file.path));
    expect(reason).toContain('attachments');
    expect(reason).toContain('broken');
    expect(reason).toMatch(/申报表|form\.pdf/);
  });
  it('drifts by a picture that became another one', async () => {
    const file = cms.page('watched').files.find(({ type }) => type === 'image/png')!;
    const { reason } = await drifts('watched', 'broken_file', () =>
      cms.site.put(file.path, (_, response) => {
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.concat([png, Buffer.from('!')]));
      }),
    );
    expect(reason).toContain('images');
  });
  it('drifts by another text that stands there', async () => {
    await drifts('watched', 'replaced', () =>
      cms.show(
        'watched',
        () => '<!doctype html><title>促销</title><h1>好消息</h1><p>今日开业，全场八折，欢迎光临本店。</p>',
      ),
    );
  });
  it('drifts by being gone', async () => {
    const { reason } = await drifts('watched', 'gone', () => cms.site.remove(cms.page('watched').path));
    expect(reason).toContain('404');
  });
  it('is looked at again after bringing it up to date was let off', async () => {
    upstream.put('/watched.xml', feedOf('watched', '20%'));
    await says('watched', 'repost.update_due');
    await tell('watched', { type: 'repost.request_exemption', reason: '不影响执行' });
    await tell('watched', { type: 'repost.exempt' }, 'second');
    const before = (await taskOf('watched')).filter(({ type }) => type === 'repost.rechecked').length;
    await says('watched', 'repost.rechecked', before + 1);
    // Of what is out, not of what the source says by now.
    await drifts('watched', 'edited', () => cms.show('watched', (page) => page.replace('25%', '20%')));
  });
  it('is watched on by a process that comes after one that died', async () => {
    await system.kill('reposts');
    await system.start('reposts');
    const before = (await taskOf('watched')).filter(({ type }) => type === 'repost.rechecked').length;
    await says('watched', 'repost.rechecked', before + 1);
  });
});

describe('a page that was taken down', () => {
  it('is withdrawn once nobody can read it, and no file of it', async () => {
    await publish('recalled');
    cms.obeys = false;
    upstream.remove('/recalled');
    await says('recalled', 'repost.retract_due');
    await tell('recalled', { type: 'repost.retract' });
    await says('recalled', 'repost.removed');
    const { reason } = await says('recalled', 'repost.verification_failed');
    expect(reason).toContain('can still be read');
    const { path, files } = cms.page('recalled');
    cms.site.remove(path);
    // The page is gone, and a file is left.
    await until(async () =>
      expect((await says('recalled', 'repost.verification_failed')).reason).not.toContain('the page at'),
    );
    expect((await taskOf('recalled')).map(({ type }) => type)).not.toContain('repost.withdrawn');
    for (const file of files) cms.site.remove(file.path);
    const { evidence } = await says('recalled', 'repost.withdrawn');
    expect(evidence).toMatchObject({
      status: 404,
      checks: [
        { name: 'page_gone', ok: true },
        { name: 'files_gone', ok: true },
      ],
    });
  });
  it('is proven absent again, and its return is told', async () => {
    await says('recalled', 'repost.rechecked', 2);
    cms.show('recalled');
    const { kind, reason, snapshot } = await says('recalled', 'repost.drifted');
    expect({ kind, reason }).toEqual({ kind: 'reappeared', reason: expect.stringContaining('can still be read') });
    expect(snapshot).not.toBeNull();
  });
  it('calls the person on duty when it returned', async () => {
    const alarmed = await alarmOf('recalled', 'alarm.raised');
    expect(alarmed).toMatchObject({
      about: { kind: 'page', drift: 'reappeared', url: (await says('recalled', 'repost.removed')).url },
    });
  });
  it('is gone as well when another page stands at its place', async () => {
    cms.show(
      'recalled',
      () => '<!doctype html><title>页面已下线</title><h1>页面已下线</h1><p>您访问的内容已撤回。</p>',
    );
    for (const file of cms.page('recalled').files) cms.site.remove(file.path);
    const { evidence } = await says('recalled', 'repost.withdrawn', 2);
    expect(evidence).toMatchObject({ status: 200 });
    expect(await alarmOf('recalled', 'alarm.closed')).toMatchObject({ because: 'mended' });
  });
});

it('the screen of a task shows each look, what changed, and the picture, small and whole', async () => {
  const { taskId, site } = (await taskOf('watched'))[0]!;
  const screen = await openScreen(browser, system.consoleUrl);
  await enter(screen, 'editor');
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/reposts/${site}/${taskId}`);
  await page.getByTestId('outside-toggle').waitFor();
  await page.keyboard.press('o');
  const looks = page.getByTestId('look');
  await looks.first().waitFor();
  const edited = page.locator('[data-as=drifted]').filter({ hasText: '减按50%' });
  expect(await edited.innerText()).toContain('减按25%');
  const picture = edited.getByTestId('page-picture').locator('img');
  await picture.scrollIntoViewIfNeeded();
  const width = `[...document.querySelectorAll('[data-as=drifted]')].find((each) => each.textContent.includes('减按50%')).querySelector('img').naturalWidth`;
  await until(async () => expect(await page.evaluate<number>(width)).toBe(1_280));
  expect(await barriersOf(page)).toEqual([]);
  await edited.getByTestId('page-picture').click();
  await page.getByRole('dialog').locator('img').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await edited.getByRole('button', { name: '查看抓取原文' }).click();
  expect(await page.getByTestId('evidence').getAttribute('data-intact')).toBe('true');
  expect(screen.errors).toEqual([]);
});
