// What `npm start` registers for the fakes of platforms, and what a signed release comes to at each of them.
import { BusClient, connectBus, Journal, type Bus } from '@tongsheng/bus';
import {
  ChannelStates,
  type AlarmEvent,
  type CredentialCommand,
  type DeliveryCommand,
  type DeliveryEvent,
  type RegistryEvent,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { hashA, readLog, startSystem, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliveryIdOf } from '../../services/delivery/src/request-deliveries.reaction.ts';

const kinds = ['wecom', 'dingtalk', 'feishu', 'mastodon'] as const;
const channelOf = (kind: string) => `province-fake-${kind}`;

let system: System;
let bus: Bus;
let journal: Journal;

beforeAll(async () => {
  system = await startSystem({
    services: ['registry', 'releases', 'delivery', 'duty'],
    samples: false,
    fakes: kinds,
    environment: { STOPPAGE_ALARM: 'PT1S,PT1H,PT1H' },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

const head = (id: string) => ({ id, at: new Date().toISOString(), actor: { kind: 'person' as const, id: 'signer' } });

async function sign(releaseId: string, channels = kinds.map(channelOf)): Promise<void> {
  const signed: ReleaseEvent = {
    type: 'release.signed',
    releaseId,
    site: 'province',
    kind: 'rebuttal',
    format: 'text',
    title: `关于${releaseId}的说明`,
    documentNumber: null,
    summary: '没有这样的政策。',
    html: '<p>正文</p>',
    rumor: { claim: '存款要缴税', seenWhere: '某群', verdict: 'false', rumorCaseId: null, publicLink: null },
    channels,
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked: null,
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: new Date().toISOString(),
  };
  const address = { aggregate: 'release', site: 'province', id: releaseId };
  await journal.append(journal.nothingAt(address), head(`sign/${releaseId}`), [signed]);
}

async function history(releaseId: string, channelId: string): Promise<string[]> {
  const id = deliveryIdOf('province', releaseId, channelId);
  const { events } = await journal.read({ aggregate: 'delivery', site: 'province', id });
  return (events as DeliveryEvent[]).map((event) => ('outcome' in event ? event.outcome : event.type.slice(9)));
}

it('each fake has a channel that is called a fake, with its secrets sealed', async () => {
  for (const kind of kinds) {
    const past = await journal.read({ aggregate: 'channel', site: 'registry', id: channelOf(kind) });
    const [event] = past.events as RegistryEvent[];
    expect(event).toMatchObject({ type: 'channel.registered', channel: { name: expect.stringContaining('模拟平台') } });
    const fake = system.fakes.find((each) => each.kind === kind)!;
    const given = Object.values(fake.access)
      .flatMap((each) => each.split(/[=/]/))
      .filter((each) => each.length > 20);
    for (const secret of given) expect(JSON.stringify(event)).not.toContain(secret);
  }
});

it('a signed rebuttal is read once at each of them', async () => {
  await sign('deposit');
  for (const kind of kinds) {
    await until(
      async () => expect(await history('deposit', channelOf(kind))).toEqual(['requested', 'attempted', 'confirmed']),
      60_000,
    );
    const { url } = system.fakes.find((each) => each.kind === kind)!;
    const state = (await (await fetch(`${url}/fake/state`)).json()) as { posts: { title: string; text: string }[] };
    expect(state.posts).toHaveLength(1);
    const { title, text } = state.posts[0]!;
    expect(`${title}\n${text}`).toContain('关于deposit的说明');
  }
});

const fake = (kind: string) => system.fakes.find((each) => each.kind === kind)!.url;
async function fault(kind: string, body: object): Promise<void> {
  const { ok } = await fetch(`${fake(kind)}/fake/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(ok).toBe(true);
}
/** The alarms about what a channel was to be told, or about the channel: whether each calls or is over, and why it was raised. */
async function alarmsOf(is: (about: Extract<AlarmEvent, { type: 'alarm.raised' }>['about']) => boolean) {
  const events = (await readLog(bus)).flatMap(({ aggregate, events: all }) =>
    aggregate === 'alarm' ? (all as AlarmEvent[]) : [],
  );
  return events.flatMap((event) => {
    if (event.type !== 'alarm.raised' || !is(event.about)) return [];
    const closed = events.some((each) => each.type === 'alarm.closed' && each.alarmId === event.alarmId);
    const told = events.some((each) => each.type === 'alarm.told' && each.alarmId === event.alarmId);
    return [{ about: event.about, calls: event.call !== null, closed, told }];
  });
}
const tell = (command: DeliveryCommand | CredentialCommand) =>
  new BusClient(bus).command(command.type.split('.')[0]!, command);
const ofRelease = (releaseId: string) => (about: object) => 'releaseId' in about && about.releaseId === releaseId;

it('a rebuttal that may have arrived and nobody can ask about calls whoever is on duty, until a person says which', async () => {
  await fault('feishu', { kind: 'drop', executed: true, route: '*' });
  await sign('unsure', [channelOf('feishu')]);
  const [alarm] = await until(async () => {
    const found = await alarmsOf(ofRelease('unsure'));
    expect(found).toMatchObject([{ told: true }]);
    return found;
  });
  expect(alarm).toMatchObject({ about: { kind: 'delivery', because: 'unknown' }, calls: true, closed: false });
  const address = { site: 'province', deliveryId: deliveryIdOf('province', 'unsure', channelOf('feishu')) };
  await tell({
    type: 'delivery.resolve',
    ...head('resolve/unsure'),
    ...address,
    resolution: 'arrived',
    note: '群里看得到',
  });
  await until(async () => expect(await alarmsOf(ofRelease('unsure'))).toMatchObject([{ closed: true }]));
});

it('a rebuttal that a channel refuses for good calls too', async () => {
  await fault('dingtalk', { kind: 'code', code: 430101, executed: false, route: '*' });
  await sign('refused', [channelOf('dingtalk')]);
  await until(async () =>
    expect(await alarmsOf(ofRelease('refused'))).toMatchObject([
      { about: { kind: 'delivery', because: 'failed' }, calls: true, closed: false },
    ]),
  );
});

it('a channel that gives no good answer while rebuttals wait calls, and a reset of its breaker is heard at once', async () => {
  await fault('wecom', { kind: 'code', code: -1, executed: false, route: '*', times: 1_000 });
  const releases = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `stopped-${name}`);
  for (const releaseId of releases) await sign(releaseId, [channelOf('wecom')]);
  const isChannel = (about: object) => 'channelId' in about && about.channelId === channelOf('wecom');
  const [alarm] = await until(async () => {
    const found = await alarmsOf(isChannel);
    expect(found).toMatchObject([{ told: true }]);
    return found;
  });
  expect(alarm).toMatchObject({ about: { kind: 'stoppage', urgency: 'rebuttal' }, calls: true, closed: false });

  expect((await fetch(`${fake('wecom')}/fake/faults`, { method: 'DELETE' })).ok).toBe(true);
  const states = await new BusClient(bus).ask('channels.states', { channels: [channelOf('wecom')] });
  const { rows } = ChannelStates.parse(states);
  expect(rows[0]!.breakers.every(({ openUntil }) => openUntil !== null)).toBe(true);
  await tell({
    type: 'credential.reset_breaker',
    ...head('reset/wecom'),
    credentialId: rows[0]!.credentialId,
    site: 'province',
    channelId: channelOf('wecom'),
    reason: '平台已恢复',
  });
  for (const releaseId of releases)
    await until(async () => expect((await history(releaseId, channelOf('wecom'))).at(-1)).toBe('confirmed'));
  await until(async () => expect(await alarmsOf(isChannel)).toMatchObject([{ closed: true }]));
});
