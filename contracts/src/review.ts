import { z } from 'zod';
import { signingRole } from './chain.ts';
import { duration, line, personId, role } from './words.ts';

/** What is signed before a release goes out: review 审核, second review 复审, legal review 法制审核, confidentiality 保密审查, signature 签发. */
export const reviewStep = z.enum(['review', 'recheck', 'legal', 'confidentiality', 'sign']);
export type ReviewStep = z.infer<typeof reviewStep>;

/** One step of a release's review chain, and as whom it is taken. */
export const reviewAct = z.object({ step: reviewStep, roles: z.array(signingRole).min(1) });
export type ReviewAct = z.infer<typeof reviewAct>;

/**
 * The steps of a review chain in their order, each another person's. The last is the signature, and no setting can leave
 * out the confidentiality review (税总发〔2017〕84号 二（三）1).
 */
export const reviewActs = z
  .array(reviewAct)
  .min(2)
  .max(reviewStep.options.length)
  .superRefine((acts, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: [], message });
    const steps = acts.map(({ step }) => step);
    if (!steps.includes('confidentiality')) refuse('the confidentiality review cannot be left out');
    if (steps.at(-1) !== 'sign') refuse('the signature is the last step');
    if (new Set(steps).size < steps.length) refuse('each step is signed once');
  });

/** Who takes a step where nothing else is registered. */
export const usualRoles: Record<ReviewStep, ReviewAct['roles']> = {
  review: ['reviewer'],
  recheck: ['reviewer'],
  legal: ['manager'],
  confidentiality: ['confidentiality'],
  sign: ['signer'],
};

/** Where no other chain is registered: 审核 → 保密审查 → 签发. */
export const plainReview: readonly ReviewAct[] = (['review', 'confidentiality', 'sign'] as const).map((step) => ({
  step,
  roles: usualRoles[step],
}));

/** Fewer steps now, because it hurries; the whole chain afterwards, within a limit. */
export const hurry = z.object({ reason: line, full: z.array(reviewAct).min(1), limit: duration });
export type Hurry = z.infer<typeof hurry>;

/** For whom somebody signs who stands in for another. */
export const standsFor = z.object({ personId, name: line });
export type StandsFor = z.infer<typeof standsFor>;

/** As whom somebody speaks: their roles, and those of the people they stand in for now. The gateway says it, nobody of themselves. */
export const authority = {
  roles: z.array(role),
  deputyOf: z
    .array(z.object({ ...standsFor.shape, roles: z.array(role), /** Empty means all. */ steps: z.array(reviewStep) }))
    .default([]),
};
export type Authority = z.infer<z.ZodObject<typeof authority>>;
