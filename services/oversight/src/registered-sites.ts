import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import { Refusal, type Site } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** The sites as they are registered now. Ready before the first door opens. */
@Injectable()
export class RegisteredSites implements OnModuleInit, OnModuleDestroy {
  #sites!: LiveTable<'site'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('sites.unreadable', { reason: reasonOf(error) });
    this.#sites = await LiveTable.open(this.bus, 'site', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#sites.close();
  }

  all(): Site[] {
    return this.#sites.all();
  }

  get(siteId: string): Site | undefined {
    return this.#sites.get(siteId);
  }

  /** @throws Refusal registration_missing */
  must(siteId: string): Site {
    const site = this.get(siteId);
    if (!site) throw new Refusal('registration_missing', `no site ${siteId} is registered`);
    return site;
  }

  /** Resolves once everything that is registered by now is known. */
  fresh(): Promise<void> {
    return this.#sites.fresh();
  }
}
