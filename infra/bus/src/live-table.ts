import { streams, subjects, type AggregateName, type EventsByAggregate } from '@tongsheng/contracts';
import type { Bus } from './connection.ts';
import type { Entry } from './entry.ts';
import { endOf, followJournal, nextPosition, type Following } from './follow.ts';

/**
 * Aggregates of one kind as they stand, in memory: for configuration, which is small and read often.
 * Every service has its own, read from the log at its start and followed from there.
 */
export class LiveTable<A extends AggregateName, Row = EventsByAggregate[A]> {
  readonly #rows = new Map<string, Row>();
  readonly #listeners = new Set<(key: string, row: Row) => void>();
  readonly #waiting = new Set<{ position: number; resolve: () => void }>();
  readonly #bus: Bus;
  readonly #aggregate: A;
  #position = 0;
  /** Up to here nothing is in the log that is not in here. */
  #complete = 0;
  #looking: Promise<void> | null = null;
  #lookingNext: Promise<void> | null = null;
  #following: Following | null = null;

  private constructor(bus: Bus, aggregate: A) {
    this.#bus = bus;
    this.#aggregate = aggregate;
  }

  /**
   * Registrations by their ids. Resolves when everything that was registered is here.
   * @param newest what is kept of two, where the later one says nothing of the whole
   */
  static open<A extends AggregateName>(
    bus: Bus,
    aggregate: A,
    onFailure: (error: unknown) => void,
    newest: (before: EventsByAggregate[A] | undefined, event: EventsByAggregate[A]) => EventsByAggregate[A] = (
      _,
      event,
    ) => event,
  ): Promise<LiveTable<A>> {
    return LiveTable.#follow(bus, aggregate, ({ id }) => id, newest, onFailure);
  }

  /** What is known of each aggregate, by `<site>/<id>`: for the few that are folded and not only the newest of. */
  static fold<A extends AggregateName, Row>(
    bus: Bus,
    aggregate: A,
    evolve: (row: Row | undefined, event: EventsByAggregate[A]) => Row,
    onFailure: (error: unknown) => void,
  ): Promise<LiveTable<A, Row>> {
    return LiveTable.#follow(bus, aggregate, ({ site, id }) => `${site}/${id}`, evolve, onFailure);
  }

  static async #follow<A extends AggregateName, Row>(
    bus: Bus,
    aggregate: A,
    keyOf: (entry: Entry) => string,
    evolve: (row: Row | undefined, event: EventsByAggregate[A]) => Row,
    onFailure: (error: unknown) => void,
  ): Promise<LiveTable<A, Row>> {
    const table = new LiveTable<A, Row>(bus, aggregate);
    const begun = await endOf(bus, streams.journal);
    table.#following = await followJournal(bus, {
      aggregate,
      onFailure,
      // An unreadable registration leaves the one before it in force, and says so.
      onUnreadable: (error, { seq }) => {
        onFailure(error);
        table.#arrived(seq);
      },
      onEntry(entry) {
        const key = keyOf(entry);
        const events = entry.events as EventsByAggregate[A][];
        const row = events.reduce<Row | undefined>(evolve, table.#rows.get(key))!;
        table.#rows.set(key, row);
        for (const listener of table.#listeners) listener(key, row);
        table.#arrived(entry.position);
      },
    });
    await table.#following.caughtUp;
    table.#complete = Math.max(table.#complete, begun);
    return table;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  entries(): [string, Row][] {
    return [...this.#rows];
  }

  /**
   * Resolves when everything that is registered at this moment is here: what an event is judged by must not lag behind it.
   * Only what was stored since the last time is looked through: where the newest of a kind stands, the server finds by going
   * through the subjects of the whole log.
   */
  fresh(): Promise<void> {
    // What is being looked at may have begun before the moment of the call: whoever comes meanwhile shares the next look.
    if (this.#looking) return (this.#lookingNext ??= this.#looking.catch(() => {}).then(() => this.#beginLook()));
    return this.#beginLook();
  }

  #beginLook(): Promise<void> {
    this.#lookingNext = null;
    const looking = this.#look().finally(() => {
      if (this.#looking === looking) this.#looking = null;
    });
    this.#looking = looking;
    return looking;
  }

  async #look(): Promise<void> {
    const end = await endOf(this.#bus, streams.journal);
    while (this.#complete < end) {
      const subject = subjects.events(this.#aggregate);
      const next = await nextPosition(this.#bus, streams.journal, subject, this.#complete + 1);
      if (next !== null) await this.#arrival(next);
      this.#complete = Math.max(this.#complete, next ?? end);
    }
  }

  async #arrival(position: number): Promise<void> {
    if (this.#position >= position) return;
    await new Promise<void>((resolve) => this.#waiting.add({ position, resolve }));
  }

  #arrived(position: number): void {
    this.#position = position;
    this.#complete = Math.max(this.#complete, position);
    for (const waiter of this.#waiting) {
      if (position < waiter.position) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  /** Told of every later registration. */
  onChange(listener: (key: string, row: Row) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    await this.#following?.stop();
  }
}
