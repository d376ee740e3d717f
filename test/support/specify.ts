import type { Aggregate } from '@tongsheng/bus';
import { Refusal, type AnyEvent, type CommandHead, type RefusalCode } from '@tongsheng/contracts';
import { expect } from 'vitest';

/** Given the past, when a command, what follows: the same decide and evolve that production runs. */
export function specify<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
  aggregate: Aggregate<C, E, S>,
) {
  return (...past: E[]) => ({
    when(command: C) {
      const decide = () => {
        aggregate.commands.parse(command);
        const events = aggregate.decide(command, past.reduce(aggregate.evolve, aggregate.initial));
        return events.map((event) => aggregate.events.parse(event));
      };
      return {
        yields: (...events: E[]) => expect(decide()).toEqual(events),
        events: decide,
        isRefused(code: RefusalCode) {
          expect(decide).toThrowError(Refusal);
          expect(decide).toThrowError(expect.objectContaining({ code }));
        },
      };
    },
  });
}
