import { streams, subjects, type AggregateName, type EventsByAggregate } from '@tongsheng/contracts';
import type { Bus } from './connection.ts';
import { followJournal, lastPosition, type Following } from './follow.ts';

/**
 * The newest event of each aggregate of one kind, in memory: for configuration, which is small and read often.
 * Every service has its own, read from the log at its start and followed from there.
 */
export class LiveTable<A extends AggregateName> {
  readonly #rows = new Map<string, EventsByAggregate[A]>();
  readonly #listeners = new Set<(id: string, event: EventsByAggregate[A]) => void>();
  readonly #waiting = new Set<{ position: number; resolve: () => void }>();
  readonly #bus: Bus;
  readonly #aggregate: A;
  #position = 0;
  #following: Following | null = null;

  private constructor(bus: Bus, aggregate: A) {
    this.#bus = bus;
    this.#aggregate = aggregate;
  }

  /** Resolves when everything that was registered is here. */
  static async open<A extends AggregateName>(
    bus: Bus,
    aggregate: A,
    onFailure: (error: unknown) => void,
  ): Promise<LiveTable<A>> {
    const table = new LiveTable(bus, aggregate);
    table.#following = await followJournal(bus, {
      aggregate,
      onFailure,
      // An unreadable registration leaves the one before it in force, and says so.
      onUnreadable: (error, { seq }) => {
        onFailure(error);
        table.#arrived(seq);
      },
      onEntry({ id, events, position }) {
        const event = events.at(-1) as EventsByAggregate[A];
        table.#rows.set(id, event);
        for (const listener of table.#listeners) listener(id, event);
        table.#arrived(position);
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

  /** Resolves when everything that is registered at this moment is here: what an event is judged by must not lag behind it. */
  async fresh(): Promise<void> {
    const position = await lastPosition(this.#bus, streams.journal, subjects.events(this.#aggregate));
    if (this.#position >= position) return;
    await new Promise<void>((resolve) => this.#waiting.add({ position, resolve }));
  }

  #arrived(position: number): void {
    this.#position = position;
    for (const waiter of this.#waiting) {
      if (position < waiter.position) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  /** Told of every later registration. */
  onChange(listener: (id: string, event: EventsByAggregate[A]) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    await this.#following?.stop();
  }
}
