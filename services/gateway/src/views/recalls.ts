import type { RecallEvent, RecallRow, RecallTarget } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

type Place = RecallRow['targets'][number];

/** Corrections and withdrawals, a row each: what is done at every place, and how it ended there. */
export const recalls = defineProjection({
  name: 'recalls',
  version: 1,
  follows: ['recall'],
  keyOf: (event: RecallEvent) => `${event.site}/${event.releaseId}/${event.round}`,

  apply(row: RecallRow | null, event): RecallRow | null {
    if (event.type === 'recall.proposed') {
      const { releaseId, site, round, title, reason, publicReason, targets, by, byName, proposedAt: at } = event;
      return {
        ...blank,
        releaseId,
        site,
        round,
        title,
        reason,
        publicReason,
        targets: targets.map(placeOf),
        proposed: { by, byName, at },
        updatedAt: at,
      };
    }
    if (event.type === 'recall.decided') {
      const { releaseId, site, round, kind, version, title, reason, publicReason, targets, together } = event;
      const named = { releaseId, site, round, kind, version, title, reason, publicReason, together };
      const { by, byName, decidedAt: at } = event;
      return ended({
        ...(row ?? blank),
        ...named,
        state: 'running',
        targets: targets.map(placeOf),
        decided: { by, byName, at },
        updatedAt: at,
      });
    }
    if (row === null) return null;
    switch (event.type) {
      case 'recall.dropped':
        return { ...row, state: 'dropped', updatedAt: event.droppedAt };
      case 'recall.superseded':
        return { ...row, state: 'superseded', updatedAt: event.supersededAt };
      case 'recall.countersigned': {
        const { verdict, note, byName, countersignedAt: at } = event;
        return { ...row, countersigned: { verdict, note, byName, at }, updatedAt: at };
      }
      case 'recall.erased': {
        const { messages, refused, erasedAt: at } = event;
        return { ...row, erased: { messages, refused, at }, updatedAt: at };
      }
      case 'recall.target_told': {
        const { targetId, detail, toldAt: at } = event;
        return { ...placed(row, targetId, { told: true, detail, at }), updatedAt: at };
      }
      case 'recall.target_failed': {
        const { targetId, detail, failedAt: at } = event;
        return { ...placed(row, targetId, { failed: true, detail, at }), updatedAt: at };
      }
      case 'recall.target_settled': {
        const { targetId, end, detail, evidence, byName, screenshot, settledAt: at } = event;
        const settled = placed(row, targetId, { end, failed: false, detail, evidence, byName, screenshot, at });
        return ended({ ...settled, updatedAt: at });
      }
    }
  },

  sets: ({ updatedAt, site }) => ({ 'all:*': Date.parse(updatedAt), [`all:${site}`]: Date.parse(updatedAt) }),
});

const blank = {
  kind: 'withdraw' as const,
  version: null,
  state: 'proposed' as RecallRow['state'],
  together: [],
  proposed: null,
  decided: null,
  countersigned: null,
  erased: null,
  doneAt: null,
};

const placeOf = (target: RecallTarget): Place => ({
  ...target,
  end: target.means === 'nothing' ? 'gone' : null,
  told: false,
  failed: false,
  detail: '',
  evidence: null,
  byName: null,
  screenshot: null,
  at: null,
});

const placed = (row: RecallRow, targetId: string, fields: Partial<Place>): RecallRow => ({
  ...row,
  targets: row.targets.map((each) => (each.targetId === targetId ? { ...each, ...fields } : each)),
});

/** Over when every place is done with. */
const ended = (row: RecallRow): RecallRow =>
  row.state === 'running' && row.targets.every(({ end }) => end !== null)
    ? { ...row, state: 'done', doneAt: row.updatedAt }
    : row;
