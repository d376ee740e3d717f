import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Checklist, ReleaseChain } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** Review chains, and the lists that drafts are looked through for, as they are registered now. Ready before the first door opens. */
@Injectable()
export class ReviewBook implements OnModuleInit, OnModuleDestroy {
  #chains!: LiveTable<'release_chain'>;
  #lists!: LiveTable<'checklist'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('review_book.unreadable', { reason: reasonOf(error) });
    this.#chains = await LiveTable.open(this.bus, 'release_chain', onFailure);
    this.#lists = await LiveTable.open(this.bus, 'checklist', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#chains.close();
    await this.#lists.close();
  }

  get chains(): readonly ReleaseChain[] {
    return this.#chains.all();
  }

  get lists(): readonly Checklist[] {
    return this.#lists.all().map(({ checklist }) => checklist);
  }
}
