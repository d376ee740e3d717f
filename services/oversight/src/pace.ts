import type { RepostEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** How many tasks were decided within one hour, by site. `hour` is ms since 1970. */
export type DecidedHour = { hour: number; bySite: Record<string, number> };

export const hourMs = 3_600_000;

/** Decisions of every hour: approvals and countersigned exemptions. Ten million a year are under nine thousand rows. */
export const pace = defineProjection({
  name: 'pace',
  version: 1,
  follows: ['repost'],
  keyOf(event: RepostEvent) {
    const at = decidedAt(event);
    return at === null ? null : String(hourOf(at));
  },

  apply(row: DecidedHour | null, event): DecidedHour | null {
    const at = decidedAt(event);
    if (at === null) return row;
    const { hour, bySite } = row ?? { hour: hourOf(at), bySite: {} };
    return { hour, bySite: { ...bySite, [event.site]: (bySite[event.site] ?? 0) + 1 } };
  },

  sets: ({ hour }) => ({ all: hour }),
});

const hourOf = (at: string) => Math.floor(Date.parse(at) / hourMs) * hourMs;

function decidedAt(event: RepostEvent): string | null {
  if (event.type === 'repost.approved') return event.approvedAt;
  return event.type === 'repost.exempted' ? event.exemptedAt : null;
}
