import { Injectable } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { limitsOf, type Channel, type DeliveryCommand } from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey } from '@tongsheng/runtime';
import { AdapterTools } from './adapter-tools.ts';
import { Board } from './board.ts';
import type { ChannelKind, Discarded, Found, Prepared, Seen, Sent, Tools } from './channels/channel.ts';
import { adapters } from './channels/index.ts';
import { Conversations } from './conversations.ts';
import { Credentials } from './credentials.ts';
import { nextWarning } from './delivery.ts';
import { nextAction, type Action, type OpenDelivery } from './open-deliveries.ts';
import { Parcels } from './parcels.ts';
import { askingOf, Quotas } from './quotas.ts';
import { Shared } from './shared.ts';

type Told = Extract<
  DeliveryCommand,
  {
    type:
      | 'delivery.record_prepared'
      | 'delivery.record_discarded'
      | 'delivery.record_probe'
      | 'delivery.record_watch'
      | 'delivery.warn';
  }
>;
type Look = Exclude<Action['kind'], 'attempt'>;

/** How long a look is one process's, beyond the channel's own limit, in seconds. */
const spare = 10;

/** Whether making ready asks anybody at all. */
const hasWork = (channel: Channel): boolean => {
  const { prepare, health } = adapters[channel.kind];
  return prepare !== undefined || health !== undefined || limitsOf(channel).quotas.length > 0;
};

/**
 * What is done about a delivery besides attempts: it is made ready, the channel is asked what became of it, and later
 * whether it is still there. None of it hands anything over, so that it may be done twice.
 */
@Injectable()
export class Looks {
  constructor(
    private readonly board: Board,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly parcels: Parcels,
    private readonly tools: AdapterTools,
    private readonly shared: Shared,
    private readonly credentials: Credentials,
    private readonly conversations: Conversations,
    private readonly quotas: Quotas,
  ) {}

  /** @returns 0, or for how many ms to wait: for the channel's rate, or because another process is at it. */
  async make(open: OpenDelivery, channel: Channel): Promise<number> {
    const action = nextAction(open.state);
    if (!action || action.kind === 'attempt') return 0;
    const { kind } = action;
    const { rate, timeoutMs } = limitsOf(channel);
    if (kind === 'prepare' && !hasWork(channel)) return this.#do(open, channel, kind);
    const turn = Math.ceil(timeoutMs / 1_000) + spare;
    if (!(await this.shared.claim(`${open.key}/${kind}/${action.at}`, turn))) return turn * 1_000;
    if (rate) {
      const waitMs = await this.shared.take(this.credentials.of(channel), rate);
      if (waitMs > 0) return waitMs;
    }
    return this.#do(open, channel, kind);
  }

  async #do(open: OpenDelivery, channel: Channel, kind: Look): Promise<0> {
    const talk = this.tools.conversation(channel);
    const command = await talk.during(() => this.#look(open, channel, kind));
    if (!command) return 0;
    const { facts, stored } = this.conversations.keep(talk, isWell(command));
    const told = command.type === 'delivery.record_probe' || command.type === 'delivery.record_watch';
    await this.board.insist(open, told ? { ...command, ...facts } : command);
    await stored;
    return 0;
  }

  async #look(open: OpenDelivery, channel: Channel, kind: Look): Promise<Told | null> {
    const { requested, state } = open;
    if (state.status === 'new') return null;
    const { deliveryId, site } = requested;
    const key = { at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' }, deliveryId, site };
    switch (kind) {
      case 'prepare': {
        const { ready, detail, ...rest } = await this.#prepare(open, channel);
        const trouble = 'trouble' in rest ? rest.trouble : null;
        const id = this.ids.next();
        return { type: 'delivery.record_prepared', ...key, id, ready, trouble, detail: detail.slice(0, 2_000) };
      }
      case 'discard': {
        const { done, detail } = await this.#discard(open, channel);
        const id = this.ids.next();
        return { type: 'delivery.record_discarded', ...key, id, done, detail: detail.slice(0, 2_000) };
      }
      case 'probe': {
        const { attempts: attempt, looks } = state;
        const { finding, detail, receipt, retryAfterSeconds = null } = await this.#probe(open, channel);
        return {
          type: 'delivery.record_probe',
          ...key,
          at: this.clock.now(),
          id: `${deliveryId}/probe/${attempt}/${looks}/${state.status}`,
          attempt,
          by: 'poll',
          finding,
          detail: detail.slice(0, 2_000),
          receipt: receipt ? { ...receipt, receivedAt: this.clock.now() } : null,
          retryAfterSeconds: retryAfterSeconds === null ? null : Math.ceil(retryAfterSeconds),
        };
      }
      case 'warn': {
        const warning = nextWarning(state);
        if (!warning) return null;
        const { share } = warning;
        return { type: 'delivery.warn', ...key, id: `${deliveryId}/warn/${state.attempts}/${share}`, share };
      }
      case 'watch': {
        if (state.status !== 'confirmed') return null;
        const look = state.watched + 1;
        const { found, detail } = await this.#watch(open, channel);
        const id = `${deliveryId}/watch/${state.attempts}/${look}`;
        return {
          type: 'delivery.record_watch',
          ...key,
          at: this.clock.now(),
          id,
          look,
          found,
          detail: detail.slice(0, 2_000),
        };
      }
    }
  }

