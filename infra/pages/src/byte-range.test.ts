import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteRange } from './byte-range.ts';

it('a player gets what it asks for, and never more than there is', () => {
  expect(byteRange('bytes=10-', 100)).toEqual({ from: 10, to: 99 });
  expect(byteRange('bytes=0-0', 100)).toEqual({ from: 0, to: 0 });
  expect(byteRange('bytes=90-500', 100)).toEqual({ from: 90, to: 99 });
  for (const odd of [undefined, '', 'bytes=-5', 'bytes=5-2', 'bytes=100-', 'bytes=1-2,4-5', 'pages=1-2'])
    expect(byteRange(odd, 100)).toBeNull();
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (from, to, length) => {
      const part = byteRange(`bytes=${from}-${to}`, length);
      if (part) expect(part.from <= part.to && part.to < length).toBe(true);
    }),
  );
});
