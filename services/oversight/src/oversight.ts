import { Controller, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, LiveTable, Query, reasonOf } from '@tongsheng/bus';
import { ComplianceQuery, type ComplianceTask, type ComplianceView } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { compliance, type Compliance } from './compliance.ts';
import { figuresOf, tasksBehind, type Cell } from './figures.ts';

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
  #sites!: LiveTable<'site'>;
  #sources!: LiveTable<'source'>;
  reader!: ProjectionReader<'repost', Compliance>;

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
    this.#sites = await LiveTable.open(this.bus, 'site', onError);
    this.#sources = await LiveTable.open(this.bus, 'source', onError);
    this.#runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.redisUrl.url,
      projection: compliance,
      onError,
      onUnreadable: (error, { seq }) =>
        this.log.error('oversight.unreadable', { position: seq, reason: error.message }),
    });
    await this.#runner.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.#runner.stop(), this.#sites.close(), this.#sources.close()]);
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
}
