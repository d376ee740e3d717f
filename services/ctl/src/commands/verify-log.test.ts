import { encodeEntry, linkOf, type RawMessage } from '@tongsheng/bus';
import type { SourceHealthEvent } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { Chain, type Break } from './verify-log.ts';

const at = '2026-11-23T04:00:00.000Z';

/** A log as the journal writes it: each entry on top of the last one of its subject, whose hash it carries. */
function logOf(...subjects: string[]): RawMessage[] {
  const hashes = new Map<string, string>();
  return subjects.map((subject, i) => {
    const command = { id: `c-${i}`, at, actor: { kind: 'service' as const, id: 'test' } };
    const event: SourceHealthEvent = { type: 'source.failed', sourceId: 's', code: 'c', detail: `${i}`, failedAt: at };
    const before = subject.startsWith('ev.access.') ? '' : (hashes.get(subject) ?? '');
    const { body, headers } = encodeEntry('test', command, [event], before);
    const message = { subject, seq: i + 1, data: body, headers };
    hashes.set(subject, linkOf(message).hash);
    return message;
  });
}

/** The first break of a log. */
function walk(messages: RawMessage[]): Break | null {
  const chain = new Chain();
  for (const message of messages) {
    const wrong = chain.add(message);
    if (wrong) return wrong;
  }
  return null;
}

const [one, other] = ['ev.repost.province.a', 'ev.repost.city.b'] as const;
const whole = logOf(one, other, one, other, one);
const without = (position: number) => whole.filter(({ seq }) => seq !== position);
const replaced = (position: number, more: Partial<RawMessage>) =>
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

  it('when nobody can read an entry that was always like that', () => {
    const unreadable: RawMessage = { subject: 'ev.repost.province.c', seq: 6, data: new TextEncoder().encode('{') };
    expect(walk([...whole, unreadable])).toBeNull();
  });
});

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
    const anew = whole.slice(2).map((message, i) => ({ ...message, seq: i + 1 }));
    expect(walk(anew)).toMatchObject({ position: 1, wrong: expect.stringContaining('that one is gone') });
  });
});
