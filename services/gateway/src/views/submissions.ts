import type { SubmissionEvent, SubmissionLetter, SubmissionRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Submissions: what was offered to whom, whose answer is waited for, and what became of it. */
export const submissions = defineProjection({
  name: 'submissions',
  version: 1,
  follows: ['submission'],
  keyOf: (event: SubmissionEvent) => `${event.site}/${event.submissionId}`,

  apply(row: SubmissionRow | null, event): SubmissionRow | null {
    if (event.type === 'submission.offered') {
      const { submissionId, site, releaseId, contentHash, title, to, slot, limit, dueAt, byName, offeredAt } = event;
      return {
        submissionId,
        site,
        releaseId,
        contentHash,
        title,
        to,
        slot,
        limit,
        dueAt,
        offeredAt,
        state: 'offered',
        turn: 1,
        owes: 'receiving',
        startsAt: offeredAt,
        offeredByName: byName,
        answeredAt: null,
        answerDueAt: dueAt,
        reason: null,
        linked: null,
        adoptedAs: null,
        agreedHash: null,
        trouble: null,
        told: telling(to, 'proposal', offeredAt),
        claimed: null,
        url: null,
        adoptedAt: null,
        updatedAt: offeredAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'submission.acknowledged':
        return { ...row, state: 'acknowledged', updatedAt: event.acknowledgedAt };
      case 'submission.countered': {
        const { side, slot, dueAt, counteredAt: at } = event;
        const owes = side === 'offering' ? ('receiving' as const) : ('offering' as const);
        const now = { state: 'negotiated' as const, turn: row.turn + 1, owes, slot, startsAt: at, dueAt };
        const told = side === 'offering' ? telling(row.to, 'proposal', at) : row.told;
        return { ...row, ...now, told, answeredAt: answered(row, side, at), updatedAt: at };
      }
      case 'submission.agreed': {
        const { side, slot, agreedAt: at } = event;
        const now = { state: 'agreed' as const, owes: null, slot, answeredAt: answered(row, side, at) };
        return { ...row, ...now, told: telling(row.to, 'agreed', at), updatedAt: at };
      }
      case 'submission.declined': {
        const { reason, declinedAt: at } = event;
        const now = { state: 'declined' as const, owes: null, reason, answeredAt: row.answeredAt ?? at };
        return { ...row, ...now, updatedAt: at };
      }
      case 'submission.withdrawn': {
        const { reason, withdrawnAt: at } = event;
        const told = telling(row.to, 'withdrawn', at);
        return { ...row, state: 'withdrawn', owes: null, reason, told, updatedAt: at };
      }
      case 'submission.arranged': {
        const { linked, adoptedAs, agreedHash, trouble, arrangedAt } = event;
        return { ...row, linked, adoptedAs, agreedHash, trouble, updatedAt: arrangedAt };
      }
      case 'submission.told': {
        const { letter, by, outcome, detail, toldAt: at } = event;
        return { ...row, told: { letter, by, outcome, detail, at }, updatedAt: at };
      }
      case 'submission.telling_again': {
        const told = row.told && { ...row.told, outcome: 'sending' as const, detail: '', at: event.askedAt };
        return { ...row, told, updatedAt: event.askedAt };
      }
      case 'submission.claimed':
        return { ...row, claimed: { url: event.url, unproven: null }, updatedAt: event.claimedAt };
      case 'submission.unproven': {
        const { url, detail, lookedAt } = event;
        return { ...row, claimed: { url, unproven: detail }, updatedAt: lookedAt };
      }
      case 'submission.adopted': {
        const { url, adoptedAt } = event;
        return { ...row, state: 'adopted', owes: null, claimed: null, url, adoptedAt, updatedAt: adoptedAt };
      }
      case 'submission.warned':
        return { ...row, updatedAt: event.warnedAt };
    }
  },

  sets: ({ site, to, state, owes, slot, dueAt, offeredAt }) => {
    const at = Date.parse(offeredAt);
    const theirs = to.kind === 'site' ? { 'in:*': at, [`in:${to.site}`]: at } : {};
    const sites = ['*', site, ...(to.kind === 'site' ? [to.site] : [])];
    const due = owes === null ? [] : sites.map((each) => [`due:${each}`, Date.parse(dueAt)]);
    const agreed = slot === null || (state !== 'agreed' && state !== 'adopted');
    const slots = agreed ? [] : sites.map((each) => [`slot:${each}`, Date.parse(slot)]);
    return { 'out:*': at, [`out:${site}`]: at, ...theirs, ...Object.fromEntries([...due, ...slots]) };
  },
});

/** The same of what a neighbour tells us; what it names besides stands in its own log. */
export const ofNeighbour = (model: typeof submissions, neighbour: string): typeof submissions => ({
  ...model,
  name: `${model.name}-of-${neighbour}`,
});

/** An office outside is being written to; a site of ours reads it on its own screen. */
const telling = (to: SubmissionRow['to'], letter: SubmissionLetter, at: string): SubmissionRow['told'] =>
  to.kind === 'site' ? null : { letter, by: to.kind, outcome: 'sending', detail: '', at };

const answered = ({ answeredAt }: SubmissionRow, side: 'offering' | 'receiving', at: string) =>
  answeredAt ?? (side === 'receiving' ? at : null);
