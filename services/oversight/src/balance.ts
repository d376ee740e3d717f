import { defineAggregate } from '@tongsheng/bus';
import { accountIdOf, BalanceCommand, BalanceEvent } from '@tongsheng/contracts';

/** Since when books that people were told of are uneven; null while they are even. */
type Balance = { since: string } | null;

/** What was taken in is not where it must be: people hear of it once, and that it is there again. */
export const balance = defineAggregate({
  name: 'balance',
  commands: BalanceCommand,
  events: BalanceEvent,
  siteOf: ({ site }) => site ?? '_',
  idOf: ({ account }) => accountIdOf(account),
  initial: null as Balance,

  decide(command, standing): BalanceEvent[] {
    switch (command.type) {
      case 'balance.break': {
        if (standing !== null) return [];
        const { id: _id, at: brokenAt, actor: _actor, ...rest } = command;
        const { causationId: _cause, correlationId: _correlation, traceparent: _trace, ...facts } = rest;
        return [{ ...facts, type: 'balance.broken', brokenAt }];
      }
      case 'balance.restore': {
        if (standing === null) return [];
        const { account, site, at: restoredAt } = command;
        return [{ type: 'balance.restored', account, site, since: standing.since, restoredAt }];
      }
    }
  },

  evolve(_, event): Balance {
    switch (event.type) {
      case 'balance.broken':
        return { since: event.since };
      case 'balance.restored':
        return null;
    }
  },
});
