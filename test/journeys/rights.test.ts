import { asFront, BusServer, connectBus, ensureStreams, inboxOf, type Bus } from '@tongsheng/bus';
import { correctionIntake, rights, streams, type BackOffice, type Rights } from '@tongsheng/contracts';
import { createRedis, readPassword, redisServices, redisUsers } from '@tongsheng/projections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServers, until, type Servers } from '../support/index.ts';

let servers: Servers;
let house: Bus;
const buses: Bus[] = [];
const services = Object.keys(rights) as BackOffice[];
const all = services.map((service): Rights => rights[service]);
const everything = {
  aggregates: all.flatMap(({ keeps }) => keeps),
  doors: all.flatMap(({ takes = [] }) => takes),
  questions: all.flatMap(({ answers = [] }) => answers),
  durables: all.flatMap(({ reacts = {} }) => Object.keys(reacts)),
  streams: ['EVENTS', 'PUBLIC', 'HUB', 'DEAD', 'TRIED', 'OBJ_EVIDENCE', 'OBJ_PUBLIC_FILES', 'KV_WORKING'],
};

beforeAll(async () => {
  servers = await startServers();
  house = await as('tongsheng');
  await ensureStreams(house);
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.nc.close()));
  await servers[Symbol.asyncDispose]();
});

async function as(user: BackOffice | 'portal' | 'tongsheng'): Promise<Bus> {
  const front = user === 'portal' && asFront;
  const bus = await connectBus({ url: servers.nats.urlOf(user), name: user, inboxPrefix: inboxOf(user), ...front });
  buses.push(bus);
  return bus;
}

/** Those of some subjects that the server lets this user say. */
async function said(bus: Bus, subjects: readonly string[]): Promise<string[]> {
  const outcomes = await Promise.all(
    subjects.map((subject) =>
      bus.nc.request(subject, '{}', { timeout: 10_000 }).then(
        () => subject,
        (error: unknown) => (error instanceof Error && error.message.includes('Permissions Violation') ? [] : subject),
      ),
    ),
  );
  return outcomes.flat();
}

/** Those of some subjects that the server lets this user hear. */
async function heard(bus: Bus, subjects: readonly string[]): Promise<string[]> {
  const refused = new Set<string>();
  const listening = subjects.map((subject) =>
    bus.nc.subscribe(subject, { callback: (error) => error && refused.add(subject) }),
  );
  await bus.nc.flush();
  await until(() => expect(refused.size + listening.filter((each) => !each.isClosed()).length).toBe(subjects.length));
  for (const each of listening) each.unsubscribe();
  return subjects.filter((subject) => !refused.has(subject));
}

