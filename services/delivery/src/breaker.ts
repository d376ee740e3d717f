import type { Outcome, Trouble, Urgency } from '@tongsheng/contracts';
import { after } from './schedule.ts';

/** How a channel, or a login, has been lately. Folded from answers in the log, so that every process sees the same. */
export type Breaker = {
  /** Troubles in a row. */
  bad: number;
  /** How often it opened since it was well. */
  trips: number;
  /** When it opened last, and when it opened first since it was well. */
  openedAt: string | null;
  openSince: string | null;
  openUntil: string | null;
  /** The channel asked to be left alone until then. */
  restUntil: string | null;
};

export const closedBreaker: Breaker = {
  bad: 0,
  trips: 0,
  openedAt: null,
  openSince: null,
  openUntil: null,
  restUntil: null,
};

/** Troubles in a row before it opens; how long it then stays open at first and at most; a rebuttal looks in more often. */
const opensAfter = 5;
const opens = ['PT30S', 'PT1M', 'PT2M', 'PT5M', 'PT10M'];
const rebuttalLooks = 'PT30S';

/** What an answer says of the channel, as opposed to the message. */
export type Signal = 'well' | 'ill' | 'none';

/** @param orphaned a process of ours died over it: that is no trouble of the channel's */
export function signalOf(outcome: Outcome, trouble: Trouble | undefined, orphaned = false): Signal {
  if (orphaned) return 'none';
  switch (outcome) {
    case 'confirmed':
    case 'accepted_pending':
      return 'well';
    case 'rejected_permanent':
      return trouble === 'credential' ? 'none' : 'well';
    case 'unknown':
      return 'ill';
    case 'not_sent':
    case 'rejected_retryable':
      return trouble === undefined || trouble === 'network' || trouble === 'busy' ? 'ill' : 'none';
  }
}

export function afterSignal(breaker: Breaker, signal: Signal, at: string): Breaker {
  switch (signal) {
    case 'none':
      return breaker;
    case 'well':
      return { ...closedBreaker, restUntil: breaker.restUntil };
    case 'ill': {
      const bad = breaker.bad + 1;
      // What was under way when it opened, or came after it, says nothing new until the half-open try.
      if (breaker.openUntil !== null && at < breaker.openUntil) return { ...breaker, bad };
      if (bad < opensAfter) return { ...breaker, bad };
      const open = opens[Math.min(breaker.trips, opens.length - 1)]!;
      return {
        ...breaker,
        bad,
        trips: breaker.trips + 1,
        openedAt: at,
        openSince: breaker.openSince ?? at,
        openUntil: after(at, open),
      };
    }
  }
}

/** The channel asked for a rest: everybody's, not only that of the message which it was told about. */
export const resting = (breaker: Breaker, until: string): Breaker =>
  breaker.restUntil !== null && breaker.restUntil >= until ? breaker : { ...breaker, restUntil: until };

/**
 * When something may be tried: now (null), or not before an instant. Once the time of an open breaker is over, one may
 * find out at a time; `running` is how many are at it.
 */
export function heldUntil(breaker: Breaker, now: string, urgency: Urgency, running: number): string | null {
  if (breaker.restUntil !== null && now < breaker.restUntil) return breaker.restUntil;
  if (breaker.openUntil === null || breaker.openedAt === null) return null;
  const early = after(breaker.openedAt, rebuttalLooks);
  const until = urgency === 'rebuttal' && early < breaker.openUntil ? early : breaker.openUntil;
  if (now < until) return until;
  return running > 0 ? after(now, 'PT1S') : null;
}
