import { Module } from '@nestjs/common';
import { AdapterTools } from './adapter-tools.ts';
import { Attempts } from './attempts.ts';
import { Board } from './board.ts';
import { Callbacks } from './callbacks.ts';
import { ChannelStates } from './channel-states.ts';
import { ChannelsController } from './channels.controller.ts';
import { Conversations } from './conversations.ts';
import { Credentials } from './credentials.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { Door } from './door.ts';
import { Holdings } from './holdings.ts';
import { Gates } from './gates.ts';
import { LinkedReadiness } from './linked-readiness.ts';
import { Looks } from './looks.ts';
import { MendCredentials } from './mend-credentials.reaction.ts';
import { Parcels } from './parcels.ts';
import { PrepareLinked } from './prepare-linked.reaction.ts';
import { Quotas } from './quotas.ts';
import { RecallDeliveries } from './recall-deliveries.reaction.ts';
import { Registered } from './registered.ts';
import { RequestDeliveries } from './request-deliveries.reaction.ts';
import { ReserveSlots } from './reserve-slots.reaction.ts';
import { SendDeliveries } from './send-deliveries.ts';
import { Shared } from './shared.ts';
import { WatchStoppages } from './watch-stoppages.ts';

@Module({
  controllers: [
    ChannelsController,
    DeliveriesController,
    RequestDeliveries,
    PrepareLinked,
    ReserveSlots,
    RecallDeliveries,
    MendCredentials,
  ],
  providers: [
    Registered,
    Credentials,
    Gates,
    Shared,
    Quotas,
    Board,
    Parcels,
    Holdings,
    AdapterTools,
    Conversations,
    ChannelStates,
    Attempts,
    Looks,
    LinkedReadiness,
    WatchStoppages,
    SendDeliveries,
    Callbacks,
    Door,
  ],
})
export class DeliveryModule {}
