import {
  reminderMinutes,
  warningShares,
  type CorrectionEvent,
  type LinkedEvent,
  type ReleaseEvent,
  type RumorEvent,
  type SubmissionEvent,
} from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Something that is told at fixed moments. `tell`: minutes before T0, 0 for T0 itself; the share of the time that is gone; or which probe it is. */
export type Appointment = {
  of:
    | 'correction'
    | 'handover'
    | 'incident'
    | 'inspection'
    | 'linked'
    | 'release'
    | 'report'
    | 'rumor'
    | 'site_check'
    | 'submission';
  site: string;
  id: string;
  /** What is still to be told, in order; `at` in ms since 1970. */
  moments: { tell: number; at: number }[];
  /** It has come to its end, also when what it hangs on is registered anew. */
  isDone?: true;
};

/** A moment that has come, as the ticker waits for it. */
export type Call = { key: string; moment: number; appointment: Appointment; tell: number };

/** What is told next of each; of something planned anew the moment is another one. */
export const callsOf = (rows: readonly Appointment[]): Call[] =>
  rows.flatMap((appointment) => {
    const { of, site, id, moments } = appointment;
    return moments
      .slice(0, 1)
      .map(({ tell, at }) => ({ key: `${of}/${site}/${id}/${tell}/${at}`, moment: at, appointment, tell }));
  });

const minuteMs = 60_000;

/** A linked release's T0 and the reminders before it, as far as they are still to come when it is planned. */
function beforeT0({ t0, plannedAt }: Extract<LinkedEvent, { type: 'linked.planned' }>): Appointment['moments'] {
  const at = Date.parse(t0);
  const reminders = reminderMinutes.map((tell) => ({ tell, at: at - tell * minuteMs }));
  return [...reminders.filter((each) => each.at > Date.parse(plannedAt)), { tell: 0, at }];
}

export const sharesOf = (startsAt: string, dueAt: string): Appointment['moments'] => {
  const [from, to] = [Date.parse(startsAt), Date.parse(dueAt)];
  return warningShares.map((tell) => ({ tell, at: from + Math.floor(((to - from) * tell) / 100) }));
};

export const without = (row: Appointment | null, tell: number): Appointment | null =>
  row && { ...row, moments: row.moments.filter((each) => each.tell !== tell) };

/** Every moment that is fixed when it is agreed: T0 of linked releases, limits of rebuttals, of answers to sites and to netizens, and of full reviews. */
export const appointments = defineProjection({
  name: 'appointments',
  version: 3,
  follows: ['correction', 'linked', 'release', 'rumor', 'submission'],
  keyOf: (event: CorrectionEvent | LinkedEvent | ReleaseEvent | RumorEvent | SubmissionEvent) => {
    if ('correctionId' in event) return `${event.site}/correction/${event.correctionId}`;
    if ('linkedId' in event) return `${event.site}/linked/${event.linkedId}`;
    if ('rumorCaseId' in event) return `${event.site}/rumor/${event.rumorCaseId}`;
    if ('submissionId' in event) return `${event.site}/submission/${event.submissionId}`;
    return `${event.site}/release/${event.releaseId}`;
  },

  apply(row: Appointment | null, event): Appointment | null {
    switch (event.type) {
      case 'linked.planned':
        return { of: 'linked', site: event.site, id: event.linkedId, moments: beforeT0(event) };
      case 'linked.reminded':
        return without(row, event.minutes);
      case 'linked.stopped':
      case 'linked.committed':
      case 'linked.cancelled':
        return null;
      case 'linked.waived':
      case 'linked.part_signed':
      case 'linked.part_pulled':
      case 'linked.sealed':
      case 'linked.rehearsed':
      case 'linked.press_told':
      case 'linked.opened':
        return row;
      case 'rumor.reported': {
        const { site, rumorCaseId: id, reportedAt, dueAt } = event;
        return { of: 'rumor', site, id, moments: sharesOf(reportedAt, dueAt) };
      }
      case 'correction.received':
      case 'correction.spam_lifted':
      case 'correction.deadline_moved': {
        const { site, correctionId: id, receivedAt, dueAt } = event;
        return { of: 'correction', site, id, moments: sharesOf(receivedAt, dueAt) };
      }
      case 'correction.warned':
        return without(row, event.share);
      case 'correction.answered':
      case 'correction.spam_marked':
        return null;
      case 'correction.repeated':
      case 'correction.accepted':
      case 'correction.folded':
      case 'correction.forwarded':
      case 'correction.linked':
      case 'correction.mailed':
      case 'correction.resealed':
        return row;
      case 'rumor.warned':
        return without(row, event.share);
      case 'rumor.assessed':
        if (event.decision !== 'rebut') return null;
        if (event.dueAt === undefined) return row;
        return {
          of: 'rumor',
          site: event.site,
          id: event.rumorCaseId,
          moments: sharesOf(event.assessedAt, event.dueAt),
        };
      case 'rumor.rebutted':
      case 'rumor.closed':
        return null;
      case 'rumor.clue_added':
      case 'rumor.rebuttal_begun':
      case 'rumor.effect_noted':
        return row;
      case 'submission.offered': {
        const { site, submissionId: id, offeredAt, dueAt } = event;
        return { of: 'submission', site, id, moments: sharesOf(offeredAt, dueAt) };
      }
      case 'submission.countered': {
        const { site, submissionId: id, counteredAt, dueAt } = event;
        return { of: 'submission', site, id, moments: sharesOf(counteredAt, dueAt) };
      }
      case 'submission.warned':
        return without(row, event.share);
      case 'submission.acknowledged':
      case 'submission.arranged':
      case 'submission.told':
      case 'submission.telling_again':
      case 'submission.claimed':
      case 'submission.unproven':
        return row;
      case 'release.signed': {
        if (!event.debt) return null;
        const { site, releaseId: id, signedAt, debt } = event;
        return { of: 'release', site, id, moments: sharesOf(signedAt, debt.dueAt) };
      }
      case 'release.debt_warned':
        return without(row, event.share);
      case 'release.debt_settled':
      case 'release.debt_objected':
      case 'release.pulled_back':
      case 'release.withdrawn':
        return null;
      case 'release.drafted':
      case 'release.submitted':
      case 'release.step_passed':
      case 'release.returned':
      case 'release.published':
      case 'release.correction_dropped':
      case 'release.debt_step_passed':
      case 'release.commented':
      case 'release.comment_answered':
      case 'release.comment_settled':
        return row;
      case 'submission.agreed':
      case 'submission.declined':
      case 'submission.withdrawn':
      case 'submission.adopted':
        return null;
    }
  },

  sets: ({ moments }): Record<string, number> => (moments[0] ? { next: moments[0].at } : {}),
});
