import { clue, type RumorEvent, type RumorRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Rumors: what is being said, until when it has to be answered, and how far that is. */
export const rumors = defineProjection({
  name: 'rumors',
  version: 1,
  follows: ['rumor'],
  keyOf: (event: RumorEvent) => `${event.site}/${event.rumorCaseId}`,

  apply(row: RumorRow | null, event): RumorRow | null {
    if (event.type === 'rumor.reported') {
      const { rumorCaseId, site, limit, dueAt, byName, reportedAt } = event;
      return {
        rumorCaseId,
        site,
        ...clue.parse(event),
        state: 'reported',
        verdict: null,
        facts: '',
        basis: '',
        limit,
        startsAt: reportedAt,
        dueAt,
        reportedAt,
        reportedByName: byName,
        clues: 1,
        releaseId: null,
        url: null,
        rebuttedAt: null,
        spread: null,
        updatedAt: reportedAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'rumor.clue_added':
        return { ...row, clues: row.clues + 1, updatedAt: event.addedAt };
      case 'rumor.assessed': {
        const { verdict, facts, basis, decision, dueAt, assessedAt } = event;
        const state = { rebut: 'to_rebut', watch: 'watched', drop: 'closed' } as const;
        const anew = dueAt ? { startsAt: assessedAt, dueAt } : {};
        return { ...row, verdict, facts, basis, state: state[decision], ...anew, updatedAt: assessedAt };
      }
      case 'rumor.rebuttal_begun':
        return { ...row, releaseId: event.releaseId, updatedAt: event.begunAt };
      case 'rumor.rebutted': {
        const { releaseId, url, rebuttedAt } = event;
        return { ...row, state: 'rebutted', releaseId, url, rebuttedAt, updatedAt: rebuttedAt };
      }
      case 'rumor.warned':
        return { ...row, updatedAt: event.warnedAt };
      case 'rumor.effect_noted':
        return { ...row, spread: event.spread, updatedAt: event.notedAt };
      case 'rumor.closed':
        return { ...row, state: 'closed', updatedAt: event.closedAt };
    }
  },

  sets: ({ site, state, url, dueAt, reportedAt, rebuttedAt }) => {
    const waits = state === 'reported' || state === 'to_rebut';
    return {
      ...(waits
        ? { 'open:*': Date.parse(dueAt), [`open:${site}`]: Date.parse(dueAt) }
        : { 'done:*': Date.parse(reportedAt), [`done:${site}`]: Date.parse(reportedAt) }),
      ...(url !== null && rebuttedAt !== null && { answered: Date.parse(rebuttedAt) }),
    };
  },
});
