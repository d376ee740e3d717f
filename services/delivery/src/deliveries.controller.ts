import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import {
  CredentialCommand,
  DeliveryCommand,
  HoldingsQuery,
  limitsOf,
  OutlookQuery,
  PreviewQuery,
  ReadinessQuery,
  Refusal,
  type ChannelPreview,
  type DeliveryEvent,
  type DeliveryOutlook,
  type Holdings as Found,
  type Readiness,
  type Receipt,
  type SealsStanding,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { Halted } from './channels/steps.ts';
import { credential } from './credential.ts';
import { Credentials } from './credentials.ts';
import { delivery } from './delivery.ts';
import { Holdings } from './holdings.ts';
import { outlookOf } from './outlook.ts';
import { LinkedReadiness } from './linked-readiness.ts';
import { Parcels } from './parcels.ts';
import { Registered } from './registered.ts';

@Controller()
export class DeliveriesController {
  constructor(
    private readonly journal: Journal,
    private readonly holdings: Holdings,
    private readonly parcels: Parcels,
    private readonly clock: Clock,
    private readonly registered: Registered,
    private readonly readiness: LinkedReadiness,
    private readonly credentials: Credentials,
  ) {}

  @Commands('delivery')
  handle(@Payload({ schema: DeliveryCommand }) command: DeliveryCommand): Promise<Receipt> {
    return carryOut(this.journal, delivery, command);
  }

  /** What would become of each if a person had it sent again; nothing is done. */
  @Query('deliveries.outlook')
  async outlook(@Payload({ schema: OutlookQuery }) { deliveries }: OutlookQuery): Promise<{ rows: DeliveryOutlook[] }> {
    const rows = deliveries.map(async (key) => {
      const { events } = await this.journal.read({ aggregate: 'delivery', site: key.site, id: key.deliveryId });
      return { ...key, ...outlookOf(key, events as DeliveryEvent[], this.clock.now()) };
    });
    return { rows: await Promise.all(rows) };
  }

  @Commands('credential')
  async handleCredential(@Payload({ schema: CredentialCommand }) command: CredentialCommand): Promise<Receipt> {
    if (command.type !== 'credential.reseal') return carryOut(this.journal, credential, command);
    const resealed = await this.credentials.resealed(command.site, command.credentialId);
    return carryOut(this.journal, credential, { ...command, ...(resealed ?? { was: null, now: null }) });
  }

  @Query('credential.secrets')
  credentialSecrets(): Promise<SealsStanding> {
    return this.credentials.standing();
  }

  /** What channels have of a release, and what can be done about it there. */
  @Query('deliveries.holdings')
  async holdingsOf(@Payload({ schema: HoldingsQuery }) query: HoldingsQuery): Promise<Found> {
    return { targets: await this.holdings.of(query) };
  }

  /** What a channel would be handed of a draft, by the code that will hand it over. */
  @Query('channels.preview')
  preview(@Payload({ schema: PreviewQuery }) query: PreviewQuery): ChannelPreview {
    const channel = this.registered.channel(query.channelId);
    if (!channel) throw new Refusal('registration_missing', `no channel ${query.channelId}`);
    try {
      const { show } = adapters[channel.kind];
      const parcel = this.parcels.ofDraft(query, this.clock.now());
      // Secrets stay sealed: nothing that is shown is made of them.
      return { ...show(parcel, channel.settings, limitsOf(channel)), refused: null };
    } catch (error) {
      if (error instanceof Halted) return { parts: [], pictures: [], refused: error.message.slice(0, 500) };
      throw error;
    }
  }

  @Query('linked.ready')
  ready(@Payload({ schema: ReadinessQuery }) query: ReadinessQuery): Promise<Readiness> {
    return this.readiness.of(query);
  }
}
