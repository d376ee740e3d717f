import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { CalendarsView, Site } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { correctionCases, type CorrectionCase } from './correction-cases.ts';
import { libraryCalendars } from './holidays.ts';
import { Settings } from './oversight.ts';
import { RegisteredSites } from './registered-sites.ts';
import { answerLimit } from './working-days.ts';

/** What is needed to take in reports and to answer them: the calendar, the sites, the cases. Ready before the first door opens. */
@Injectable()
export class CorrectionDesk implements OnModuleInit, OnModuleDestroy {
  #redis!: Redis;
  #calendars!: LiveTable<'calendar'>;
  #runner!: ProjectionRunner<'correction', CorrectionCase>;
  cases!: ProjectionReader<'correction', CorrectionCase>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    private readonly settings: Settings,
    private readonly registered: RegisteredSites,
  ) {}

  async onModuleInit(): Promise<void> {
    const onError = (error: unknown) => this.log.warn('corrections.trouble', { reason: reasonOf(error) });
    this.#redis = createRedis(this.settings.redisUrl, onError);
    await this.#redis.connect();
    this.#calendars = await LiveTable.open(this.bus, 'calendar', onError);
    this.cases = new ProjectionReader(this.#redis, correctionCases);
    this.#runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.settings.redisUrl,
      projection: correctionCases,
      onError,
      onUnreadable: (error: Error, { seq }: { seq: number }) =>
        this.log.error('corrections.unreadable', { position: seq, reason: error.message }),
    });
    await this.#runner.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.#runner.stop(), this.#calendars.close()]);
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  /** Until when a report is to be answered, by every notice that is registered by now. */
  async limitOf(receivedAt: string): Promise<{ dueAt: string; unknownYears: number[] }> {
    await this.#calendars.fresh();
    return answerLimit(receivedAt, this.#known());
  }

  /** Resolves once the cases stand at a position of the log. @throws Refusal stale_view */
  async reach(position: number): Promise<void> {
    await this.#runner.reach(position);
  }

  async site(siteId: string): Promise<Site | undefined> {
    await this.registered.fresh();
    return this.registered.get(siteId);
  }

  sites(): string[] {
    return this.registered.all().map(({ siteId }) => siteId);
  }

  /** Everything that is not answered, oldest first. */
  open(): Promise<CorrectionCase[]> {
    return this.cases.list('open', { limit: 100_000 });
  }

  /** @param year this year in Beijing; from it on, years are named that must be known and are not */
  async calendars(year: number): Promise<CalendarsView> {
    await this.#calendars.fresh();
    const notices = this.#calendars.all().map(({ type: _type, ...each }) => ({ ...each, by: 'notice' as const }));
    const ofLibrary = [...libraryCalendars.values()]
      .filter((each) => each.year >= year - 1 && !notices.some((notice) => notice.year === each.year))
      .map((each) => ({ ...each, notice: null, by: 'library' as const }));
    const known = this.#known();
    const open = await this.open();
    const needed = open.flatMap(({ receivedAt }) => answerLimit(receivedAt, known).unknownYears);
    const missing = [...new Set([year, year + 1, ...needed])]
      .filter((each) => !known.has(each))
      .sort((one, other) => one - other)
      .map((each) => ({ year: each, openCases: needed.filter((one) => one === each).length }));
    return { calendars: [...notices, ...ofLibrary].sort((one, other) => other.year - one.year), missing };
  }

  #known() {
    return new Map([...libraryCalendars, ...this.#calendars.all().map((each) => [each.year, each] as const)]);
  }
}
