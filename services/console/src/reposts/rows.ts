import type { RepostRow } from '@tongsheng/contracts';
import type { QueueView } from '../api/views.ts';

export const keyOf = ({ site, taskId }: Pick<RepostRow, 'site' | 'taskId'>): string => `${site}/${taskId}`;

/** Which tasks belong into which view of the queue. */
export const inView: Record<QueueView, (row: RepostRow) => boolean> = {
  open: ({ state }) => state === 'queued',
  review: ({ state, reviews }) => state === 'queued' && reviews.length > 0,
  waiting_exemption: ({ state, exemption }) => state === 'queued' && exemption !== null,
  drifted: ({ drift }) => drift !== null,
  closed: ({ state }) => state !== 'queued',
};