  /** Draft and uploads where the channel has them, else its login; and then the quota of T0. */
  async #prepare(open: OpenDelivery, channel: Channel): Promise<Prepared> {
    const { deliveryId, site } = open.requested;
    const note: Tools['note'] = (notes) => {
      const head = { id: this.ids.next(), at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
      return this.board.insist(open, { type: 'delivery.note', ...head, deliveryId, site, attempt: 0, notes });
    };
    const made = await this.#ask<Prepared>(
      open,
      channel,
      async ({ prepare, health }, { parcel }, settings, tools) => {
        if (prepare) return prepare(parcel, settings, { ...tools, note });
        if (!health) return { ready: true, detail: 'nothing has to be made ready' };
        const { ok, detail, trouble } = await health(settings, tools);
        return ok ? { ready: true, detail } : { ready: false, detail, trouble: trouble ?? 'network' };
      },
      (detail, isLogin) => ({ ready: false, detail, trouble: isLogin ? 'credential' : 'network' }),
    );
    return made.ready ? this.#withSlot(open, channel, made) : made;
  }

  /** The plan reserves the slots of its day; where it could not, T0 would come in vain. */
  async #withSlot(open: OpenDelivery, channel: Channel, made: Prepared): Promise<Prepared> {
    const { state, requested } = open;
    const { quotas } = limitsOf(channel);
    if (quotas.length === 0 || state.status !== 'preparing' || state.goesOutAt === null) return made;
    const asking = askingOf(requested, channel, this.credentials);
    if (await this.quotas.reserveFor(asking, quotas, state.goesOutAt)) return made;
    return { ready: false, trouble: 'quota', detail: 'no slot of the quota is left at that time' };
  }

  async #discard(open: OpenDelivery, channel: Channel): Promise<Discarded> {
    const { state } = open;
    const isRetry = state.status === 'cancelled' && state.discarded > 0;
    return this.#ask<Discarded>(
      open,
      channel,
      async ({ discard, sharesDraft }, sent, settings, tools) =>
        discard && !(sharesDraft && isRetry && this.board.open.hasSuccessor(open))
          ? discard(sent, settings, tools)
          : { done: true, detail: 'nothing has to be taken away' },
      (detail) => ({ done: false, detail }),
    );
  }

  #probe(open: OpenDelivery, channel: Channel): Promise<Found> {
    return this.#ask<Found>(
      open,
      channel,
      async ({ probe }, sent, settings, tools) =>
        probe ? probe.look(sent, settings, tools) : { finding: 'unsure', detail: 'the channel can’t be asked' },
      (detail) => ({ finding: 'unsure', detail }),
    );
  }

  #watch(open: OpenDelivery, channel: Channel): Promise<Seen> {
    return this.#ask<Seen>(
      open,
      channel,
      async ({ watch }, sent, settings, tools) =>
        watch ? watch(sent, settings, tools) : { found: 'unsure', detail: 'the channel can’t be looked at' },
      (detail) => ({ found: 'unsure', detail }),
    );
  }

  /** A channel that is another kind by now, and an adapter that fails, tell nothing. */
  async #ask<T>(
    open: OpenDelivery,
    channel: Channel,
    question: (kind: ChannelKind, sent: Sent, settings: Channel['settings'], tools: Tools) => Promise<T>,
    failed: (detail: string, isLogin: boolean) => T,
  ): Promise<T> {
    const { requested, state } = open;
    const { kind } = channel;
    if (state.status === 'new' || kind !== requested.channelKind)
      return failed(`the channel was ${requested.channelKind} and is ${kind} now`, false);
    try {
      const parcel = await this.parcels.of(requested);
      const { receipt, notes } = state;
      const forbidden = () => Promise.reject(new Error('a look changes nothing, and notes nothing'));
      const tools = this.tools.for(channel, notes, forbidden);
      return await question(adapters[kind], { parcel, receipt, notes }, this.tools.settingsOf(channel), tools);
    } catch (error) {
      const { deliveryId } = requested;
      this.log.error('delivery.look_failed', { deliveryId, kind, reason: reasonOf(error) });
      return failed(reasonOf(error), error instanceof NoKey);
    }
  }
}

/** Nothing that anybody would look into. */
function isWell(told: Told): boolean {
  switch (told.type) {
    case 'delivery.record_prepared':
    case 'delivery.warn':
      return true;
    case 'delivery.record_discarded':
      return told.done;
    case 'delivery.record_probe':
      return told.finding === 'present' || told.finding === 'accepted';
    case 'delivery.record_watch':
      return told.found === 'present';
  }
}
