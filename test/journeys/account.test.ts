// How people sign in, as they do it: an app on a phone, a passkey, recovery codes, and what each of them must not open.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { carryOut, connectBus, Journal, type Bus } from '@tongsheng/bus';
import { TimelineEntry, type Role } from '@tongsheng/contracts';
import { demoPassword } from '@tongsheng/local';
import { createRedis } from '@tongsheng/projections';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  service,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type System,
} from '@tongsheng/test/support';
import { html } from '@tongsheng/pages';
import { cleanHtml, cleanOwnHtml } from '@tongsheng/web';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startIdentityProvider, type IdentityProvider } from '../peers/identity-provider.ts';
import { xss } from '../vectors/xss.ts';
import { totpCode } from '../../services/gateway/src/totp.ts';
import { registrations } from '../../services/registry/src/registration.ts';

let system: System;
let browser: Browser;
let bus: Bus;
let journal: Journal;
let provider: IdentityProvider;
/** As a name: passkeys are bound to none of the addresses. */
let consoleUrl: string;
const screens: Screen[] = [];

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ services: ['registry'], samples: false }), startBrowser()]);
  consoleUrl = system.consoleUrl.replace('127.0.0.1', 'localhost');
  // To a browser the provider is another site.
  provider = await startIdentityProvider(consoleUrl);
  await system.startAnother('gateway', { ...provider.environment, CONSOLE_URL: consoleUrl });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
  await until(() => signIn(system.consoleUrl, 'manager'));
});
afterAll(async () => {
  await bus.close();
  await browser.close();
  await provider.stop();
  await system[Symbol.asyncDispose]();
});

async function screenAt(path: string): Promise<Screen> {
  const screen = await openScreen(browser, `${consoleUrl}${path}`);
  screens.push(screen);
  return screen;
}

/** The code that an app shows now, or so many steps later: a code is good once, and a step lasts 30 s. */
const codeOf = (secret: string, later = 0) => totpCode(secret, new Date(Date.now() + later * 30_000).toISOString());

/** Enrols an app in the open dialog of the account page; its secret, and what was told once. */
async function enrolTotp({ page }: Screen, name: string): Promise<{ secret: string; codes: string[] }> {
  await page.getByTestId('add-totp').click();
  const secret = (await page.getByTestId('totp-secret').innerText()).replace(/\s/g, '');
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'account-enrol');
  await page.fill('input[name=code]', codeOf(secret));
  await page.fill('input[name=name]', name);
  await page.keyboard.press('Enter');
  await page.getByTestId('recovery-codes').waitFor();
  const codes = await page.getByTestId('recovery-codes').locator('code').allInnerTexts();
  return { secret, codes };
}

/** Every session was proven too long ago for what changes how one signs in. */
async function tenMinutesPass(): Promise<void> {
  const redis = createRedis(system.servers.redis.url, () => {});
  await redis.connect();
  for (const key of await redis.keys('session:*')) {
    const stored = JSON.parse((await redis.get(key)) ?? '{}') as object;
    await redis.set(key, JSON.stringify({ ...stored, provenAt: '2026-11-01T00:00:00.000Z' }), {
      expiration: 'KEEPTTL',
    });
  }
  redis.destroy();
}

const signOut = async ({ page }: Screen) => {
  await page.getByTestId('me').getByRole('button').click();
  await page.locator('input[name=personId]').waitFor();
};
const firstStep = async ({ page }: Screen, personId: string) => {
  await page.fill('input[name=personId]', personId);
  await page.fill('input[name=password]', demoPassword);
  await page.keyboard.press('Enter');
};

