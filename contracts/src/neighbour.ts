import { z } from 'zod';
import { level } from './registry.ts';
import { SubmissionCommand } from './submission.ts';
import { deploymentName, instant, line, siteId } from './words.ts';

/** What of our log a neighbour can be told. */
export const toldAggregate = z.enum(['repost', 'submission']);

/** Another deployment that ours is linked with. */
export const Neighbour = z.strictObject({
  name: deploymentName,
  /** The sites that are at home there, and that it may speak for. */
  sites: z.array(z.strictObject({ siteId, name: line, level })).min(1),
  /** Of reposts all of them, for its figures; of submissions those that are offered to its sites. */
  told: z.array(toldAggregate).default([]),
});
export type Neighbour = z.infer<typeof Neighbour>;

/** With whom a deployment is linked, and what it is called by them. */
export const Neighbours = z.strictObject({ us: deploymentName, neighbours: z.array(Neighbour) });
export type Neighbours = z.infer<typeof Neighbours>;

/** The setting `NEIGHBOURS`, in JSON. */
export const neighboursSetting = z.string().transform((text, context) => {
  try {
    return Neighbours.parse(JSON.parse(text));
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
    return z.NEVER;
  }
});

/** The neighbour at whom a site is at home, or undefined. */
export const homeOf = (neighbours: Neighbours | undefined, site: string): Neighbour | undefined =>
  neighbours?.neighbours.find(({ sites }) => sites.some(({ siteId: each }) => each === site));

const actorPrefix = 'neighbour-';
/** Who it was, in our log, that a neighbour let speak; which person is known over there. */
export const neighbourActor = (name: string): string => `${actorPrefix}${name}`;
export const isNeighbourActor = (id: string): boolean => id.startsWith(actorPrefix);

/** What is still to be fetched from over there: what is public, and what we are told. */
const behind = z.object({ documents: z.int(), entries: z.int() });

/** How the link with a neighbour stands. */
export const LinkState = z.object({
  neighbour: deploymentName,
  connected: z.boolean(),
  /** When that began, as far as the exchange has seen; null: it has not heard of the neighbour yet. */
  since: instant.nullable(),
  /** As it was when the neighbour last answered; null: it has not answered yet. */
  behind: behind.nullable(),
  /** When the last message was brought here, null before the first. */
  lastBroughtAt: instant.nullable(),
});
export type LinkState = z.infer<typeof LinkState>;

/** What the exchange knows of the links that it keeps. */
export const LinkStates = z.object({ links: z.array(LinkState) });
export type LinkStates = z.infer<typeof LinkStates>;

/** Who is linked with us; nobody where a deployment stands alone. `link` is null while the exchange does not answer. */
export const NeighboursView = z.object({
  neighbours: z.array(
    z.object({
      ...Neighbour.pick({ name: true, sites: true }).shape,
      link: LinkState.omit({ neighbour: true }).nullable(),
    }),
  ),
});
export type NeighboursView = z.infer<typeof NeighboursView>;

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
