import type { ItemCommand, ItemEvent } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon, observation, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { item } from './item.ts';

const given = specify(item);
const published = (letter = 'a'): ItemEvent => {
  const { itemId, sourceId, key, publication, content, at } = observation('item', letter);
  return { type: 'item.published', itemId, sourceId, version: 1, ...content, key, publication, firstSeenAt: at };
};
const revised = (version: number, letter: string): ItemEvent => {
  const { itemId, sourceId, content, at } = observation('item', letter);
  return { type: 'item.revised', itemId, sourceId, version, ...content, seenAt: at };
};

describe('an item', () => {
  it('is published when it is seen first', () => {
    given().when(observation('item')).yields(published());
  });
  it('is not told again, however often it is seen', () => {
    given(published()).when(observation('item')).yields();
  });
  it('gets a new version when its content changes', () => {
    given(published()).when(observation('item', 'b')).yields(revised(2, 'b'));
  });
  it('gets a third version when it is changed back', () => {
    given(published(), revised(2, 'b')).when(observation('item')).yields(revised(3, 'a'));
  });
  it('is not published anew when its source moves its date', () => {
    const later = { ...observation('item'), publication: { at: minutesLater(60), precision: 'second', text: null } };
    given(published())
      .when(later as ItemCommand)
      .yields();
  });
  it('has one address, whoever sees it', () => {
    expect([item.siteOf(observation('item')), item.idOf(observation('item'))]).toEqual(['national-policy', 'item']);
  });
});

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });

describe('whatever a source shows, in any order', () => {
  const play = (seen: string[]) =>
    seen.reduce<ItemEvent[]>((past, letter) => {
      const state = past.reduce(item.evolve, item.initial);
      return [...past, ...item.decide({ ...observation('item', letter), at: minutesLater(past.length) }, state)];
    }, []);

  it('it is published once and first, and its versions count up without a gap', () => {
    fc.assert(
      fc.property(letters, (seen) => {
        const events = play(seen);
        expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
        expect(events.map(({ type }) => type)).toEqual(events.map((_, i) => (i ? 'item.revised' : 'item.published')));
      }),
    );
  });
  it('the newest version is what was seen last, and no two neighbours say the same', () => {
    fc.assert(
      fc.property(letters, (seen) => {
        const hashes = play(seen).map(({ contentHash }) => contentHash);
        if (seen.length > 0) expect(hashes.at(-1)).toBe(observation('item', seen.at(-1)).content.contentHash);
        for (const [i, hash] of hashes.slice(1).entries()) expect(hash).not.toBe(hashes[i]);
      }),
    );
  });
  it('seeing it twice is seeing it once', () => {
    fc.assert(
      fc.property(letters, fc.constantFrom('a', 'b'), (seen, again) => {
        expect(play([...seen, again, again])).toEqual(play([...seen, again]));
      }),
    );
  });
});

it('samples differ where these tests think so', () => {
  expect([observation('x').content.contentHash, observation('x', 'b').content.contentHash]).toEqual([hashA, hashB]);
  expect(observation('x').at).toBe(noon);
});
