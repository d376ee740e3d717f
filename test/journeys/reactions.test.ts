import {
  carryOut,
  connectBus,
  consume,
  ensureStreams,
  Journal,
  Later,
  listDeadLetters,
  replayDeadLetter,
  type Bus,
} from '@tongsheng/bus';
import { failure, noon, startServers, until, type Servers } from '@tongsheng/test/support';
import { headers } from 'nats';
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
