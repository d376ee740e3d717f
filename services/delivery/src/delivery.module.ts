import { Module } from '@nestjs/common';
import { Attempts } from './attempts.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { Parcels } from './parcels.ts';
import { Registered } from './registered.ts';
import { RequestDeliveries } from './request-deliveries.reaction.ts';
import { SendDeliveries } from './send-deliveries.ts';

@Module({
  controllers: [DeliveriesController, RequestDeliveries],
  providers: [Registered, Parcels, Attempts, SendDeliveries],
})
export class DeliveryModule {}
