import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { carryOut, connectBus, ensureStreams, Journal } from '@tongsheng/bus';
import type { CorrectionEvent, CredentialEvent, LoginEvent } from '@tongsheng/contracts';
import { SecretBox } from '@tongsheng/runtime';
import { signIn, startSystem, until, type System } from '@tongsheng/test/support';
import { headers } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credential } from '../../services/delivery/src/credential.ts';
import { evolveLogin, login, newLogin } from '../../services/gateway/src/login.ts';
import { correction } from '../../services/oversight/src/correction.ts';
import { contactsOf } from '../../services/oversight/src/correction-intake.controller.ts';
import { registrations } from '../../services/registry/src/registration.ts';

const root = join(import.meta.dirname, '../..');
let system: System;

beforeAll(async () => {
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'oversight', 'gateway'],
    backlog: [30, 10],
  });
});
afterAll(() => system[Symbol.asyncDispose]());

/** The command as a person types it. */
async function run(args: string[], input = '', url = system.servers.nats.url) {
  const child = spawn(process.execPath, [join(root, 'infra/local/tongsheng.mjs'), ...args], {
    env: { ...process.env, NATS_URL: url, WEB_ALLOW: `127.0.0.1:${system.upstreams.port}` },
  });
  // A command that reads no input may have ended before it is handed any; its exit code says how it fared.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

it('reads a feed as ingest does, from an address and from standard input', async () => {
  const { feedUrl } = system.upstreams.sites[0]!;
  const fetched = await run(['feed', 'read', feedUrl, '--json', '--feed']);
  expect(fetched.code).toBe(0);
  const [feed, ...entries] = fetched.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(feed).toMatchObject({ title: expect.stringContaining('总局'), format: expect.stringMatching(/^rss|^atom/) });
  expect(entries.length).toBeGreaterThan(0);
  const piped = await run(['feed', 'read', '-', '--json'], await (await fetch(feedUrl)).text());
  expect(piped.out.trim().split('\n')).toHaveLength(entries.length);
});

it('cleans HTML', async () => {
  const { out } = await run(['html', 'clean', '-'], '<p onclick="x()">甲<script>alert(1)</script></p>');
  expect(out.trim()).toBe('<p>甲</p>');
});

it('seals every secret under the newest key, and names what no key opens', async () => {
  const bus = await connectBus({ url: system.servers.nats.url, name: 'ctl-test' });
  const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
  const at = new Date().toISOString();
  await carryOut(new Journal(bus, 'test'), registrations['channel.register'], {
    type: 'channel.register',
    id: 'register/lost',
    at,
    actor: { kind: 'service', id: 'test' },
    channel: {
      channelId: 'lost',
      name: '旧渠道',
      site: 'province',
      paused: true,
      kind: 'webhook',
      settings: {
        url: 'https://lost.example/hook',
        secret: new SecretBox([key('lost', 1)]).seal('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'lost', at),
      },
    },
  });
  const report = { site: 'province', correctionId: '20261123-ABCDEFGHJKMN' };
  await carryOut(new Journal(bus, 'test'), correction, {
    type: 'correction.receive',
    id: 'report',
    at,
    actor: { kind: 'service', id: 'portal' },
    ...report,
    page: { url: 'https://province.example/1', title: '公告', document: null },
    text: '电话写错了',
    contact: new SecretBox([key('test', 7)]).seal('citizen@mail.example', report.correctionId, at),
    dueAt: new Date(Date.now() + 72 * 3_600_000).toISOString(),
    unknownYears: [],
  });
  const box = new SecretBox([key('test', 7)]);
  const app = { factorId: 'app', name: '手机', secret: box.seal('JBSWY3DPEHPK3PXP', 'login/duty', at) };
  const own = { id: 'enrol', at, actor: { kind: 'person' as const, id: 'duty', name: '冯值班' }, personId: 'duty' };
  await carryOut(new Journal(bus, 'test'), login, { ...own, type: 'login.enrol_totp', ...app });
  const token = { credentialId: 'c'.repeat(24), site: 'province' };
  await carryOut(new Journal(bus, 'test'), credential, {
    type: 'credential.renew',
    id: 'renew',
    at,
    actor: { kind: 'service', id: 'delivery' },
    ...token,
    channelId: 'douyin',
    field: 'refreshToken',
    secret: box.seal('the newest token', token.credentialId, at),
    of: 'a'.repeat(64),
    validUntil: null,
  });
  const sealing = ['registry', 'oversight', 'gateway', 'delivery'] as const;
  await Promise.all(sealing.map((service) => system.kill(service)));
  const keys = [key('next', 9), key('test', 7)].map(({ id, key: bytes }) => `${id}:${bytes.toString('base64')}`);
  for (const service of sealing) await system.startAnother(service, { SECRETS_KEYS: keys.join(',') });

  const lost = { code: 1, err: expect.stringContaining('1 secret of 1 registration could not be opened') };
  const dry = await until(async () => {
    const said = await run(['secrets', 'rotate', '--dry-run']);
    expect(said.out).toContain('netizens’ addresses: 1 of 1 open reports to be sealed anew');
    expect(said.out).toContain('authenticator apps: 1 of 1 to be sealed anew');
    expect(said.out).toContain('renewed tokens of platforms: 1 of 1 to be sealed anew');
    return said;
  });
  expect(dry).toMatchObject({ ...lost, out: expect.stringMatching(/^contact duty webhook\.secret: test → next$/m) });
  expect(dry.out).toMatch(/^\d+ secrets of \d+ registrations would be sealed under next; 0 were already$/m);
  const rotated = await run(['secrets', 'rotate']);
  expect(rotated).toMatchObject({
    ...lost,
    out: expect.stringMatching(/^channel lost secret: no key opens it \(it needs lost\); enter it anew$/m),
  });
  expect(rotated.out).toBe(dry.out.replace('would be sealed', 'sealed').replaceAll('to be sealed anew', 'sealed anew'));
  const past = await new Journal(bus, 'test').read({
    aggregate: 'correction',
    site: report.site,
    id: report.correctionId,
  });
  const [sealed] = contactsOf(past.events as CorrectionEvent[]);
  expect(new SecretBox([key('next', 9)]).open(sealed!, report.correctionId)).toBe('citizen@mail.example');
  // What was sealed anew opens by the new key alone, and is what it was.
  const next = new SecretBox([key('next', 9)]);
  const eventsOf = async (aggregate: 'login' | 'credential', site: string, id: string) =>
    (await new Journal(bus, 'test').read({ aggregate, site, id })).events;
  const enrolled = (await eventsOf('login', 'gateway', 'duty')) as LoginEvent[];
  const apps = enrolled.reduce(evolveLogin, newLogin);
  const [sealedApp] = apps.factors;
  expect(sealedApp?.kind === 'totp' && next.open(sealedApp.secret, 'login/duty')).toBe('JBSWY3DPEHPK3PXP');
  const renewed = (await eventsOf('credential', token.site, token.credentialId)).at(-1) as CredentialEvent;
  expect(renewed.type === 'credential.resealed' && next.open(renewed.secret, token.credentialId)).toBe(
    'the newest token',
  );
  await bus.close();
  const again = await run(['secrets', 'rotate']);
  expect(again.out).toContain('netizens’ addresses: 0 of 1 open reports sealed anew');
  expect(again.out).toContain('authenticator apps: 0 of 1 sealed anew');
  expect(again.out).toMatch(/^0 secrets of 0 registrations sealed under next; [1-9]\d* were already$/m);
});

/** Where a test has the log kept. */
const archive = () => join(system.servers.dir, 'archive');

it('keeps checkpoints and the whole log on another system, where it is mounted', async () => {
  expect(await run(['log', 'keep', archive()])).toMatchObject({
    code: 1,
    err: expect.stringContaining('archive can’t be written'),
  });
  await mkdir(archive());
  const kept = await run(['log', 'keep', archive()]);
  expect(kept).toMatchObject({ code: 0, out: expect.stringMatching(/a checkpoint; \d+ entries lead to all 0 /) });
  const [note] = await readdir(archive());
  expect(note).toMatch(/^\d{8}T\d{6}Z\.checkpoint\.txt$/);
  const whole = await run(['log', 'keep', archive(), '--whole']);
  expect(whole).toMatchObject({ code: 0, out: expect.stringMatching(/the whole log .* lead to all 1 /) });
  const folder = (await readdir(archive())).find((name) => !name.endsWith('.txt'))!;
  const verified = await run(['log', 'verify', join(archive(), folder), '--anchor', join(archive(), note!)]);
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/^whole: /) });
});

