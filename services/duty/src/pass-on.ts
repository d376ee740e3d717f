import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, carryOut, Journal, reasonOf } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Clock, Log } from '@tongsheng/runtime';
import { alarm } from './alarm.ts';
import { Office } from './office.ts';
import { waits, type Wait } from './waits.ts';

export class RedisUrl {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
}

/** How often the waits are looked at, in ms: people count in seconds. */
const lookMs = 250;
const mostAtOnce = 500;

/**
 * Tells the next person when nobody took an alarm in time. What is waited for stands in the log, so that nothing is
 * lost with this process; which step was waited for is checked when deciding, so that nothing is told twice.
 */
@Injectable()
export class PassOn implements OnApplicationBootstrap, OnModuleDestroy {
  #redis!: Redis;
  #runner!: ProjectionRunner<'alarm', Wait>;
  #reader!: ProjectionReader<'alarm', Wait>;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly office: Office,
    private readonly redisUrl: RedisUrl,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onError = (error: unknown) => this.#trouble(error);
    this.#redis = createRedis(this.redisUrl.url, onError);
    await this.#redis.connect();
    this.#reader = new ProjectionReader(this.#redis, waits);
    this.#runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.redisUrl.url,
      projection: waits,
      onError,
      onUnreadable: (error, { seq }) => this.log.error('duty.unreadable', { position: seq, reason: error.message }),
    });
    await this.#runner.start();
    this.#look();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    await this.#runner.stop();
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  #look(): void {
    this.#looking = this.#passOnDue()
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), lookMs);
      });
  }

  async #passOnDue(): Promise<void> {
    const due = await this.#reader.list('due', { max: Date.parse(this.clock.now()), limit: mostAtOnce });
    for (const wait of due) {
      if (this.#stopped) return;
      await this.passOn(wait).catch((error: unknown) => this.#trouble(error));
    }
  }

  /** Nobody took it in time: the next step is told. */
  async passOn({ alarmId, site, steps, step, answerBy }: Wait): Promise<void> {
    const at = this.clock.now();
    await carryOut(this.journal, alarm, {
      type: 'alarm.pass_on',
      id: `${alarmId}/pass-on/${answerBy}/${step}`,
      at,
      actor: { kind: 'service', id: 'duty' },
      alarmId,
      site,
      step,
      roster: await this.office.rosterFor(steps, site, at),
    });
  }

  #trouble(error: unknown): void {
    // While the waits are being built again nothing is lost: what fell due is told when they are back.
    if (error instanceof Refusal && error.code === 'stale_view') return;
    this.log.warn('duty.trouble', { reason: reasonOf(error) });
  }
}
