import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import {
  CredentialCommand,
  DeliveryCommand,
  HoldingsQuery,
  ReadinessQuery,
  type Holdings as Found,
  type Readiness,
  type Receipt,
} from '@tongsheng/contracts';
import { credential } from './credential.ts';
import { Credentials } from './credentials.ts';
import { delivery } from './delivery.ts';
import { Holdings } from './holdings.ts';
import { Registered } from './registered.ts';

@Controller()
export class DeliveriesController {
  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly holdings: Holdings,
  ) {}

  @Commands('delivery')
  handle(@Payload({ schema: DeliveryCommand }) command: DeliveryCommand): Promise<Receipt> {
    return carryOut(this.journal, delivery, command);
  }

  @Commands('credential')
  handleCredential(@Payload({ schema: CredentialCommand }) command: CredentialCommand): Promise<Receipt> {
    return carryOut(this.journal, credential, command);
  }

  /** Which channels could be pushed to at this moment: there, not paused, and with a login that is accepted. */
  @Query('channels.ready')
  ready(@Payload({ schema: ReadinessQuery }) { channels }: ReadinessQuery): Readiness {
    return { ready: channels.filter((channelId) => this.#isReady(channelId)) };
  }

  /** What channels have of a release, and what can be done about it there. */
  @Query('deliveries.holdings')
  async holdingsOf(@Payload({ schema: HoldingsQuery }) query: HoldingsQuery): Promise<Found> {
    return { targets: await this.holdings.of(query) };
  }

  #isReady(channelId: string): boolean {
    const channel = this.registered.channel(channelId);
    return channel?.paused === false && !this.credentials.isFailed(this.credentials.of(channel));
  }
}
