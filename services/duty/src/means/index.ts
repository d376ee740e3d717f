import type { Means } from '@tongsheng/contracts';
import { email } from './email.ts';
import type { MeansOfTelling, Relay } from './means.ts';
import { sms } from './sms.ts';
import { webhook } from './webhook.ts';

/** Every way to a person; null for the console, where the alarm itself is the telling. */
export const meansOfTelling = (relay: Relay): Record<Means, MeansOfTelling | null> => ({
  console: null,
  email: email(relay),
  webhook: webhook(relay),
  sms: sms(relay),
});

/** Whoever takes these can't tell a second copy: they are begun once, whatever happens in between. */
export const toldOnce: ReadonlySet<Means> = new Set(['sms']);
