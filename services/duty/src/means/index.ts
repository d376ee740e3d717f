import type { Means } from '@tongsheng/contracts';
import { email } from './email.ts';
import type { MeansOfTelling, Relay } from './means.ts';
import { webhook } from './webhook.ts';

/** Every way to a person; null for the console, where the alarm itself is the telling. */
export const meansOfTelling = (relay: Relay): Record<Means, MeansOfTelling | null> => ({
  console: null,
  email: email(relay),
  webhook: webhook(relay),
});
