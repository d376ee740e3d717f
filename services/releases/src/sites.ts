import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Channel, Site } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** The sites as they are registered now. Ready before the first door opens. */
@Injectable()
export class Sites implements OnModuleInit, OnModuleDestroy {
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

  /** Whether a site is one of ours: others are at home in another deployment. */
  has(siteId: string): boolean {
    return this.#sites.get(siteId) !== undefined;
  }

  /** @throws when no such site is registered: the reaction is tried again, then seen by an administrator. */
  get(siteId: string): Site {
    const site = this.#sites.get(siteId);
    if (!site) throw new Error(`releases: no site ${siteId} is registered`);
    return site;
  }
}

/** The channels as they are registered now: some are partners whom releases are offered to. */
@Injectable()
export class Channels implements OnModuleInit, OnModuleDestroy {
  #channels!: LiveTable<'channel'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('channels.unreadable', { reason: reasonOf(error) });
    this.#channels = await LiveTable.open(this.bus, 'channel', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#channels.close();
  }

  get(channelId: string): Channel | undefined {
    return this.#channels.get(channelId)?.channel;
  }
}
