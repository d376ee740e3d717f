// A rebuttal that hurries: what the checks forbid is let through with a reason, two people sign, and what they skipped is
// reviewed afterwards by another, also while that one is away and nobody stands in.
import { ReleaseDetail } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  pressDraft,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type Session,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

const site = 'province';
const releaseId = 'hurried';
const about = { site, releaseId };

let system: System;
let browser: Browser;
let comms: Session;
let reviewer: Session;
let writing: Screen;
let reviewing: Screen;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({ services: ['registry', 'releases', 'gateway', 'portal'], samples: false }),
    startBrowser(),
  ]);
  [comms, reviewer] = await Promise.all([signIn(system.consoleUrl, 'comms'), signIn(system.consoleUrl, 'reviewer')]);
  [writing, reviewing] = await Promise.all([
    openScreen(browser, `${system.consoleUrl}/releases`),
    openScreen(browser, `${system.consoleUrl}/releases/approvals`),
  ]);
  await enter(writing, 'comms');
  await enter(reviewing, 'reviewer');
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
});

const accessible = async ({ page }: Screen, name: string) => {
  await picture(page, name);
  expect(await barriersOf(page)).toEqual([]);
};
const detail = async () => ReleaseDetail.parse((await comms.get(`/api/releases/${releaseId}?site=${site}`)).body);
const pass = async (person: string, step: string) => {
  const session = await signIn(system.consoleUrl, person);
  const { row } = await detail();
  const said = await session.command({ type: 'release.pass_step', ...about, step, seenHash: row.contentHash });
  expect(said.status).toBe(202);
  return session;
};

it('is submitted urgently, with what the checks forbid shown in place and let through with a reason', async () => {
  const { page } = writing;
  const rumor = {
    claim: '停征个税',
    seenWhere: '群聊',
    verdict: 'false' as const,
    rumorCaseId: null,
    publicLink: null,
  };
  const draft = pressDraft({
    kind: 'rebuttal',
    title: '关于停征个税的辟谣',
    html: '<p>网传“内部掌握”的说法不实。请核对帐户。</p>',
    rumor,
    channels: ['province-press-mail'],
  });
  expect((await comms.command({ type: 'release.draft', ...about, draft, baseRevision: 0 })).status).toBe(202);
  const { row, findings, previewHtml } = await until(detail);
  expect(findings.map(({ found, severity }) => [found, severity])).toEqual([
    ['内部掌握', 'block'],
    ['帐户', 'warn'],
  ]);
  expect(previewHtml).toContain('<mark>内部掌握</mark>');
  const refused = await comms.command({ type: 'release.submit', ...about, seenHash: row.contentHash });
  expect(refused.body).toMatchObject({ code: 'release_findings', params: { count: 1, first: '内部掌握' } });

  await page.goto(`${system.consoleUrl}/releases/${site}/${releaseId}`);
  await page.getByTestId('findings').waitFor();
  await accessible(writing, 'signing-draft');
  await page.getByTestId('submit').click();
  await page.getByTestId('urgent').check();
  await page.getByTestId('urgent-reason').fill('谣言扩散快');
  await page.getByTestId('waiver').fill('引用原话');
  await accessible(writing, 'signing-submit');
  await page.getByTestId('send-submit').click();
  await page.locator('[data-testid=release][data-state=confidentiality]').waitFor();
});

it('is remarked on beside the text, and the remark is answered', async () => {
  const { page } = writing;
  await page.getByTestId('passage').fill('请核对帐户');
  await page.getByTestId('comment-text').fill('应为账户');
  await page.getByTestId('send-comment').click();
  await page.getByTestId('comment').waitFor();
  expect((await detail()).comments).toMatchObject([
    { text: '应为账户', quote: { exact: '请核对帐户' }, resolved: false },
  ]);
  await page.getByTestId('settle').click();
  await until(async () => expect((await detail()).row.openComments).toBe(0));
});

it('is out after two signatures, and owes its review to another person', async () => {
  const secrets = await pass('confidentiality', 'confidentiality');
  await until(async () => expect((await detail()).row.state).toBe('sign'));
  await pass('signer', 'sign');
  const { row } = await until(async () => {
    const now = await detail();
    expect(now.row.debt).not.toBeNull();
    return now;
  });
  expect(row.debt!.acts.map(({ step }) => step)).toEqual(['review']);
  expect(Date.parse(row.debt!.dueAt) - Date.parse(row.debt!.since)).toBe(24 * 3_600_000);
  const own = { type: 'release.pass_debt', ...about, step: 'review', seenHash: row.contentHash };
  expect((await secrets.command(own)).status).toBe(403);
  const { page } = reviewing;
  await page.getByTestId('approvals').waitFor();
  await accessible(reviewing, 'signing-approvals');
});

it('says that nobody can review it while the only reviewer is away, and who can once somebody stands in', async () => {
  const [from, to] = [-1, 24].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  const leave = { leaveId: 'away', site, personId: 'reviewer', from, to };
  expect((await reviewer.command({ type: 'leave.register', leave })).status).toBe(202);
  await until(async () => expect((await detail()).turn).toMatchObject({ seats: [], standstill: { why: 'away' } }));
  const { page } = writing;
  await page.reload();
  await page.getByTestId('debt').waitFor();
  await accessible(writing, 'signing-stuck');
  const stood = { ...leave, deputyId: 'manager' };
  expect((await reviewer.command({ type: 'leave.register', leave: stood })).status).toBe(202);
  await until(async () =>
    expect((await detail()).turn).toMatchObject({
      seats: [{ personId: 'manager', for: { personId: 'reviewer' } }],
      standstill: null,
    }),
  );
  const others = { ...leave, personId: 'signer', leaveId: 'not-mine' };
  expect((await reviewer.command({ type: 'leave.register', leave: others })).status).toBe(403);
});

it('is reviewed in full by the stand-in, in whose signature stands for whom', async () => {
  const screen = await openScreen(browser, `${system.consoleUrl}/releases/${site}/${releaseId}`);
  await enter(screen, 'manager');
  const { page } = screen;
  await page.getByTestId('pass').click();
  await page.keyboard.press('Enter');
  await until(async () => {
    const { row } = await detail();
    expect(row.debt).toMatchObject({
      end: { how: 'settled' },
      signatures: [{ by: 'manager', onBehalfOf: { personId: 'reviewer' } }],
    });
  });
  for (const [tab, shown] of [
    ['', 'review-chains'],
    ['?tab=leaves', 'leaves'],
    ['?tab=checks', 'checklists'],
  ] as const) {
    await page.goto(`${system.consoleUrl}/releases/rules${tab}`);
    await page.getByTestId(shown).waitFor();
    await accessible(screen, `signing-rules-${shown}`);
  }
  await page.goto(`${system.consoleUrl}/releases/rules`);
  await page.getByTestId('edit-press').click();
  await page.getByTestId('step-legal').check();
  await accessible(screen, 'signing-chain');
  await page.getByTestId('save-chain').click();
  const legal = page.locator('[data-testid=review-chains] tr', { hasText: '通稿' }).getByText('法制审核');
  await legal.waitFor();
  expect([writing, reviewing, screen].flatMap(({ errors }) => errors)).toEqual([]);
});
