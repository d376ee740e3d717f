import {
  answersOfReceivers,
  Refusal,
  type AnyEvent,
  type Neighbour,
  type SubmissionCommand,
} from '@tongsheng/contracts';

/** Which site each negotiation of ours is held with, learned from the offers. */
export type Offers = Map<string, string>;

type Told = { aggregate: string; site: string; id: string; events: readonly AnyEvent[] };

/** Whether a neighbour is told of an entry of ours, and what is learned from it for those that follow. */
export function isTold({ sites, told }: Neighbour, { aggregate, site, id, events }: Told, offers: Offers): boolean {
  if (aggregate === 'repost') return told.includes('repost');
  if (aggregate !== 'submission' || !told.includes('submission')) return false;
  for (const event of events)
    if (event.type === 'submission.offered' && event.to.kind === 'site') offers.set(`${site}/${id}`, event.to.site);
  const to = offers.get(`${site}/${id}`);
  return to !== undefined && sites.includes(to);
}

/**
 * What a neighbour says in a negotiation of ours, as it is let in: an answer of the side that was asked, on behalf of a site that
 * is at home there. Which person said it is known over there; here it was the neighbour.
 * @throws Refusal
 */
export function letIn({ name, sites }: Neighbour, command: SubmissionCommand): SubmissionCommand {
  if (!answersOfReceivers.some((type) => type === command.type))
    throw new Refusal('submission_wrong_side', `${command.type} is not for ${name} to say`);
  if (!sites.includes(command.actingSite))
    throw new Refusal('submission_wrong_side', `${name} does not speak for ${command.actingSite}`);
  return { ...command, id: `${name}/${command.id}`, actor: { kind: 'service', id: `neighbour-${name}` } };
}