const Asked = z.object({ code: z.string(), params: z.record(z.string(), z.unknown()) });
const post = (path: string, body: unknown) =>
  fetch(`${system.consoleUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
/** The ticket of the second step. */
async function ticketOf(personId: string): Promise<string> {
  const answer = await post('/api/session', { personId, password: demoPassword });
  const { code, params } = Asked.parse(await answer.json());
  expect({ status: answer.status, code }).toEqual({ status: 401, code: 'second_factor_required' });
  return String(params['ticket']);
}

let editor: { secret: string; codes: string[] };

it('an editor enrols an app by its picture, keeps ten recovery codes, and is signed out everywhere else', async () => {
  const elsewhere = await signIn(system.consoleUrl, 'editor');
  const screen = await screenAt('/');
  const { page } = screen;
  await enter(screen, 'editor');
  await page.getByTestId('me').getByRole('link').click();
  await page.getByTestId('open-session').nth(1).waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'account');

  editor = await enrolTotp(screen, '办公手机');
  expect(editor.codes).toHaveLength(10);
  await picture(page, 'account-codes');
  expect(await barriersOf(page)).toEqual([]);
  await page.getByTestId('codes-kept').click();
  expect(await page.getByTestId('factor').innerText()).toContain('办公手机');
  await until(async () => expect(await page.getByTestId('open-session').count()).toBe(1));
  expect(await elsewhere.get('/api/session')).toMatchObject({ status: 401, body: { code: 'session_expired' } });
  await signOut(screen);
});

it('the password alone opens nothing from then on; a code opens once, a recovery code once', async () => {
  const screen = await screenAt('/');
  const { page } = screen;
  await firstStep(screen, 'editor');
  await page.getByTestId('second-step').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'second-step');
  const next = codeOf(editor.secret, 1);
  await page.fill('input[name=code]', next);
  await page.keyboard.press('Enter');
  await page.getByTestId('me').waitFor();
  await signOut(screen);

  const again = await post('/api/session/second', { ticket: await ticketOf('editor'), proof: { totp: next } });
  expect(again.status).toBe(422);

  await firstStep(screen, 'editor');
  await page.getByText('使用恢复码').click();
  await page.fill('input[name=recovery]', editor.codes[0]!.toUpperCase());
  await page.keyboard.press('Enter');
  await page.getByTestId('me').waitFor();
  const spent = { ticket: await ticketOf('editor'), proof: { recovery: editor.codes[0] } };
  expect((await post('/api/session/second', spent)).status).toBe(422);
});

it('wrong codes count like wrong passwords: one lock for both factors', async () => {
  const ticket = await ticketOf('editor');
  const wrong = () => post('/api/session/second', { ticket, proof: { recovery: 'wrong' } });
  const statuses: number[] = [];
  while (!statuses.includes(429) && statuses.length < 12) statuses.push((await wrong()).status);
  expect(statuses.at(-1)).toBe(429);
  // Nor does the right password help until the wait is over.
  const locked = await post('/api/session', { personId: 'editor', password: demoPassword });
  expect(await locked.json()).toMatchObject({ code: 'sign_in_locked' });
});

it('a passkey signs in by itself; what matters is changed after a fresh proof alone', async () => {
  const screen = await screenAt('/account');
  const { page } = screen;
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await enter(screen, 'reviewer');
  await page.getByTestId('add-passkey').click();
  await page.fill('input[name=name]', '指纹');
  await page.keyboard.press('Enter');
  await page.getByTestId('codes-kept').click();
  expect(await page.getByTestId('factor').innerText()).toContain('通行密钥');
  await signOut(screen);
  await page.getByTestId('passkey-sign-in').click();
  await page.getByTestId('me').waitFor();

  // Whoever finds the screen unlocked can't remove what guards it.
  await tenMinutesPass();
  await page.getByTestId('me').getByRole('link').click();
  await page.getByTestId('factor').getByRole('button').click();
  await page.getByTestId('confirmed').click();
  await page.getByTestId('proof').locator('input').fill(demoPassword);
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'account-proof');
  await page.keyboard.press('Enter');
  await page.getByTestId('use-passkey').click();
  await until(async () => expect(await page.getByTestId('factor').count()).toBe(0));
  await signIn(system.consoleUrl, 'reviewer');
});

it('whose role needs a second factor enrols one before anything else', async () => {
  const rules = { factorRoles: ['signer'] as Role[] };
  const head = { id: 'test/rules', at: new Date().toISOString(), actor: service };
  await carryOut(journal, registrations['sign_in.register'], { type: 'sign_in.register', ...head, rules });
  const waiting = await until(async () => {
    const signer = await signIn(system.consoleUrl, 'signer');
    expect(signer.me.must).toBe('factor');
    return signer;
  });
  expect(await waiting.get('/api/sites')).toMatchObject({ status: 403, body: { code: 'account_unready' } });

  const screen = await screenAt('/');
  const { page } = screen;
  await firstStep(screen, 'signer');
  await page.getByTestId('unready').waitFor();
  await page.getByTestId('add-totp').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'account-unready');
  await enrolTotp(screen, '手机');
  await page.getByTestId('codes-kept').click();
  await page.getByTestId('me').waitFor();
});

it('an account is opened by one administrator, granted rights by another, and its first password is changed first of all', async () => {
  const keeper = await screenAt('/admin/people');
  await enter(keeper, 'admin');
  const { page } = keeper;
  await page.getByTestId('person').first().waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'people');
  await page.keyboard.press('c');
  await page.fill('input[name=newId]', 'xin');
  await page.fill('input[name=newName]', '新编辑');
  await page.keyboard.press('Enter');
  const password = await page.getByTestId('initial-password').innerText();
  await page.keyboard.press('Escape');
  const rowOf = (screen: Screen, personId: string) => screen.page.locator(`[data-person=${personId}]`);
  expect(await rowOf(keeper, 'xin').innerText()).toContain('未授权');
  // Who runs the house does not say who may do what in it.
  expect(await rowOf(keeper, 'xin').getByText('授权', { exact: true }).count()).toBe(0);

  const safety = await screenAt('/admin/people');
  await enter(safety, 'security');
  await rowOf(safety, 'xin').getByText('授权', { exact: true }).click();
  const box = (name: string) => safety.page.getByTestId('grant').getByLabel(name, { exact: true });
  await box('管理员').check();
  await box('审计').check();
  await box('全部').check();
  await safety.page.keyboard.press('Enter');
  await safety.page.getByText('须由三个人分别担任').waitFor();
  await box('管理员').uncheck();
  await box('审计').uncheck();
  await box('编辑').check();
  expect(await barriersOf(safety.page)).toEqual([]);
  await picture(safety.page, 'people-grant');
  await safety.page.keyboard.press('Enter');
  await until(async () => expect(await rowOf(safety, 'xin').innerText()).toContain('编辑'));

  const fresh = await screenAt('/');
  await fresh.page.fill('input[name=personId]', 'xin');
  await fresh.page.fill('input[name=password]', password);
  await fresh.page.keyboard.press('Enter');
  await fresh.page.getByTestId('change-password').waitFor();
  expect(await barriersOf(fresh.page)).toEqual([]);
  await picture(fresh.page, 'first-password');
  const change = async (to: string) => {
    await fresh.page.fill('input[name=old]', password);
    await fresh.page.fill('input[name=new]', to);
    await fresh.page.keyboard.press('Enter');
  };
  await change('password1');
  await fresh.page.getByText('太常见').waitFor();
  await change('骑车上班的第三个春天');
  await fresh.page.getByTestId('me').waitFor();
  expect(await fresh.page.getByTestId('me').innerText()).toContain('新编辑');

  // Somebody lost their phone: one asks, the other agrees, and neither alone.
  await rowOf(keeper, 'signer').getByText('申请重置验证').click();
  await page.getByTestId('reason').fill('手机遗失，已当面核实');
  await page.keyboard.press('Control+Enter');
  await rowOf(keeper, 'signer').getByText('待同意重置').waitFor();
  expect(await rowOf(keeper, 'signer').getByText('同意重置', { exact: true }).count()).toBe(0);
  await safety.page.reload();
  await rowOf(safety, 'signer').getByText('同意重置', { exact: true }).click();
  await until(async () => expect((await signIn(system.consoleUrl, 'signer')).me.must).toBe('factor'));
});

it('whom an administrator signs out is out everywhere, and nobody else is; of their own, people end any one', async () => {
  const keeper = await screenAt('/admin/people');
  await enter(keeper, 'admin');
  const theirs = [await signIn(system.consoleUrl, 'editor2'), await signIn(system.consoleUrl, 'editor2')];
  const another = await signIn(system.consoleUrl, 'comms2');
  const open = await screenAt('/reposts');
  await enter(open, 'editor2');
  const { page } = keeper;
  const row = page.locator('[data-person=editor2]');
  const statuses = () => Promise.all([...theirs, another].map(async (each) => (await each.get('/api/session')).status));
  await row.getByText('强制退出').click();
  await page.getByRole('dialog').getByText('让“王编辑”在所有地方退出登录').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'people-end');
  // Whoever goes back has ended nothing.
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await statuses()).toEqual([200, 200, 200]);
  await row.getByText('强制退出').click();
  await page.getByTestId('confirmed').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('已退出 3 处登录').waitFor();
  expect(await statuses()).toEqual([401, 401, 200]);
  await open.page.getByTestId('sign-in').waitFor();
  await page.reload();
  await row.waitFor();

  const [one, two] = [await signIn(system.consoleUrl, 'comms2'), await signIn(system.consoleUrl, 'comms2')];
  const own = await screenAt('/account');
  await enter(own, 'comms2');
  const sessions = own.page.getByTestId('open-session');
  await until(async () => expect(await sessions.count()).toBe(4));
  // The newest of the others: this one's own has no button.
  await sessions.getByRole('button').first().click();
  await own.page.getByText('已退出 1 处').waitFor();
  await until(async () => expect(await sessions.count()).toBe(3));
  const left = await Promise.all([another, one, two].map(async (each) => (await each.get('/api/session')).status));
  expect(left.filter((status) => status === 401)).toHaveLength(1);
  await own.page.getByTestId('end-others').click();
  await own.page.getByText('已退出 2 处').waitFor();
  await until(async () => expect(await sessions.count()).toBe(1));

  const Audit = z.object({ rows: z.array(TimelineEntry) });
  const manager = await signIn(system.consoleUrl, 'manager');
  await until(async () => {
    const { rows } = Audit.parse((await manager.get('/api/audit?limit=500')).body);
    const closed = rows.filter(({ type, facts }) => type === 'session.closed' && facts['personId'] === 'editor2');
    expect(closed.map(({ facts }) => facts)).toMatchObject([{ reason: 'ended', by: 'admin' }]);
  });
});

/** Signs in at the provider's page, which comes next in a window. */
async function shown(page: Page, account: string): Promise<void> {
  await page.fill('input[name=account]', account);
  await page.keyboard.press('Enter');
}

it('who is linked to the provider of the house signs in there, and by nothing else', async () => {
  const keeper = await screenAt('/admin/people');
  await enter(keeper, 'admin');
  const row = keeper.page.locator('[data-person=comms]');
  await row.getByText('关联统一身份').click();
  await keeper.page.fill('input[name=directoryName]', 'cao.yuan');
  expect(await barriersOf(keeper.page)).toEqual([]);
  await picture(keeper.page, 'people-link');
  await keeper.page.keyboard.press('Enter');
  await row.getByText('尚未登录过').waitFor();

  const { page } = await screenAt('/releases');
  await page.getByTestId('oidc-sign-in').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'oidc-sign-in');
  const old = { personId: 'comms', password: demoPassword };
  expect(await (await post('/api/session', old)).json()).toMatchObject({ code: 'sign_in_failed' });

  provider.rename('2001', 'cao.yuan');
  await page.getByTestId('oidc-sign-in').click();
  await shown(page, '2001');
  await page.getByTestId('me').waitFor();
  // Where it went from, and nothing of the provider's answer in the address.
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/releases');

  // What matters is changed after a proof there, in a window beside; this page waits for it.
  await page.getByTestId('me').getByRole('link').click();
  await page.getByTestId('linked').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'account-linked');
  await tenMinutesPass();
  await page.getByTestId('add-totp').click();
  await page.getByTestId('open-provider').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await picture(page, 'oidc-proof');
  const [beside] = await Promise.all([page.context().waitForEvent('page'), page.getByTestId('open-provider').click()]);
  await shown(beside, '2001');
  const secret = (await page.getByTestId('totp-secret').innerText()).replace(/\s/g, '');
  await page.fill('input[name=code]', codeOf(secret));
  await page.fill('input[name=name]', '手机');
  await page.keyboard.press('Enter');
  await page.getByTestId('codes-kept').click();

  // The second factor is asked for behind the provider as behind a password.
  await page.getByTestId('me').getByRole('button').click();
  await page.getByTestId('oidc-sign-in').click();
  await page.getByTestId('second-step').waitFor();
  await page.fill('input[name=code]', codeOf(secret, 1));
  await page.keyboard.press('Enter');
  await page.getByTestId('me').waitFor();
  await page.goto(`${consoleUrl}/account`);
  await page.getByTestId('open-session').getByText('统一身份认证 + 身份验证器').waitFor();

  // Somebody signs everybody out: the page that was open asks again.
  const safety = await screenAt('/admin/people');
  await enter(safety, 'security');
  await safety.page.getByTestId('end-all').click();
  expect(await barriersOf(safety.page)).toEqual([]);
  await safety.page.getByTestId('confirmed').click();
  await safety.page.getByText(/已退出 \d+ 处登录/).waitFor();
  await page.reload();
  await page.getByTestId('sign-in').waitFor();
});

/** Asks to be sent to the provider; where, and the cookie that the answer needs. */
async function sent(): Promise<{ url: string; cookie: string }> {
  const begun = await post('/api/session/oidc/begin', {});
  const { url } = z.object({ url: z.string() }).parse(await begun.json());
  return { url, cookie: begun.headers.getSetCookie()[0]!.split(';')[0]! };
}
const comeBack = async (answer: string, cookie: string) => {
  const told = await fetch(`${system.consoleUrl}/api/session/oidc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN', cookie },
    body: JSON.stringify({ answer }),
  });
  return { status: told.status, body: (await told.json()) as object };
};

