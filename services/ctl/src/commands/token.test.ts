import { expect, it } from 'vitest';
import { Misuse } from '../failure.ts';
import { checkedToken } from './token.ts';

const options = { name: '监测', role: ['manager'], site: ['city'] };

it('gets an id of its own when none is given', () => {
  expect(checkedToken(options).id).toMatch(/^token-[0-9a-f]{8}$/);
  expect(checkedToken({ ...options, id: 'monitor' })).toEqual({ ...options, id: 'monitor' });
});

it('is refused as a wrong call when its id or a site could not stand in the log, naming the option', () => {
  expect(() => checkedToken({ ...options, id: 'a.b' })).toThrow(Misuse);
  expect(() => checkedToken({ ...options, site: ['*', 'a b'] })).toThrow(/^--site: /);
  expect(() => checkedToken({ ...options, name: ' ' })).toThrow(/^--name: /);
});
