import type { AliasCommand, ItemKnownAs } from '@tongsheng/contracts';
import { noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alias } from './alias.ts';

const given = specify(alias);
const claim = (itemId: string): AliasCommand => ({
  type: 'alias.claim',
  id: itemId,
  at: noon,
  actor: service,
  sourceId: 'national-policy',
  aliasId: 'alias',
  itemId,
  key: 'https://upstream.example/a',
});
const known = (itemId: string): ItemKnownAs => ({
  type: 'item.known_as',
  sourceId: 'national-policy',
  itemId,
  key: 'https://upstream.example/a',
  knownAt: noon,
});

describe('another key of an item', () => {
  it('is its first claimer’s, for ever', () => {
    given().when(claim('one')).yields(known('one'));
    given(known('one')).when(claim('one')).yields();
    given(known('one')).when(claim('two')).yields();
  });
  it('has one owner, whoever claims it in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 1 }), (claimers) => {
        const events = claimers.reduce<ItemKnownAs[]>(
          (past, each) => [...past, ...alias.decide(claim(each), past.reduce(alias.evolve, alias.initial))],
          [],
        );
        expect(events).toEqual([known(claimers[0]!)]);
      }),
    );
  });
});
