import { BusClient, connectBus, decodeAnswer, EvidenceStore, type Bus } from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import {
  enter,
  openScreen,
  readLog,
  readPublic,
  sampleRule,
  sampleSource,
  startBrowser,
  startSite,
  startSystem,
  twice,
  until,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

const holdMs = 4_000;
/** Every second for two minutes. */
const rechecks = Array.from({ length: 120 }, (_, i) => `PT${i + 1}S`).join(',');
let site: Site;
let system: System;
let bus: Bus;
let client: BusClient;
let count = 0;

const head = () => ({
  id: `test/${++count}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'editor', name: '李编辑' },
});
const feedOf = (name: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${site.url}</link><item><guid isPermaLink="false">${name}</guid><title>关于${name}事项的公告</title><link>${site.url}/${name}</link><description>正文</description></item></channel></rss>`;

/** A task of a source of its own, with what was said of it so far. */
async function taskOf(sourceId: string): Promise<RepostEvent[]> {
  const events = (await readLog(bus)).flatMap((entry) => entry.events) as RepostEvent[];
  const queued = events.find((event) => event.type === 'repost.queued' && event.sourceId === sourceId);
  return queued ? events.filter((event) => 'taskId' in event && event.taskId === queued.taskId) : [];
}
const types = async (sourceId: string) => (await taskOf(sourceId)).map(({ type }) => type);
const says = (sourceId: string, type: RepostEvent['type']) =>
  until(async () => expect(await types(sourceId)).toContain(type));
async function queue(sourceId: string): Promise<void> {
  site.put(`/${sourceId}.xml`, feedOf(sourceId));
  const source = sampleSource(sourceId, `${site.url}/${sourceId}.xml`);
  await client.command('registry', { type: 'source.register', ...head(), source } as never);
  await says(sourceId, 'repost.queued');
}
async function tell(sourceId: string, type: 'repost.approve' | 'repost.undo_approval'): Promise<void> {
  const events = await taskOf(sourceId);
  const { taskId, site: of } = events[0]!;
  const seen = events.findLast((event) => event.type === 'repost.queued' || event.type === 'repost.source_changed');
  const seenHash = seen && 'contentHash' in seen ? seen.contentHash : '';
  const more = type === 'repost.approve' ? { seenHash, roles: ['editor'] } : {};
  await client.command('repost', { type, ...head(), taskId, site: of, ...more } as never);
}
const isPublic = async (sourceId: string) =>
  (await readPublic(bus)).filter(({ title }) => title.includes(sourceId)).length;

beforeAll(async () => {
  site = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'portal', 'gateway', 'oversight', 'clock'],
    samples: false,
    environment: {
      WEB_ALLOW: `127.0.0.1:${site.port}`,
      REPOST_HOLD: `PT${holdMs / 1_000}S`,
      REPOST_RECHECKS: rechecks,
    },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  await client.command('registry', {
    type: 'rule.register',
    ...head(),
    rule: sampleRule('all', ['province']),
  } as never);
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

it('an approval that is taken back in time leaves no trace in public; given again, it goes out once', async () => {
  await queue('undone');
  await tell('undone', 'repost.approve');
  await tell('undone', 'repost.undo_approval');
  // Another one that was approved later is out: this one would be, too.
  await queue('other');
  await tell('other', 'repost.approve');
  await says('other', 'repost.published');
  expect(await isPublic('undone')).toBe(0);
  await tell('undone', 'repost.approve');
  await says('undone', 'repost.published');
  expect(await isPublic('undone')).toBe(1);
  await expect(tell('undone', 'repost.undo_approval')).rejects.toMatchObject({ code: 'repost_going_out' });
});

it('an approval falls when the source changes what was approved before it went out', async () => {
  await queue('changed');
  await tell('changed', 'repost.approve');
  site.put('/changed.xml', feedOf('changed').replace('正文', '更正后的正文'));
  await says('changed', 'repost.approval_voided');
  expect(await isPublic('changed')).toBe(0);
  await tell('changed', 'repost.approve');
  await says('changed', 'repost.published');
  const [document] = (await readPublic(bus)).filter(({ title }) => title.includes('changed'));
  expect(document!.html).toContain('更正后的正文');
});

it('an approval that waits survives the death of the service, and goes out once', async () => {
  await queue('killed');
  await tell('killed', 'repost.approve');
  await system.kill('reposts');
  await system.start('reposts');
  await says('killed', 'repost.published');
  expect(await isPublic('killed')).toBe(1);
  expect(twice(await readLog(bus))).toEqual([]);
});

it('what the public has is kept, looked at again, and owed again when it is gone', async () => {
  await queue('watched');
  await tell('watched', 'repost.approve');
  await says('watched', 'repost.rechecked');
  const verified = (await taskOf('watched')).find((event) => event.type === 'repost.verified');
  const kept = await new EvidenceStore(bus).read(verified!.evidence.snapshot!);
  expect(kept?.intact).toBe(true);
  expect(Buffer.from(decodeAnswer(kept!.bytes).body).toString()).toContain('关于watched事项的公告');
  // A machine without a browser says so, and nothing waits for it.
  expect(verified!.evidence.picture).toBe('no_browser');
  await system.kill('portal');
  await says('watched', 'repost.drifted');
  await system.start('portal');
  await until(async () => {
    const said = await types('watched');
    expect(said.lastIndexOf('repost.verified')).toBeGreaterThan(said.lastIndexOf('repost.drifted'));
  });
  expect(twice(await readLog(bus))).toEqual([]);
});

it('what the source changes after it went out is owed as an update, with a limit of its own', async () => {
  await queue('updated');
  await tell('updated', 'repost.approve');
  await says('updated', 'repost.verified');
  site.put('/updated.xml', feedOf('updated').replace('正文', '修订后的正文'));
  await says('updated', 'repost.update_due');
  const due = (await taskOf('updated')).find((event) => event.type === 'repost.update_due');
  expect(Date.parse(due!.dueAt) - Date.parse(due!.startsAt)).toBe(12 * 3_600_000);
  await tell('updated', 'repost.approve');
  await until(async () => {
    const said = await types('updated');
    expect(said.lastIndexOf('repost.verified')).toBeGreaterThan(said.lastIndexOf('repost.update_due'));
  });
  const documents = (await readPublic(bus)).filter(({ title }) => title.includes('updated'));
  expect(documents.map(({ version, html }) => [version, html.includes('修订后')])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(documents[0]!.url).toBe(documents[1]!.url);
  expect(twice(await readLog(bus))).toEqual([]);
});

it('an editor sees the seconds that are left, and takes an approval back by one key', async () => {
  await queue('shown');
  const browser = await startBrowser();
  try {
    const screen = await openScreen(browser, system.consoleUrl);
    await enter(screen, 'editor');
    const { page } = screen;
    await page.locator('[data-testid=approve][aria-disabled=false]').waitFor();
    await page.keyboard.press('c');
    await page.getByText('李编辑在办').waitFor();
    await page.keyboard.press('a');
    await page.getByTestId('confirm').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('held').waitFor();
    expect(await page.getByTestId('held').innerText()).toMatch(/[1-5] 秒后发布《关于shown事项的公告》/);
    await page.keyboard.press('z');
    await page.getByTestId('voided').waitFor();
    expect(await page.getByTestId('voided').innerText()).toMatch(/李编辑 于 .* 撤回了同意/);
    expect(await types('shown')).toContain('repost.approval_voided');
    expect(await isPublic('shown')).toBe(0);
    expect(screen.errors).toEqual([]);
  } finally {
    await browser.close();
  }
});

it('what is taken down is proven absent: its page, the list and the feeds', async () => {
  await queue('recalled');
  await tell('recalled', 'repost.approve');
  await says('recalled', 'repost.verified');
  const {
    taskId,
    site: of,
    itemId,
  } = (await taskOf('recalled'))[0] as { taskId: string; site: string; itemId: string };
  const startsAt = new Date().toISOString();
  const lost = { itemId, reason: 'gone', detail: 'HTTP 404', retract: { limit: 'PT12H', startsAt, dueAt: startsAt } };
  const say = (command: Record<string, unknown>) =>
    client.command('repost', { ...head(), taskId, site: of, ...command } as never);
  await say({ type: 'repost.follow_withdrawal', ...lost });
  await say({ type: 'repost.retract' });
  await says('recalled', 'repost.withdrawn');
  const withdrawn = (await taskOf('recalled')).find((event) => event.type === 'repost.withdrawn');
  expect(withdrawn!.evidence).toMatchObject({
    status: 410,
    checks: [
      { name: 'page_gone', ok: true },
      { name: 'not_listed', ok: true },
      { name: 'not_in_feeds', ok: true },
    ],
  });
  // Its source has it all the same.
  await says('recalled', 'repost.owed_again');
});