it('an answer of the provider opens the account that is linked, once, in the browser that asked, and no other', async () => {
  const mfa = { account: '2001', mfa: true };
  const { url, cookie } = await sent();
  const answer = await provider.visit(url, mfa);
  const wrong = { status: 409, body: { code: 'directory_state_wrong' } };
  expect(await comeBack(answer, '')).toMatchObject(wrong);
  // Taken to see, it is spent.
  expect(await comeBack(answer, cookie)).toMatchObject(wrong);
  const again = await sent();
  // What was shown there beside the password counts, since the house says so.
  expect(await comeBack(await provider.visit(again.url, mfa), again.cookie)).toMatchObject({
    status: 200,
    body: { personId: 'comms', must: null },
  });
  const ask = async (as: Parameters<IdentityProvider['visit']>[1]) => {
    const round = await sent();
    return comeBack(await provider.visit(round.url, as), round.cookie);
  };
  expect(await ask({ account: 'nobody-here' })).toMatchObject({
    status: 403,
    body: { code: 'directory_person_unknown', message: expect.stringContaining('还没有关联') },
  });
  provider.rename('2002', 'cao.yuan');
  expect(await ask({ account: '2002' })).toMatchObject({ status: 403, body: { code: 'directory_person_other' } });
  expect(await ask('refuses')).toMatchObject({ status: 401, body: { code: 'directory_refused' } });
  const left = await sent();
  const late = await provider.visit(left.url, mfa);
  await provider.stop();
  expect(await comeBack(late, left.cookie)).toMatchObject({ status: 503, body: { code: 'directory_down' } });
  await provider.start();
});

