// Obligations are data, and whoever asks is told why: an administrator writes a policy and sees what follows from it,
// tries a rule before it is switched on, and an editor routes what no rule spoke of. The same policy from two sources is
// one task, until a person says otherwise.
import {
  barriersOf,
  enter,
  openScreen,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { ItemSearch, RepostDetail, RepostRow } from '@tongsheng/contracts';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

let system: System;
let browser: Browser;
let admin: Session;
let editor: Session;
const screens: Screen[] = [];
const secret = `whsec_${Buffer.from('a shared secret of 24 byte').toString('base64')}`;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ backlog: [30, 10] }), startBrowser()]);
  [admin, editor] = await Promise.all([signIn(system.consoleUrl, 'admin'), signIn(system.consoleUrl, 'editor')]);
  const source = (sourceId: string, name: string, more: object) =>
    admin.command({
      type: 'source.register',
      source: {
        sourceId,
        name,
        kind: 'webhook',
        url: `https://${sourceId}.example/`,
        secret,
        column: '通知公告',
        ...more,
      },
    });
  await source('tax-notices', '国家税务总局网站·通知公告', {
    level: 'national',
    publisher: { kind: 'tax', region: '000000' },
  });
  await source('portal-notices', '省政府门户·部门文件', {
    level: 'province-portal',
    publisher: { kind: 'government', region: '370000' },
  });
  await source('nowhere', '某行业协会网站', { level: 'city-portal' });
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
});

async function signedIn(personId: string, path: string): Promise<Page> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  return screen.page;
}

const text =
  '为进一步支持小型微利企业发展，现就有关所得税优惠政策执行口径公告如下，请各地税务机关认真贯彻执行，及时做好宣传辅导和政策解读工作。';

/** What a source says of itself, signed. */
async function publish(sourceId: string, id: string, title: string): Promise<void> {
  const message = crypto.randomUUID();
  const data = { id, url: `https://${sourceId}.example/${id}.html`, title, content_html: `<p>${text}</p>` };
  const body = JSON.stringify({ type: 'item.published', timestamp: new Date().toISOString(), data });
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': message,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(message, now, body),
  };
  await until(async () => {
    const { status } = await fetch(`${system.ingestUrl}/hooks/${sourceId}`, { method: 'POST', headers, body });
    expect(status).toBe(202);
  });
}

const openTasks = async (title: string) =>
  z
    .object({ rows: z.array(RepostRow) })
    .parse((await editor.get('/api/reposts?limit=500')).body)
    .rows.filter((row) => row.obligations.some((each) => each.title.includes(title)));
const taskDetail = async ({ site, taskId }: RepostRow, item = '') =>
  RepostDetail.parse((await editor.get(`/api/reposts/${taskId}?site=${site}${item && `&item=${item}`}`)).body);

