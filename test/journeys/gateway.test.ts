import { carryOut, connectBus, Journal, type Bus } from '@tongsheng/bus';
import { TimelineEntry, type PersonRegistered, type RegistryCommand } from '@tongsheng/contracts';
import { demoPassword } from '@tongsheng/local';
import { createRedis, encodeChanges } from '@tongsheng/projections';
import {
  failure,
  queueing,
  service,
  signIn,
  startSystem,
  until,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registrations } from '../../services/registry/src/registration.ts';
import { repost } from '../../services/reposts/src/repost.ts';
import { trouble } from '../support/trouble.ts';

let system: System;
let bus: Bus;
let journal: Journal;
let admin: Session;
let editor: Session;
let cityEditor: Session;

beforeAll(async () => {
  system = await startSystem({ services: ['registry', 'gateway'] });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
  await registerLike('editor', { personId: 'city-editor', name: '市编辑', roles: ['editor'], sites: ['city'] });
  for (const personId of ['locked', 'mistaken'])
    await registerLike('editor', { personId, name: personId, roles: ['editor'], sites: ['*'] });
  [admin, editor] = await Promise.all([signIn(system.consoleUrl, 'admin'), signIn(system.consoleUrl, 'editor')]);
  cityEditor = await until(() => signIn(system.consoleUrl, 'city-editor'));
});
afterAll(async () => {
  await bus.close();
  await system[Symbol.asyncDispose]();
});

/** One more person, with the password of an existing one. */
async function registerLike(known: string, person: Pick<PersonRegistered, 'personId' | 'name' | 'roles' | 'sites'>) {
  const { events } = await until(async () => {
    const past = await journal.read({ aggregate: 'person', site: 'registry', id: known });
    expect(past.events).not.toEqual([]);
    return past;
  });
  const { passwordHash } = events.at(-1) as PersonRegistered;
  const command: RegistryCommand = {
    type: 'person.register',
    id: `test/${person.personId}`,
    at: new Date().toISOString(),
    actor: service,
    person: { ...person, passwordHash, disabled: false },
  };
  await carryOut(journal, registrations['person.register'], command);
}

type Ask = { method?: string; path?: string; body?: unknown; headers?: Record<string, string> };
const Refused = z.object({ code: z.string(), message: z.string() });

/** The same question in both languages; its status, its code and what it says in each. */
async function refusalOf({ method = 'GET', path = '/api/sources', body, headers = {} }: Ask) {
  const [zh, en] = await Promise.all(
    ['zh-CN,zh;q=0.9', 'en-GB,en;q=0.9'].map(async (language) => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(`${system.consoleUrl}${path}`, {
        method,
        headers: { ...type, 'accept-language': language, ...headers },
        ...json,
      });
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        ...Refused.parse(await response.json()),
      };
    }),
  );
  expect(en).toMatchObject({ status: zh!.status, code: zh!.code });
  return { status: zh!.status, code: zh!.code, zh: zh!.message, en: en!.message, retryAfter: zh!.retryAfter };
}

const Audit = z.object({ rows: z.array(TimelineEntry) });
const audited = async (facts: Record<string, unknown>) => {
  const { rows } = Audit.parse((await admin.get('/api/audit?limit=500')).body);
  return rows.filter((row) =>
    Object.entries({ ...facts }).every(([name, value]) => ({ type: row.type, ...row.facts })[name] === value),
  );
};
/** Waits for so many entries that say this, in the log that is for ever. */
const becomesAudited = (facts: Record<string, unknown>, times = 2) =>
  until(async () => expect(await audited(facts)).toHaveLength(times));

const approve = (site: string) => ({ type: 'repost.approve', site, taskId: 'nothing', seenHash: 'a'.repeat(64) });
const asPerson = ({ cookie, me }: Session) => ({ cookie, 'x-csrf-token': me.csrfToken });

describe('who is not signed in', () => {
  it('is asked to sign in, and leaves no trace', async () => {
    expect(await refusalOf({})).toMatchObject({
      status: 401,
      code: 'sign_in_required',
      zh: '请先登录。',
      en: 'Please sign in.',
    });
    expect(await refusalOf({ method: 'POST', path: '/api/commands', body: approve('province') })).toMatchObject({
      status: 401,
    });
    expect(await refusalOf({ path: '/api/events' })).toMatchObject({ status: 401, code: 'sign_in_required' });
    expect(await audited({ code: 'sign_in_required' })).toEqual([]);
  });
  it('any more is told that the session has ended', async () => {
    const leaving = await signIn(system.consoleUrl, 'reviewer');
    const out = await fetch(`${system.consoleUrl}/api/session`, { method: 'DELETE', headers: asPerson(leaving) });
    expect(out.status).toBe(200);
    expect(await refusalOf({ headers: { cookie: leaving.cookie } })).toMatchObject({
      status: 401,
      code: 'session_expired',
      zh: expect.stringContaining('重新登录'),
      en: expect.stringContaining('sign in again'),
    });
    await becomesAudited({ type: 'session.closed', personId: 'reviewer', reason: 'signed_out' }, 1);
    await becomesAudited({ type: 'access.refused', code: 'session_expired', action: 'GET /api/sources' });
  });
  it('comes no further with a token that is none', async () => {
    const authorization = `Bearer monitor.${'x'.repeat(30)}`;
    expect(await refusalOf({ headers: { authorization } })).toMatchObject({ status: 401, code: 'sign_in_failed' });
    await becomesAudited({ type: 'access.refused', code: 'sign_in_failed' });
  });
});

