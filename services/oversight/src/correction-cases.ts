import type { CorrectionEvent, CorrectionOutcome } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What the figures and the public need to know of a report. */
export type CorrectionCase = {
  correctionId: string;
  site: string;
  receivedAt: string;
  dueAt: string;
  isSpam: boolean;
  into: string | null;
  outcome: CorrectionOutcome | null;
  answer: string;
  /** When it was answered first: that counts. */
  answeredAt: string | null;
};

/** The set a report is counted in, by when it came; `open` also by when it is due. */
export const counted = (site: string, what: 'in_time' | 'late' | 'open' | 'due') => `${what}|${site}`;

/** Reports that were folded into another one. */
export const foldedInto = (correctionId: string) => `into|${correctionId}`;

export const correctionCases = defineProjection({
  name: 'correction-cases',
  version: 1,
  follows: ['correction'],
  // The receipt alone: who looks an answer up knows no site.
  keyOf: ({ correctionId }: CorrectionEvent) => correctionId,

  apply(row: CorrectionCase | null, event): CorrectionCase | null {
    if (event.type === 'correction.received') {
      const { correctionId, site, receivedAt, dueAt } = event;
      const open = { isSpam: false, into: null, outcome: null, answer: '', answeredAt: null };
      return { correctionId, site, receivedAt, dueAt, ...open };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'correction.accepted':
      case 'correction.forwarded':
        return { ...row, into: null };
      case 'correction.folded':
        return { ...row, into: event.into };
      case 'correction.answered': {
        const { outcome, answer, answeredAt } = event;
        return { ...row, outcome, answer, answeredAt: row.answeredAt ?? answeredAt };
      }
      case 'correction.spam_marked':
        return { ...row, isSpam: true };
      case 'correction.spam_lifted':
        return { ...row, isSpam: false, dueAt: event.dueAt };
      case 'correction.deadline_moved':
        return { ...row, dueAt: event.dueAt };
      case 'correction.repeated':
      case 'correction.linked':
      case 'correction.mailed':
      case 'correction.warned':
      case 'correction.resealed':
        return row;
    }
  },

  sets({ site, receivedAt, dueAt, isSpam, into, answeredAt }): Record<string, number> {
    const came = Date.parse(receivedAt);
    const folded: Record<string, number> = into === null ? {} : { [foldedInto(into)]: came };
    if (isSpam) return {};
    if (answeredAt !== null) return { ...folded, [counted(site, answeredAt < dueAt ? 'in_time' : 'late')]: came };
    return { ...folded, open: came, [counted(site, 'open')]: came, [counted(site, 'due')]: Date.parse(dueAt) };
  },
});
