import type { Means } from '@tongsheng/contracts';
import { email } from './email.ts';
import type { MeansOfTelling, Registered, Relay } from './means.ts';
import { robot } from './robots.ts';
import { sms } from './sms.ts';
import { webhook } from './webhook.ts';

/** Every way to a person; null for the console, where the alarm itself is the telling. */
export const meansOfTelling = (relay: Relay, registered: Registered): Record<Means, MeansOfTelling | null> => ({
  console: null,
  email: email(relay),
  webhook: webhook(relay),
  sms: sms(relay, registered),
  wecom: robot('wecom', relay, registered),
  dingtalk: robot('dingtalk', relay, registered),
  feishu: robot('feishu', relay, registered),
});

/** Where one message is for everybody whom a step means. */
const inGroups = ['wecom', 'dingtalk', 'feishu'] as const;
export const toldTogether: ReadonlySet<Means> = new Set(inGroups);
/** Whoever takes these can't tell a second copy: they are begun once, whatever happens in between. */
export const toldOnce: ReadonlySet<Means> = new Set(['sms', ...inGroups]);
