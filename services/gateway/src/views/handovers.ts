import type { HandoverEvent, HandoverRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The end of each shift: what was handed over, and who accepted it. */
export const handovers = defineProjection({
  name: 'handovers',
  version: 1,
  follows: ['handover'],
  /** A shift for all sites is for everyone. */
  keyOf: ({ site, handoverId }: HandoverEvent) => (site === '*' ? handoverId : `${site}/${handoverId}`),

  apply(before: HandoverRow | null, event): HandoverRow | null {
    const { handoverId, site } = event;
    const row: HandoverRow = before ?? {
      handoverId,
      site,
      state: 'overdue',
      shift: null,
      next: null,
      notes: '',
      alarms: [],
      incidents: [],
      given: null,
      accepted: null,
      overdue: null,
    };
    switch (event.type) {
      case 'handover.given': {
        const { shift, next, notes, alarms, incidents, by, byName, givenAt: at, acceptBy } = event;
        return { ...row, state: 'given', shift, next, notes, alarms, incidents, given: { by, byName, at, acceptBy } };
      }
      case 'handover.accepted': {
        const { by, byName, acceptedAt: at, remark } = event;
        return { ...row, state: 'accepted', accepted: { by, byName, at, remark } };
      }
      case 'handover.overdue': {
        const { because, shift, next, overdueAt: at } = event;
        return { ...row, state: row.given ? 'given' : 'overdue', shift, next, overdue: { because, at } };
      }
      case 'handover.waived':
        return { ...row, state: 'waived' };
    }
  },

  sets({ site, state, shift }): Record<string, number> {
    if (state === 'waived' || shift === null) return {};
    const at = Date.parse(shift.to);
    const all = { 'all:*': at, [`all:${site === '*' ? 'sources' : site}`]: at };
    return state === 'given' ? { ...all, waiting: at } : all;
  },
});