it('the audit tells who enrolled, used and removed what, and no secret of it', async () => {
  const Audit = z.object({ rows: z.array(TimelineEntry) });
  const manager = await signIn(system.consoleUrl, 'manager');
  const { types, facts } = await until(async () => {
    const answer = await manager.get('/api/audit?limit=500');
    const { rows } = Audit.parse(answer.body);
    const said = rows.map(({ type, facts }) => `${type} ${String(facts['personId'] ?? '')}`);
    expect(said).toContain('login.totp_enrolled signer');
    expect(JSON.stringify(rows)).not.toMatch(/sealed\.|argon2|publicKey|"codes"/);
    const failures = rows.map(({ type, facts: { personId, by, code } }) => ({ type, personId, by, code }));
    return { types: said, facts: failures };
  });
  for (const each of [
    'totp_enrolled editor',
    'recovery_spent editor',
    'passkey_enrolled reviewer',
    'factor_removed reviewer',
    'linked comms',
    'bound comms',
  ])
    expect(types).toContain(`login.${each}`);
  const failed = { type: 'session.sign_in_failed', by: 'oidc' };
  for (const [personId, code] of [
    ['nobody-here', 'directory_person_unknown'],
    ['unknown', 'directory_state_wrong'],
    ['unknown', 'directory_down'],
  ])
    expect(facts).toContainEqual({ ...failed, personId, code });
  expect(types.filter((each) => each === 'session.sign_in_failed editor').length).toBeGreaterThan(2);
});

