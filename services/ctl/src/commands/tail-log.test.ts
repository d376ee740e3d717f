import { decodeEntry, encodeEntry } from '@tongsheng/bus';
import type { AnyEvent } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { entryLine, unreadableLine } from './tail-log.ts';

const at = '2026-11-23T04:00:00.000Z';
const failed: AnyEvent = { type: 'source.failed', sourceId: 's', code: 'timeout', detail: '超时', failedAt: at };
const subject = 'ev.poll.ingest.s';
const entryBy = (name?: string) => {
  const actor = { kind: 'person' as const, id: 'wang', ...(name && { name }) };
  const { body, headers } = encodeEntry('ingest', { id: 'c-1', at, actor }, [failed], '');
  return decodeEntry({ subject, seq: 7, data: body, headers });
};

it('is one line for a person: where, when, what, of whom, by whom', () => {
  expect(entryLine(entryBy('王编辑'), {}).split('\t')).toEqual(['7', at, 'source.failed', subject, '王编辑']);
  expect(entryLine(entryBy(), {})).toMatch(/\twang$/);
});

it('is one object for a program, with the events in full', () => {
  expect(JSON.parse(entryLine(entryBy(), { json: true }))).toMatchObject({
    position: 7,
    subject,
    id: 'c-1',
    time: at,
    events: [failed],
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it('tells of an entry that nobody can read, on one line too', () => {
  const message = { seq: 8, subject };
  expect(unreadableLine(message, 'body is\nnot JSON', {})).toBe(`8\t-\tUNREADABLE\t${subject}\tbody is not JSON`);
  expect(JSON.parse(unreadableLine(message, 'body is\nnot JSON', { json: true }))).toEqual({
    position: 8,
    subject,
    unreadable: 'body is\nnot JSON',
  });
});
