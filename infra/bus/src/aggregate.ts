import type { AnyEvent, CommandHead, Receipt } from '@tongsheng/contracts';
import { Refusal } from '@tongsheng/contracts';
import type { z } from 'zod';
import { type Journal, StaleRead } from './journal.ts';

/**
 * The rules of one noun: a pure `decide` and a pure `evolve`, and where its entries live.
 * Neither may read a clock, make an id or touch the world; both arrive inside the command.
 */
export type Aggregate<C extends CommandHead & { type: string }, E extends AnyEvent, S> = {
  name: string;
  commands: z.ZodType<C>;
  events: z.ZodType<E>;
  /** The two tokens of its subject, `ev.<name>.<site>.<id>`. */
  siteOf(command: C): string;
  idOf(command: C): string;
  /** Commands that usually open a new aggregate: tried without reading first; the sequence check tells if it was not new. */
  opens?: readonly C['type'][];
  initial: S;
  /** @throws Refusal when a rule says no. No events: it had been said before. */
  decide(command: C, state: S): E[];
  evolve(state: S, event: E): S;
};

export function defineAggregate<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
  aggregate: Aggregate<C, E, S>,
): Aggregate<C, E, S> {
  return aggregate;
}

/** Rounds of read and decide before giving up; each lost round means another writer won one. */
const maxRounds = 20;

/**
 * Reads, decides and appends at the position that was read; when someone else was faster, starts over.
 * Said twice with the same id, it is done once: the second answer is the first one's receipt.
 * @throws Refusal when a rule says no.
 */
export async function carryOut<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
  journal: Journal,
  aggregate: Aggregate<C, E, S>,
  command: C,
): Promise<Receipt> {
  const address = { aggregate: aggregate.name, site: aggregate.siteOf(command), id: aggregate.idOf(command) };
  let past = aggregate.opens?.includes(command.type) ? journal.nothingAt(address) : await journal.read(address);

  for (let round = 1; ; round++) {
    const done = past.receipts.get(command.id);
    if (done !== undefined) return { position: done, changed: false };

    const state = (past.events as E[]).reduce(aggregate.evolve, aggregate.initial);
    const events = aggregate.decide(command, state);
    if (events.length === 0) return { position: past.position, changed: false };

    try {
      const { position, changed } = await journal.append(past, command, events);
      return { position, changed };
    } catch (error) {
      if (!(error instanceof StaleRead)) throw error;
      if (round === maxRounds) throw new Refusal('no_answer', `${past.subject} is too busy, try again`);
      past = await journal.read(address);
    }
  }
}
