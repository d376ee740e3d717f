import type { RepostEvent, RepostRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The repost tasks as editors see them: what is open by when it is due, what is closed by when it was closed. */
export const reposts = defineProjection({
  name: 'reposts',
  version: 1,
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
    const { site, state, dueAt, exemption } = row;
    const closedAt = Date.parse(row.approvedAt ?? row.exemption?.requestedAt ?? row.dueAt);
    if (state !== 'queued') return { [`closed:${site}`]: closedAt, 'closed:*': closedAt };
    const due = Date.parse(dueAt);
    return { [`open:${site}`]: due, 'open:*': due, ...(exemption && { [`waiting:${site}`]: due, 'waiting:*': due }) };
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