describe('an administrator says who owes what', () => {
  let page: Page;

  it('by a clause as the regulation has it, which the matrix shows at once with its reason', async () => {
    page = await signedIn('admin', '/rules');
    await page.getByTestId('policy').first().waitFor();
    await page.getByTestId('add-policy').click();
    await page.getByTestId('preset-fujian8').click();
    expect(await page.locator('#field-hours').inputValue()).toBe('8');
    await page.getByTestId('save').click();
    await page.getByTestId('policies').getByText('省政府文件 8 小时内转载').waitFor();
    await page.getByRole('link', { name: '义务矩阵' }).click();
    const cell = page.getByTestId('cell-city-portal-notices');
    await until(async () => expect(await cell.innerText()).toBe('8 时'));
    await cell.click();
    const why = page.getByTestId('cell-why');
    await why.getByText('福建省政府网站转载要求').waitFor();
    expect(await why.innerText()).toContain('上级政府门户网站');
    await page.keyboard.press('Escape');
  });
  it('and is told plainly of what nothing can follow for', async () => {
    await page.getByTestId('no-publisher').getByRole('link', { name: '某行业协会网站' }).waitFor();
    expect(await page.getByTestId('cell-city-nowhere').innerText()).toBe('·');
  });
  it('by the keys, too, and with a reason where the hierarchy is not the whole truth', async () => {
    await page.getByTestId('cell-city-portal-notices').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('override-free').check();
    await page.getByTestId('override-save').click();
    await page.getByRole('dialog').getByText('请填写理由').waitFor();
    await page.getByTestId('override-reason').fill('市局与省政府另有约定');
    await page.getByTestId('override-save').click();
    const cell = page.getByTestId('cell-city-portal-notices');
    await until(async () => expect(await cell.innerText()).toBe('免 ✎'));
    await cell.click();
    await page.getByRole('dialog').getByText('已人工免除：市局与省政府另有约定').waitFor();
    await page.getByTestId('override-none').check();
    await page.getByTestId('override-reason').fill('约定已解除');
    await page.getByTestId('override-save').click();
    await until(async () => expect(await cell.innerText()).toBe('8 时'));
  });
  it('moving from cell to cell with the arrows, and taking all of it along as CSV', async () => {
    await page.getByTestId('cell-city-portal-notices').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[role=gridcell]:focus').getAttribute('data-at')).toMatch(/^\d 0$/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('csv').click()]);
    expect(download.suggestedFilename()).toBe('obligations.csv');
  });
  it('switching a policy off only after a word on what that means, and every version stays on record', async () => {
    await page.getByRole('link', { name: '义务规定' }).click();
    const row = page.getByTestId('policy').filter({ hasText: '省政府文件 8 小时内转载' });
    await row.getByTestId('turn').click();
    await page.getByTestId('actions').getByText('已有任务和时限不变').waitFor();
    await page.getByTestId('confirm').click();
    await row.getByText('已停用', { exact: true }).waitFor();
    await row.getByTestId('turn').click();
    await page.getByTestId('confirm').click();
    await row.getByTestId('history').click();
    const versions = page.getByTestId('versions');
    await until(async () => expect(await versions.locator('li').count()).toBe(3));
    expect(await versions.innerText()).toContain('郑管理');
    await page.keyboard.press('Escape');
  });
});

