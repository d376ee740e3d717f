import type { Entry } from '@tongsheng/bus';
import { expect, it } from 'vitest';
import { checkLink } from './log.ts';

const entry = (previousHash: string, aggregate = 'repost') =>
  ({ position: 7, subject: `ev.${aggregate}.province.t1`, aggregate, envelope: { previousHash } }) as Entry;
const before = { hash: 'a'.repeat(64), position: 3 };

it('accepts a first entry without one before it, and one that follows from the last', () => {
  expect(checkLink(entry(''), undefined)).toBeNull();
  expect(checkLink(entry(before.hash), before)).toBeNull();
});

it('notices a beginning that was cut off', () => {
  expect(checkLink(entry(before.hash), undefined)).toMatch(/that one is gone/);
});

it('notices a change and a gap, and says after which position', () => {
  expect(checkLink(entry('b'.repeat(64)), before)).toMatch(/its entry at 3/);
  expect(checkLink(entry(''), before)).toMatch(/its entry at 3/);
});

it('expects no chain of what merely happened at the door', () => {
  expect(checkLink(entry('', 'access'), before)).toBeNull();
});
