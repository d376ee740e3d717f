import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Reaction, type Entry } from '@tongsheng/bus';
import type { ChannelRegistered } from '@tongsheng/contracts';
import { Credentials } from './credentials.ts';

/** When a channel was registered anew, then its login is tried again; not when only the key of its secrets was changed. */
@Controller()
export class MendCredentials {
  constructor(private readonly credentials: Credentials) {}

  @Reaction('channel', 'mend-credentials')
  async react(@Payload() { envelope, events }: Entry<ChannelRegistered>): Promise<void> {
    const { id, actor } = envelope;
    for (const { channel, resealed } of events)
      if (!resealed) await this.credentials.registered(channel.channelId, actor, id);
  }
}
