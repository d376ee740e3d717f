import type { Channel } from '@tongsheng/contracts';
import type { ChannelKind } from './channel.ts';
import { email } from './email.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel; the compiler asks for a new one as soon as its settings are in the contracts. */
export const channelKinds: Record<Channel['kind'], ChannelKind> = { email, webhook };
