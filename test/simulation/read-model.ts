import { followJournal, type Bus, type Entry } from '@tongsheng/bus';
import type { AggregateName } from '@tongsheng/contracts';
import { foldBatch, type Projection, type Range } from '@tongsheng/projections';

/**
 * A projection as Redis holds it: rows, sorted sets and the position, changed in one step. It outlives the processes
 * that keep it, and whoever comes with an entry that it has changes nothing.
 */
export class ReadModel<A extends AggregateName, Row> {
  readonly rows = new Map<string, Row>();
  position = 0;
  readonly #sets = new Map<string, Map<string, number>>();

  constructor(readonly projection: Projection<A, Row>) {}

  apply(entries: Entry[]): void {
    const fresh = entries.filter(({ position }) => position > this.position);
    if (fresh.length === 0) return;
    const batch = foldBatch(this.projection, this.rows, fresh);
    for (const [key, row] of batch.rows) {
      if (row === null) this.rows.delete(key);
      else this.rows.set(key, row);
    }
    for (const [name, members] of batch.sets) {
      const set = this.#sets.get(name) ?? new Map<string, number>();
      this.#sets.set(name, set);
      for (const [key, score] of members) {
        if (score === null) set.delete(key);
        else set.set(key, score);
      }
    }
    this.position = fresh.at(-1)!.position;
  }

  /** Redis was emptied; who follows next begins at the first entry. */
  lose(): void {
    this.rows.clear();
    this.#sets.clear();
    this.position = 0;
  }

  async list(set: string, { min = -Infinity, max = Infinity, reverse = false, limit = 1_000 }: Range = {}) {
    const found = [...(this.#sets.get(set) ?? [])].filter(([, score]) => score >= min && score <= max);
    found.sort(([a, x], [b, y]) => (x - y || (a < b ? -1 : 1)) * (reverse ? -1 : 1));
    return found.slice(0, limit).map(([key]) => this.rows.get(key)!);
  }

  async count(sets: string[], { min = -Infinity, max = Infinity }: Range = {}): Promise<number[]> {
    return sets.map((set) => {
      let count = 0;
      for (const score of this.#sets.get(set)?.values() ?? []) if (score >= min && score <= max) count++;
      return count;
    });
  }

  /** Follows the log with a process, from a little earlier than it must. Resolves when it has caught up. */
  async follow(bus: Bus, onApplied: () => void = () => {}): Promise<void> {
    const fail = (error: unknown) => {
      throw error;
    };
    const follows: readonly string[] = this.projection.follows;
    const { caughtUp } = await followJournal(bus, {
      ...(follows.length === 1 && { aggregate: follows[0]! }),
      from: Math.max(1, this.position - 50),
      onFailure: fail,
      onUnreadable: fail,
      onEntry: (entry) => {
        this.apply([entry]);
        onApplied();
      },
    });
    await caughtUp;
  }
}
