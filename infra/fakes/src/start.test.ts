import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { json } from './answers.ts';
import { action, type World } from './fake.ts';
import type { FaultWish } from './faults.ts';
import { startFake, type ShellOptions } from './start.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

type State = { counted: number; done: string[]; callback: string | null };

/** A platform that counts. */
const counter = {
  kind: 'counter',
  name: '计数',
  shape: 1,
  begin: (): State => ({ counted: 0, done: [], callback: null }),
  build: ({ state, later, record, notify, id }: World<State>) => ({
    routes: [
      {
        name: 'count',
        method: 'POST' as const,
        path: '/count/:what',
        answer({ params }: { params: Record<string, string> }) {
          state.counted++;
          const what = params['what']!;
          record({ action: 'count', key: what, title: what, public: true });
          later(5_000, 'finish', what);
          return json({ counted: state.counted, id: id() });
        },
      },
    ],
    otherwise: () => json({ error: 'no route' }, 404),
    refuse: (code: number) => json({ code }),
    expireToken() {
      state.counted = -100;
    },
    jobs: {
      finish(what: string) {
        state.done.push(what);
        notify({
          event: 'finished',
          deliveries: 3,
          timeoutMs: 5_000,
          isTaken: (status) => status === 200,
          request: (forged) =>
            state.callback ? { url: state.callback, headers: {}, body: forged ? 'forged' : what } : null,
        });
      },
    },
    posts: () =>
      state.done.map((title) => ({ title, text: '<b>', cover: null, visible: true, state: '好', at: 0, url: null })),
    actions: {
      reset: action(z.strictObject({ to: z.number() }), ({ to }) => (state.counted = to)),
      callTo: action(z.string(), (url) => void (state.callback = url)),
    },
    access: () => ({ 密钥: 'fake' }),
  }),
};

async function start(options: ShellOptions = {}) {
  const time = new HandTime();
  const fake = await startFake(counter, { time, ...options });
  closings.push(() => fake.stop());
  const count = (what = 'a', signal?: AbortSignal) =>
    fetch(`${fake.url}/count/${what}`, { method: 'POST', redirect: 'manual', ...(signal && { signal }) });
  return { fake, time, count };
}