describe('what no rule speaks of', () => {
  let page: Page;
  const title = '国家税务总局关于小型微利企业所得税优惠政策的公告';

  it('waits for an editor with a deadline, and says which rules were asked', async () => {
    page = await signedIn('editor', '/reposts/unrouted');
    await page.getByTestId('empty').getByText('没有未匹配的稿件').waitFor();
    await publish('tax-notices', 'notice-1', title);
    await page.getByTestId('unrouted-row').getByText(title).waitFor();
    await page.getByTestId('tried').getByText('人事任免、招考公示不转载').waitFor();
    expect(await page.getByTestId('tried').innerText()).toContain('标题不符');
    expect(await page.getByTestId('nav-unrouted').innerText()).toBe('1');
    expect(await page.getByTestId('make-rule').count()).toBe(0);
  });
  it('becomes a rule that is tried on what came before, and tells what it would have done', async () => {
    const admins = await signedIn('admin', '/reposts/unrouted');
    await admins.getByTestId('make-rule').click();
    await admins.getByTestId('rule-form').getByText(title).waitFor();
    await admins.locator('#field-name').fill('公告须转载');
    // Whatever its source: only the title counts.
    for (;;) {
      const remove = admins.getByRole('button', { name: /^移除/ });
      if ((await remove.count()) === 0) break;
      await remove.first().click();
    }
    await admins.getByTestId('add-condition').click();
    await admins.locator('#field-value-0').fill('的公告');
    await admins.getByTestId('save').click();
    await admins.getByTestId('actions').getByText('还没有对现在这份内容试算过').waitFor();
    await admins.keyboard.press('Escape');
    await admins.getByTestId('try-run').click();
    await admins.locator('[data-testid=try][data-state=done]').waitFor();
    const changes = admins.getByTestId('try-changes');
    expect(await changes.innerText()).toContain(title);
    expect(await admins.getByTestId('try-counts').innerText()).toContain('多 2 条义务');
    await admins.getByTestId('save').click();
    await admins.getByTestId('rule').getByText('标题含 的公告').waitFor();
    await admins.close();
  });
  it('is assigned with the sites and the limit that the obligations name, and is a task', async () => {
    await page.keyboard.press('a');
    await page.getByTestId('assign-form').waitFor();
    const boxes = page.getByTestId('assign-form').getByRole('checkbox');
    expect(await boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked))).toEqual([true, true]);
    expect(await page.locator('#field-assign-hours').inputValue()).toBe('12');
    await page.getByTestId('assign-reason').fill('总局公告，全省适用');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('empty').waitFor();
    const tasks = await until(async () => {
      const found = await openTasks(title);
      expect(found).toHaveLength(2);
      return found;
    });
    expect(tasks[0]!.obligations[0]).toMatchObject({ limit: 'PT12H', policy: null });
    expect(tasks[0]!.obligations[0]!.rule.because).toContain('总局公告，全省适用');
  });
  it('is put aside with a reason, and can be taken up later from its page', async () => {
    await publish('nowhere', 'event-1', '行业协会举办茶话会');
    await page.getByTestId('unrouted-row').getByText('茶话会').waitFor();
    // Somebody else was quicker with another one, and is named.
    await publish('nowhere', 'event-2', '协会换届选举结果');
    await page.getByTestId('unrouted-row').getByText('换届').waitFor();
    const found = ItemSearch.parse((await editor.get('/api/items?show=unrouted')).body);
    const other = found.rows.find((row) => row.title.includes('换届'))!;
    const colleague = await signIn(system.consoleUrl, 'editor2');
    const ignored = { effect: 'ignore', column: '转载', reason: '与税收无关' };
    await colleague.command({ type: 'routing.assign', sourceId: 'nowhere', itemId: other.itemId, ...ignored });
    await page.getByTestId('notices').getByText('《协会换届选举结果》已办理：不转载（王编辑）').waitFor();
    await page.keyboard.press('x');
    await page.getByTestId('reason').fill('与税收无关');
    await page.getByTestId('send-reason').click();
    await page.getByTestId('empty').waitFor();
    const { rows } = ItemSearch.parse((await editor.get('/api/items?show=ignore')).body);
    const { itemId } = rows.find((row) => row.title.includes('茶话会'))!;
    await page.goto(`${system.consoleUrl}/items/nowhere/${itemId}`);
    await page.getByTestId('decision').getByText('与税收无关').waitFor();
    await page.getByTestId('take-up').click();
    await page.getByTestId('assign-form').getByText('请自行选择').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('the same policy from two sources', () => {
  const title = '国家税务总局关于资源综合利用增值税政策的公告';
  const numbered = `${title}（税总发〔2026〕31号）`;
  let page: Page;
  let row: RepostRow;
  const ofCity = async (count: number) =>
    until(async () => {
      const found = (await openTasks(title)).filter(({ site }) => site === 'city');
      expect(found).toHaveLength(count);
      return found;
    });

  it('is one task with two obligations, and the one that is due first counts', async () => {
    await publish('tax-notices', 'notice-2', numbered);
    await ofCity(1);
    await publish('portal-notices', 'file-2', numbered);
    row = await until(async () => {
      const [found] = await ofCity(1);
      expect(found!.obligations).toHaveLength(2);
      return found!;
    });
    expect(row).toMatchObject({ sourceId: 'portal-notices', limit: 'PT8H' });
    page = await signedIn('editor', `/reposts/city/${row.taskId}`);
    await page.getByTestId('why').waitFor();
    await page.keyboard.press('w');
    const first = page.getByTestId('obligations').locator('[data-first=true]');
    expect(await first.innerText()).toContain('福建省政府网站转载要求');
    await page.getByTestId('member').nth(1).getByText('文号相同').waitFor();
  });
  it('an editor chooses whose text is reposted, and approves that one', async () => {
    await page.getByTestId('whose').getByRole('button', { name: '国家税务总局网站·通知公告' }).click();
    await page.locator('[data-testid=whose] [aria-pressed=true]', { hasText: '国家税务总局网站' }).waitFor();
    await until(async () => expect(await page.getByTestId('approve').getAttribute('aria-disabled')).toBe('false'));
    const other = row.obligations.find(({ sourceId }) => sourceId === 'tax-notices')!;
    expect((await taskDetail(row, other.itemId)).original).toMatchObject({ sourceId: 'tax-notices' });
    expect((await editor.get(`/api/reposts/${row.taskId}?site=city&item=another`)).status).toBe(404);
  });
  it('is two tasks once an editor has said that it is not the same', async () => {
    await page.getByTestId('member').filter({ hasText: '省政府门户' }).getByTestId('split').click();
    await page.getByTestId('reason').fill('省里另有补充规定');
    await page.getByTestId('send-reason').click();
    await page.getByTestId('actions').getByText('另有一条任务').waitFor();
    await page.getByTestId('confirm').click();
    const found = await until(async () => {
      const both = await ofCity(2);
      expect(both.map(({ obligations }) => obligations.length)).toEqual([1, 1]);
      return both;
    });
    expect(found.map(({ limit }) => limit).sort()).toEqual(['PT12H', 'PT8H']);
  });
  it('and one again once it was merged back; the other one says where it went', async () => {
    const split = (await ofCity(2)).find(({ taskId }) => taskId !== row.taskId)!;
    await page.getByTestId('similar').getByTestId('merge').click();
    await page.getByTestId('reason').fill('核对后确为同一文件');
    await page.getByTestId('send-reason').click();
    await page.getByTestId('actions').getByText('最早的时限算数').waitFor();
    await page.getByTestId('confirm').click();
    const [kept] = await ofCity(1);
    await until(async () => expect((await taskDetail(row)).row.obligations).toHaveLength(2));
    expect(kept!.taskId).toBe(row.taskId);
    const detail = await taskDetail(row);
    expect(detail.cluster!.members.map(({ byName }) => byName)).toEqual([null, '李编辑']);
    await page.goto(`${system.consoleUrl}/reposts/city/${split.taskId}`);
    await page.getByTestId('merged-into').getByRole('link').click();
    await page.waitForURL(new RegExp(row.taskId));
  });
  it('also when it is split and merged a second time', async () => {
    const { clusterId, members } = (await taskDetail(row)).cluster!;
    const to = 'a-second-split';
    const { itemId } = members[1]!;
    const said = { itemId, reason: '再拆一次' };
    expect((await editor.command({ type: 'cluster.split', clusterId, to, ...said })).status).toBe(202);
    await ofCity(2);
    const back = { type: 'cluster.merge', clusterId: to, into: clusterId, reason: '再并一次' };
    expect((await editor.command(back)).status).toBe(202);
    await until(async () => expect((await taskDetail(row)).row.obligations).toHaveLength(2));
    await until(async () => expect((await taskDetail(row)).cluster!.members).toHaveLength(2));
  });
  it('is approved with the text that was chosen', async () => {
    await page.goto(`${system.consoleUrl}/reposts/city/${row.taskId}`);
    await page.getByTestId('whose').getByRole('button', { name: '国家税务总局网站·通知公告' }).click();
    await page.locator('[data-testid=whose] [aria-pressed=true]', { hasText: '国家税务总局网站' }).waitFor();
    await until(async () => expect(await page.getByTestId('approve').getAttribute('aria-disabled')).toBe('false'));
    await page.keyboard.press('a');
    await page.getByTestId('confirm').click();
    await page.locator('[data-testid=task][data-state=verified]').waitFor();
    expect((await taskDetail(row)).original.sourceId).toBe('tax-notices');
  });
});

it('a policy and what explains it lead to each other', async () => {
  const title = '国家税务总局关于小型微利企业所得税优惠政策的公告';
  await publish('tax-notices', 'explained', `关于《${title}》的解读`);
  const task = await until(async () => {
    const found = (await openTasks(`《${title}》的解读`)).find(({ site }) => site === 'province')!;
    expect((await taskDetail(found)).cluster!.paired).toHaveLength(1);
    return found;
  });
  const page = await signedIn('editor', `/reposts/province/${task.taskId}`);
  const pair = page.getByTestId('pair');
  await pair.getByText('对应政策').waitFor();
  expect(await pair.innerText()).toContain('待办');
  await pair.getByRole('link').click();
  await page.getByTestId('pair').getByText('配套解读').waitFor();
});

it('what only one site owes is still its task, and follows its source, after it was merged into another cluster', async () => {
  const assigned = async (id: string, title: string, site: string) => {
    await publish('nowhere', id, title);
    const item = await until(async () => {
      const { rows } = ItemSearch.parse((await editor.get('/api/items?show=unrouted')).body);
      return rows.find((row) => row.title === title)!.itemId;
    });
    const said = { effect: 'mandatory', sites: [site], column: '公告', reason: '只此一站' };
    await editor.command({ type: 'routing.assign', sourceId: 'nowhere', itemId: item, ...said });
    return until(async () => (await openTasks(title))[0]!.itemId);
  };
  const into = await assigned('alone-1', '省里的办税指南', 'province');
  const clusterId = await assigned('alone-2', '市里的纳税人学堂', 'city');
  const merge = { type: 'cluster.merge', clusterId, into, reason: '同一活动' };
  expect((await editor.command(merge)).status).toBe(202);
  await until(async () => {
    const [task] = await openTasks('市里的纳税人学堂');
    expect(task).toMatchObject({ site: 'city', clusterId: into, state: 'queued' });
  });
  await publish('nowhere', 'alone-2', '市里的纳税人学堂（更正）');
  await until(async () => expect(await openTasks('市里的纳税人学堂（更正）')).toHaveLength(1));
});

describe('the hierarchy', () => {
  it('is put right by an administrator: what a source’s publisher is, and what a site’s region', async () => {
    const page = await signedIn('admin', '/sources/nowhere/edit');
    await page.getByTestId('publisher').getByRole('combobox').first().selectOption('government');
    await page.getByTestId('publisher').getByRole('combobox').nth(1).selectOption('370000');
    await page.getByTestId('save-source').click();
    await page.getByTestId('source-page').getByText('政府门户 · 山东省').waitFor();
    await page.goto(`${system.consoleUrl}/admin/sites?edit=city`);
    await page.locator('#field-superior').selectOption('000000');
    await page.getByTestId('save').click();
    await page.getByTestId('site').filter({ hasText: '某市税务局' }).getByText('全国').waitFor();
    await page.goto(`${system.consoleUrl}/rules?tab=matrix`);
    await until(async () => expect(await page.getByTestId('cell-province-nowhere').innerText()).toBe('12 时'));
  });
  it('is for administrators to change; others are told who can', async () => {
    const page = await signedIn('editor', '/rules');
    await page.getByText('修改须由管理员办理').waitFor();
    expect(await page.getByTestId('add-policy').count()).toBe(0);
    await page.goto(`${system.consoleUrl}/admin/sites`);
    await page.getByTestId('forbidden').waitFor();
    const policy = { policyId: 'mine', name: '我的', basis: '无', publisher: 'any', limit: 'PT1H' };
    expect((await editor.command({ type: 'policy.register', policy })).status).toBe(403);
  });
});

it.each(['zh', 'en'])('every new screen is accessible, in %s', async (language) => {
  const page = await signedIn('admin', '/rules');
  if (language === 'en') await page.getByTestId('language').click();
  const found: string[] = [];
  const check = async (name: string, within = 'html', on = page) => {
    const pictures = process.env['PICTURES'];
    if (pictures) await on.screenshot({ path: `${pictures}/${language}-${name.replaceAll(' ', '-')}.png` });
    for (const each of await barriersOf(on, within)) found.push(`${name}: ${each}`);
  };
  const open = async (path: string, testId: string) => {
    await page.goto(`${system.consoleUrl}${path}`);
    await page.getByTestId(testId).first().waitFor();
  };
  await open('/rules', 'policy');
  await check('policies');
  await page.getByTestId('history').first().click();
  await page.getByRole('dialog').getByTestId('versions').waitFor();
  await check('history', '[role=dialog]');
  await open('/rules?edit=new', 'policy-form');
  await page.getByTestId('save').click();
  await page.getByTestId('problems').waitFor();
  await check('policy form');
  await open('/rules?tab=matrix', 'matrix');
  await check('matrix');
  await page.getByTestId('cell-city-portal-notices').click();
  await page.getByTestId('cell-why').waitFor();
  await check('matrix cell', '[role=dialog]');
  await open('/rules?tab=rules', 'rule');
  await check('rules');
  await page.getByTestId('move-up').last().click();
  await page.getByTestId('confirm').waitFor();
  await check('rule moved');
  await page.keyboard.press('Escape');
  await open('/rules?tab=rules&edit=superior-site', 'rule-form');
  await page.getByTestId('effect-optional').check();
  await page.getByTestId('try-run').click();
  await page.getByTestId('try-changes').waitFor();
  await check('rule form');
  page.once('dialog', (dialog) => void dialog.accept());
  await open('/admin/sites', 'site');
  await check('sites');
  await open('/admin/sites?edit=city', 'site-form');
  await check('site form');
  await open('/sources/nowhere/edit', 'publisher');
  await check('source form');
  const left = ItemSearch.parse((await editor.get('/api/items?show=unrouted')).body);
  for (const { sourceId, itemId } of left.rows)
    await editor.command({
      type: 'routing.assign',
      sourceId,
      itemId,
      effect: 'ignore',
      column: '转载',
      reason: '示例',
    });
  const titled = language === 'zh' ? '关于开展便民办税春风行动的意见' : '关于开展纳税信用评价工作的意见';
  await open('/reposts/unrouted', 'empty');
  await check('nothing unrouted');
  await publish('tax-notices', `axe-${language}-1`, titled);
  await publish('portal-notices', `axe-${language}-2`, `${titled}的情况通报`);
  await page.getByTestId('unrouted-row').nth(1).waitFor();
  await page.getByTestId('decision').waitFor();
  await check('unrouted');

  // What an editor does, an administrator only reads.
  const { rows } = ItemSearch.parse((await editor.get('/api/items?show=unrouted')).body);
  await open(`/items/${rows[0]!.sourceId}/${rows[0]!.itemId}`, 'decision');
  await check('item');
  await open('/items?show=ignore', 'item');
  await check('ignored items');
  const editors = await signedIn('editor', '/reposts/unrouted');
  if (language === 'en') await editors.getByTestId('language').click();
  await editors.getByTestId('decision').waitFor();
  await editors.keyboard.press('a');
  await editors.getByTestId('assign-form').waitFor();
  await check('assignment', '[role=dialog]', editors);
  const { rows: closed } = z
    .object({ rows: z.array(RepostRow) })
    .parse((await editor.get('/api/reposts?state=closed')).body);
  const { rows: tasks } = z.object({ rows: z.array(RepostRow) }).parse((await editor.get('/api/reposts')).body);
  const two = [...tasks, ...closed].find(({ obligations }) => obligations.length > 1)!;
  await editors.goto(`${system.consoleUrl}/reposts/${two.site}/${two.taskId}`);
  await editors.getByTestId('why').click();
  await editors.getByTestId('member').first().waitFor();
  await check('task', 'html', editors);
  expect(found).toEqual([]);
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
