import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sampleBodies } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import perform, { type DocumentResult } from '../../services/ingest/src/worker.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Numbers that look random and are the same each time (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pieces = [
  '<',
  '>',
  '&',
  ']]>',
  '<![CDATA[',
  '<item>',
  '</channel>',
  '<!--',
  '&#0;',
  '&x;',
  '"',
  '\0',
  '\xff\xfe',
  '<a href=',
  '{',
  '}',
  '[',
  'xmlns=""',
];

/** A body with a few things wrong: bytes changed, cut out, doubled, cut off, or something put in. */
function spoilt(body: Buffer, roll: (below: number) => number): Buffer {
  let bytes = Buffer.from(body);
  for (let change = roll(6) + 1; change > 0; change--) {
    const at = roll(bytes.length || 1);
    const length = roll(80) + 1;
    switch (roll(6)) {
      case 0:
        if (bytes.length > 0) bytes[at] = roll(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 3:
        bytes = bytes.subarray(0, Math.max(at, 1));
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(pieces[roll(pieces.length)]!.repeat(roll(20) + 1), 'latin1'),
          bytes.subarray(at),
        ]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    }
  }
  return bytes;
}

/** Every name that trouble with a document may have; the console has words for each. */
const words = readFileSync(new URL('../../services/console/src/words/troubles-zh.ts', import.meta.url), 'utf8');
const isWorded = (code: string) => words.includes(`'trouble.${code}'`);

describe('ten thousand bodies that are wrong somewhere', () => {
  it('are each read, or refused by a name that people have words for, and leave no memory behind', async () => {
    const roll = dice(20_261_123);
    const samples = sampleBodies();
    const codes = new Map<string, number>();
    const held: number[] = [];
    const url = 'https://upstream.example/zc/';
    for (let i = 0; i < 10_000; i++) {
      const { kind, body, contentType } = samples[i % samples.length]!;
      const detector = { kind, url, ...(kind === 'list' && { selectors: { row: 'ul.list > li' } }) };
      const arrival = { bytes: spoilt(body, roll), contentType, url, link: null };
      const reading = { detector, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' };
      const result = (await perform({
        do: 'document',
        arrival,
        reading,
        observe: { known: new Set() },
      })) as DocumentResult;
      const code = result.ok ? 'read' : result.code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (result.ok) for (const each of result.observed) if (each && !each.ok) codes.set(each.code, 1);
      if (i % 2_500 === 2_499) {
        collect();
        held.push(process.memoryUsage().heapUsed);
      }
    }
    expect([...codes.keys()].filter((code) => code !== 'read' && !isWorded(code))).toEqual([]);
    expect(codes.get('read')).toBeGreaterThan(2_000);
    // After the first quarter everything that is kept for good is there.
    expect(held.at(-1)! - held[0]!).toBeLessThan(8 * 2 ** 20);
  });
});
