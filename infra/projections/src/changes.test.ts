import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChanges, encodeChanges, encodeRebuilt } from './changes.ts';

const change = fc.record({
  key: fc.string({ unit: 'grapheme' }),
  position: fc.nat(),
  json: fc.option(fc.jsonValue().map((value) => JSON.stringify(value))),
});

describe('what a step did', () => {
  it('is heard as it was told, whatever is in the rows and in their keys', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), (changes) => {
        expect(decodeChanges(encodeChanges(changes))).toEqual(changes);
      }),
    );
  });
  it('may be that everything is to be read again', () => {
    expect(decodeChanges(encodeRebuilt(7))).toEqual([{ rebuilt: true, position: 7 }]);
  });
});
