import { defineAggregate } from '@tongsheng/bus';
import { QuotaCommand, QuotaEvent, Refusal, type Quota } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

/** One period of one quota: who has a slot. Between processes the log decides, so that the last slot goes to one. */
export const quota = defineAggregate({
  name: 'quota',
  commands: QuotaCommand,
  events: QuotaEvent,
  // A login may serve several sites, and its quota is one.
  siteOf: () => 'quotas',
  idOf: ({ credentialId, period }) => `${credentialId}-${period}`,
  initial: [] as readonly string[],

  decide(command, holders): QuotaEvent[] {
    const { credentialId, channelId, period, deliveryId, at } = command;
    const key = { credentialId, channelId, period, deliveryId };
    const has = holders.includes(deliveryId);
    switch (command.type) {
      case 'quota.reserve': {
        const { limit, for: what } = command;
        if (has) return [];
        if (holders.length >= limit)
          throw new Refusal('quota_exhausted', `all ${limit} of ${period} are taken`, { limit, period });
        return [{ type: 'quota.reserved', ...key, limit, ...(what && { for: what }), reservedAt: at }];
      }
      case 'quota.return':
        return has ? [{ type: 'quota.returned', ...key, returnedAt: at }] : [];
    }
  },

  evolve(holders, event): readonly string[] {
    switch (event.type) {
      case 'quota.reserved':
        return [...holders, event.deliveryId];
      case 'quota.returned':
        return holders.filter((each) => each !== event.deliveryId);
    }
  },
});

/** The period that an instant falls into, and when the next one begins. */
export function periodOf({ per, zone }: Quota, at: string): { period: string; next: string } {
  const begins = DateTime.fromISO(at, { zone }).startOf(per);
  const next = begins.plus({ [per]: 1 }).toUTC();
  return { period: begins.toFormat(per === 'day' ? 'yyyyLLdd' : 'yyyyLL'), next: next.toISO() ?? at };
}
