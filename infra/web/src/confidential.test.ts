import { expect, it } from 'vitest';
import { isConfidential } from './confidential.ts';

it.each([
  ['https://portal.example/hub', true],
  ['http://127.0.0.1:8081/hub', true],
  ['http://localhost/hub', true],
  ['http://[::1]:8081/hub', true],
  ['http://portal.example/hub', false],
  ['http://127.0.0.1.portal.example/hub', false],
  ['http://10.0.0.1/hub', false],
  ['ftp://127.0.0.1/hub', false],
  ['no address', false],
] as const)('what is sent to %s is read by nobody on the way: %s', (address, is) => {
  expect(isConfidential(address)).toBe(is);
});