it('keeps nothing of a log that does not lead to what was kept before', async () => {
  const [note] = (await readdir(archive())).filter((name) => name.endsWith('.txt'));
  const before = await readFile(join(archive(), note!), 'utf8');
  const [name, size, root, ...rest] = before.split('\n');
  const other = Buffer.from(root!, 'base64');
  other[0]! ^= 1;
  await writeFile(join(archive(), note!), [name, size, other.toString('base64'), ...rest].join('\n'));
  const there = await readdir(archive());
  expect(await run(['log', 'keep', archive()])).toMatchObject({
    code: 1,
    err: expect.stringContaining('another log than the one whose checkpoint was kept elsewhere'),
  });
  expect(await readdir(archive())).toEqual(there);
  await writeFile(join(archive(), note!), before);
});

it('finds the log whole, and names the position once an entry does not follow from the one before', async () => {
  await until(async () =>
    expect((await run(['log', 'tail', '--no-follow', '--last', '500'])).out).toContain('repost.queued'),
  );
  const whole = await run(['log', 'verify']);
  expect(whole).toMatchObject({ code: 0, out: expect.stringMatching(/^whole: \d+ entries of \d+ aggregates/) });

  const bus = await connectBus({ url: system.servers.nats.url, name: 'forger' });
  await ensureStreams(bus);
  const subject = 'ev.poll.national-policy.national-policy';
  const forged = JSON.stringify({
    type: 'source.recovered',
    sourceId: 'national-policy',
    recoveredAt: new Date().toISOString(),
  });
  const head = {
    specversion: '1.0',
    source: '/forger',
    time: new Date().toISOString(),
    type: 'source.recovered',
    actorkind: 'service',
    actorid: 'forger',
  };
  const withHeaders = headers();
  for (const [name, value] of Object.entries({ ...head, id: 'forged', previoushash: 'f'.repeat(64) }))
    withHeaders.set(`ce-${name}`, value);
  const { seq } = await bus.js.publish(subject, forged, { headers: withHeaders });
  await bus.close();
  const broken = await run(['log', 'verify']);
  expect(broken.code).toBe(1);
  expect(broken.err).toContain(`position ${seq}:`);
  const there = await readdir(archive());
  expect(await run(['log', 'keep', archive()])).toMatchObject({
    code: 1,
    err: expect.stringContaining(`position ${seq}:`),
  });
  expect(await readdir(archive())).toEqual(there);
});

