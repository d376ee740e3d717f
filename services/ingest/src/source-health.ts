import { defineAggregate } from '@tongsheng/bus';
import { SourceHealthCommand, SourceHealthEvent } from '@tongsheng/contracts';

/** What is wrong now, and which entries were turned away, so that each is said once. */
type Health = { trouble: string | null; rejected: readonly string[] };

const rejection = (key: string, code: string) => `${code} ${key}`;

/** Whether a source can be read. Only changes are told: a source that fails all night is one line in the log, not 500. */
export const sourceHealth = defineAggregate({
  name: 'poll',
  commands: SourceHealthCommand,
  events: SourceHealthEvent,
  siteOf: () => 'ingest',
  idOf: (command) => command.sourceId,
  initial: { trouble: null, rejected: [] } as Health,

  decide(command, { trouble, rejected }): SourceHealthEvent[] {
    const { sourceId, at } = command;
    switch (command.type) {
      case 'source.report_failure': {
        const { code, detail } = command;
        return trouble === code ? [] : [{ type: 'source.failed', sourceId, code, detail, failedAt: at }];
      }
      case 'source.report_success':
        return trouble === null ? [] : [{ type: 'source.recovered', sourceId, recoveredAt: at }];
      case 'source.reject_entry': {
        const { key, title, code, detail } = command;
        if (rejected.includes(rejection(key, code))) return [];
        return [{ type: 'source.entry_rejected', sourceId, key, title, code, detail, rejectedAt: at }];
      }
    }
  },

  evolve(health, event): Health {
    switch (event.type) {
      case 'source.failed':
        return { ...health, trouble: event.code };
      case 'source.recovered':
        return { ...health, trouble: null };
      case 'source.entry_rejected':
        return { ...health, rejected: [...health.rejected, rejection(event.key, event.code)] };
    }
  },
});
