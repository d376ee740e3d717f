import { z } from 'zod';
import { channelId, commandHead, instant, siteId, token } from './words.ts';

/** One period of one quota of a login: `20261123`, `202611`. */
const key = { credentialId: token, channelId, period: z.string().regex(/^\d{6}(\d\d)?$/) };

/** What a slot is for, so that who meets a day that is taken can be told by what. */
const forWhat = z.object({ site: siteId, releaseId: token }).optional();

/** A slot of the period is this delivery's, whether or not it is needed yet. */
const QuotaReserved = z.object({
  type: z.literal('quota.reserved'),
  ...key,
  deliveryId: token,
  limit: z.int().positive(),
  for: forWhat,
  reservedAt: instant,
});
/** The slot was not used: nothing of the delivery reached the channel. */
const QuotaReturned = z.object({ type: z.literal('quota.returned'), ...key, deliveryId: token, returnedAt: instant });

export const QuotaEvent = z.discriminatedUnion('type', [QuotaReserved, QuotaReturned]);
export type QuotaEvent = z.infer<typeof QuotaEvent>;

const command = { ...commandHead, ...key, deliveryId: token };

export const QuotaCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('quota.reserve'), ...command, limit: z.int().positive(), for: forWhat }),
  z.strictObject({ type: z.literal('quota.return'), ...command }),
]);
export type QuotaCommand = z.infer<typeof QuotaCommand>;