it('every page, file and answer of the console says what a browser must not do with it', async () => {
  const first = await (await fetch(`${system.consoleUrl}/`)).text();
  // Our own scripts are files; within the page there is none, nor anything that a click would run.
  expect(first.match(/<script(?![^>]*src=)|\son\w+=|javascript:/gi)).toBeNull();
  const folder = join(import.meta.dirname, '../../services/console/dist');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => `/${relative(folder, join(each.parentPath, each.name))}`);
  expect(files.length).toBeGreaterThan(20);
  const paths = [
    '/',
    '/account',
    '/no/such/page',
    '/api/session',
    '/api/nothing',
    '/api/openapi.json',
    '/assets/none.js',
  ];
  for (const path of [...paths, ...files]) {
    const { headers, body } = await fetch(`${system.consoleUrl}${path}`);
    await body?.cancel();
    expect({ path, ...Object.fromEntries(headers) }).toMatchObject({
      'content-security-policy': expect.stringContaining("script-src 'self';"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  }
});

it('no script from outside runs in a browser once it was cleaned; as it came, some of it does', async () => {
  const page = await browser.newPage();
  // Nothing leaves the machine, and pictures fail at once.
  await page.route(/^(?!about:)/, (route) => route.abort());
  await page.setContent('<p>vectors</p>');
  let round = 0;
  /** Which of these texts run something, each in a frame of its own, also when all in it is clicked. */
  const running = (texts: readonly string[]) =>
    page.evaluate(
      async ({ all, round }) => {
        const hits = new Set<number>();
        const frames = all.map((text, at) => {
          const frame = document.createElement('iframe');
          frame.srcdoc = `<script>hit = () => parent.postMessage([${round}, ${at}], '*')</script>${text}`;
          return frame;
        });
        // What ran late in a round before this one is that one's.
        addEventListener(
          'message',
          ({ data }) => Array.isArray(data) && data[0] === round && hits.add(Number(data[1])),
        );
        Object.assign(globalThis, { hit: () => hits.add(-1) });
        const loaded = frames.map((frame) => new Promise((resolve) => frame.addEventListener('load', resolve)));
        document.body.replaceChildren(...frames);
        await Promise.all(loaded);
        for (const { contentDocument } of frames)
          for (const each of contentDocument?.querySelectorAll('*') ?? [])
            if (each.localName !== 'form')
              each.dispatchEvent(new MouseEvent('click', { bubbles: false, cancelable: true }));
        // What was posted before this is heard before it.
        await new Promise((resolve) => {
          addEventListener('message', ({ data }) => data === 'end' && resolve(null));
          postMessage('end', '*');
        });
        return [...hits].filter((at) => Number.isInteger(at) && at >= 0);
      },
      { all: texts, round: ++round },
    );
  // A frame each, so that the test would see what runs: for some of them, since a frame takes its time.
  const some = await running(xss.filter((_, at) => at % 8 === 0));
  expect(some.length).toBeGreaterThan(5);
  // What was cleaned may stand beside what else was cleaned, so that a few frames are enough.
  const together = (texts: string[]) =>
    Array.from({ length: 20 }, (_, at) => texts.filter((_text, n) => n % 20 === at).join('\n'));
  const outside = xss.map((vector) => cleanHtml(vector, 'https://upstream.example/'));
  const shown = xss.map((vector) => html`<p title="${vector}">${vector}</p>`.text);
  for (const texts of [outside, xss.map(cleanOwnHtml), shown]) expect(await running(together(texts))).toEqual([]);
  await page.close();
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
