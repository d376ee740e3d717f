import { z } from 'zod';
import { SubmissionCommand } from './submission.ts';
import { siteId } from './words.ts';

/** How a deployment is called by those it is linked with: part of subjects and names of streams. */
export const deploymentName = z.string().regex(/^[a-z][a-z0-9]{0,23}$/);

/** What of our log a neighbour can be told. */
export const toldAggregate = z.enum(['repost', 'submission']);

/** Another deployment that ours is linked with. */
export const Neighbour = z.strictObject({
  name: deploymentName,
  /** The sites that are at home there, and that it may speak for. */
  sites: z.array(siteId).min(1),
  /** Of reposts all of them, for its figures; of submissions those that are offered to its sites. */
  told: z.array(toldAggregate).default([]),
});
export type Neighbour = z.infer<typeof Neighbour>;

/** With whom a deployment is linked, and what it is called by them. */
export const Neighbours = z.strictObject({ us: deploymentName, neighbours: z.array(Neighbour) });
export type Neighbours = z.infer<typeof Neighbours>;

/** An answer in a negotiation that stands in a neighbour's log, where it is decided. */
export const NeighbourQuestion = z.strictObject({ neighbour: deploymentName, command: SubmissionCommand });
export type NeighbourQuestion = z.infer<typeof NeighbourQuestion>;

/** What the receiving side of a negotiation may say. */
export const answersOfReceivers = [
  'submission.acknowledge',
  'submission.counter',
  'submission.agree',
  'submission.decline',
  'submission.claim_adopted',
] as const satisfies SubmissionCommand['type'][];
