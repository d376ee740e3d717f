import { defineAggregate } from '@tongsheng/bus';
import { SourceHealthCommand, SourceHealthEvent } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

/** How a detector fails: what with, since when, and how many hours people have been told of. */
type Trouble = { code: string; since: string; hours: number };

type Health = {
  /** By the detector's address; `''` is the main one. */
  troubles: Readonly<Record<string, Trouble>>;
  /** Entries that were turned away, so that each is said once. */
  rejected: readonly string[];
  quiet: boolean;
  /** What each detector lacks, as one text. */
  lacking: Readonly<Record<string, string>>;
};

/** Hours without one good look after which people are told; the first deadline is 12 hours away. */
const escalations = [3, 1] as const;

const rejection = (key: string, code: string) => `${code} ${key}`;
const lackingOf = (missing: readonly { title: string; link: string | null }[]) =>
  missing
    .map(({ title, link }) => link ?? title)
    .sort()
    .join('\n');

/** Whether a source can be read. Only changes are told: a source that fails all night is three lines in the log, not 500. */
export const sourceHealth = defineAggregate({
  name: 'poll',
  commands: SourceHealthCommand,
  events: SourceHealthEvent,
  siteOf: () => 'ingest',
  idOf: (command) => command.sourceId,
  initial: { troubles: {}, rejected: [], quiet: false, lacking: {} } as Health,

  decide(command, { troubles, rejected, quiet, lacking }): SourceHealthEvent[] {
    const { sourceId, at } = command;
    switch (command.type) {
      case 'source.report_failure': {
        const { code, detail, evidence } = command;
        const by = command.detector !== undefined && { detector: command.detector };
        const known = troubles[command.detector ?? ''];
        const told: SourceHealthEvent[] =
          known?.code === code
            ? []
            : [{ type: 'source.failed', sourceId, ...by, code, detail, ...(evidence && { evidence }), failedAt: at }];
        const hours = known ? escalations.find((each) => hoursBetween(known.since, at) >= each) : undefined;
        if (!known || hours === undefined || hours <= known.hours) return told;
        const failingSince = known.since;
        return [...told, { type: 'source.escalated', sourceId, ...by, code, failingSince, hours, escalatedAt: at }];
      }
      case 'source.report_success': {
        const by = command.detector !== undefined && { detector: command.detector };
        return troubles[command.detector ?? ''] ? [{ type: 'source.recovered', sourceId, ...by, recoveredAt: at }] : [];
      }
      case 'source.reject_entry': {
        const { key, title, code, detail, evidence } = command;
        if (rejected.includes(rejection(key, code))) return [];
        const entry = { key, title, code, detail, ...(evidence && { evidence }) };
        return [{ type: 'source.entry_rejected', sourceId, ...entry, rejectedAt: at }];
      }
      case 'source.report_rhythm': {
        if (command.quiet === quiet) return [];
        const { lastAt, usualSeconds } = command;
        return quiet
          ? [{ type: 'source.spoke', sourceId, spokeAt: at }]
          : [{ type: 'source.went_quiet', sourceId, lastAt, usualSeconds, quietAt: at }];
      }
      case 'source.compare': {
        const { detector, missing } = command;
        const now = lackingOf(missing);
        if (now === (lacking[detector] ?? '')) return [];
        return now === ''
          ? [{ type: 'source.agreed', sourceId, detector, agreedAt: at }]
          : [{ type: 'source.disagreed', sourceId, detector, missing, disagreedAt: at }];
      }
    }
  },

  evolve(health, event): Health {
    switch (event.type) {
      case 'source.failed': {
        const { detector = '', code, failedAt } = event;
        const known = health.troubles[detector];
        const trouble = { code, since: known?.since ?? failedAt, hours: known?.hours ?? 0 };
        return { ...health, troubles: { ...health.troubles, [detector]: trouble } };
      }
      case 'source.escalated': {
        const { detector = '', code, failingSince: since, hours } = event;
        return { ...health, troubles: { ...health.troubles, [detector]: { code, since, hours } } };
      }
      case 'source.recovered': {
        const { [event.detector ?? '']: _over, ...troubles } = health.troubles;
        return { ...health, troubles };
      }
      case 'source.entry_rejected':
        return { ...health, rejected: [...health.rejected, rejection(event.key, event.code)] };
      case 'source.went_quiet':
        return { ...health, quiet: true };
      case 'source.spoke':
        return { ...health, quiet: false };
      case 'source.disagreed':
        return { ...health, lacking: { ...health.lacking, [event.detector]: lackingOf(event.missing) } };
      case 'source.agreed':
        return { ...health, lacking: { ...health.lacking, [event.detector]: '' } };
    }
  },
});

function hoursBetween(from: string, to: string): number {
  return DateTime.fromISO(to).diff(DateTime.fromISO(from)).as('hours');
}
