import type { DeliveryPolicy, Trouble, Urgency } from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

/** How often something is tried, and for how long it is worth trying. */
type Plan = { first: string; factor: number; longest: string; budget: string };

/** A rumor that was answered after an hour has won; a press release is still news the day after tomorrow. */
const plans: Record<Urgency, Plan> = {
  rebuttal: { first: 'PT2S', factor: 2, longest: 'PT1M', budget: 'PT30M' },
  urgent: { first: 'PT5S', factor: 3, longest: 'PT10M', budget: 'PT12H' },
  routine: { first: 'PT5S', factor: 5, longest: 'PT1H', budget: 'P3D' },
};

/** The budget of what is asked for now; a delivery keeps the one that it was born with. */
export const budgetOf = (urgency: Urgency): string => plans[urgency].budget;

/** What costs no budget, and how long it is waited where the channel does not say. */
const free: Partial<Record<Trouble, string>> = { rate_limited: 'PT1M', quota: 'PT1H', credential: 'PT1M' };

/** Looks at the channel after an unknown outcome, and after an acceptance. */
const looks = {
  unknown: ['PT10S', 'PT30S', 'PT2M', 'PT5M', 'PT15M', 'PT1H', 'PT3H'],
  pending: ['PT10S', 'PT20S', 'PT1M', 'PT2M', 'PT5M', 'PT10M', 'PT30M', 'PT1H', 'PT2H', 'PT6H', 'PT12H', 'P1D'],
};

/** When what was visible is looked at again, counted from the proof. */
const watches = ['PT1H', 'P1D', 'P7D'];
/** How soon a look that told nothing is repeated, and how many in a row may tell nothing. */
const unsureAgain = 'PT15M';
const unsureAtMost = 3;

export type Standing = {
  policy: Pick<DeliveryPolicy, 'urgency' | 'budget'>;
  /** Tries that counted, and the budget that they have used, in ms. */
  tries: number;
  spentMs: number;
};

/**
 * When an attempt that ended at `at` is followed by the next one, or null when its time is used up. The channel's own
 * wish to be left alone counts when it is longer, and is not taken from the budget. Up to a fifth is added, so that a
 * hundred channels don't come back at once; which part is decided by the delivery's name, because deciding knows no
 * chance.
 */
export function retryAt(
  ended: { deliveryId: string; attempt: number; at: string; trouble: Trouble; retryAfterSeconds: number | null },
  { policy, tries, spentMs }: Standing,
): { at: string; spentMs: number } | null {
  const { deliveryId, attempt, at, trouble, retryAfterSeconds } = ended;
  const asked = (retryAfterSeconds ?? 0) * 1_000;
  const later = (ms: number, spent: number) => ({
    at: plus(at, ms * (1 + spread(`${deliveryId}/${attempt}`) / 5)),
    spentMs: spent,
  });
  const wait = free[trouble];
  if (wait !== undefined) return later(Math.max(asked, retryAfterSeconds === null ? ms(wait) : 1_000), spentMs);
  const { first, factor, longest } = plans[policy.urgency];
  const planned = Math.min(ms(longest), ms(first) * factor ** tries);
  if (spentMs + planned > ms(policy.budget)) return null;
  return later(Math.max(planned, asked), spentMs + planned);
}

/** When the channel is asked for the `n`-th time (from 0), or null after the last. */
export function lookAt(after: 'unknown' | 'pending', n: number, at: string, own: readonly string[] | undefined) {
  const wait = (own ?? looks[after])[n];
  return wait === undefined ? null : plus(at, ms(wait));
}

export type Watch = { confirmedAt: string; stage: number; unsures: number };

/** The first time that something is looked at again. */
export const firstWatchAt = (confirmedAt: string): string => plus(confirmedAt, ms(watches[0]!));

/** What a look makes of the watch, and when the next one is: null after the last. */
export function afterWatch(watch: Watch, found: 'present' | 'unsure', at: string): Watch & { nextAt: string | null } {
  const again = found === 'unsure' && watch.unsures + 1 < unsureAtMost;
  if (again) return { ...watch, unsures: watch.unsures + 1, nextAt: plus(at, ms(unsureAgain)) };
  const stage = watch.stage + 1;
  const wait = watches[stage];
  if (wait === undefined) return { ...watch, stage, unsures: 0, nextAt: null };
  const planned = plus(watch.confirmedAt, ms(wait));
  // After an outage of our own the looks that were missed are one look.
  return { ...watch, stage, unsures: 0, nextAt: planned > at ? planned : at };
}

/** The instant at which so many hundredths of a time are gone. */
export function partOf(startsAt: string, dueAt: string, share: number): string {
  const span = DateTime.fromISO(dueAt).toMillis() - DateTime.fromISO(startsAt).toMillis();
  return plus(startsAt, (span * share) / 100);
}

/** An instant so many of a duration later. */
export const after = (at: string, duration: string): string => plus(at, ms(duration));

const ms = (duration: string): number => Duration.fromISO(duration).toMillis();

function plus(at: string, milliseconds: number): string {
  const then = DateTime.fromISO(at, { zone: 'utc' }).plus({ milliseconds: Math.round(milliseconds) });
  return then.toISO() ?? at;
}

/** A name as a number in [0, 1). */
function spread(name: string): number {
  let sum = 7;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) % 10_007;
  return sum / 10_007;
}
