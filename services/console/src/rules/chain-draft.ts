import { chainStep, type Act, type Chain, type ChainStep } from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';

export type ChainDraft = Omit<Chain, 'acts'> & { acts: Act[] };
export type ChainPreset = 'two' | 'three' | 'four';

/** Chains that places have; each is changed as needed. */
export const chainPresets: Record<ChainPreset, Act[]> = {
  two: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['reviewer', 'confidentiality'] },
  ],
  three: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['reviewer', 'confidentiality'] },
    { steps: ['third'], roles: ['signer', 'manager'] },
  ],
  four: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second'], roles: ['reviewer'] },
    { steps: ['confidentiality'], roles: ['confidentiality'] },
    { steps: ['third'], roles: ['signer', 'manager'] },
  ],
};

export const mostActs = 4;

/** All that is wrong with a chain, as the registry would refuse it, said at the field. */
export function chainProblems({ name, acts }: Pick<ChainDraft, 'name' | 'acts'>): FieldProblem[] {
  const steps = acts.flatMap((act) => act.steps);
  const order = steps.filter((step) => step !== 'confidentiality').map((step) => chainStep.options.indexOf(step));
  const problems: (FieldProblem | false)[] = [
    name.trim() === '' && { field: 'name', word: 'rules.need.name' },
    !acts[0]?.steps.includes('first') && { field: 'act-0', word: 'chains.need.first' },
    !steps.includes('confidentiality') && { field: 'act-0', word: 'chains.need.confidentiality' },
    new Set(steps).size < steps.length && { field: 'act-0', word: 'chains.need.once' },
    order.some((at, i) => i > 0 && at < order[i - 1]!) && { field: 'act-0', word: 'chains.need.order' },
    ...acts.flatMap((act, i) => [
      act.steps.length === 0 && { field: `act-${i}`, word: 'chains.need.steps' as const },
      act.roles.length === 0 && { field: `act-${i}`, word: 'chains.need.roles' as const },
    ]),
  ];
  return problems.filter((problem) => problem !== false);
}

/** Steps in the order in which they are reviewed, whatever the order they were ticked in. */
export const inOrder = (steps: readonly string[]): ChainStep[] =>
  chainStep.options.filter((step) => steps.includes(step));
