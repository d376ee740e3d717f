import type { SecretStanding } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { counted, dueOf, keepersOf } from './rotate-secrets.ts';

const row = (id: string, path: string, state: SecretStanding['state'], key: string | null = 'k1'): SecretStanding => ({
  kind: 'channel',
  id,
  path,
  key,
  state,
});
const rows = [
  row('weixin', 'appSecret', 'older'),
  row('weixin', 'token', 'older'),
  row('press', 'password', 'clear', null),
  row('paper', 'password', 'newest', 'k2'),
  row('lost', 'password', 'shut', 'k0'),
];

it('what is under an older key or none is due, what no key opens is not', () => {
  expect(dueOf(rows).map(({ id }) => id)).toEqual(['weixin', 'weixin', 'press']);
});

it('a registration is sealed anew once, however many secrets it has', () => {
  expect(keepersOf(dueOf(rows))).toMatchObject([{ id: 'weixin' }, { id: 'press' }]);
  expect(counted(dueOf(rows))).toBe('3 secrets of 2 registrations');
  expect(counted(rows.slice(2, 3))).toBe('1 secret of 1 registration');
});