/** What destroys or alters a stream, or what is read of it. */
const destructive = everything.streams.flatMap((stream) => [
  ...['DELETE', 'PURGE', 'UPDATE', 'CREATE', 'SNAPSHOT', 'RESTORE', 'LEADER.STEPDOWN'].map(
    (verb) => `$JS.API.STREAM.${verb}.${stream}`,
  ),
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.mine`,
  `$JS.API.CONSUMER.CREATE.${stream}.mine.>`,
]);
const ofTheServer = [
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.ACCOUNT.TONGSHENG.CONNZ',
  '$JS.API.STREAM.CREATE.OTHER',
  '$JS.API.SERVER.REMOVE',
];

describe.each(services)('%s is refused', (service) => {
  const its: Rights = rights[service];
  const others = everything.durables.filter((durable) => !(durable in (its.reacts ?? {})));

  it('what belongs to others', async () => {
    const bus = await as(service);
    const tried = [
      ...everything.aggregates.filter((each) => !its.keeps.includes(each)).map((each) => `ev.${each}.province.x`),
      ...everything.doors.filter((each) => !its.tells?.includes(each)).map((each) => `cmd.${each}`),
      ...everything.questions.filter((each) => !its.asks?.includes(each)).map((each) => `ask.${each}`),
      ...destructive,
      ...ofTheServer,
      ...everything.streams
        .filter((stream) => !mayRead(its, stream))
        .flatMap((stream) => [
          ...(stream === streams.tried && its.reacts ? [] : [`$JS.API.STREAM.MSG.GET.${stream}`]),
          `$JS.API.CONSUMER.CREATE.${stream}`,
          `$JS.API.CONSUMER.MSG.NEXT.${stream}.any`,
        ]),
      ...everything.streams
        .filter((stream) => !mayErase(its, stream))
        .map((stream) => `$JS.API.STREAM.MSG.DELETE.${stream}`),
      ...others.flatMap((durable) => [
        `$JS.API.CONSUMER.CREATE.EVENTS.${durable}.ev.>`,
        `$JS.API.CONSUMER.DELETE.EVENTS.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.EVENTS.${durable}`,
        `$JS.ACK.EVENTS.${durable}.1.1.1.1.0`,
        `tried.${durable}.1`,
      ]),
      ...(its.writes?.includes('public') ? [] : ['pub.province.release.x', '$O.PUBLIC_FILES.C.x']),
      ...(its.writes?.includes('evidence') ? [] : ['$O.EVIDENCE.C.x']),
      ...(its.writes?.includes('working') ? [] : ['$KV.WORKING.x']),
      'hub.x',
    ];
    expect(await said(bus, tried)).toEqual([]);
  });

  it('to listen to others', async () => {
    const bus = await as(service);
    const tried = [
      '>',
      '*.>',
      'ev.>',
      'pub.>',
      '$SYS.>',
      '$JS.API.>',
      '_INBOX.>',
      ...services.filter((other) => other !== service).map((other) => `${inboxOf(other)}.>`),
      ...everything.doors.filter((each) => !its.takes?.includes(each)).map((each) => `cmd.${each}`),
      ...everything.questions.filter((each) => !its.answers?.includes(each)).map((each) => `ask.${each}`),
    ];
    expect(await heard(bus, tried)).toEqual([]);
  });
});

const placeOf: Record<string, string> = {
  PUBLIC: 'public',
  HUB: 'hub',
  DEAD: 'dead',
  KV_WORKING: 'working',
  OBJ_EVIDENCE: 'evidence',
  OBJ_PUBLIC_FILES: 'publicFiles',
};
const has = (places: readonly string[] | undefined, stream: string) => places?.includes(placeOf[stream] ?? '') ?? false;
const mayRead = (its: Rights, stream: string) => stream === streams.journal || has(its.reads, stream);
const mayErase = (its: Rights, stream: string) => has(its.erases, stream);

/** The words of Redis 7.0 and after; of a script that says what its caller may not; of what is shut to everybody. */
const refusedByRedis = /NOPERM|ACL failure|user executing the script can't|not allowed/;

/** Those of some commands that Redis lets this user say, whatever comes of it. */
async function saidToRedis(user: string, commands: readonly string[][]): Promise<string[]> {
  const url = new URL(servers.redis.url);
  url.username = user;
  url.password = readPassword(servers.redisKeys, user);
  const redis = createRedis(url.href, () => {});
  await redis.connect();
  const said = await Promise.all(
    commands.map((command) =>
      redis.sendCommand(command).then(
        () => [command.join(' ')],
        (error: unknown) => (refusedByRedis.test(String(error)) ? [] : [command.join(' ')]),
      ),
    ),
  );
  redis.destroy();
  return said.flat();
}

/** What empties, alters, ends or lays bare a server. */
const ofRedis = `
  FLUSHALL; FLUSHDB; SHUTDOWN; DEBUG RELOAD; CONFIG GET *; CONFIG SET save x; ACL LIST; ACL WHOAMI
  ACL SETUSER default on nopass; REPLICAOF 127.0.0.1 1; SAVE; BGREWRITEAOF; MIGRATE h 1 k 0 1; MONITOR; INFO
  PSYNC ? -1; CLIENT LIST; CLIENT KILL TYPE normal; KEYS *; RANDOMKEY; SCRIPT FLUSH; MODULE LIST
`
  .trim()
  .split(/;|\n/)
  .map((line) => line.trim().split(' '));
const mayRedis = (its: Rights, name: string) =>
  (its.projects ?? []).some((each) =>
    name.startsWith(each.endsWith('*') ? `p:{${each.slice(0, -1)}` : `p:{${each}}`),
  ) || (its.remembers ?? []).some((each) => name.startsWith(each));

describe.each(redisServices)('in Redis %s', (service) => {
  const its: Rights = rights[service];
  const all = redisServices.map((each): Rights => rights[each]);
  const names = [
    ...all.flatMap(({ projects = [] }) => projects.map((each) => `p:{${each.replace('*', 'x')}}:live`)),
    ...all.flatMap(({ remembers = [] }) => remembers.map((each) => `${each}x`)),
  ];
  const others = names.filter((name) => !mayRedis(its, name));

  it('reads and writes what is its own', async () => {
    const own = names.filter((name) => mayRedis(its, name)).map((name) => ['GET', name]);
    expect(await saidToRedis(service, own)).toHaveLength(own.length);
    expect(own.length).toBeGreaterThan(0);
  });

  it('is refused what belongs to others, and the server itself', async () => {
    const tried = [
      ...ofRedis,
      ...others.flatMap((name) => [
        ['GET', name],
        ['SET', name, 'x'],
        ['UNLINK', name],
        ['EVAL', `return redis.call('GET', '${name}')`, '0'],
        ['PUBLISH', name.replace('live', 'told'), 'x'],
        ['SUBSCRIBE', name.replace('live', 'told')],
      ]),
    ];
    expect(await saidToRedis(service, tried)).toEqual([]);
  });
});

it.each(redisUsers.filter((user) => !redisServices.some((service) => service === user)))(
  'in Redis %s reads nothing that is kept',
  async (user) => {
    const tried = [
      'GET session:x',
      'HGETALL p:{reposts}:v1-1:rows',
      'SCAN 0',
      'KEYS *',
      'FLUSHALL',
      'SHUTDOWN',
      'CONFIG GET *',
    ];
    expect(
      await saidToRedis(
        user,
        tried.map((line) => line.split(' ')),
      ),
    ).toEqual([]);
  },
);

describe('the portal', () => {
  it('is refused everything but PUBLIC, its hub and the one door for corrections', async () => {
    const bus = await as('portal');
    const tried = [
      ...everything.aggregates.map((each) => `ev.${each}.province.x`),
      ...everything.doors.map((each) => `cmd.${each}`),
      ...everything.questions.filter((each) => each !== correctionIntake).map((each) => `ask.${each}`),
      ...destructive,
      ...ofTheServer,
      ...everything.streams.flatMap((stream) => [
        `$JS.API.CONSUMER.CREATE.${stream}`,
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.x`,
      ]),
      ...['EVENTS', 'DEAD', 'TRIED', 'OBJ_EVIDENCE', 'KV_WORKING'].flatMap((stream) => [
        `$JS.API.STREAM.MSG.GET.${stream}`,
        `house.STREAM.MSG.GET.${stream}`,
      ]),
      'pub.province.release.x',
      '$O.PUBLIC_FILES.C.x',
      'dead.x',
      'replay.publish-release',
      'rebuild.reposts',
    ];
    expect(await said(bus, tried)).toEqual([]);
    expect(
      await heard(bus, ['>', 'ev.>', 'told.>', 'cmd.registry', '$SYS.>', '_INBOX.>', '_INBOX_gateway.>', '_R_.>']),
    ).toEqual([]);
  });

  it('can have the server say nothing in its place', async () => {
    const bus = await as('portal');
    const before = (await house.jsm.streams.info(streams.journal)).state.last_seq;
    // An acknowledgement and a stored message, both asked for at an address of the journal.
    bus.nc.publish('hub.x', 'forged', { reply: 'ev.repost.province.x' });
    bus.nc.publish('house.STREAM.MSG.GET.HUB', '{"last_by_subj":"hub.x"}', { reply: 'ev.repost.province.x' });
    const ack = await bus.js.publish('hub.y', 'mine');
    expect(ack.seq).toBe(2);
    expect((await house.jsm.streams.info(streams.journal)).state.last_seq).toBe(before);
  });

  it('hears what is published, and reads it', async () => {
    const bus = await as('portal');
    const rung = new Promise<string>((resolve) => {
      bus.nc.subscribe('told.pub.>', { callback: (_, { subject }) => resolve(subject) });
    });
    await bus.nc.flush();
    await house.js.publish('pub.province.release.r', 'text');
    expect(await rung).toBe('told.pub.province.release.r');
    const stored = await bus.jsm.streams.getMessage(streams.public, { last_by_subj: 'pub.province.release.r' });
    expect(stored.string()).toBe('text');
  });
});

it('a command that a consumer was pointed to deliver is not carried out', async () => {
  const carried: unknown[] = [];
  const registry = await as('registry');
  const server = new BusServer({
    bus: registry,
    service: 'registry',
    now: () => new Date().toISOString(),
    onFailure: () => {},
    onError: (_, error) => carried.push(error),
  });
  server.addHandler('cmd:registry', async (command: unknown) => void carried.push(command));
  await server.listen((error) => expect(error).toBeUndefined());
  const reposts = await as('reposts');
  await reposts.js.publish('ev.repost.province.forged', '{"type":"person.register"}');
  const config = { deliver_subject: 'cmd.registry', deliver_policy: 'all', ack_policy: 'none' };
  await reposts.nc.request('$JS.API.CONSUMER.CREATE.EVENTS', JSON.stringify({ stream_name: 'EVENTS', config }));
  const gateway = await as('gateway');
  await until(async () => {
    // What is asked properly comes behind what was forged.
    await gateway.nc.request('cmd.registry', '{"type":"proper"}', { timeout: 2_000 });
    expect(carried).toContainEqual({ type: 'proper' });
  });
  expect(carried).not.toContainEqual({ type: 'person.register' });
  await server.close();
});
