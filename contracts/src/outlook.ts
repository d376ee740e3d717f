import { z } from 'zod';
import { deliveryId, onUnknown } from './delivery.ts';
import { siteId } from './words.ts';

/**
 * Whether the public could see it twice if it were sent now.
 * - `none`: nothing of it is there: the channel said no, or never had it.
 * - `same_key`: it may be there, and the channel drops a second copy by its key.
 * - `gone`: it was there and was taken down; this is another post.
 * - `possible`: it may be there, and a second copy would be seen.
 */
export const secondCopy = z.enum(['none', 'same_key', 'gone', 'possible']);
export type SecondCopy = z.infer<typeof secondCopy>;

/** Asked of those who push: what would become of deliveries that a person wants to have sent again. */
export const OutlookQuery = z.strictObject({
  deliveries: z
    .array(z.strictObject({ site: siteId, deliveryId }))
    .min(1)
    .max(500),
});
export type OutlookQuery = z.infer<typeof OutlookQuery>;

export const DeliveryOutlook = z.object({
  site: siteId,
  deliveryId,
  /** The code of what would be refused; null: it would go. */
  redrive: z.string().nullable(),
  secondCopy,
  onUnknown: onUnknown.nullable(),
  /** Whether the channel can be asked now what became of it. */
  canCheck: z.boolean(),
});
export type DeliveryOutlook = z.infer<typeof DeliveryOutlook>;
export const Outlooks = z.object({ rows: z.array(DeliveryOutlook) });
