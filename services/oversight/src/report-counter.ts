import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, Journal, reasonOf } from '@tongsheng/bus';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { countReport, type Counted, type CountOptions } from './count-report.ts';
import { Settings } from './oversight.ts';
import { reportMarks, type Matter } from './report-marks.ts';

/** Keeps what forms count, and adds it up. A nation's takes longer than people wait without a sign: it says how far it is. */
@Injectable()
export class ReportCounter implements OnApplicationBootstrap, OnModuleDestroy {
  /** By form. */
  readonly #running = new Map<string, { counted: Promise<Counted>; share: number }>();
  #redis!: Redis;
  #runner!: ProjectionRunner<(typeof reportMarks.follows)[number], Matter>;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly log: Log,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onError = (error: unknown) => this.log.warn('reports.trouble', { reason: reasonOf(error) });
    const { bus, settings } = this;
    const { redisUrl } = settings;
    this.#redis = createRedis(redisUrl, onError);
    await this.#redis.connect();
    this.#runner = new ProjectionRunner({
      bus,
      redisUrl,
      projection: reportMarks,
      onError,
      // What nobody can read is shown under health; a form is not held back by it.
      onUnreadable: (error: Error, { seq }: { seq: number }) =>
        this.log.error('reports.unreadable', { position: seq, reason: error.message }),
    });
    await this.#runner.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#runner.stop();
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  /** Asked again while it counts, as when an answer got lost, it counts once. */
  count(key: string, what: Pick<CountOptions, 'of' | 'sites' | 'repostsOf'>): Promise<Counted> {
    const running = this.#running.get(key);
    if (running) return running.counted;
    const counted = this.#count(key, what).finally(() => this.#running.delete(key));
    this.#running.set(key, { counted, share: 0 });
    return counted;
  }

  /** How much is read, 0 to 1; null: nothing is counted here. */
  share(key: string): number | null {
    return this.#running.get(key)?.share ?? null;
  }

  async #count(key: string, what: Pick<CountOptions, 'of' | 'sites' | 'repostsOf'>): Promise<Counted> {
    await this.#runner.reach(await this.journal.position());
    const onShare = (share: number) => {
      const begun = this.#running.get(key);
      if (begun) begun.share = share;
    };
    return countReport({ ...what, marks: new ProjectionReader(this.#redis, reportMarks), onShare });
  }
}
