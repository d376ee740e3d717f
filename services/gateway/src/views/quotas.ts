import type { QuotaEvent, QuotaRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What platforms let us do only so often: who has the slots of each period. */
export const quotas = defineProjection({
  name: 'quotas',
  version: 1,
  follows: ['quota'],
  keyOf: ({ credentialId, period }: QuotaEvent) => `${credentialId}-${period}`,

  apply(row: QuotaRow | null, event): QuotaRow | null {
    const { credentialId, period, deliveryId } = event;
    const others = (row?.holders ?? []).filter((each) => each.deliveryId !== deliveryId);
    switch (event.type) {
      case 'quota.reserved': {
        const { channelId, limit, for: what = null } = event;
        return { credentialId, period, limit, holders: [...others, { deliveryId, channelId, for: what }] };
      }
      case 'quota.returned':
        return row && { ...row, holders: others };
    }
  },

  sets: ({ period }) => ({ all: beginOf(period) }),
});

/** When a period begins in Beijing, in ms since 1970. */
const beginOf = (period: string): number =>
  Date.parse(`${period.slice(0, 4)}-${period.slice(4, 6)}-${period.slice(6, 8) || '01'}T00:00:00+08:00`);
