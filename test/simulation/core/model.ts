import type { Entry } from '@tongsheng/bus';
import type { AggregateName } from '@tongsheng/contracts';
import { foldRows, type Projection } from '@tongsheng/projections';

/** A read model that processes keep together: rows and position change in one step. */
export class Model<A extends AggregateName, Row> {
  rows = new Map<string, Row>();
  position = 0;

  constructor(
    readonly projection: Projection<A, Row>,
    readonly log: readonly Entry[],
  ) {}

  /** Who comes with what is there changes nothing; what was lost is built again from the first entry. */
  keep(entry: Entry): void {
    if (entry.position <= this.position) return;
    for (; this.position < entry.position; this.position++) this.fold([this.log[this.position]!]);
  }

  fold(entries: readonly Entry[]): void {
    for (const [key, row] of foldRows(this.projection, this.rows, entries).rows) {
      if (row === null) this.rows.delete(key);
      else this.rows.set(key, row);
    }
  }

  lose(): void {
    this.rows = new Map();
    this.position = 0;
  }

  /** As it is kept, and as it is folded from the log up to there at once. */
  compared(): { name: string; kept: ReadonlyMap<string, unknown>; whole: ReadonlyMap<string, unknown> } {
    const whole = new Model(this.projection, this.log);
    whole.fold(this.log.slice(0, this.position));
    return { name: this.projection.name, kept: new Map(this.rows), whole: whole.rows };
  }
}
