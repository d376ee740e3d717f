import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { json, redirect, type Answer, type Call } from './answers.ts';
import {
  NotThere,
  type Actions,
  type Definition,
  type Kept,
  type Notified,
  type Platform,
  type Post,
  type Route,
  type World,
} from './fake.ts';
import { Faults, type Fault, type FaultWish, type SetFault } from './faults.ts';
import { keepPicture, mediaTypes } from './images.ts';
import { Ledger, type Entry } from './ledger.ts';
import { Notices } from './notices.ts';
import { articlePage, postsPage, style } from './page.ts';
import { Store } from './store.ts';
import { systemTime, type Time } from './time.ts';

export type ShellOptions = {
  /** Loopback only; a free one unless named. */
  port?: number;
  time?: Time;
  /** A file that keeps what happened; without it a restart forgets. */
  file?: string | null;
};

export type Fake<A extends Actions = Actions> = {
  kind: string;
  /** With 模拟 in it, for the screen. */
  name: string;
  port: number;
  url: string;
  access: Record<string, string>;
  /** What readers see. */
  posts(): Post[];
  ledger: Ledger;
  /** Sets a fault for the next calls of a route. */
  fault(wish: FaultWish): SetFault;
  faults(): readonly SetFault[];
  clearFaults(): void;
  /** What the platform, its staff or its users do. */
  act<K extends keyof A & string>(name: K, input: z.input<A[K]['input']>): ReturnType<A[K]['run']>;
  /** What was sent to us, and what came of it. */
  notified: readonly Notified[];
  /** Until no notice is on its way. */
  settled(): Promise<void>;
  /** Calls answered or not, by route. */
  calls: ReadonlyMap<string, number>;
  stop(): Promise<void>;
};