/** An address of ours that the platform calls, and what it was told. */
async function listener(answer: (nth: number) => number | null) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.once('end', () => {
      const status = answer(bodies.push(body));
      if (status !== null) response.writeHead(status).end();
      server.emit('told');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** Until the other side of a connection saw it. */
const soon = { timeout: 30_000 };

describe('a fault', () => {
  const causeOf = async (failed: Promise<unknown>): Promise<string> => {
    const error = await failed.then(
      () => null,
      (reason: unknown) => reason,
    );
    const cause = error instanceof Error ? error.cause : null;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
  };
  const cut = /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/;

  it('resets a connection before anything is sent', async () => {
    const { fake } = await start();
    fake.fault({ kind: 'refuse' });
    const socket = connect(fake.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve));
    expect(fake.faults()[0]).toMatchObject({ met: 1 });
    expect(fake.calls.size).toBe(0);
  });
  it('drops the connection before the call takes effect', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'drop', route: 'count' });
    expect(await causeOf(count())).toMatch(cut);
    expect(fake.ledger.posted()).toBe(0);
    expect(await (await count()).json()).toMatchObject({ counted: 1 });
  });
  it('drops it once the call took effect, as often as it was set for', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'drop', executed: true, times: 2 });
    expect(await causeOf(count())).toMatch(cut);
    expect(await causeOf(count())).toMatch(cut);
    expect(await (await count()).json()).toMatchObject({ counted: 3 });
    expect(fake.faults()).toMatchObject([{ times: 2, met: 2 }]);
    expect(fake.ledger.repeated()).toEqual([{ title: 'a', key: 'a', times: 3 }]);
  });
  it('cuts the answer in its middle', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'cut' });
    const response = await count();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(fake.ledger.posted()).toBe(1);
  });
  it('answers late, having done it at once', async () => {
    const { fake, time, count } = await start();
    fake.fault({ kind: 'late', ms: 20_000 });
    const late = count();
    await expect.poll(() => fake.ledger.posted(), soon).toBe(1);
    time.advance(20_000);
    expect(await (await late).json()).toMatchObject({ counted: 1 });
  });
  it.each([true, false])('hangs, executed: %s', async (executed) => {
    const { fake, count } = await start();
    fake.fault({ kind: 'hang', executed });
    const ending = new AbortController();
    const hung = count('a', ending.signal);
    await expect.poll(() => fake.faults()[0]?.met, soon).toBe(1);
    await expect.poll(() => fake.ledger.posted(), soon).toBe(executed ? 1 : 0);
    ending.abort();
    await expect(hung).rejects.toThrow('abort');
  });
  it('answers 503 with a wish to be left alone', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'status', status: 503, retryAfterSeconds: 30 });
    const response = await count();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(fake.ledger.posted()).toBe(0);
  });
  it('answers with a page where JSON should be', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'html', executed: true });
    const response = await count();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('系统维护');
    expect(fake.ledger.posted()).toBe(1);
  });
  it('answers with 50 MB', { timeout: 60_000 }, async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'huge' });
    const response = await count();
    expect(response.headers.get('content-length')).toBe(String(50 * 2 ** 20));
    expect((await response.arrayBuffer()).byteLength).toBe(50 * 2 ** 20);
  });
  it('answers a byte at a time', async () => {
    const { fake, time, count } = await start();
    fake.fault({ kind: 'drip', everyMs: 1_000 });
    const reader = (await count()).body!.getReader();
    time.advance(1_000);
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{');
    time.advance(1_000);
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('"');
    await reader.cancel();
  });
  it('redirects to an internal address', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'redirect' });
    const response = await count();
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      'http://169.254.169.254/latest/meta-data/',
    ]);
  });
  it.each([true, false])('answers the platform’s own code, executed: %s', async (executed) => {
    const { fake, count } = await start();
    fake.fault({ kind: 'code', code: -1, executed });
    expect(await (await count()).json()).toEqual({ code: -1 });
    expect(fake.ledger.posted()).toBe(executed ? 1 : 0);
  });
  it('lets the token expire in the middle', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'token_expired' });
    expect(await (await count()).json()).toMatchObject({ counted: -99 });
  });
  it('meets only its route', async () => {
    const { fake, count } = await start();
    fake.fault({ kind: 'code', code: 1, route: 'other' });
    fake.fault({ kind: 'code', code: 2, route: 'cou.*' });
    expect(await (await count()).json()).toMatchObject({ counted: 1 });
    fake.clearFaults();
    fake.fault({ kind: 'code', code: 3, route: 'count' });
    expect(await (await count()).json()).toEqual({ code: 3 });
  });
});

describe('a callback', () => {
  const told = async (wish: FaultWish | null, answer: (nth: number) => number | null = () => 200) => {
    const { fake, time, count } = await start();
    const { bodies, url, server } = await listener(answer);
    fake.act('callTo', url);
    if (wish) fake.fault(wish);
    await count();
    time.advance(5_000);
    return { fake, time, bodies, server };
  };
  it('is delivered once when it is taken', async () => {
    const { fake, bodies } = await told(null);
    await fake.settled();
    expect(bodies).toEqual(['a']);
    expect(fake.notified).toMatchObject([{ event: 'finished', deliveries: 1, taken: true, fault: null }]);
  });
  it('is delivered three times when it is not', async () => {
    const { fake, bodies } = await told(null, () => 500);
    await fake.settled();
    expect(bodies).toEqual(['a', 'a', 'a']);
    expect(fake.notified).toMatchObject([{ deliveries: 3, taken: false }]);
  });
  it('is given up after five seconds and delivered again', async () => {
    const { fake, time, bodies, server } = await told(null, (nth) => (nth === 1 ? null : 200));
    if (bodies.length === 0) await once(server, 'told');
    time.advance(5_000);
    await fake.settled();
    expect(fake.notified).toMatchObject([{ deliveries: 2, taken: true }]);
  });
  it('is missing', async () => {
    const { fake, bodies } = await told({ kind: 'callback', mode: 'missing', route: 'callback.finished' });
    await fake.settled();
    expect(bodies).toEqual([]);
    expect(fake.notified).toMatchObject([{ deliveries: 0, fault: 'missing' }]);
  });
  it('comes twice', async () => {
    const { fake, time, bodies } = await told({ kind: 'callback', mode: 'duplicate', ms: 60_000 });
    await fake.settled();
    expect(bodies).toEqual(['a']);
    time.advance(60_000);
    await fake.settled();
    expect(bodies).toEqual(['a', 'a']);
  });
  it('comes late', async () => {
    const { fake, time, bodies } = await told({ kind: 'callback', mode: 'late', ms: 3_600_000 });
    await fake.settled();
    expect(bodies).toEqual([]);
    time.advance(3_600_000);
    await fake.settled();
    expect(bodies).toEqual(['a']);
  });
  it('is forged', async () => {
    const { fake, bodies } = await told({ kind: 'callback', mode: 'forged' });
    await fake.settled();
    expect(bodies).toEqual(['forged']);
  });
});

