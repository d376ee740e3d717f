import type { Entry } from '@tongsheng/bus';
import type { AggregateName } from '@tongsheng/contracts';
import { foldBatch, type Projection } from '@tongsheng/projections';

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
    for (let next = this.position + 1; next <= entry.position; next++) this.fold(this.log[next - 1]!);
    this.position = entry.position;
  }

  fold(entry: Entry): void {
    for (const [key, row] of foldBatch(this.projection, this.rows, [entry]).rows) {
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
    for (const entry of this.log.slice(0, this.position)) whole.fold(entry);
    return { name: this.projection.name, kept: new Map(this.rows), whole: whole.rows };
  }
}
