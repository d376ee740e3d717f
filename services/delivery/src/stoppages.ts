import type { StoppageEvent, Urgency } from '@tongsheng/contracts';
import { after } from './schedule.ts';

/** How long a channel may give no good answer before people hear of it, by the most urgent of what waits there. */
export type Patience = Record<Urgency, string>;

/** A channel as it is now; `since`: when its breaker, or its login's, opened first since it was well. */
export type Standstill = {
  channelId: string;
  paused: boolean;
  since: string | null;
  waiting: Partial<Record<Urgency, number>>;
};

type Noticed = Pick<Extract<StoppageEvent, { type: 'stoppage.noticed' }>, 'since'>;
type Because = Extract<StoppageEvent, { type: 'stoppage.ended' }>['because'];

export type Word =
  | { say: 'notice'; since: string; urgency: Urgency; waiting: number }
  | { say: 'end'; since: string; because: Because };

const byRank: readonly Urgency[] = ['rebuttal', 'urgent', 'routine'];

/** What is to be said of a channel at this moment; null: nothing that was not said before. */
export function wordOf(
  { paused, since, waiting }: Standstill,
  noticed: Noticed | null,
  now: string,
  patience: Patience,
): Word | null {
  const urgency = byRank.find((each) => (waiting[each] ?? 0) > 0);
  const end = (because: Because): Word | null => noticed && { say: 'end', since: noticed.since, because };
  if (paused) return end('paused');
  if (since === null || (noticed && noticed.since !== since)) return end('well');
  if (urgency === undefined) return end('idle');
  if (noticed || now < after(since, patience[urgency])) return null;
  const all = byRank.reduce((sum, each) => sum + (waiting[each] ?? 0), 0);
  return { say: 'notice', since, urgency, waiting: all };
}
