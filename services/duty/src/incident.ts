import { defineAggregate } from '@tongsheng/bus';
import {
  IncidentCommand,
  IncidentEvent,
  Refusal,
  type IncidentSeverity,
  type WarningShare,
} from '@tongsheng/contracts';
import { DateTime } from 'luxon';

type Incident =
  | { status: 'new' }
  | {
      status: 'open' | 'closed';
      severity: IncidentSeverity;
      isReported: boolean;
      /** Entries that a correction may name. */
      entries: readonly string[];
      referrals: readonly string[];
      warned: readonly WarningShare[];
    };

/** The entry that opens every timeline. */
export const firstEntry = 'opened';

/**
 * Something is wrong, and what is done about it: `open → closed`, and open again when it was not over. Nothing that was
 * written down is changed: what was wrong of it is corrected by one more entry. Its clock runs until the first report.
 */
export const incident = defineAggregate({
  name: 'incident',
  commands: IncidentCommand,
  events: IncidentEvent,
  siteOf: ({ site }) => site,
  idOf: ({ incidentId }) => incidentId,
  opens: ['incident.open'],
  initial: { status: 'new' } as Incident,

  decide(command, incident): IncidentEvent[] {
    const { incidentId, site, at } = command;
    const head = { incidentId, site };
    if (command.type === 'incident.open') {
      if (incident.status !== 'new') return [];
      const { facts, origin, limit, dueAt } = command;
      if (limit === undefined || dueAt === undefined)
        throw new Refusal('command_invalid', 'limit: the service says it, from the site’s own');
      mustHaveBeen(facts.noticedAt, at);
      return [{ type: 'incident.opened', ...head, ...facts, origin, limit, dueAt, ...said(command), openedAt: at }];
    }
    if (incident.status === 'new') throw new Refusal('incident_missing', `no incident ${incidentId}`);
    if (command.type === 'incident.warn') {
      const { share, fellDueAt } = command;
      if (incident.status === 'closed' || incident.isReported || incident.warned.includes(share)) return [];
      return [{ type: 'incident.warned', ...head, share, fellDueAt, warnedAt: at }];
    }
    if (command.type === 'incident.reopen') {
      if (incident.status === 'open') return [];
      return [{ type: 'incident.reopened', ...head, reason: command.reason, ...said(command), reopenedAt: at }];
    }
    // An office may answer long after all is over.
    if (command.type === 'incident.record_answer') {
      const { referralId, number, text, answeredAt } = command;
      if (!incident.referrals.includes(referralId))
        throw new Refusal('incident_referral_missing', `${incidentId} was never referred as ${referralId}`);
      mustHaveBeen(answeredAt, at);
      const answer = { referralId, number, text, answeredAt };
      return [{ type: 'incident.answered', ...head, ...answer, ...said(command), notedAt: at }];
    }
    if (command.type === 'incident.close') {
      if (incident.status === 'closed') return [];
      const { report } = command;
      if (report.outcome === 'handled' && !incident.isReported)
        throw new Refusal('incident_unreported', `${incidentId} was never reported`);
      return [{ type: 'incident.closed', ...head, ...report, ...said(command), closedAt: at }];
    }
    // Said again it changes nothing, also when all is over.
    if (command.type === 'incident.note' && incident.entries.includes(command.entryId)) return [];
    if (command.type === 'incident.refer' && incident.referrals.includes(command.referralId)) return [];
    if (incident.status === 'closed') throw new Refusal('incident_closed', `${incidentId} is closed`);

    switch (command.type) {
      case 'incident.note': {
        const { entryId, entry, corrects, text, happenedAt, evidence } = command;
        mustHaveBeen(happenedAt, at);
        if ((entry === 'correction') !== (corrects !== null) || (corrects && !incident.entries.includes(corrects)))
          throw new Refusal(
            'incident_entry_missing',
            `a correction names the entry it corrects, and no other entry does`,
          );
        const noted = { entryId, entry, corrects, text, happenedAt, evidence };
        return [{ type: 'incident.noted', ...head, ...noted, ...said(command), notedAt: at }];
      }
      case 'incident.grade': {
        const { severity, reason } = command;
        if (incident.severity === severity) return [];
        return [{ type: 'incident.graded', ...head, severity, reason, ...said(command), gradedAt: at }];
      }
      case 'incident.report': {
        const { to, text, reportedAt } = command;
        mustHaveBeen(reportedAt, at);
        return [{ type: 'incident.reported', ...head, to, text, reportedAt, ...said(command), notedAt: at }];
      }
      case 'incident.refer': {
        const { referralId, referral } = command;
        mustHaveBeen(referral.referredAt, at);
        return [{ type: 'incident.referred', ...head, referralId, ...referral, ...said(command), notedAt: at }];
      }
    }
  },

  evolve(incident, event): Incident {
    if (event.type === 'incident.opened') {
      const lists = { entries: [firstEntry], referrals: [], warned: [] };
      return { status: 'open', severity: event.severity, isReported: false, ...lists };
    }
    if (incident.status === 'new') return incident;
    switch (event.type) {
      case 'incident.noted':
        return { ...incident, entries: [...incident.entries, event.entryId] };
      case 'incident.graded':
        return { ...incident, severity: event.severity };
      case 'incident.reported':
        return { ...incident, isReported: true };
      case 'incident.referred':
        return { ...incident, referrals: [...incident.referrals, event.referralId] };
      case 'incident.answered':
        return incident;
      case 'incident.warned':
        return { ...incident, warned: [...incident.warned, event.share] };
      case 'incident.closed':
        return { ...incident, status: 'closed' };
      case 'incident.reopened':
        return { ...incident, status: 'open' };
    }
  },
});

/** What is written down has happened. A minute is forgiven: clocks differ. @throws Refusal incident_future */
function mustHaveBeen(happenedAt: string, at: string): void {
  const latest = DateTime.fromISO(at, { zone: 'utc' }).plus({ minutes: 1 }).toISO();
  if (latest !== null && happenedAt <= latest) return;
  throw new Refusal('incident_future', `${happenedAt} is still to come`, { at: happenedAt });
}

const said = ({ actor }: IncidentCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
