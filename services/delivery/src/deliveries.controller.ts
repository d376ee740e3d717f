import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import { DeliveryCommand, ReadinessQuery, type Readiness, type Receipt } from '@tongsheng/contracts';
import { delivery } from './delivery.ts';
import { Registered } from './registered.ts';

@Controller()
export class DeliveriesController {
  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
  ) {}

  @Commands('delivery')
  handle(@Payload({ schema: DeliveryCommand }) command: DeliveryCommand): Promise<Receipt> {
    return carryOut(this.journal, delivery, command);
  }

  /** Which channels could be pushed to at this moment. */
  @Query('channels.ready')
  ready(@Payload({ schema: ReadinessQuery }) { channels }: ReadinessQuery): Readiness {
    return { ready: channels.filter((channelId) => this.registered.channel(channelId)?.paused === false) };
  }
}
