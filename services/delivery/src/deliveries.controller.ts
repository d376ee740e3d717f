import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { DeliveryCommand, type Receipt } from '@tongsheng/contracts';
import { delivery } from './delivery.ts';

@Controller()
export class DeliveriesController {
  constructor(private readonly journal: Journal) {}

  @Commands('delivery')
  handle(@Payload({ schema: DeliveryCommand }) command: DeliveryCommand): Promise<Receipt> {
    return carryOut(this.journal, delivery, command);
  }
}
