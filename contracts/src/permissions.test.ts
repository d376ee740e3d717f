import { expect, it } from 'vitest';
import { signingRole } from './chain.ts';
import { signers } from './permissions.ts';

it('whoever a review chain may name may sign', () => {
  expect(signers).toEqual(signingRole.options);
});
