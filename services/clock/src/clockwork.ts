import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, BusClient, reasonOf } from '@tongsheng/bus';
import { Refusal, type RepostCommand, type RoutingCommand } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Clock, Log } from '@tongsheng/runtime';
import { deadlines, type Deadline } from './deadlines.ts';
import { Ticker, type Firing } from './ticker.ts';

export class RedisUrl {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
}

/** Turns the passing of time into commands. What a command says twice is decided once, so clocks may run in pairs. */
@Injectable()
export class Clockwork implements OnApplicationBootstrap, OnModuleDestroy {
  #runner!: ProjectionRunner<'repost' | 'routing', Deadline>;
  #redis!: Redis;
  #ticker!: Ticker;

  constructor(
    private readonly bus: Bus,
    private readonly client: BusClient,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly redisUrl: RedisUrl,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onError = (error: unknown) => {
      // While the deadlines are being built again nothing is lost: what fell due fires when they are back.
      if (error instanceof Refusal && error.code === 'stale_view') return;
      this.log.warn('clock.trouble', { reason: reasonOf(error) });
    };
    this.#redis = createRedis(this.redisUrl.url, onError);
    await this.#redis.connect();
    const reader = new ProjectionReader(this.#redis, deadlines);
    this.#ticker = new Ticker({
      due: (max, limit) => reader.list('next', { max, limit }),
      now: () => Date.parse(this.clock.now()),
      fire: (firing) => this.warn(firing),
      onError,
    });
    this.#runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.redisUrl.url,
      projection: deadlines,
      onError,
      onUnreadable: (error, { seq }) => this.log.error('clock.unreadable', { position: seq, reason: error.message }),
      onApplied: () => this.#ticker.look(),
    });
    await this.#runner.start();
    this.#ticker.look();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#ticker.stop();
    await this.#runner.stop();
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  /** Says that a share of the time is gone. @throws when nobody has heard it. */
  async warn({ deadline: { of, id, site }, share, moment }: Firing): Promise<void> {
    const head = {
      id: `${id}/warn/${share}/${moment}`,
      at: this.clock.now(),
      actor: { kind: 'service' as const, id: 'clock' },
      fellDueAt: new Date(moment).toISOString(),
    };
    const command: RepostCommand | RoutingCommand =
      of === 'repost'
        ? { type: 'repost.warn', ...head, taskId: id, site, share }
        : { type: 'routing.warn', ...head, itemId: id, sourceId: site };
    await this.client.command(of, command);
  }
}
