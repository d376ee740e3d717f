import { Controller, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, LiveTable, Query, reasonOf } from '@tongsheng/bus';
import {
  ComplianceQuery,
  ForecastQuery,
  type ComplianceTask,
  type ComplianceView,
  type Forecast,
} from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { compliance, type Compliance } from './compliance.ts';
import { figuresOf, openTasks, tasksBehind, type Cell } from './figures.ts';
import { forecast, paceFrom } from './forecast.ts';
import { pace, type DecidedHour } from './pace.ts';

export class RedisUrl {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
}

/** Keeps the compliance model up to date and knows which cells it has. */
@Injectable()
export class Oversight implements OnApplicationBootstrap, OnModuleDestroy {
  #redis!: Redis;
  #runner!: ProjectionRunner<'repost', Compliance>;
  #paceRunner!: ProjectionRunner<'repost', DecidedHour>;
  #sites!: LiveTable<'site'>;
  #sources!: LiveTable<'source'>;
  reader!: ProjectionReader<'repost', Compliance>;
  decided!: ProjectionReader<'repost', DecidedHour>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    private readonly redisUrl: RedisUrl,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onError = (error: unknown) => this.log.warn('oversight.trouble', { reason: reasonOf(error) });
    this.#redis = createRedis(this.redisUrl.url, onError);
    await this.#redis.connect();
    this.reader = new ProjectionReader(this.#redis, compliance);
    this.decided = new ProjectionReader(this.#redis, pace);
    this.#sites = await LiveTable.open(this.bus, 'site', onError);
    this.#sources = await LiveTable.open(this.bus, 'source', onError);
    const shared = {
      bus: this.bus,
      redisUrl: this.redisUrl.url,
      onError,
      onUnreadable: (error: Error, { seq }: { seq: number }) =>
        this.log.error('oversight.unreadable', { position: seq, reason: error.message }),
    };
    this.#runner = new ProjectionRunner({ ...shared, projection: compliance });
    this.#paceRunner = new ProjectionRunner({ ...shared, projection: pace });
    await Promise.all([this.#runner.start(), this.#paceRunner.start()]);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.#runner.stop(), this.#paceRunner.stop(), this.#sites.close(), this.#sources.close()]);
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  cells(): Cell[] {
    const sources = this.#sources.all();
    return this.#sites
      .all()
      .flatMap(({ siteId: site }) => sources.map(({ sourceId, name: sourceName }) => ({ site, sourceId, sourceName })));
  }
}

@Controller()
export class ComplianceController {
  constructor(private readonly oversight: Oversight) {}

  @Query('compliance')
  figures(@Payload({ schema: ComplianceQuery }) query: ComplianceQuery): Promise<ComplianceView> {
    return figuresOf(this.oversight.reader, query, this.oversight.cells());
  }

  @Query('compliance.tasks')
  async tasks(@Payload({ schema: ComplianceQuery }) query: ComplianceQuery): Promise<{ tasks: ComplianceTask[] }> {
    return { tasks: await tasksBehind(this.oversight.reader, query, this.oversight.cells()) };
  }

  @Query('forecast')
  async forecast(@Payload({ schema: ForecastQuery }) { at, sites }: ForecastQuery): Promise<Forecast> {
    const { reader, decided } = this.oversight;
    const cells = this.oversight.cells().filter(({ site }) => !sites || sites.includes(site));
    const [open, past] = await Promise.all([
      openTasks(reader, cells),
      decided.list('all', { min: paceFrom(at), limit: 1_000 }),
    ]);
    return forecast(open, past, at);
  }
}
