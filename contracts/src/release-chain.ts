import { z } from 'zod';
import { scope } from './duty.ts';
import { releaseKind, type ReleaseKind } from './release.ts';
import { plainReview, reviewActs, reviewStep, standsFor, type Authority, type ReviewAct } from './review.ts';
import { duration, instant, personId, token, type Role } from './words.ts';

/** The review chain of one kind of release at one site, or at all of them. */
export const releaseChain = z.object({
  site: scope,
  kind: releaseKind,
  acts: reviewActs,
  /** The urgent path; null where this kind is never urgent. */
  urgent: reviewActs.nullable().default(null),
  /** How long after an urgent signature the steps that were left out may take. */
  debtLimit: duration.default('PT24H'),
  /** False: what holds for all sites, else the plain chain, holds again. */
  enabled: z.boolean().default(true),
});
export type ReleaseChain = z.infer<typeof releaseChain>;

export const releaseChainIdOf = ({ site, kind }: Pick<ReleaseChain, 'site' | 'kind'>): string =>
  `${site === '*' ? '_' : site}--${kind}`;

/** Somebody is away, and who does their steps meanwhile. */
export const leave = z.object({
  leaveId: token,
  site: scope,
  personId,
  /** Null: nobody does. */
  deputyId: personId.nullable().default(null),
  /** What the deputy may do; empty means all that the person may. */
  steps: z.array(reviewStep).default([]),
  from: instant,
  to: instant,
  reason: z.string().trim().max(500).default(''),
  cancelled: z.boolean().default(false),
});
export type Leave = z.infer<typeof leave>;

/** @see leave */
export function mustBeALeave({ personId: person, deputyId, from, to }: Leave, context: z.RefinementCtx): void {
  if (from >= to) context.addIssue({ code: 'custom', path: ['to'], message: 'ends before it begins' });
  if (person === deputyId)
    context.addIssue({ code: 'custom', path: ['deputyId'], message: 'is the person who is away' });
}

/** A review chain, as releases that are submitted from now on run through it. */
export const ReleaseChainRegistered = z.object({ type: z.literal('release_chain.registered'), ...releaseChain.shape });
/** A leave, as it stands from now on; the log keeps who signed for whom before. */
export const LeaveRegistered = z.object({ type: z.literal('leave.registered'), ...leave.shape });
export type ReleaseChainRegistered = z.infer<typeof ReleaseChainRegistered>;
export type LeaveRegistered = z.infer<typeof LeaveRegistered>;

/** Both paths of a release, as they are in force. */
export type Paths = Pick<ReleaseChain, 'debtLimit'> & {
  acts: readonly ReviewAct[];
  urgent: readonly ReviewAct[] | null;
};

/** What a rebuttal or a response may do where nobody registered anything: confidentiality and signature first, the rest within a day. */
const plainUrgent = plainReview.filter(({ step }) => step !== 'review');
const mayHurry: readonly ReleaseKind[] = ['rebuttal', 'response'];

/** The chain of a kind at a site: its own, else that of all sites, else the plain one. */
export function pathsFor(chains: readonly ReleaseChain[], site: string, kind: ReleaseKind): Paths {
  const of = (where: string) => chains.find((each) => each.enabled && each.site === where && each.kind === kind);
  return (
    of(site) ??
    of('*') ?? { acts: plainReview, urgent: mayHurry.includes(kind) ? plainUrgent : null, debtLimit: 'PT24H' }
  );
}

/** Whoever may be asked to sign, as far as it matters here. */
export type Colleague = {
  personId: string;
  name: string;
  roles: readonly Role[];
  sites: readonly string[];
  disabled: boolean;
};

/** Somebody who can take a step now, and for whom when not for themselves. */
export const seat = z.object({ ...standsFor.shape, for: standsFor.nullable() });
export type Seat = z.infer<typeof seat>;

/** A house at one instant: who works at a site, and who is away. */
export type House = { site: string; people: readonly Colleague[]; leaves: readonly Leave[]; at: string };

const worksAt = ({ sites, disabled }: Colleague, site: string) =>
  !disabled && (sites.includes('*') || sites.includes(site));

const isAway = ({ site, leaves, at }: House, personId: string): Leave[] =>
  leaves.filter(
    (each) =>
      !each.cancelled &&
      each.personId === personId &&
      (each.site === '*' || each.site === site) &&
      each.from <= at &&
      at < each.to,
  );

/** Who can take a step at this instant, without those who wrote the release or signed another step of it. */
export function seatsOf({ step, roles }: ReviewAct, house: House, without: readonly string[] = []): Seat[] {
  const { site, people } = house;
  const may = (each: Colleague) => worksAt(each, site) && !without.includes(each.personId);
  const seats = new Map<string, Seat>();
  for (const holder of people.filter((each) => may(each) && each.roles.some((role) => isIn(roles, role)))) {
    const { personId: id, name } = holder;
    const away = isAway(house, id);
    if (away.length === 0) seats.set(id, { personId: id, name, for: null });
    for (const { deputyId, steps } of away) {
      const deputy = people.find((each) => each.personId === deputyId);
      if (!deputy || !may(deputy) || isAway(house, deputy.personId).length > 0) continue;
      if (steps.length > 0 && !steps.includes(step)) continue;
      if (!seats.has(deputy.personId))
        seats.set(deputy.personId, { personId: deputy.personId, name: deputy.name, for: { personId: id, name } });
    }
  }
  return [...seats.values()];
}

/** For whom somebody stands in at this instant. */
export function deputyOf(personId: string, house: House): Authority['deputyOf'] {
  return house.people
    .filter((each) => worksAt(each, house.site))
    .flatMap(({ personId: id, name, roles }) =>
      isAway(house, id)
        .filter(({ deputyId }) => deputyId === personId)
        .map(({ steps }) => ({ personId: id, name, roles: [...roles], steps })),
    );
}

/**
 * Why a chain comes to a stand: nobody holds the role here, whoever holds it is in it already, all are away, or there are
 * fewer people than steps.
 */
export const standstill = z.object({ step: reviewStep, why: z.enum(['role', 'involved', 'away', 'few']) });
export type Standstill = z.infer<typeof standstill>;

/** The first of these steps that nobody could take, each by another person; null when all can be. */
export function standstillOf(
  acts: readonly ReviewAct[],
  house: House,
  without: readonly string[] = [],
): Standstill | null {
  // Of so many at one step, somebody is always free for it.
  const enough = 2 * acts.length;
  const seats = acts.map((act) => seatsOf(act, house, without).slice(0, enough));
  const reached = (from: number, taken: readonly string[]): number => {
    let furthest = from;
    for (const seat of seats[from] ?? []) {
      const people = [seat.personId, ...(seat.for ? [seat.for.personId] : [])];
      if (people.some((each) => taken.includes(each))) continue;
      furthest = Math.max(furthest, reached(from + 1, [...taken, ...people]));
      if (furthest === acts.length) break;
    }
    return furthest;
  };
  const empty = seats.findIndex((each) => each.length === 0);
  const stuck = acts[empty === -1 ? reached(0, []) : empty];
  if (!stuck) return null;
  const holders = house.people.filter(
    (each) => worksAt(each, house.site) && each.roles.some((role) => isIn(stuck.roles, role)),
  );
  if (holders.length === 0) return { step: stuck.step, why: 'role' };
  if (empty === -1) return { step: stuck.step, why: 'few' };
  const free = holders.some(({ personId: id }) => !without.includes(id));
  return { step: stuck.step, why: free ? 'away' : 'involved' };
}

const isIn = (roles: readonly string[], one: string) => roles.includes(one);
