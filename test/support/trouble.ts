import { defineAggregate } from '@tongsheng/bus';
import { SourceHealthCommand, SourceHealthEvent } from '@tongsheng/contracts';

/** The smallest aggregate over real events, for tests of the mechanism: every failure is told, nothing is refused. */
export const trouble = defineAggregate({
  name: 'poll',
  commands: SourceHealthCommand,
  events: SourceHealthEvent,
  siteOf: () => 'test',
  idOf: (command) => command.sourceId,
  opens: ['source.report_failure'],
  initial: 0,
  decide(command): SourceHealthEvent[] {
    if (command.type !== 'source.report_failure') return [];
    const { sourceId, code, detail, at } = command;
    return [{ type: 'source.failed', sourceId, code, detail, failedAt: at }];
  },
  evolve: (count) => count + 1,
});
