// What `npm start` registers for the fakes of platforms, and what a signed release comes to at each of them.
import { connectBus, Journal, type Bus } from '@tongsheng/bus';
import type { DeliveryEvent, RegistryEvent, ReleaseEvent } from '@tongsheng/contracts';
import { hashA, startSystem, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliveryIdOf } from '../../services/delivery/src/request-deliveries.reaction.ts';

const kinds = ['wecom', 'dingtalk', 'feishu', 'mastodon'] as const;
const channelOf = (kind: string) => `province-fake-${kind}`;

let system: System;
let bus: Bus;
let journal: Journal;

beforeAll(async () => {
  system = await startSystem({ services: ['registry', 'releases', 'delivery'], samples: false, fakes: kinds });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

const head = (id: string) => ({ id, at: new Date().toISOString(), actor: { kind: 'person' as const, id: 'signer' } });

async function sign(releaseId: string): Promise<void> {
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
    channels: kinds.map(channelOf),
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
