import { plainReview, type ReleaseEvent, type ReleaseRow, type ReleaseSignature } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** A release, and the names of the comments that are open, for their count. */
export type StoredRelease = ReleaseRow & { open: string[] };

type Signed = Pick<ReleaseSignature, 'step' | 'by' | 'byName'> & {
  onBehalfOf?: ReleaseSignature['onBehalfOf'] | undefined;
};
const signatureOf = ({ step, by, byName, onBehalfOf }: Signed, at: string): ReleaseSignature => ({
  step,
  by,
  byName,
  onBehalfOf: onBehalfOf ?? null,
  at,
});

/** Not in the chain: nobody has signed anything, and no chain is chosen. */
const unsubmitted = { signatures: [], acts: [], urgent: null };

const withOpen = (row: StoredRelease, open: string[]): StoredRelease => ({ ...row, open, openComments: open.length });

/** Releases with the step they are at and who signed what. */
export const releases = defineProjection({
  name: 'releases',
  version: 5,
  follows: ['release'],
  keyOf: (event: ReleaseEvent) => `${event.site}/${event.releaseId}`,

  apply(row: StoredRelease | null, event): StoredRelease | null {
    if (event.type === 'release.drafted') {
      const { releaseId, site, kind, title, revision, contentHash, by, byName, draftedAt, channels } = event;
      const drafted = { releaseId, site, kind, title, revision, contentHash, channels };
      const drafter = { draftedBy: row?.draftedBy ?? by, draftedByName: row?.draftedByName ?? byName };
      const before = row?.drafters ?? [];
      return {
        ...drafted,
        ...drafter,
        ...unsubmitted,
        drafters: before.includes(by) ? before : [...before, by],
        state: 'draft',
        updatedAt: draftedAt,
        returned: row?.returned ?? null,
        open: row?.open ?? [],
        openComments: row?.openComments ?? 0,
        url: row?.url ?? null,
        publicVersion: row?.publicVersion ?? 0,
        debt: row?.debt ?? null,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'release.submitted': {
        const { acts = [...plainReview], urgent = null, submittedAt: updatedAt } = event;
        return { ...row, state: acts[0]!.step, updatedAt, acts, urgent, signatures: [], returned: null };
      }
      case 'release.step_passed': {
        const next = row.acts[row.acts.findIndex(({ step }) => step === event.step) + 1];
        const signatures = [...row.signatures, signatureOf(event, event.passedAt)];
        return { ...row, state: next?.step ?? 'sign', updatedAt: event.passedAt, signatures };
      }
      case 'release.returned': {
        const { step, byName, reason, returnedAt: at } = event;
        return { ...row, ...unsubmitted, state: 'draft', updatedAt: at, returned: { step, byName, reason, at } };
      }
      case 'release.signed': {
        const { signedAt: at, debt } = event;
        const signatures = [...row.signatures, signatureOf({ ...event, step: 'sign' }, at)];
        return {
          ...row,
          state: 'signed',
          updatedAt: at,
          signatures,
          debt: debt ? { ...debt, since: at, signers: signersOf(signatures), signatures: [], end: null } : null,
        };
      }
      case 'release.pulled_back': {
        const { byName, reason, pulledBackAt: at } = event;
        const returned = { step: 'sign' as const, byName, reason, at };
        return { ...row, ...unsubmitted, debt: null, state: 'draft', updatedAt: at, returned };
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
        const back = { title, contentHash, state: 'published' as const, returned: null, updatedAt: droppedAt };
        return { ...row, ...unsubmitted, ...back };
      }
      case 'release.withdrawn':
        return { ...row, debt: null, state: 'withdrawn', updatedAt: event.withdrawnAt };
      case 'release.debt_step_passed':
        return withDebt(row, signatureOf(event, event.passedAt), null);
      case 'release.debt_settled': {
        const { byName, settledAt: at } = event;
        return withDebt(row, signatureOf(event, at), { how: 'settled', byName, reason: null, at });
      }
      case 'release.debt_objected': {
        const { byName, reason, objectedAt: at } = event;
        return withDebt(row, signatureOf(event, at), { how: 'objected', byName, reason, at });
      }
      case 'release.debt_warned':
      case 'release.comment_answered':
        return row;
      case 'release.commented':
        return withOpen(row, [...row.open, event.commentId]);
      case 'release.comment_settled': {
        const others = row.open.filter((each) => each !== event.commentId);
        return withOpen(row, event.resolved ? others : [...others, event.commentId]);
      }
    }
  },

  sets: ({ updatedAt, site, state, acts, debt }) => ({
    'all:*': Date.parse(updatedAt),
    [`all:${site}`]: Date.parse(updatedAt),
    ...(isIn(acts, state) && { 'review:*': Date.parse(updatedAt), [`review:${site}`]: Date.parse(updatedAt) }),
    ...(debt && debt.end === null && { 'debts:*': Date.parse(debt.dueAt), [`debts:${site}`]: Date.parse(debt.dueAt) }),
  }),
});

/** Whose authority stands in some signatures. */
export const signersOf = (signatures: readonly ReleaseSignature[]): string[] =>
  signatures.flatMap(({ by, onBehalfOf }) => [by, ...(onBehalfOf ? [onBehalfOf.personId] : [])]);

const isIn = (acts: ReleaseRow['acts'], state: string) => acts.some(({ step }) => step === state);

type Debt = NonNullable<ReleaseRow['debt']>;

const withDebt = (row: StoredRelease, signature: ReleaseSignature, end: Debt['end']): StoredRelease =>
  row.debt === null
    ? row
    : {
        ...row,
        updatedAt: signature.at,
        debt: { ...row.debt, signatures: [...row.debt.signatures, signature], end },
      };
