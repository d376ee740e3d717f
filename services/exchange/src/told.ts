import {
  answersOfReceivers,
  neighbourActor,
  Refusal,
  subjects,
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
  return to !== undefined && isAt(sites, to);
}

const isAt = (sites: Neighbour['sites'], site: string): boolean => sites.some(({ siteId }) => siteId === site);

/** Which text an entry offers; the neighbour is told of it before: it can't answer what it can't read. */
export function textOffered({ events }: Pick<Told, 'events'>): { releaseId: string; contentHash: string } | null {
  const offered = events.find((event) => event.type === 'submission.offered');
  return offered?.type === 'submission.offered'
    ? { releaseId: offered.releaseId, contentHash: offered.contentHash }
    : null;
}

/** What stands under this subject was put out with an entry that is still to follow it. */
export const isTextOf = (neighbour: string, subject: string): boolean =>
  subject.startsWith(subjects.putOut(neighbour, subjects.events('release').slice(0, -1)));

/** Under which id a neighbour's command is carried out here. */
export const letInAs = (neighbour: string, id: string): string => `${neighbour}/${id}`;

/**
 * What a neighbour says in a negotiation of ours, as it is let in: an answer of the side that was asked, on behalf of a site that
 * is at home there. Which person said it is known over there; here it was the neighbour.
 * @throws Refusal
 */
export function letIn({ name, sites }: Neighbour, command: SubmissionCommand): SubmissionCommand {
  if (!answersOfReceivers.some((type) => type === command.type))
    throw new Refusal('submission_wrong_side', `${command.type} is not for ${name} to say`);
  const speaker = sites.find(({ siteId }) => siteId === command.actingSite);
  if (!speaker) throw new Refusal('submission_wrong_side', `${name} does not speak for ${command.actingSite}`);
  return {
    ...command,
    id: letInAs(name, command.id),
    actor: { kind: 'service', id: neighbourActor(name), name: speaker.name },
  };
}
