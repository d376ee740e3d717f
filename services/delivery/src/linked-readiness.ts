import { Injectable } from '@nestjs/common';
import { Journal, reasonOf, type Entry } from '@tongsheng/bus';
import {
  linkedTargets,
  type Channel,
  type LinkedEvent,
  type Readiness,
  type ReadinessQuery,
  type TargetReadiness,
} from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { AdapterTools } from './adapter-tools.ts';
import { Board } from './board.ts';
import { adapters } from './channels/index.ts';
import { Credentials } from './credentials.ts';
import type { Delivery } from './delivery.ts';
import { linkedDeliveryIdOf } from './linked-targets.ts';
import { Registered } from './registered.ts';

/** How long platforms have to say how they are, in ms. */
const patience = 4_000;

/** Which parts of a linked release would go at this moment, channel by channel, and what the others wait for. */
@Injectable()
export class LinkedReadiness {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly board: Board,
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly tools: AdapterTools,
  ) {}

  async of({ site, linkedId, look }: ReadinessQuery): Promise<Readiness> {
    const past = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const { wanted, planned } = linkedTargets(past.entries as Entry<LinkedEvent>[]);
    const channels = new Set(planned.map((target) => target.split('/')[2]!));
    const troubles = new Map<string, string>();
    await Promise.all(
      [...channels].map(async (channelId) => {
        const trouble = await this.#troubleOf(channelId, look);
        if (trouble !== null) troubles.set(channelId, trouble);
      }),
    );
    const deliveries = new Map(
      wanted.map((each) => [each.target, `${each.site}/${linkedDeliveryIdOf(linkedId, each)}`]),
    );
    const targets = planned.map((target): TargetReadiness => {
      const key = deliveries.get(target);
      const found = preparedness(key === undefined ? null : this.board.open.get(key)?.state);
      const trouble = troubles.get(target.split('/')[2]!);
      return { target, ready: found.ready && trouble === undefined, detail: (trouble ?? found.detail).slice(0, 500) };
    });
    return { targets };
  }

  /** What keeps everything from a channel, or null when nothing does. */
  async #troubleOf(channelId: string, look: boolean): Promise<string | null> {
    const channel = this.registered.channel(channelId);
    if (!channel) return 'no_channel';
    if (channel.paused) return 'paused';
    if (this.credentials.isFailed(this.credentials.of(channel))) return 'login_refused';
    return look ? this.#look(channel) : null;
  }

  async #look(channel: Channel): Promise<string | null> {
    const { health } = adapters[channel.kind];
    if (!health) return null;
    const seenAt = this.clock.now();
    const forbidden = () => Promise.reject(new Error('a look notes nothing'));
    try {
      const asked = health(this.tools.settingsOf(channel), this.tools.for(channel, {}, forbidden));
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience).unref());
      const found = await Promise.race([asked, late]);
      if (found === null) return 'no_answer';
      if (found.trouble === 'credential') await this.credentials.fail(channel, found.detail, seenAt);
      return found.ok ? null : found.detail;
    } catch (error) {
      const reason = reasonOf(error);
      this.log.error('delivery.look_failed', { channelId: channel.channelId, reason });
      return reason;
    }
  }
}

function preparedness(state: Delivery | null | undefined): { ready: boolean; detail: string } {
  if (state === null) return { ready: false, detail: 'unsigned' };
  if (state?.status !== 'preparing') return { ready: false, detail: 'not_begun' };
  return { ready: state.ready, detail: state.detail };
}
