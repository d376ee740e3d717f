import { setImmediate as turn } from 'node:timers/promises';
import { Bus, connectBus, ensureStreams, followStream } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { startServers, until, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

const total = 5_000;
const ahead = 200;
let servers: Servers;
let bus: Bus;

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  const body = new Uint8Array(400);
  await Promise.all(Array.from({ length: total }, (_, i) => bus.js.publish(`ev.sample.site.n${i}`, body)));
});
afterAll(async () => {
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const follow = (onMessage: (seq: number) => Promise<void> | void) =>
  followStream(bus, {
    stream: streams.journal,
    subject: 'ev.sample.>',
    from: 1,
    ahead,
    onMessage: ({ seq }) => onMessage(seq),
    onFailure: (error) => expect.unreachable(String(error)),
  });

const allInOrder = Array.from({ length: total }, (_, i) => i + 1);

it('hands a slow reader every message once, in order', async () => {
  const seen: number[] = [];
  const following = await follow(async (seq) => {
    seen.push(seq);
    if (seq % 50 === 0) await turn();
  });
  await following.caughtUp;
  await following.stop();
  expect(seen).toEqual(allInOrder);
});

it('asks for no more than a batch ahead of a reader that is busy', async () => {
  const busy = Promise.withResolvers<void>();
  const following = await follow(() => busy.promise);
  const delivered = async () => {
    const consumers = await bus.jsm.consumers.list(streams.journal).next();
    return Math.max(0, ...consumers.map(({ delivered: { consumer_seq } }) => consumer_seq));
  };
  await until(async () => expect(await delivered()).toBe(ahead));
  // Nothing more comes, however long the reader takes: the next pull is the reader's own.
  await Promise.all(Array.from({ length: 50 }, () => delivered()));
  expect(await delivered()).toBe(ahead);
  busy.resolve();
  await following.caughtUp;
  await following.stop();
});

it('goes on behind the last message when the server was killed and came back', async () => {
  const seen: number[] = [];
  const half = Promise.withResolvers<void>();
  const back = Promise.withResolvers<void>();
  const following = await follow(async (seq) => {
    seen.push(seq);
    if (seq !== total / 2) return;
    half.resolve();
    await back.promise;
  });
  await half.promise;
  await servers.restartNats();
  back.resolve();
  await following.caughtUp;
  await following.stop();
  expect(seen).toEqual(allInOrder);
});

it('stops at once, whatever arrives meanwhile', async () => {
  for (let round = 0; round < 20; round++) {
    const some = Promise.withResolvers<void>();
    const following = await follow((seq) => {
      if (seq === 10 + round) some.resolve();
    });
    await some.promise;
    await following.stop();
  }
});

/** A connection that drops messages once, as one that breaks does with what is on its way. */
function dropping(lost: Set<number>): Bus {
  const { nc, js, jsm, publish } = bus;
  return new Bus(nc, js, jsm, publish, (...asked) => {
    const pulling = bus.pull(...asked);
    return {
      close: () => pulling.close(),
      async *[Symbol.asyncIterator]() {
        for await (const messages of pulling) yield messages.filter(({ seq }) => !lost.delete(seq));
      },
    };
  });
}

it('misses the last message of all, though none comes after it', async () => {
  const seen: number[] = [];
  const lost = new Set([total - 2, total - 1, total]);
  const following = await followStream(dropping(lost), {
    stream: streams.journal,
    subject: 'ev.sample.>',
    ahead,
    onMessage: ({ seq }) => void seen.push(seq),
    onFailure: (error) => expect.unreachable(String(error)),
  });
  await following.caughtUp;
  await following.stop();
  expect(lost.size).toBe(0);
  expect(seen).toEqual(allInOrder);
});