describe('the control over HTTP', () => {
  const say = (url: string, method: string, body?: unknown, type = 'application/json') =>
    fetch(url, {
      method,
      headers: { 'content-type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('sets faults, counts them and clears them', async () => {
    const { fake, count } = await start();
    const set = await say(`${fake.url}/fake/faults`, 'POST', { kind: 'code', code: 7, times: 2 });
    expect(await set.json()).toMatchObject({ route: '*', times: 2, met: 0 });
    expect(await (await count()).json()).toEqual({ code: 7 });
    const cleared = await say(`${fake.url}/fake/faults`, 'DELETE');
    expect(await cleared.json()).toMatchObject({ faults: [{ times: 1, met: 1 }] });
    expect(await (await count()).json()).toMatchObject({ counted: 1 });
  });
  it('acts as the platform’s people do', async () => {
    const { fake, count } = await start();
    expect(await (await say(`${fake.url}/fake/actions/reset`, 'POST', { to: 41 })).json()).toEqual({ result: 41 });
    expect(await (await count()).json()).toMatchObject({ counted: 42 });
  });
  it('shows its state, and says that it is a fake', async () => {
    const { fake, count } = await start();
    await count();
    expect(await (await fetch(`${fake.url}/fake/state`)).json()).toMatchObject({
      fake: true,
      name: '计数（模拟平台）',
      ledger: [{ action: 'count', title: 'a' }],
      calls: { count: 1 },
    });
  });
  it.each([
    ['/fake/faults', { kind: 'nonsense' }, 400],
    ['/fake/faults', { kind: 'drop', excuted: true }, 400],
    ['/fake/actions/reset', { to: 'x' }, 400],
    ['/fake/actions/other', {}, 404],
    ['/fake/other', {}, 404],
  ])('refuses %s %j with %i', async (path, body, status) => {
    const { fake } = await start();
    expect((await say(`${fake.url}${path}`, 'POST', body)).status).toBe(status);
  });
  it('refuses what a page elsewhere could send', async () => {
    const { fake } = await start();
    expect((await say(`${fake.url}/fake/faults`, 'POST', { kind: 'drop' }, 'text/plain')).status).toBe(415);
    expect(fake.faults()).toEqual([]);
  });
});

it('the page shows what readers see, escaped, without script, and calls itself a fake', async () => {
  const { fake, time, count } = await start();
  await count('%3Cscript%3E');
  time.advance(5_000);
  const response = await fetch(fake.url);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).toContain('计数（模拟平台）');
  expect(page).toContain('不是真的平台');
  expect(page).toContain('&lt;b&gt;');
  expect(page).not.toContain('<script');
});

it('what happened and what is due are there after a restart, with the ids going on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fakes-'));
  closings.push(() => rm(dir, { recursive: true }));
  const file = join(dir, 'counter.v8');
  const time = new HandTime();
  const first = await startFake(counter, { time, file });
  const answer = async (url: string) =>
    (await (await fetch(`${url}/count/a`, { method: 'POST' })).json()) as { counted: number; id: string };
  const before = await answer(first.url);
  await first.stop();
  const second = await startFake(counter, { time, file });
  closings.push(() => second.stop());
  expect(second.posts()).toEqual([]);
  time.advance(5_000);
  expect(second.posts()).toMatchObject([{ title: 'a' }]);
  const after = await answer(second.url);
  expect(after.counted).toBe(2);
  expect(after.id).not.toBe(before.id);
  expect(second.ledger.posted('a')).toBe(2);
});

it('a route that is none is told so by the platform', async () => {
  const { fake } = await start();
  expect((await fetch(`${fake.url}/nowhere`)).status).toBe(404);
  expect(fake.calls.get('unknown')).toBe(1);
});
