import { generateKeyPairSync } from 'node:crypto';
import { encodeEntry, hashEntry } from '@tongsheng/bus';
import type { AnyEvent, SourceHealthEvent } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chain, checkpointSubject, type Break, type ChainOptions, type Placed } from './chain.ts';
import { checkpointCommand, Ledger } from './ledger.ts';
import { signingKeys, type SigningKey } from './signing.ts';

const at = '2026-11-23T04:00:00.000Z';
type Message = Placed & { data: Uint8Array; headers: [string, string[]][] };

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const [pem, nextPem] = [newKey(), newKey()];
const keys = signingKeys(pem);
const [one, other] = ['ev.repost.province.a', 'ev.repost.city.b'] as const;

/** A log as the journal writes it: each entry on top of the last one of its subject, whose hash it carries. */
class Log {
  readonly messages: Message[] = [];
  readonly #lasts = new Map<string, { hash: string; position: number }>();
  readonly #ledger = new Ledger();

  write(subject: string): this {
    const seq = this.messages.length + 1;
    const command = { id: `c-${seq}`, at, actor: { kind: 'person' as const, id: 'wang', name: '王编辑' } };
    const event: SourceHealthEvent = {
      type: 'source.failed',
      sourceId: 's',
      code: 'c',
      detail: `${seq}`,
      failedAt: at,
    };
    return this.#append(subject, command, [event], 'test');
  }

  sign(by: SigningKey[] = keys): this {
    const events = this.#ledger.sign(by as [SigningKey], at);
    this.#append(checkpointSubject, checkpointCommand(this.messages.length, at), events, 'oversight');
    this.#ledger.learn(events as never);
    return this;
  }

  #append(subject: string, command: Parameters<typeof encodeEntry>[1], events: AnyEvent[], source: string): this {
    const seq = this.messages.length + 1;
    const isChained = !subject.startsWith('ev.access.');
    const before = this.#lasts.get(subject);
    const { body: data, headers } = encodeEntry(source, command, events, isChained ? (before?.hash ?? '') : '');
    headers.set('Nats-Msg-Id', command.id);
    if (isChained) headers.set('Nats-Expected-Last-Subject-Sequence', String(before?.position ?? 0));
    const message = { subject, seq, data, headers: [...headers] };
    const hash = hashEntry(message);
    this.#lasts.set(subject, { hash, position: seq });
    this.#ledger.add(Buffer.from(hash, 'hex'), subject === checkpointSubject);
    this.messages.push(message);
    return this;
  }
}

const logOf = (...subjects: string[]): Message[] => subjects.reduce((log, each) => log.write(each), new Log()).messages;
const renumbered = (messages: Message[]) => messages.map((message, i) => ({ ...message, seq: i + 1 }));

/** The first break of a log. */
function walk(messages: Placed[], options?: ChainOptions): Break | null {
  const chain = new Chain(options);
  for (const message of messages) {
    const wrong = chain.add(message);
    if (wrong) return wrong;
  }
  return chain.end();
}

const whole = logOf(one, other, one, other, one);
const without = (position: number) => whole.filter(({ seq }) => seq !== position);
const replaced = (position: number, more: Partial<Message>) =>
  whole.map((message) => (message.seq === position ? { ...message, ...more } : message));

describe('a log is whole', () => {
  it('when every entry follows from the one before it of the same aggregate', () => {
    const chain = new Chain();
    expect(whole.map((message) => chain.add(message))).toEqual([null, null, null, null, null]);
    expect(chain).toMatchObject({ entries: 5, aggregates: 2, position: 5 });
  });

  it('when sign-ins stand in it, which follow from nothing', () => {
    expect(walk(logOf('ev.access.door.wang', one, 'ev.access.door.wang'))).toBeNull();
  });

  it('when a cluster stored one of its decisions without the id that it carries', () => {
    const nameless = whole[2]!.headers.filter(([name]) => name !== 'Nats-Msg-Id');
    expect(walk(replaced(3, { headers: nameless }))).toBeNull();
  });

  it('when nobody can read an entry that was always like that', () => {
    const unreadable: Placed = { subject: 'ev.repost.province.c', seq: 6, data: new TextEncoder().encode('{') };
    expect(walk([...whole, unreadable])).toBeNull();
  });

  it('when its checkpoints are signed, also by a new key that the one before vouches for', () => {
    const log = new Log()
      .write(one)
      .sign()
      .write(other)
      .sign()
      .write(one)
      .sign(signingKeys(`${nextPem}\n${pem}`));
    const { checkpoint, keyIds } = seen(log.messages);
    expect(keyIds).toEqual([keys[0]!.keyId, signingKeys(nextPem)[0]!.keyId]);
    expect(checkpoint).toMatchObject({ size: 5 });
  });
});

function seen(messages: Message[]) {
  const chain = new Chain();
  expect(messages.map((message) => chain.add(message))).toEqual(messages.map(() => null));
  return { checkpoint: chain.checkpoint, keyIds: chain.keys.map(({ keyId }) => keyId) };
}

