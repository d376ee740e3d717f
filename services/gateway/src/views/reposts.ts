import type { RepostEvent, RepostRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The repost tasks as editors see them: what is open by when it is due, what is closed by when it was closed; and all of one item. */
export const reposts = defineProjection({
  name: 'reposts',
  version: 2,
  follows: ['repost'],
  keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,

  apply(row: RepostRow | null, event): RepostRow | null {
    if (event.type === 'repost.queued') return queued(event);
    if (row === null) return null;
    switch (event.type) {
      case 'repost.source_changed': {
        const { version, contentHash, title } = event;
        return { ...row, version, contentHash, title };
      }
      case 'repost.approved':
        return { ...row, state: 'approved', approvedBy: event.byName, approvedAt: event.approvedAt, exemption: null };
      case 'repost.published':
        return { ...row, state: 'published', url: event.url, publishedAt: event.publishedAt };
      case 'repost.verified':
        return { ...row, state: 'verified', verifiedAt: event.verifiedAt, verificationTrouble: null };
      case 'repost.verification_failed':
        return { ...row, verificationTrouble: event.reason };
      case 'repost.warned':
        return { ...row, warned: [...row.warned, event.share] };
      case 'repost.exemption_requested': {
        const { reason, by, byName, requestedAt } = event;
        return { ...row, exemption: { reason, by, byName, requestedAt } };
      }
      case 'repost.exemption_refused':
        return { ...row, exemption: null };
      case 'repost.exempted':
        return { ...row, state: 'exempted', exemptedBy: event.byName };
    }
  },

  sets(row): Record<string, number> {
    const { site, itemId, state, dueAt, exemption } = row;
    const closedAt = Date.parse(row.approvedAt ?? row.exemption?.requestedAt ?? row.dueAt);
    const due = Date.parse(dueAt);
    const ofItem = { [`item:${itemId}`]: due };
    if (state !== 'queued') return { ...ofItem, [`closed:${site}`]: closedAt, 'closed:*': closedAt };
    const waiting = exemption && { [`waiting:${site}`]: due, 'waiting:*': due };
    return { ...ofItem, [`open:${site}`]: due, 'open:*': due, ...waiting };
  },
});

function queued(event: Extract<RepostEvent, { type: 'repost.queued' }>): RepostRow {
  const { type: _type, ...facts } = event;
  return {
    ...facts,
    state: 'queued',
    approvedBy: null,
    approvedAt: null,
    url: null,
    publishedAt: null,
    verifiedAt: null,
    verificationTrouble: null,
    warned: [],
    exemption: null,
    exemptedBy: null,
  };
}