describe('who is signed in', () => {
  it('may do nothing that is another role’s', async () => {
    const draft = { type: 'release.draft', site: 'province', releaseId: 'r' };
    const refused = await refusalOf({ method: 'POST', path: '/api/commands', body: draft, headers: asPerson(editor) });
    expect(refused).toMatchObject({
      status: 403,
      code: 'role_missing',
      zh: expect.stringContaining('您的角色'),
      en: expect.stringContaining('Your role'),
    });
    await becomesAudited({ personId: 'editor', code: 'role_missing', action: 'POST /api/commands release.draft' });
    expect(await refusalOf({ path: '/api/audit', headers: { cookie: editor.cookie } })).toMatchObject({ status: 403 });
    await becomesAudited({ personId: 'editor', code: 'role_missing', action: 'GET /api/audit' });
  });
  it('may say no command that nobody may say', async () => {
    for (const type of ['repost.queue', 'constructor', '__proto__', 'no.such'])
      expect(await admin.command({ type })).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });
  it('may do nothing for a site that is another’s, and sees nothing of it', async () => {
    const headers = asPerson(cityEditor);
    expect(
      await refusalOf({ method: 'POST', path: '/api/commands', body: approve('province'), headers }),
    ).toMatchObject({
      status: 403,
      code: 'site_forbidden',
      zh: expect.stringContaining('不负责这个站点'),
      en: expect.stringContaining('do not work for this site'),
    });
    await becomesAudited({
      personId: 'city-editor',
      code: 'site_forbidden',
      action: 'POST /api/commands repost.approve',
    });
    expect(await refusalOf({ path: '/api/reposts?site=province', headers })).toMatchObject({ code: 'site_forbidden' });
    expect(await refusalOf({ path: '/api/reposts/x?site=province', headers })).toMatchObject({
      code: 'site_forbidden',
    });
    expect((await cityEditor.get('/api/sites')).body).toMatchObject({ rows: [{ siteId: 'city' }] });
  });
  it('changes nothing without the token that only the console knows, nor from another page', async () => {
    const body = approve('city');
    const { cookie } = cityEditor;
    const bare = await refusalOf({ method: 'POST', path: '/api/commands', body, headers: { cookie } });
    expect(bare).toMatchObject({
      status: 403,
      code: 'origin_refused',
      zh: expect.stringContaining('刷新页面'),
      en: expect.stringContaining('reload the page'),
    });
    const forged = { ...asPerson(cityEditor), 'x-csrf-token': editor.me.csrfToken };
    expect(await refusalOf({ method: 'POST', path: '/api/commands', body, headers: forged })).toMatchObject({
      status: 403,
    });
    const elsewhere = { ...asPerson(cityEditor), origin: 'https://evil.example' };
    expect(await refusalOf({ method: 'POST', path: '/api/commands', body, headers: elsewhere })).toMatchObject({
      status: 403,
    });
    expect((await cityEditor.get('/api/session')).status).toBe(200);
    await becomesAudited({ type: 'access.refused', code: 'origin_refused', action: 'POST /api/commands' }, 6);
  });
});

describe('a wrong password', () => {
  const wrong = (personId: string) => ({
    method: 'POST',
    path: '/api/session',
    body: { personId, password: 'wrong-password' },
  });

  it('is refused in the same words for a name nobody has, and stands once in the audit', async () => {
    const known = await refusalOf(wrong('mistaken'));
    const unknown = await refusalOf(wrong('no-such-person'));
    expect(known).toMatchObject({ status: 401, code: 'sign_in_failed', zh: '用户名或密码不对。' });
    expect(unknown).toEqual(known);
    await becomesAudited({ type: 'session.sign_in_failed', personId: 'mistaken' });
    await becomesAudited({ type: 'session.sign_in_failed', personId: 'no-such-person' });
    expect(await audited({ type: 'access.refused', personId: 'mistaken' })).toEqual([]);
  });
  it('too often locks the name for a while, also against the right one, and says for how long', async () => {
    for (let i = 0; i < 3; i++) expect(await refusalOf(wrong('locked'))).toMatchObject({ status: 401 });
    // Six were wrong: from here on each further one waits twice as long.
    const locked = await refusalOf({ ...wrong('locked'), body: { personId: 'locked', password: demoPassword } });
    expect(locked).toMatchObject({
      status: 429,
      code: 'sign_in_locked',
      zh: expect.stringContaining('稍候'),
      en: expect.stringContaining('wait'),
    });
    expect(Number(locked.retryAfter)).toBeGreaterThanOrEqual(1);
    await becomesAudited({ type: 'session.sign_in_failed', personId: 'locked' }, 6);
    await becomesAudited({ type: 'access.refused', personId: 'locked', code: 'sign_in_locked' });
    await until(() => signIn(system.consoleUrl, 'locked'));
    await becomesAudited({ type: 'session.opened', personId: 'locked' }, 1);
  });
});

