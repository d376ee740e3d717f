import { Controller, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, Journal, LiveTable, logOf, Query, reasonOf } from '@tongsheng/bus';
import {
  ComplianceQuery,
  ComplianceTasksQuery,
  ForecastQuery,
  Refusal,
  type ComplianceBuilding,
  type ComplianceTasks,
  type ComplianceView,
  type Forecast,
  type Neighbour,
} from '@tongsheng/contracts';
import { createRedis, memoryTroubles, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Clock, Log } from '@tongsheng/runtime';
import { complianceIn, type Compliance } from './compliance.ts';
import type { Names } from './figures.ts';
import { forecast, openTasks, paceFrom } from './forecast.ts';
import { Ledger } from './ledger.ts';
import { pace, type DecidedHour } from './pace.ts';
import { Pasts } from './past.ts';
import { RegisteredSites } from './registered-sites.ts';

export class Settings {
  readonly redisUrl: string;
  /** Whose midnight parts the days. */
  readonly zone: string;
  /** Who tells us of their reposts. */
  readonly neighbours: readonly Neighbour[];
  constructor(redisUrl: string, zone: string, neighbours: readonly Neighbour[] = []) {
    this.redisUrl = redisUrl;
    this.zone = zone;
    this.neighbours = neighbours;
  }
}

const tidyMs = 60_000;

/** What a neighbour told us of its tasks, folded as ours are. */
type Told = { neighbour: Neighbour; runner: ProjectionRunner<'repost', Compliance>; ledger: Ledger };

/** Keeps the compliance model up to date and answers from it, as it is and as it was. */
@Injectable()
export class Oversight implements OnApplicationBootstrap, OnModuleDestroy {
  #redis!: Redis;
  #runner!: ProjectionRunner<'repost', Compliance>;
  #paceRunner!: ProjectionRunner<'repost', DecidedHour>;
  #sources!: LiveTable<'source'>;
  #people!: LiveTable<'person'>;
  #pasts!: Pasts;
  #ledger!: Ledger;
  readonly #told = new Map<string, Told>();
  #tidying: NodeJS.Timeout | undefined;
  reader!: ProjectionReader<'repost', Compliance>;
  decided!: ProjectionReader<'repost', DecidedHour>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly registered: RegisteredSites,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onError = (error: unknown) => this.log.warn('oversight.trouble', { reason: reasonOf(error) });
    const { redisUrl, zone } = this.settings;
    const model = complianceIn(zone);
    this.#redis = createRedis(redisUrl, onError);
    await this.#redis.connect();
    for (const reason of await memoryTroubles(this.#redis)) this.log.warn('oversight.memory', { reason });
    this.reader = new ProjectionReader(this.#redis, model);
    this.decided = new ProjectionReader(this.#redis, pace);
    this.#sources = await LiveTable.open(this.bus, 'source', onError);
    this.#people = await LiveTable.open(this.bus, 'person', onError);
    const shared = {
      bus: this.bus,
      redisUrl,
      onError,
      onUnreadable: (error: Error, { seq }: { seq: number }) =>
        this.log.error('oversight.unreadable', { position: seq, reason: error.message }),
    };
    this.#runner = new ProjectionRunner({ ...shared, projection: model });
    this.#paceRunner = new ProjectionRunner({ ...shared, projection: pace });
    await Promise.all([this.#runner.start(), this.#paceRunner.start()]);
    this.#ledger = new Ledger(this.reader, model, new Journal(this.bus, 'oversight'), zone);
    await this.#ledger.read();
    for (const neighbour of this.settings.neighbours) {
      const { name } = neighbour;
      const place = logOf(name);
      const theirs = { ...model, name: `${model.name}-of-${name}` };
      const runner = new ProjectionRunner({ ...shared, projection: theirs, place });
      await runner.start();
      const ledger = new Ledger(
        new ProjectionReader(this.#redis, theirs),
        theirs,
        new Journal(this.bus, 'oversight', place),
        zone,
      );
      this.#told.set(name, { neighbour, runner, ledger });
    }
    this.#pasts = new Pasts({ ...shared, redis: this.#redis, zone, now: () => Date.parse(this.clock.now()) });
    const tidy = () => void this.#pasts.tidy().catch(onError);
    tidy();
    this.#tidying = setInterval(tidy, tidyMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#tidying);
    const told = [...this.#told.values()].map(({ runner }) => runner);
    await Promise.all([this.#runner, this.#paceRunner, ...told].map((runner) => runner.stop()));
    await Promise.all([this.#sources.close(), this.#people.close()]);
    if (this.#redis.isOpen) await this.#pasts.close();
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  sites(): string[] {
    return this.registered.all().map(({ siteId }) => siteId);
  }

  names(): Names {
    return {
      sites: this.registered.all(),
      source: (sourceId) => this.#sources.get(sourceId)?.name ?? sourceId,
      person: (personId) => this.#people.get(personId)?.name ?? personId,
    };
  }

  /**
   * What answers a question about compliance: the ledger of ours, as it is or as it stood, or of what a neighbour told us.
   * @throws Refusal command_invalid when there is none
   */
  async bookFor({
    neighbour,
    asOf,
  }: Pick<ComplianceQuery, 'neighbour' | 'asOf'>): Promise<{ ledger: Ledger; names: Names } | ComplianceBuilding> {
    if (neighbour === undefined) {
      const ledger = await this.ledger(asOf);
      return 'building' in ledger ? ledger : { ledger, names: this.names() };
    }
    const told = this.#told.get(neighbour);
    if (!told) throw new Refusal('command_invalid', `nobody tells us of ${neighbour}`);
    if (asOf !== undefined) throw new Refusal('command_invalid', `the past of ${neighbour} is in its own log`);
    return { ledger: told.ledger, names: { ...this.names(), sites: told.neighbour.sites } };
  }

  /** What is behind a figure, as it is. */
  tasks(query: ComplianceTasksQuery): Promise<ComplianceTasks> {
    return this.#ledger.tasks(query, this.names(), query.now);
  }

  /** The ledger as it is, or as it stood; or how much of that is folded by now. */
  async ledger(asOf: string | undefined): Promise<Ledger | ComplianceBuilding> {
    return asOf === undefined ? this.#ledger : this.#pasts.at(asOf);
  }
}

@Controller()
export class ComplianceController {
  constructor(private readonly oversight: Oversight) {}

  @Query('compliance')
  async figures(
    @Payload({ schema: ComplianceQuery }) query: ComplianceQuery,
  ): Promise<ComplianceView | ComplianceBuilding> {
    const book = await this.oversight.bookFor(query);
    return 'building' in book ? book : book.ledger.view(query, book.names, query.asOf ?? query.now);
  }

  @Query('compliance.tasks')
  async tasks(
    @Payload({ schema: ComplianceTasksQuery }) query: ComplianceTasksQuery,
  ): Promise<ComplianceTasks | ComplianceBuilding> {
    const book = await this.oversight.bookFor(query);
    return 'building' in book ? book : book.ledger.tasks(query, book.names, query.asOf ?? query.now);
  }

  @Query('forecast')
  async forecast(@Payload({ schema: ForecastQuery }) { at, sites }: ForecastQuery): Promise<Forecast> {
    const { reader, decided } = this.oversight;
    const [open, past] = await Promise.all([
      openTasks(reader, sites ?? this.oversight.sites()),
      decided.list('all', { min: paceFrom(at), limit: 1_000 }),
    ]);
    return forecast(open, past, at);
  }
}
