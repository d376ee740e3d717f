import { createHash } from 'node:crypto';
import type { WantedTarget } from '@tongsheng/contracts';

/** A part of a linked release at a channel, each time that it is wanted anew: what is cancelled never comes back. */
export const linkedDeliveryIdOf = (
  linkedId: string,
  { site, releaseId, channelId, time }: Pick<WantedTarget, 'site' | 'releaseId' | 'channelId' | 'time'>,
) => createHash('sha256').update([site, releaseId, channelId, linkedId, time].join('\n')).digest('hex').slice(0, 32);
