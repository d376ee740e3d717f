import { AnyEvent, type CommandHead, type SourceHealthEvent } from '@tongsheng/contracts';
import fc from 'fast-check';
import { headers } from 'nats';
import { describe, expect, it } from 'vitest';
import { decodeEntry, decodeHeader, encodeEntry, encodeHeader, hashEntry, UnreadableEntry } from './entry.ts';

const at = '2026-11-23T04:00:00.000Z';
const event = (code = 'timeout'): SourceHealthEvent => ({
  type: 'source.failed',
  sourceId: 's',
  code,
  detail: '说明',
  failedAt: at,
});
const command = (more: Partial<CommandHead> = {}): CommandHead => ({
  id: 'c-1',
  at,
  actor: { kind: 'service', id: 'ingest' },
  ...more,
});
const subject = 'ev.poll.ingest.s';
const stored = (events: AnyEvent[] = [event()], head = command(), previous = '') => {
  const { body, headers: attributes } = encodeEntry('test', head, events, previous);
  return { subject, seq: 7, data: body, headers: attributes };
};
const reasonOf = (message: Parameters<typeof decodeEntry>[0]) => {
  try {
    decodeEntry(message);
    return null;
  } catch (error) {
    return error instanceof UnreadableEntry ? error.message : error;
  }
};

describe('a header', () => {
  it('is plain ASCII, and says again whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const encoded = encodeHeader(value);
        expect(encoded).toMatch(/^[\x21-\x7e]*$/);
        expect(encoded).not.toContain('"');
        expect(decodeHeader(encoded)).toBe(value);
      }),
    );
  });
  it('leaves what is plain as it is', () => {
    expect(encodeHeader('ev/poll-1')).toBe('ev/poll-1');
    expect(encodeHeader('王 50%')).toBe('%E7%8E%8B%2050%25');
  });
});

describe('a decision', () => {
  it('is read back as it was written', () => {
    const names = fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { nil: undefined });
    const ids = fc.string({ unit: fc.constantFrom(...'abc/-_.:税 '), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        ids,
        names,
        fc.array(fc.constantFrom('timeout', 'http_error'), { minLength: 1, maxLength: 4 }),
        (id, name, codes) => {
          fc.pre(name !== '');
          const head = command({
            id,
            actor: { kind: 'person', id: 'li', ...(name !== undefined && { name }) },
            correlationId: id,
          });
          const entry = decodeEntry(stored(codes.map(event), head));
          expect(entry.events).toEqual(codes.map(event));
          expect(entry.envelope).toMatchObject({ id, actor: head.actor, correlationId: id, time: at });
          expect(entry.envelope.type).toBe(codes.length === 1 ? 'source.failed' : 'decision');
          expect(entry).toMatchObject({ position: 7, aggregate: 'poll', site: 'ingest', id: 's' });
        },
      ),
    );
  });
  it('is a CloudEvent 1.0, and its Chinese stays in the body', () => {
    const { headers: attributes, data } = stored(
      [event()],
      command({ actor: { kind: 'person', id: 'li', name: '李编辑' } }),
    );
    const named = Object.fromEntries(attributes.keys().map((name) => [name, attributes.get(name)]));
    expect(named).toMatchObject({ 'ce-specversion': '1.0', 'ce-id': 'c-1', 'ce-type': 'source.failed', 'ce-time': at });
    expect(JSON.stringify(named)).not.toMatch(/\p{Script=Han}/u);
    expect(new TextDecoder().decode(data)).toContain('说明');
  });
  it('has a hash that any change of it or before it would change', () => {
    const { hash } = decodeEntry(stored());
    const others = [
      stored([event('http_error')]),
      stored([event()], command({ id: 'c-2' })),
      stored([event()], command(), 'f'.repeat(64)),
      stored([event()], command({ at: '2026-11-23T04:00:00.001Z' })),
      stored([event()], command({ actor: { kind: 'person', id: 'someone-else' } })),
      { ...stored(), subject: 'ev.poll.ingest.other' },
    ].map((each) => decodeEntry(each).hash);
    expect(new Set([hash, ...others]).size).toBe(7);
    expect(hash).toBe(hashEntry(stored()));
  });
});

describe('what can’t be read says why:', () => {
  const withHeader = (name: string, value: string) => {
    const message = stored();
    message.headers.set(name, value);
    return message;
  };
  const cases: [what: string, message: Parameters<typeof decodeEntry>[0], why: string][] = [
    ['another subject', { ...stored(), subject: 'ev.poll' }, 'is not ev.<aggregate>.<site>.<id>'],
    ['no headers', { ...stored(), headers: headers() }, 'envelope'],
    ['a newer version', withHeader('ce-eventversion', '2'), 'event version 2; this release reads up to 1, upgrade it'],
    ['a time that is none', withHeader('ce-time', 'yesterday'), 'envelope'],
    ['a body that is no JSON', { ...stored(), data: new TextEncoder().encode('{') }, 'body is not JSON'],
    ['a body that is no UTF-8', { ...stored(), data: Uint8Array.of(0x22, 0xff, 0x22) }, 'body is not JSON'],
    [
      'an event nobody knows',
      { ...stored(), data: new TextEncoder().encode('{"type":"moon.risen"}') },
      'source.failed: ',
    ],
    ['no event', { ...stored(), data: new TextEncoder().encode('[]') }, 'source.failed: '],
  ];
  it.each(cases)('%s', (_, message, why) => {
    expect(reasonOf(message)).toContain(why);
  });
  it('a header that is not encoded as it should be', () => {
    expect(reasonOf(withHeader('ce-actorname', '%E7%8E'))).toContain('envelope');
  });
});
