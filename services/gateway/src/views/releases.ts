import type { ReleaseEvent, ReleaseRow, ReleaseState, ReviewStep } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

const after: Record<ReviewStep, ReleaseState> = { review: 'confidentiality', confidentiality: 'sign', sign: 'signed' };

/** Releases with the step they are at and who signed what. */
export const releases = defineProjection({
  name: 'releases',
  version: 4,
  follows: ['release'],
  keyOf: (event: ReleaseEvent) => `${event.site}/${event.releaseId}`,

  apply(row: ReleaseRow | null, event): ReleaseRow | null {
    if (event.type === 'release.drafted') {
      const { releaseId, site, kind, title, revision, contentHash, by, byName, draftedAt, channels } = event;
      const drafted = { releaseId, site, kind, title, revision, contentHash, channels };
      const drafter = { draftedBy: row?.draftedBy ?? by, draftedByName: row?.draftedByName ?? byName };
      return {
        ...drafted,
        ...drafter,
        state: 'draft',
        updatedAt: draftedAt,
        signatures: [],
        returned: row?.returned ?? null,
        url: row?.url ?? null,
        publicVersion: row?.publicVersion ?? 0,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'release.submitted':
        return { ...row, state: 'review', updatedAt: event.submittedAt, signatures: [], returned: null };
      case 'release.step_passed': {
        const { step, by, byName, passedAt: at } = event;
        return { ...row, state: after[step], updatedAt: at, signatures: [...row.signatures, { step, by, byName, at }] };
      }
      case 'release.returned': {
        const { step, byName, reason, returnedAt: at } = event;
        return { ...row, state: 'draft', updatedAt: at, signatures: [], returned: { step, byName, reason, at } };
      }
      case 'release.signed': {
        const { by, byName, signedAt: at } = event;
        return {
          ...row,
          state: 'signed',
          updatedAt: at,
          signatures: [...row.signatures, { step: 'sign', by, byName, at }],
        };
      }
      case 'release.pulled_back': {
        const { byName, reason, pulledBackAt: at } = event;
        const returned = { step: 'sign' as const, byName, reason, at };
        return { ...row, state: 'draft', updatedAt: at, signatures: [], returned };
      }
      case 'release.published':
        return {
          ...row,
          state: 'published',
          url: event.url,
          publicVersion: event.version ?? 1,
          updatedAt: event.publishedAt,
        };
      case 'release.correction_dropped': {
        const { title, contentHash, droppedAt } = event;
        return { ...row, title, contentHash, state: 'published', signatures: [], returned: null, updatedAt: droppedAt };
      }
      case 'release.withdrawn':
        return { ...row, state: 'withdrawn', updatedAt: event.withdrawnAt };
    }
  },

  sets: ({ updatedAt, site }) => ({ 'all:*': Date.parse(updatedAt), [`all:${site}`]: Date.parse(updatedAt) }),
});
