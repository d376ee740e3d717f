import fc from 'fast-check';
import { headers, type Msg, type MsgHdrs } from 'nats';
import { describe, expect, it } from 'vitest';
import { EntryHeaders } from './entry-headers.ts';

const text = (head: EntryHeaders) => new TextDecoder().decode(head.encode());

describe('headers of ours', () => {
  it('say what the client’s own would say', () => {
    const name = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);
    const step = fc.tuple(fc.constantFrom('set', 'append', 'delete'), name, fc.stringMatching(/^[!-~]{0,12}$/));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const [ours, theirs] = [new EntryHeaders(), headers()];
        for (const head of [ours, theirs])
          for (const [what, key, value] of steps) {
            if (what === 'delete') head.delete(key);
            else head[what](key, value);
          }
        expect([...ours]).toEqual([...theirs]);
        for (const [, key] of steps) {
          expect(ours.has(key)).toBe(theirs.has(key));
          expect(ours.get(key)).toBe(theirs.get(key));
          expect(ours.last(key)).toBe(theirs.last(key));
          expect(ours.values(key)).toEqual(theirs.values(key));
        }
      }),
    );
  });
  it('travel a line each', () => {
    const head = new EntryHeaders();
    head.set('ce-id', 'c-1');
    head.set('Nats-Msg-Id', 'c-1');
    expect(text(head)).toBe('NATS/1.0\r\nce-id: c-1\r\nNats-Msg-Id: c-1\r\n\r\n');
  });
  it('are read as the client reads them', () => {
    const line = fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/), fc.stringMatching(/^[ -~税务é]{0,12}$/u));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const theirs = headers();
        for (const [name, value] of lines) theirs.append(name, value);
        const read = EntryHeaders.read((theirs as MsgHdrs & { encode(): Uint8Array }).encode());
        expect([...read]).toEqual([...theirs]);
      }),
    );
  });
  it('are the client’s own where it no longer keeps their bytes', () => {
    const own = headers();
    expect(EntryHeaders.of({ headers: own } as Msg)).toBe(own);
  });
  it('never begin another line', () => {
    for (const value of ['a\r\nb: c', 'a\nb', 'a\rb'])
      expect(() => new EntryHeaders().set('ce-id', value)).toThrow('not one line');
  });
});