type Event = { id: number; event: string; data: { key?: string; position?: number } };

/** The live stream as a browser reads it. */
async function listen({ cookie }: Session, lastEventId?: number) {
  const leaving = new AbortController();
  const resume = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
  const response = await fetch(`${system.consoleUrl}/api/events`, {
    headers: { cookie, ...resume },
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  const events: Event[] = [];
  const reading = (async () => {
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        events.push({
          id: Number(fields['id']),
          event: fields['event']!,
          data: JSON.parse(fields['data']!) as Event['data'],
        });
      }
    }
  })().catch(() => {});
  await until(() => expect(events.some(({ event }) => event === 'heartbeat')).toBe(true));
  return {
    events,
    changes: () => events.filter(({ event }) => event === 'change'),
    /** Resolves when the server ends it. */
    ended: reading,
    async leave() {
      leaving.abort();
      await reading;
    },
  };
}

describe('the live stream', () => {
  const change = (id: string, sourceId = 'national-policy') => carryOut(journal, trouble, failure(id, sourceId));

  it('goes on where it broke: what changed meanwhile comes, in order, and then what changes now', async () => {
    const before = await listen(editor);
    const first = await change('live-1');
    await until(() => expect(before.changes()).toHaveLength(1));
    expect(before.changes()[0]).toMatchObject({
      id: first.position,
      data: { key: 'national-policy', view: 'sources' },
    });
    await before.leave();

    const missed = [await change('live-2'), await change('live-3')];
    const after = await listen(editor, first.position);
    const now = await change('live-4');
    await until(() => expect(after.changes().map(({ id }) => id)).toContain(now.position));
    expect(after.changes().map(({ id }) => id)).toEqual([first, ...missed, now].map(({ position }) => position));
    expect(after.events.map(({ event }) => event)).not.toContain('gap');
    await after.leave();
  });
  it('ends when its person signs out, and no one else’s', async () => {
    const [leaver, stayer] = [await signIn(system.consoleUrl, 'editor'), await signIn(system.consoleUrl, 'editor')];
    const [ending, staying] = [await listen(leaver), await listen(stayer)];
    await fetch(`${system.consoleUrl}/api/session`, {
      method: 'DELETE',
      headers: { cookie: leaver.cookie, 'x-csrf-token': leaver.me.csrfToken },
    });
    await ending.ended;
    const { position } = await change('live-after-leaving');
    await until(() => expect(staying.changes().map(({ id }) => id)).toContain(position));
    expect(ending.changes().map(({ id }) => id)).not.toContain(position);
    await staying.leave();
  });

  it('misses nothing either when it broke before anything had changed', async () => {
    const before = await listen(editor);
    await before.leave();
    const { position } = await change('live-first');
    const after = await listen(editor, before.events.at(-1)!.id);
    await until(() => expect(after.changes().at(-1)).toMatchObject({ id: position }));
    await after.leave();
  });
  it('brings what lagged behind in another view, although its position is lower', async () => {
    const redis = createRedis(system.servers.redis.url, () => {});
    await redis.connect();
    const tell = (view: string, key: string, position: number) =>
      redis.publish(`p:{${view}}:told`, encodeChanges([{ key, json: null, position }]));
    const before = await listen(editor);
    await tell('sources', 'ahead', 1_000_000);
    await until(() => expect(before.changes()).toHaveLength(1));
    await before.leave();
    await tell('reposts', 'province/behind', 999_999);
    const after = await listen(editor, 1_000_000);
    await until(() => expect(after.changes().map(({ data }) => data.key)).toEqual(['ahead', 'province/behind']));
    await after.leave();
    redis.destroy();
  });
  it('tells nobody of a site that is another’s', async () => {
    const [everything, own] = await Promise.all([listen(editor), listen(cityEditor)]);
    for (const site of ['province', 'city']) await carryOut(journal, repost, queueing(`live-${site}`, site));
    const keys = (stream: typeof own) => stream.changes().map(({ data }) => data.key);
    await until(() => expect(keys(everything)).toEqual(['province/live-province', 'city/live-city']));
    await until(() => expect(keys(own)).toEqual(['city/live-city']));
    await Promise.all([everything.leave(), own.leave()]);
  });
  it('says that something is missing when nobody remembers what, after the gateway was killed', async () => {
    const before = await listen(editor);
    const { position } = await change('live-6');
    await until(() => expect(before.changes()).toHaveLength(1));
    await system.kill('gateway');
    await before.leave();
    await change('live-7');
    await system.start('gateway');
    const after = await listen(editor, position);
    expect(after.events[0]).toMatchObject({ event: 'gap' });
    const now = await change('live-8');
    await until(() => expect(after.changes().at(-1)?.id).toBe(now.position));
    await after.leave();
  });
});