const largestBody = 64 * 2 ** 20;
const htmlType = 'text/html; charset=utf-8';
/** Pages hold other people's HTML: no script, nothing from elsewhere, nowhere to send a form. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;

/** Starts a fake: a server on loopback that behaves as the facts say, and its control under `/fake/`. */
export async function startFake<S, A extends Actions>(
  definition: Definition<S, A>,
  { port = 0, time = systemTime, file = null }: ShellOptions = {},
): Promise<Fake<A>> {
  const { kind, shape } = definition;
  const name = `${definition.name}（模拟平台）`;
  const store = new Store<{ kept: Kept<S>; entries: Entry[] }>(file, time);
  const found = store.read((each) => each.kept.shape === shape);
  const kept: Kept<S> = found?.kept ?? {
    shape,
    begunAt: time.now(),
    ids: 0,
    jobs: [],
    spent: {},
    pictures: [],
    own: definition.begin(),
  };
  const ledger = new Ledger(found?.entries);
  const faults = new Faults();
  const calls = new Map<string, number>();
  const notices = new Notices(time, faults);
  const changed = () => store.keep({ kept, entries: ledger.entries });
  const stops = new Set<() => void>();
  let base = '';

  const hash = (n: number) => createHash('sha256').update(`${kind} ${kept.begunAt} ${n}`).digest();
  const runJob = (job: Kept<S>['jobs'][number]) => {
    kept.jobs.splice(kept.jobs.indexOf(job), 1);
    platform.jobs[job.name]?.(job.id);
    changed();
  };
  const arm = (job: Kept<S>['jobs'][number]) => {
    const stop = time.after(job.at - time.now(), () => {
      stops.delete(stop);
      runJob(job);
    });
    stops.add(stop);
  };
  const world: World<S> = {
    state: kept.own,
    time,
    spent: kept.spent,
    base: () => base,
    id: () => hash(++kept.ids).toString('base64url'),
    digits(length) {
      const number = BigInt(`0x${hash(++kept.ids).toString('hex')}`).toString();
      return `${1 + (Number(number[0]) % 9)}${number.slice(1, length)}`;
    },
    later(ms, job, id) {
      const put = { at: time.now() + ms, name: job, id };
      kept.jobs.push(put);
      arm(put);
    },
    record: (entry) => ledger.record({ at: time.now(), ...entry }),
    fault: (route, wanted) => faults.take(route, wanted),
    notify: (notice) => notices.send(notice),
    keepPicture(id, { type }, bytes) {
      keepPicture(kept.pictures, { id, type, bytes });
      return `/fake/media/${id}`;
    },
  };
  const platform: Platform<A> = definition.build(world);
  const routes = platform.routes.map((route) => ({ route, pattern: patternOf(route.path) }));

  const act = (wanted: string, input: unknown): unknown => {
    const wish = platform.actions[wanted];
    if (!wish) throw new NotThere(`${kind} has no action ${wanted}`);
    const result = wish.run(wish.input.parse(input));
    changed();
    return result;
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A fault of the fake itself: said, never taken for the platform's word.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`fake ${kind} is broken: ${String(error)}`);
    });
  });
  server.on('connection', (socket: Socket) => {
    if (faults.take('*', 'refuse')) socket.resetAndDestroy();
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
    const method = request.method ?? 'GET';
    if (pathname === '/' || pathname.startsWith('/fake/')) {
      const body = await bodyOf(request);
      if (body) write(response, await control({ method, pathname, headers: request.headers, body }));
      else response.writeHead(413).end();
      return;
    }
    const hit = findRoute(routes, method, pathname);
    const route = hit?.route.name ?? 'unknown';
    calls.set(route, (calls.get(route) ?? 0) + 1);
    const fault = faults.take(route, ...shellFaults);
    if (fault?.kind === 'drop' && !fault.executed) return void request.socket.destroy();

    const body = await bodyOf(request);
    if (!body) return void response.writeHead(413).end();
    const ip = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const call: Call = {
      route,
      method,
      path: pathname,
      query,
      headers: request.headers,
      body,
      ip,
      params: hit?.params ?? {},
    };
    if (fault?.kind === 'token_expired') platform.expireToken(call);
    const page = method === 'GET' && !hit ? platform.page?.(pathname, query) : null;
    const carryOut = async (): Promise<Answer> => {
      if (page) return html(articlePage(name, page));
      if (!hit) return platform.otherwise(call);
      const answer = await hit.route.answer(call);
      changed();
      return answer;
    };
    if (!fault || fault.kind === 'token_expired') return write(response, await carryOut());
    const isExecuted = fault.kind === 'late' || ('executed' in fault && fault.executed);
    const answer = isExecuted ? await carryOut() : null;
    spoil(fault, call, answer, response);
  }

  /** Everything but the honest answer. */
  function spoil(fault: ShellFault, call: Call, answer: Answer | null, response: ServerResponse): void {
    const text = () => answer ?? platform.refuse(0, call);
    switch (fault.kind) {
      case 'drop':
        return void response.socket?.destroy();
      case 'hang':
        return;
      case 'cut': {
        const { status, type, body } = text();
        const bytes = Buffer.from(body);
        response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
        response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
        return;
      }
      case 'late':
        return waiting(fault.ms, () => write(response, text()));
      case 'status': {
        const { retryAfterSeconds: after } = fault;
        const headers = after === undefined ? {} : { 'retry-after': String(after) };
        return write(response, { status: fault.status, type: 'text/plain', body: `HTTP ${fault.status}`, headers });
      }
      case 'html':
        return write(response, html('<!doctype html><title>系统维护</title><h1>系统维护中，请稍后再试</h1>'));
      case 'huge':
        return writeHuge(response, fault.bytes);
      case 'drip':
        return drip(response, text(), fault.everyMs);
      case 'redirect':
        return write(response, redirect(fault.location));
      case 'code':
        return write(response, platform.refuse(fault.code, call));
      case 'token_expired':
        return;
    }
  }

  function waiting(ms: number, run: () => void): void {
    const stop = time.after(ms, () => {
      stops.delete(stop);
      run();
    });
    stops.add(stop);
  }

  function drip(response: ServerResponse, { status, type, body }: Answer, everyMs: number): void {
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
    response.flushHeaders();
    const next = (at: number) => {
      if (response.destroyed) return;
      response.write(bytes.subarray(at, at + 1));
      if (at + 1 < bytes.length) waiting(everyMs, () => next(at + 1));
      else response.end();
    };
    waiting(everyMs, () => next(0));
  }

  /** The page of the platform, and its control for demonstrations. Tests call the same in their own process. */
  async function control(asked: {
    method: string;
    pathname: string;
    headers: IncomingMessage['headers'];
    body: Buffer;
  }): Promise<Answer> {
    const { method, pathname } = asked;
    if (method === 'GET' || method === 'HEAD') {
      if (pathname === '/') {
        const pictured = (cover: string | null) =>
          kept.pictures.some(({ id }) => cover === `/fake/media/${id}`) ? cover : null;
        const posts = platform.posts().map((post) => ({ ...post, cover: pictured(post.cover) }));
        return html(postsPage({ name, kind, posts, access: platform.access(), faults: faults.list() }));
      }
      if (pathname === '/fake/state') {
        const { entries } = ledger;
        const actions = Object.keys(platform.actions);
        const state = { fake: true, kind, name, posts: platform.posts(), ledger: entries, faults: faults.list() };
        return json({ ...state, calls: Object.fromEntries(calls), notified: notices.notified, actions });
      }
      const picture = kept.pictures.find(({ id }) => pathname === `/fake/media/${id}`);
      if (picture) return { status: 200, type: mediaTypes[picture.type], body: picture.bytes };
    }
    if (method === 'DELETE' && pathname === '/fake/faults') {
      faults.clear();
      return json({ faults: faults.list() });
    }
    if (method !== 'POST') return json({ error: 'no such door of the fake' }, 404);
    // A page elsewhere cannot send this type unasked, so only people on this machine control the fake.
    if (!/^application\/json\b/.test(asked.headers['content-type'] ?? ''))
      return json({ error: 'application/json only' }, 415);
    try {
      const input: unknown = JSON.parse(asked.body.toString('utf8') || '{}');
      if (pathname === '/fake/faults') return json(faults.add(input));
      const wanted = /^\/fake\/actions\/(\w+)$/.exec(pathname)?.[1];
      if (wanted) return json({ result: (await act(wanted, input)) ?? null });
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) return json({ error: error.message }, 400);
      if (error instanceof NotThere) return json({ error: error.message }, 404);
      throw error;
    }
    return json({ error: 'no such door of the fake' }, 404);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  base = `http://127.0.0.1:${bound}`;
  for (const job of kept.jobs) arm(job);

  return {
    kind,
    name,
    port: bound,
    url: base,
    access: platform.access(),
    posts: () => platform.posts(),
    ledger,
    fault: (wish) => faults.add(wish),
    faults: () => faults.list(),
    clearFaults: () => faults.clear(),
    act: (wanted, input) => act(wanted, input) as ReturnType<A[typeof wanted]['run']>,
    notified: notices.notified,
    settled: () => notices.settled(),
    calls,
    async stop() {
      for (const stop of stops) stop();
      notices.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}

type ShellFault = Exclude<Fault, { kind: 'refuse' | 'review' | 'callback' }>;
const shellFaults = [
  'drop',
  'cut',
  'hang',
  'late',
  'status',
  'html',
  'huge',
  'drip',
  'redirect',
  'code',
  'token_expired',
] as const satisfies ShellFault['kind'][];

const html = (body: string): Answer => ({
  status: 200,
  type: htmlType,
  body,
  headers: { 'content-security-policy': policy },
});

const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);

function findRoute(routes: { route: Route; pattern: RegExp }[], method: string, path: string) {
  for (const { route, pattern } of routes) {
    const hit = route.method === method ? pattern.exec(path) : null;
    if (hit) return { route, params: { ...hit.groups } };
  }
  return null;
}

/** The whole body; null when it is larger than any platform would read. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    server: 'fake',
    ...headers,
  });
  response.end(body);
}

/** A JSON text that does not end before `bytes`, as fast as it is read. */
function writeHuge(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes });
  const piece = Buffer.alloc(64 * 1024, ' ');
  let left = bytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const part = piece.subarray(0, Math.min(left, piece.length));
      left -= part.length;
      if (!response.write(part)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
