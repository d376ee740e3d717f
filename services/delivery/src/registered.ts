import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Channel, Site } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** The sites and channels as they are registered now. Ready before the first door opens. */
@Injectable()
export class Registered implements OnModuleInit, OnModuleDestroy {
  #sites!: LiveTable<'site'>;
  #channels!: LiveTable<'channel'>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('registered.unreadable', { reason: reasonOf(error) });
    this.#sites = await LiveTable.open(this.bus, 'site', onFailure);
    this.#channels = await LiveTable.open(this.bus, 'channel', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.#sites.close(), this.#channels.close()]);
  }

  site(siteId: string): Site | undefined {
    return this.#sites.get(siteId);
  }

  channel(channelId: string): Channel | undefined {
    return this.#channels.get(channelId)?.channel;
  }

  channels(): Channel[] {
    return this.#channels.all().map(({ channel }) => channel);
  }

  /** Told when a channel was changed, e.g. paused or given another address. */
  onChannelChange(listener: () => void): void {
    this.#channels.onChange(listener);
  }
}