describe('a break is found', () => {
  it('where a text was changed: at the next entry of its aggregate, naming the changed one', () => {
    const changed = replaced(1, { data: new TextEncoder().encode('{"type":"repost.exempted"}') });
    expect(walk(changed)).toMatchObject({ position: 3, wrong: expect.stringContaining('its entry at 1') });
  });

  it('where one entry was put in the place of another', () => {
    const [first] = whole;
    expect(walk(replaced(3, { data: first!.data, headers: first!.headers }))).toMatchObject({ position: 3 });
  });

  it('where an entry is gone, whether or not another of its aggregate follows', () => {
    expect(walk(without(1))).toMatchObject({ position: 1, wrong: 'the entry is gone' });
    expect(walk(without(2))).toMatchObject({ position: 2 });
    expect(walk(whole.slice(3))).toMatchObject({ position: 1, wrong: '3 entries are gone, up to 3' });
  });

  it('where a log was written anew without its beginning', () => {
    expect(walk(renumbered(whole.slice(2)))).toMatchObject({
      position: 1,
      wrong: expect.stringContaining('that one is gone'),
    });
  });

  it('by the checkpoint, which names the very entry: a sign-in, or the newest of its aggregate', () => {
    const log = new Log().write(one).write('ev.access.door.wang').write(other).sign().messages;
    for (const position of [1, 2, 3]) {
      const changed = log.map((each) =>
        each.seq === position ? { ...each, data: new TextEncoder().encode('{"type":"session.closed"}') } : each,
      );
      expect(walk(changed)).toMatchObject({ position, wrong: expect.stringContaining('the checkpoint at 4 covers') });
    }
  });

  it('where the end was cut off, by a checkpoint that was kept elsewhere', () => {
    const log = new Log().write(one).sign().write(other).write(one).sign().messages;
    const { size, root } = seen(log).checkpoint!;
    expect(walk(log, { anchors: [{ size, root }] })).toBeNull();
    expect(walk(log.slice(0, 3), { anchors: [{ size, root }] })).toMatchObject({
      position: 4,
      wrong: expect.stringContaining('cut off'),
    });
    const another = new Log().write(other).sign().write(one).write(one).sign().messages;
    expect(walk(another, { anchors: [{ size, root }] })).toMatchObject({
      wrong: expect.stringContaining('another log'),
    });
  });

  it('where a key signs that nobody vouches for, unless the house says that it is its own', () => {
    const log = new Log().write(one).sign().write(one).sign(signingKeys(nextPem)).messages;
    const [first, next] = [keys[0]!.keyId, signingKeys(nextPem)[0]!.keyId];
    expect(walk(log)).toMatchObject({ position: 4, wrong: expect.stringContaining(`for the key ${next}`) });
    expect(walk(log, { trusted: [first, next] })).toBeNull();
    expect(walk(log, { trusted: [next] })).toMatchObject({ position: 2 });
  });
});

/** What can be done to a log without its becoming unreadable: whoever does it numbers what is left anew. */
const tampering = (log: Message[]): fc.Arbitrary<Message[]> => {
  const place = fc.nat(log.length - 2);
  const bit = fc.nat(6).map((n) => 1 << n);
  const any = fc.nat(10_000);
  const flippedText = (text: string, n: number, by: number) => {
    const i = n % text.length;
    return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ by) + text.slice(i + 1);
  };
  const changed = (at: number, change: (message: Message) => Partial<Message>) =>
    log.map((message, i) => (i === at ? { ...message, ...change(message) } : message));
  const everywhere = fc.nat(log.length - 1);
  const body = fc
    .tuple(everywhere, any, bit)
    .map(([i, n, by]) =>
      changed(i, ({ data }) => ({ data: data.map((byte, k) => (k === n % data.length ? byte ^ by : byte)) })),
    );
  const subject = fc
    .tuple(everywhere, any, bit)
    .map(([i, n, by]) => changed(i, (message) => ({ subject: flippedText(message.subject, n, by) })));
  const header = fc.tuple(everywhere, any, any, bit, fc.boolean()).map(([i, which, n, by, inName]) =>
    changed(i, ({ headers }) => ({
      headers: headers.map(([name, [value = '']], k): [string, string[]] => {
        if (k !== which % headers.length) return [name, [value]];
        return inName ? [flippedText(name, n, by), [value]] : [name, [flippedText(value, n, by)]];
      }),
    })),
  );
  const dropped = place.map((i) => renumbered(log.filter((_, k) => k !== i)));
  const missing = place.map((i) => log.filter((_, k) => k !== i));
  const moved = fc
    .tuple(place, place)
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => renumbered(log.toSpliced(from, 1).toSpliced(to, 0, log[from]!)));
  const inserted = fc.tuple(place, everywhere).map(([to, of]) => renumbered(log.toSpliced(to, 0, log[of]!)));
  const strayed = fc.tuple(everywhere, fc.constantFrom('ce-note', 'X-Note', 'ce-id')).map(([i, name]) =>
    changed(i, ({ headers }) => ({
      headers: headers.some(([each]) => each === name)
        ? headers.map(([each, values]): [string, string[]] => [each, each === name ? [...values, 'x'] : values])
        : [...headers, [name, ['x']]],
    })),
  );
  return fc.oneof(body, subject, header, dropped, missing, moved, inserted, strayed);
};

it('a byte that was flipped anywhere, an entry that was dropped, moved or put in is always found', () => {
  const subjects = fc.constantFrom(one, other, 'ev.access.door.wang', 'ev.access.door.li', 'sign');
  const logs = fc.array(subjects, { minLength: 2, maxLength: 12 }).map((steps) => {
    const log = steps.reduce((so, step) => (step === 'sign' ? so.sign() : so.write(step)), new Log().write(one));
    return log.sign().messages;
  });
  // What nobody signed for yet may be anything that could have happened: a sign-in put behind what the last one covers.
  const isSignedFor = (log: Message[], tampered: Message[]) =>
    tampered.length <= log.length || log.slice(0, -1).some((each, i) => hashEntry(each) !== hashEntry(tampered[i]!));
  const cases = logs.chain((log) =>
    tampering(log)
      .filter((tampered) => isSignedFor(log, tampered))
      .map((tampered) => ({ log, tampered })),
  );
  fc.assert(
    fc.property(cases, ({ log, tampered }) => {
      expect(walk(log)).toBeNull();
      expect(walk(tampered)).not.toBeNull();
    }),
    { numRuns: 300 },
  );
}, 60_000);
