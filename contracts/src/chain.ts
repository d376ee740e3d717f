import { z } from 'zod';
import { itemKind } from './item.ts';
import { instant, line, personId, role, siteId, token } from './words.ts';

/** What is signed before an item is reposted 三审三校: first review 初审, second 复审, third 终审, confidentiality review 保密审查. */
export const chainStep = z.enum(['first', 'second', 'third', 'confidentiality']);
export type ChainStep = z.infer<typeof chainStep>;
const confidentiality = chainStep.options.indexOf('confidentiality');

/** Who may sign. Whoever only keeps the system, or the roster, decides nothing. */
export const signingRole = role.extract(['editor', 'reviewer', 'confidentiality', 'signer', 'manager']);
export type SigningRole = z.infer<typeof signingRole>;

/** What one person does in one go: the steps that they sign, and as whom. */
export const act = z.object({ steps: z.array(chainStep).min(1).max(4), roles: z.array(signingRole).min(1) });
export type Act = z.infer<typeof act>;

/**
 * The acts of a review chain in their order, each by another person. The first review opens it, nothing is signed twice,
 * and without the confidentiality review it is no chain (税总发〔2017〕84号 二（三）1): no setting can leave that out.
 */
export const acts = z
  .array(act)
  .min(1)
  .max(4)
  .superRefine((list, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const steps = list.flatMap((each) => each.steps);
    if (!list[0]?.steps.includes('first')) refuse([0, 'steps'], 'the first act holds the first review');
    if (!steps.includes('confidentiality')) refuse([], 'the confidentiality review cannot be left out');
    if (new Set(steps).size < steps.length) refuse([], 'each step is signed once');
    const order = steps.map((step) => chainStep.options.indexOf(step)).filter((at) => at !== confidentiality);
    if (order.some((at, i) => i > 0 && at < order[i - 1]!))
      refuse([], 'first, second and third review follow one another');
  });

/** A review chain 审批链, and what it is for; empty means all. */
export const chain = z.object({
  chainId: token,
  name: line,
  sites: z.array(siteId).max(1_000).default([]),
  kinds: z.array(itemKind).default([]),
  acts,
  enabled: z.boolean().default(true),
});
export type Chain = z.infer<typeof chain>;

/** A chain as a task runs through it, whatever becomes of the rule book meanwhile. */
export const runningChain = chain.pick({ chainId: true, name: true, acts: true });
export type RunningChain = z.infer<typeof runningChain>;

/** Who signed which steps, as what, and when. */
export const signature = z.object({
  steps: act.shape.steps,
  role: signingRole,
  by: personId,
  byName: line,
  at: instant,
});
export type Signature = z.infer<typeof signature>;
