import type { CorrectionEvent, CorrectionRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Reports of netizens: what is wrong on which page, until when it has to be answered, and what became of it. */
export const corrections = defineProjection({
  name: 'corrections',
  version: 1,
  follows: ['correction'],
  keyOf: (event: CorrectionEvent) => `${event.site}/${event.correctionId}`,

  apply(row: CorrectionRow | null, event): CorrectionRow | null {
    if (event.type === 'correction.received') {
      const { correctionId, site, page, text, contact, receivedAt, dueAt, unknownYears } = event;
      return {
        correctionId,
        site,
        page,
        text,
        state: 'received',
        before: null,
        into: null,
        forwarded: null,
        work: [],
        outcome: null,
        answer: '',
        answeredAt: null,
        answeredByName: null,
        spamBecause: null,
        receivedAt,
        dueAt,
        unknownYears,
        reports: 1,
        contacts: contact === null ? 0 : 1,
        mailed: null,
        updatedAt: receivedAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'correction.repeated':
        return { ...row, reports: row.reports + 1, contacts: row.contacts + 1, updatedAt: event.repeatedAt };
      case 'correction.accepted':
        return { ...row, state: 'accepted', into: null, forwarded: null, updatedAt: event.acceptedAt };
      case 'correction.folded':
        return { ...row, state: 'folded', into: event.into, forwarded: null, updatedAt: event.foldedAt };
      case 'correction.forwarded': {
        const { to, reason, forwardedAt } = event;
        return { ...row, state: 'forwarded', into: null, forwarded: { to, reason }, updatedAt: forwardedAt };
      }
      case 'correction.linked':
        return { ...row, work: [...row.work, event.work], updatedAt: event.linkedAt };
      case 'correction.answered': {
        const { outcome, answer, answeredAt, byName } = event;
        const first = { answeredAt: row.answeredAt ?? answeredAt, answeredByName: row.answeredByName ?? byName };
        return { ...row, state: 'answered', outcome, answer, ...first, mailed: null, updatedAt: answeredAt };
      }
      case 'correction.mailed': {
        const { outcome, detail, mailedAt: at } = event;
        return { ...row, mailed: { outcome, detail, at }, updatedAt: at };
      }
      case 'correction.spam_marked':
        return { ...row, state: 'spam', before: row.state, spamBecause: event.reason, updatedAt: event.markedAt };
      case 'correction.spam_lifted': {
        const { dueAt, unknownYears, liftedAt } = event;
        const again = { state: row.before ?? 'received', before: null, spamBecause: null };
        return { ...row, ...again, dueAt, unknownYears, updatedAt: liftedAt };
      }
      case 'correction.warned':
        return { ...row, updatedAt: event.warnedAt };
      case 'correction.deadline_moved':
        return { ...row, dueAt: event.dueAt, unknownYears: event.unknownYears, updatedAt: event.movedAt };
      case 'correction.resealed':
        return row;
    }
  },

  sets: ({ site, state, page, receivedAt, dueAt }) => {
    const isOver = state === 'answered' || state === 'spam';
    const [name, at] = isOver ? ['done', Date.parse(receivedAt)] : ['open', Date.parse(dueAt)];
    return {
      [`${name}:*`]: at,
      [`${name}:${site}`]: at,
      // What else was said of the same page.
      [`page:${site}/${pageKey(page)}`]: Date.parse(receivedAt),
    };
  },
});

/** A page by its document, else by the address that was typed. */
export const pageKey = ({ document, url, title }: CorrectionRow['page']): string =>
  document ? `${document.kind}/${document.documentId}` : (url ?? title);
