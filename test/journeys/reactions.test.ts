import {
  carryOut,
  connectBus,
  consume,
  ensureStreams,
  Journal,
  Later,
  listDeadLetters,
  replayDeadLetter,
  watched,
  type Bus,
} from '@tongsheng/bus';
import { streams, subjects } from '@tongsheng/contracts';
import { failure, noon, startServers, until, type Servers } from '@tongsheng/test/support';
import { AckPolicy, DeliverPolicy, headers } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trouble } from '../support/trouble.ts';

let servers: Servers;
let bus: Bus;
let journal: Journal;

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
});
afterAll(async () => {
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

it('an entry that fails for good becomes a dead letter, its followers go on, and a replay ends it', async () => {
  for (const id of ['a1', 'a2', 'a3']) await carryOut(journal, trouble, failure(id, 'a'));
  await carryOut(journal, trouble, failure('b1', 'b'));

  const handled: string[] = [];
  let broken = true;
  const consumer = await consume(bus, {
    durable: 'poison',
    aggregate: 'poll',
    now: () => noon,
    backoff: [5, 5],
    onFailure: () => {},
    async handle({ envelope }) {
      if (envelope.id === 'a2' && broken) throw new Error('the channel is broken');
      handled.push(envelope.id);
    },
  });

  await until(() => expect(new Set(handled)).toEqual(new Set(['a1', 'a3', 'b1'])));
  const [letter] = await until(async () => {
    const letters = await listDeadLetters(bus);
    expect(letters).toHaveLength(1);
    return letters;
  });
  expect(letter).toMatchObject({ consumer: 'poison', eventId: 'a2', reason: 'the channel is broken', tries: 3 });
  // In order for one aggregate: a3 waited for a2 to be given up.
  expect(handled.indexOf('a1')).toBeLessThan(handled.indexOf('a3'));

  await expect(replayDeadLetter(bus, letter!.position)).rejects.toThrow('failed again');
  expect(await listDeadLetters(bus)).toHaveLength(1);
  broken = false;
  await replayDeadLetter(bus, letter!.position);
  expect(await listDeadLetters(bus)).toHaveLength(0);
  expect(handled.filter((id) => id === 'a2')).toHaveLength(1);
  await consumer.stop();
});

it('what is merely not ready yet waits for as long as it takes, and what comes after it does not', async () => {
  for (const id of ['early', 'next']) await carryOut(journal, trouble, failure(id, 'unready'));
  const handled: string[] = [];
  let asked = 0;
  const consumer = await consume(bus, {
    durable: 'patient',
    aggregate: 'poll',
    now: () => noon,
    backoff: [5, 5],
    onFailure: () => {},
    async handle({ envelope }) {
      if (envelope.id === 'early' && ++asked <= 20) throw new Later(1);
      handled.push(envelope.id);
    },
  });
  await until(() => expect(handled).toContain('early'));
  expect(handled.indexOf('next')).toBeLessThan(handled.indexOf('early'));
  expect((await listDeadLetters(bus)).filter(({ consumer: name }) => name === 'patient')).toEqual([]);
  await consumer.stop();
});

it('what waits when its process ends is the next one’s', async () => {
  await carryOut(journal, trouble, failure('held', 'passed-on'));
  const waiting = Promise.withResolvers<void>();
  const options = { durable: 'relay', aggregate: 'poll', now: () => noon, onFailure: () => {} };
  const first = await consume(bus, {
    ...options,
    async handle({ envelope }) {
      if (envelope.id !== 'held') return;
      waiting.resolve();
      throw new Later(3_600_000);
    },
  });
  await waiting.promise;
  await first.stop();
  const handled: string[] = [];
  const second = await consume(bus, { ...options, handle: async ({ envelope }) => void handled.push(envelope.id) });
  await until(() => expect(handled).toContain('held'));
  await second.stop();
});

/** Hands the entries of one consumer out so many times, to nobody who does anything with them. */
async function handOut(durable: string, subject: string, times: number): Promise<void> {
  await bus.jsm.consumers.add(streams.journal, {
    durable_name: durable,
    filter_subject: subjects.events('poll'),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
  });
  const consumer = await bus.js.consumers.get(streams.journal, durable);
  for (let time = 1; time <= times; time++) {
    const { num_pending, num_ack_pending } = await consumer.info();
    const handed = await consumer.fetch({ max_messages: num_pending + num_ack_pending, expires: 2_000 });
    for await (const message of handed) {
      if (message.subject !== subject) message.ack();
      else if (message.info.redeliveryCount <= time) message.nak();
    }
  }
}

it('an entry that was handed out often, and handled by nobody, is not taken for one that ends its process', async () => {
  for (const id of ['patience-1', 'patience-2']) await carryOut(journal, trouble, failure(id, 'patience'));
  await handOut('restarted', subjects.event('poll', 'test', 'patience'), 9);
  const handled: string[] = [];
  let looks = 0;
  const consumer = await consume(bus, {
    durable: 'restarted',
    aggregate: 'poll',
    now: () => noon,
    backoff: [5, 5],
    onFailure: () => {},
    async handle({ envelope }) {
      if (envelope.id === 'patience-1' && ++looks <= 5) throw new Later(1);
      handled.push(envelope.id);
    },
  });
  await until(() => expect(handled.sort()).toEqual(['patience-1', 'patience-2']));
  expect((await listDeadLetters(bus)).filter(({ consumer: name }) => name === 'restarted')).toEqual([]);
  await consumer.stop();
});

it('an entry in whose midst three processes ended becomes a dead letter, and the next one goes on', async () => {
  const { position } = await carryOut(journal, trouble, failure('deadly-1', 'deadly'));
  await carryOut(journal, trouble, failure('deadly-2', 'deadly'));
  for (let life = 0; life < 3; life++) {
    const process = await connectBus({ url: servers.nats.url, name: `life-${life}` });
    const begun = Promise.withResolvers<void>();
    void watched(process, 'mortal', position, () => {
      begun.resolve();
      return new Promise(() => {});
    });
    await begun.promise;
    await process.nc.close();
  }
  await handOut('mortal', subjects.event('poll', 'test', 'deadly'), 6);
  const handled: string[] = [];
  const consumer = await consume(bus, {
    durable: 'mortal',
    aggregate: 'poll',
    now: () => noon,
    onFailure: () => {},
    handle: async ({ envelope }) => void handled.push(envelope.id),
  });
  await until(() => expect(handled).toContain('deadly-2'));
  const letters = (await listDeadLetters(bus)).filter(({ consumer: name }) => name === 'mortal');
  expect(letters).toMatchObject([{ eventId: 'deadly-1', tries: 3, reason: expect.stringContaining('process ended') }]);
  expect(handled).not.toContain('deadly-1');
  // An administrator who knows why, and has mended it, has it tried once more.
  await replayDeadLetter(bus, letters[0]!.position);
  expect(handled).toContain('deadly-1');
  await consumer.stop();
});

it('what is watched is handled one after the other, and what failed or waits has not ended its process', async () => {
  const running: string[] = [];
  const order: string[] = [];
  const one = (name: string, end?: () => never) =>
    watched(bus, 'single', name.length, async () => {
      running.push(name);
      expect(running).toEqual([name]);
      await bus.nc.flush();
      running.pop();
      order.push(name);
      end?.();
    });
  const fails = () => {
    throw new Error('no');
  };
  for (let i = 0; i < 4; i++) {
    const both = await Promise.allSettled([one('a', fails), one('bb')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(both[0]).toMatchObject({ reason: { message: 'no' } });
  }
  expect(order).toEqual(['a', 'bb', 'a', 'bb', 'a', 'bb', 'a', 'bb']);
});

it('a malformed entry and one of a newer version are parked with their reason, not skipped', async () => {
  const handled: string[] = [];
  const consumer = await consume(bus, {
    durable: 'strict',
    aggregate: 'poll',
    now: () => noon,
    onFailure: () => {},
    handle: async ({ envelope }) => void handled.push(envelope.id),
  });
  await bus.js.publish('ev.poll.test.bad', 'not json at all');
  const newer = headers();
  for (const [name, value] of Object.entries({ id: 'new', type: 'source.failed', eventversion: '99' }))
    newer.set(`ce-${name}`, value);
  await bus.js.publish('ev.poll.test.bad', '{}', { headers: newer });
  const misencoded = headers();
  misencoded.set('ce-id', '%E7%8E');
  await bus.js.publish('ev.poll.test.bad', '{}', { headers: misencoded });
  const receipt = await carryOut(journal, trouble, failure('after', 'good'));
  expect(receipt.changed).toBe(true);

  await until(() => expect(handled).toContain('after'));
  const reasons = await until(async () => {
    const letters = (await listDeadLetters(bus)).filter(({ consumer: name }) => name === 'strict');
    expect(letters).toHaveLength(3);
    return letters.map(({ reason }) => reason);
  });
  expect(reasons[0]).toContain('envelope');
  expect(reasons[1]).toContain('event version 99');
  expect(reasons[2]).toContain('ce-id is not encoded');
  await consumer.stop();
});

it('goes on after the server was killed and came back', async () => {
  const handled = new Set<string>();
  const consumer = await consume(bus, {
    durable: 'survivor',
    aggregate: 'poll',
    now: () => noon,
    onFailure: () => {},
    handle: async ({ envelope }) => void handled.add(envelope.id),
  });
  await until(() => expect(handled).toContain('a1'));
  await servers.restartNats();
  await until(() => carryOut(journal, trouble, failure('reborn', 'c')), 30_000);
  await until(() => expect(handled).toContain('reborn'), 60_000);
  await consumer.stop();
});
