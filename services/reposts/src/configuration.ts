import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Rule, Site, Source } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** The sites, sources and rules as they are registered now. Ready before the first door opens. */
@Injectable()
export class Configuration implements OnModuleInit, OnModuleDestroy {
  #sites!: LiveTable<'site'>;
  #sources!: LiveTable<'source'>;
  #rules!: LiveTable<'rule'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('configuration.unreadable', { reason: reasonOf(error) });
    this.#sites = await LiveTable.open(this.bus, 'site', onFailure);
    this.#sources = await LiveTable.open(this.bus, 'source', onFailure);
    this.#rules = await LiveTable.open(this.bus, 'rule', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.#sites.close(), this.#sources.close(), this.#rules.close()]);
  }

  /** All that deciding about an item of this source needs, as it is registered at this moment. */
  async for(sourceId: string): Promise<{ source: Source | undefined; rules: Rule[]; sites: string[] }> {
    await Promise.all([this.#sites.fresh(), this.#sources.fresh(), this.#rules.fresh()]);
    return {
      source: this.#sources.get(sourceId),
      rules: this.#rules.all(),
      sites: this.#sites.all().map(({ siteId }) => siteId),
    };
  }

  site(siteId: string): Site | undefined {
    return this.#sites.get(siteId);
  }
}
