import type { AggregateName, EventsByAggregate } from '@tongsheng/contracts';
import type { Bus } from './connection.ts';
import { followJournal, type Following } from './follow.ts';

/**
 * The newest event of each aggregate of one kind, in memory: for configuration, which is small and read often.
 * Every service has its own, read from the log at its start and followed from there.
 */
export class LiveTable<A extends AggregateName> {
  readonly #rows = new Map<string, EventsByAggregate[A]>();
  readonly #listeners = new Set<(id: string, event: EventsByAggregate[A]) => void>();
  #following: Following | null = null;

  /** Resolves when everything that was registered is here. */
  static async open<A extends AggregateName>(
    bus: Bus,
    aggregate: A,
    onFailure: (error: unknown) => void,
  ): Promise<LiveTable<A>> {
    const table = new LiveTable<A>();
    table.#following = await followJournal(bus, {
      aggregate,
      onFailure,
      // An unreadable registration leaves the one before it in force, and says so.
      onUnreadable: onFailure,
      onEntry({ id, events }) {
        const event = events.at(-1) as EventsByAggregate[A];
        table.#rows.set(id, event);
        for (const listener of table.#listeners) listener(id, event);
      },
    });
    await table.#following.caughtUp;
    return table;
  }

  get(id: string): EventsByAggregate[A] | undefined {
    return this.#rows.get(id);
  }

  all(): EventsByAggregate[A][] {
    return [...this.#rows.values()];
  }

  /** Told of every later registration. */
  onChange(listener: (id: string, event: EventsByAggregate[A]) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    await this.#following?.stop();
  }
}
