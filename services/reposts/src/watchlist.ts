import { Injectable } from '@nestjs/common';
import { Bus, reasonOf } from '@tongsheng/bus';
import { createRedis, ProjectionReader, ProjectionRunner, type Projection, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { watchedPages, type Watched } from './watched.ts';

/** When a page that was proven is looked at again, after it went out or was taken down; ISO 8601 durations. */
export class Rechecks {
  constructor(readonly schedule: readonly string[]) {}
}

export class RedisUrl {
  constructor(readonly url: string) {}
}

/** Which pages are looked at when, as the read model holds it. */
@Injectable()
export class Watchlist {
  /** How often it is asked what is due when nothing changes, in ms. */
  readonly lookMs: number = 500;
  readonly #projection: Projection<'repost', Watched>;
  #redis!: Redis;
  #runner!: ProjectionRunner<'repost', Watched>;
  #reader!: ProjectionReader<'repost', Watched>;
  readonly #listeners: (() => void)[] = [];
  #opened: Promise<void> | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    rechecks: Rechecks,
    private readonly redisUrl: RedisUrl,
  ) {
    this.#projection = watchedPages(rechecks.schedule);
  }

  /** Opens it, however many ask. Resolves once it holds what was in the log at the first call. */
  open(onChange: () => void): Promise<void> {
    this.#listeners.push(onChange);
    this.#opened ??= this.#start();
    return this.#opened;
  }

  async #start(): Promise<void> {
    const onError = (error: unknown) => this.log.warn('watchlist.trouble', { reason: reasonOf(error) });
    const { url: redisUrl } = this.redisUrl;
    this.#redis = createRedis(redisUrl, onError);
    await this.#redis.connect();
    this.#reader = new ProjectionReader(this.#redis, this.#projection);
    this.#runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl,
      projection: this.#projection,
      onError,
      onUnreadable: (error, { seq }) =>
        this.log.error('watchlist.unreadable', { position: seq, reason: error.message }),
      onApplied: () => this.#listeners.forEach((tell) => tell()),
    });
    await this.#runner.start();
  }

  /** @returns what has to be looked at by `max`, in ms since 1970, the longest due first. */
  due(max: number, limit: number): Promise<Watched[]> {
    return this.#reader.list('next', { max, limit });
  }

  /** @returns of what a picture is to be taken, the newest first. */
  pictures(limit: number): Promise<Watched[]> {
    return this.#reader.list('pictures', { reverse: true, limit });
  }

  /** As it is now; null: it is not looked at any more. */
  page({ site, taskId }: Pick<Watched, 'site' | 'taskId'>): Promise<Watched | null> {
    return this.#reader.get(`${site}/${taskId}`);
  }

  async close(): Promise<void> {
    await this.#runner?.stop();
    if (this.#redis?.isOpen) this.#redis.destroy();
  }
}
