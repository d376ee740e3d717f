import { expect, it } from 'vitest';
import { menu } from './menu.ts';

it('has a letter of its own for each page', () => {
  const keys = menu.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