it('makes a password for each user of Redis and keeps those that are there', async () => {
  const folder = join(system.servers.dir, 'made-keys');
  expect(await run(['redis', 'keys', folder])).toMatchObject({ code: 0, out: expect.stringContaining('users.acl') });
  const [password, users] = await Promise.all(
    ['clock.redis', 'users.acl'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  expect(users).not.toContain(password);
  await run(['redis', 'keys', folder]);
  expect(await readFile(join(folder, 'users.acl'), 'utf8')).toBe(users);
});

it('never writes over the passwords of links', async () => {
  const folder = join(system.servers.dir, 'made-keys');
  await run(['bus', 'keys', folder]);
  expect(await readFile(join(folder, 'links.conf'), 'utf8')).toMatch(/^# Links with other deployments/);
  await writeFile(join(folder, 'links.conf'), 'leafnodes {}');
  await run(['bus', 'keys', folder]);
  expect(await readFile(join(folder, 'links.conf'), 'utf8')).toBe('leafnodes {}');
});

it('builds projections again beside the running ones', async () => {
  const editor = await signIn(system.consoleUrl, 'editor');
  const before = await editor.get('/api/reposts');
  const { code, out } = await run(['projections', 'rebuild', 'reposts']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/reposts: done, at position \d+/) });
  const after = await editor.get('/api/reposts');
  expect((after.body as { rows: unknown[] }).rows).toEqual((before.body as { rows: unknown[] }).rows);
  const none = await run(['projections', 'rebuild', 'nothing']);
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('there are:') });
});

it('makes a token that opens just what its role may', async () => {
  const { out } = await run(['token', 'create', '--name', '监测', '--role', 'manager', '--site', 'city']);
  const ask = (path: string) =>
    fetch(`${system.consoleUrl}${path}`, { headers: { authorization: `Bearer ${out.trim()}` } });
  await until(async () => expect((await ask('/api/reposts?site=city')).status).toBe(200));
  expect((await ask('/api/reposts?site=province')).status).toBe(403);
  expect((await ask('/api/dead-letters')).status).toBe(403);
});

it('fails as command lines do: 2 for a wrong call, 1 with a sentence for what did not work', async () => {
  expect(await run(['feed', 'reed'])).toMatchObject({ code: 2, err: expect.stringContaining('unknown command') });
  expect(await run(['token', 'create', '--name', 'x'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--role'),
  });
  expect(await run(['token', 'create', '--name', 'x', '--role', 'editor', '--id', 'a b'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^tongsheng: --id: /),
  });
  expect(await run(['feed', 'read', '/there/is/none.xml'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^tongsheng: \/there\/is\/none\.xml: there is no such file.*\n$/),
  });
  expect(await run(['log', 'verify'], '', 'nats://127.0.0.1:1')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^tongsheng: no nats-server answers at 127\.0\.0\.1:1/),
  });
  expect(await run(['bench', 'nothing'])).toMatchObject({ code: 2, err: expect.stringContaining('append') });
});
