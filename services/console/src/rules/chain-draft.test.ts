import { acts as actsSchema, chainStep, signingRole } from '@tongsheng/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chainPresets, chainProblems } from './chain-draft.ts';

it('the form says no exactly where the registry would', () => {
  const act = fc.record({
    steps: fc.subarray([...chainStep.options]),
    roles: fc.subarray([...signingRole.options]),
  });
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 4 }), (acts) => {
      expect(chainProblems({ name: '链', acts }).length === 0).toBe(actsSchema.safeParse(acts).success);
    }),
    { numRuns: 2_000 },
  );
});

it('every chain that is offered can be registered', () => {
  for (const acts of Object.values(chainPresets)) expect(chainProblems({ name: '链', acts })).toEqual([]);
});
