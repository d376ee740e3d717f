import { Injectable } from '@nestjs/common';
import { Bus, Journal } from '@tongsheng/bus';
import { countReport, type Counted, type CountOptions } from './count-report.ts';

/** Counts forms from the log. A nation's takes longer than people wait without a sign: it says how far it is. */
@Injectable()
export class ReportCounter {
  /** By form. */
  readonly #running = new Map<string, { counted: Promise<Counted>; share: number }>();

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
  ) {}

  /** Asked again while it counts, as when an answer got lost, it counts once. */
  count(key: string, what: Pick<CountOptions, 'of' | 'sites' | 'repostsOf'>): Promise<Counted> {
    const running = this.#running.get(key);
    if (running) return running.counted;
    const { bus, journal } = this;
    const onShare = (share: number) => {
      const begun = this.#running.get(key);
      if (begun) begun.share = share;
    };
    const counted = countReport({ ...what, bus, journal, onShare }).finally(() => this.#running.delete(key));
    this.#running.set(key, { counted, share: 0 });
    return counted;
  }

  /** How much of the log is read, 0 to 1; null: nothing is counted here. */
  share(key: string): number | null {
    return this.#running.get(key)?.share ?? null;
  }
}
