import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import { chainFor, type RunningChain, type Site, type Source } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import type { Book } from './rules.ts';

/** What judges items, as it is registered now. Ready before the first door opens. */
@Injectable()
export class Configuration implements OnModuleInit, OnModuleDestroy {
  #sites!: LiveTable<'site'>;
  #sources!: LiveTable<'source'>;
  #policies!: LiveTable<'policy'>;
  #overrides!: LiveTable<'override'>;
  #rules!: LiveTable<'rule'>;
  #chains!: LiveTable<'chain'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('configuration.unreadable', { reason: reasonOf(error) });
    this.#sites = await LiveTable.open(this.bus, 'site', onFailure);
    this.#sources = await LiveTable.open(this.bus, 'source', onFailure);
    this.#policies = await LiveTable.open(this.bus, 'policy', onFailure);
    this.#overrides = await LiveTable.open(this.bus, 'override', onFailure);
    this.#rules = await LiveTable.open(this.bus, 'rule', onFailure);
    this.#chains = await LiveTable.open(this.bus, 'chain', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#tables.map((table) => table.close()));
  }

  get #tables() {
    return [this.#sites, this.#sources, this.#policies, this.#overrides, this.#rules, this.#chains];
  }

  /** All that deciding about an item of this source needs, as it is registered at this moment. */
  async for(sourceId: string): Promise<{ source: Source | undefined; book: Book }> {
    await Promise.all(this.#tables.map((table) => table.fresh()));
    return { source: this.#sources.get(sourceId), book: this.book };
  }

  get book(): Book {
    return {
      sites: this.#sites.all(),
      policies: this.#policies.all(),
      overrides: this.#overrides.all(),
      rules: this.#rules.all(),
    };
  }

  /** Who must sign a task before it goes out, by the rule book of this moment. */
  async chainFor(task: Parameters<typeof chainFor>[1]): Promise<RunningChain> {
    await this.#chains.fresh();
    return chainFor(this.#chains.all(), task);
  }

  get sources(): Source[] {
    return this.#sources.all();
  }

  source(sourceId: string): Source | undefined {
    return this.#sources.get(sourceId);
  }

  site(siteId: string): Site | undefined {
    return this.#sites.get(siteId);
  }

  /** As it is registered at this moment: settings that a person has just mended count at once. */
  async freshSite(siteId: string): Promise<Site | undefined> {
    await this.#sites.fresh();
    return this.#sites.get(siteId);
  }
}
