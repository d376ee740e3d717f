import type { IncidentEntry, IncidentEvent, IncidentRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

type Said = { by: string; byName: string };

/** Each incident from its opening to its report: what happened when, who was told, to whom it was handed on. */
export const incidents = defineProjection({
  name: 'incidents',
  version: 1,
  follows: ['incident'],
  keyOf: ({ site, incidentId }: IncidentEvent) => `${site}/${incidentId}`,

  apply(row: IncidentRow | null, event): IncidentRow | null {
    if (event.type === 'incident.opened') {
      const { type: _type, evidence, by, byName, openedAt, limit: _limit, ...facts } = event;
      const first = { entryId: 'opened', entry: 'opened' as const, text: facts.noticed, happenedAt: facts.noticedAt };
      return {
        ...facts,
        state: 'open',
        openedAt,
        openedByName: byName,
        reportedAt: null,
        entries: [{ ...first, evidence, corrects: null, by, byName, notedAt: openedAt }],
        referrals: [],
        closed: null,
        updatedAt: openedAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'incident.noted': {
        const { entryId, entry, corrects, text, happenedAt, evidence, by, byName, notedAt } = event;
        const noted = { entryId, entry, corrects, text, happenedAt, evidence, by, byName, notedAt };
        return { ...row, entries: [...row.entries, noted], updatedAt: notedAt };
      }
      case 'incident.graded': {
        const { severity, reason, gradedAt } = event;
        return { ...withEntry(row, 'graded', reason, gradedAt, event, gradedAt), severity };
      }
      case 'incident.reported': {
        const { to, text, reportedAt, notedAt } = event;
        const reported = withEntry(row, 'reported', `${to}：${text}`, reportedAt, event, notedAt);
        return { ...reported, reportedAt: row.reportedAt ?? reportedAt };
      }
      case 'incident.referred': {
        const { type: _type, incidentId: _id, site: _site, ...referral } = event;
        return { ...row, referrals: [...row.referrals, { ...referral, answers: [] }], updatedAt: event.notedAt };
      }
      case 'incident.answered': {
        const { referralId, number, text, answeredAt, by, byName, notedAt } = event;
        const referrals = row.referrals.map((each) =>
          each.referralId === referralId
            ? { ...each, number: number || each.number, answers: [...each.answers, { text, answeredAt, by, byName }] }
            : each,
        );
        return { ...row, referrals, updatedAt: notedAt };
      }
      case 'incident.warned':
        return row;
      case 'incident.closed': {
        const { outcome, cause, impact, measures, prevention, by, byName, closedAt: at } = event;
        const closed = { outcome, cause, impact, measures, prevention, by, byName, at };
        return { ...withEntry(row, 'closed', measures, at, event, at), state: 'closed', closed };
      }
      case 'incident.reopened': {
        const { reason, reopenedAt } = event;
        return { ...withEntry(row, 'reopened', reason, reopenedAt, event, reopenedAt), state: 'open', closed: null };
      }
    }
  },

  sets({ site, state, dueAt, openedAt, reportedAt }): Record<string, number> {
    const all = { 'all:*': Date.parse(openedAt), [`all:${site}`]: Date.parse(openedAt) };
    if (state === 'closed') return all;
    // What is still to be reported goes before what already was.
    const by = reportedAt === null ? Date.parse(dueAt) : Date.parse(dueAt) + 1e12;
    return { ...all, 'open:*': by, [`open:${site}`]: by };
  },
});

/** What the log itself adds to the timeline, under a name that no correction needs. */
function withEntry(
  row: IncidentRow,
  entry: IncidentEntry['entry'],
  text: string,
  happenedAt: string,
  { by, byName }: Said,
  notedAt: string,
): IncidentRow {
  const entryId = `${entry}-${row.entries.length}`;
  const added = { entryId, entry, text, happenedAt, evidence: [], corrects: null, by, byName, notedAt };
  return { ...row, entries: [...row.entries, added], updatedAt: notedAt };
}
