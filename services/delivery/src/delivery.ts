import { defineAggregate } from '@tongsheng/bus';
import { DeliveryCommand, DeliveryEvent, Refusal, type Outcome } from '@tongsheng/contracts';
import { nextAttemptAt } from './schedule.ts';

type Facts = Pick<Requested, 'onUnknown'> & { attempts: number };

export type Delivery =
  | { status: 'new' }
  /** Nothing is running; `notBefore` says when the next attempt may begin. `unsure`: the last one may have arrived. */
  | (Facts & { status: 'waiting'; notBefore: string; unsure: boolean })
  | (Facts & { status: 'sending'; instance: string })
  /** The channel took it and will tell later whether it is visible. */
  | (Facts & { status: 'pending' })
  /** It may have arrived; a person must look. */
  | (Facts & { status: 'unknown' })
  | { status: 'confirmed' }
  | { status: 'failed' };

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Answer = Extract<DeliveryCommand, { type: 'delivery.answer' }>;
type Open = Exclude<Delivery, { status: 'new' | 'confirmed' | 'failed' }>;

/** One release to one channel: attempts, what is known of each, and its end. It never claims what it doesn't know. */
export const delivery = defineAggregate({
  name: 'delivery',
  commands: DeliveryCommand,
  events: DeliveryEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.deliveryId,
  opens: ['delivery.request'],
  initial: { status: 'new' } as Delivery,

  decide(command, delivery): DeliveryEvent[] {
    const { deliveryId, site, at } = command;
    const key = { deliveryId, site };
    if (command.type === 'delivery.request') {
      if (delivery.status !== 'new') return [];
      const { releaseId, channelId, channelName, channelKind, title, contentHash, onUnknown } = command;
      const facts = { releaseId, channelId, channelName, channelKind, title, contentHash, onUnknown };
      return [{ type: 'delivery.requested', ...key, ...facts, requestedAt: at }];
    }
    if (delivery.status === 'new') throw new Refusal('delivery_missing', `no delivery ${deliveryId}`);
    if (delivery.status === 'confirmed' || delivery.status === 'failed') {
      throw new Refusal('delivery_closed', `${deliveryId} is ${delivery.status}`);
    }

    switch (command.type) {
      case 'delivery.attempt': {
        mustBeDue(command, delivery);
        const { instance } = command;
        return [{ type: 'delivery.attempted', ...key, attempt: delivery.attempts + 1, instance, startedAt: at }];
      }
      case 'delivery.answer': {
        if (!awaits(delivery, command)) {
          throw new Refusal(
            'delivery_attempt_mismatch',
            `${deliveryId} is ${delivery.status}, not at ${command.attempt}`,
          );
        }
        const { attempt, outcome, detail, receipt } = command;
        const next = retries(outcome, delivery.onUnknown) ? nextAttemptAt(command) : null;
        return [
          { type: 'delivery.answered', ...key, attempt, outcome, detail, receipt, answeredAt: at, nextAttemptAt: next },
        ];
      }
      case 'delivery.resolve': {
        const unsure = delivery.status === 'unknown' || (delivery.status === 'waiting' && delivery.unsure);
        if (!unsure) throw new Refusal('delivery_not_unknown', `${deliveryId} is ${delivery.status}`);
        const { resolution, note, actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        return [{ type: 'delivery.resolved', ...key, resolution, note, ...by, resolvedAt: at }];
      }
    }
  },

  evolve(delivery, event): Delivery {
    if (event.type === 'delivery.requested') {
      const { onUnknown, requestedAt } = event;
      return { status: 'waiting', onUnknown, attempts: 0, notBefore: requestedAt, unsure: false };
    }
    if (!('attempts' in delivery)) return delivery;
    const { onUnknown, attempts } = delivery;
    switch (event.type) {
      case 'delivery.attempted':
        return { status: 'sending', onUnknown, attempts: event.attempt, instance: event.instance };
      case 'delivery.answered': {
        const { outcome, nextAttemptAt: notBefore } = event;
        const unsure = outcome === 'unknown';
        if (notBefore !== null) return { status: 'waiting', onUnknown, attempts, notBefore, unsure };
        if (outcome === 'confirmed') return { status: 'confirmed' };
        if (outcome === 'accepted_pending') return { status: 'pending', onUnknown, attempts };
        return unsure ? { status: 'unknown', onUnknown, attempts } : { status: 'failed' };
      }
      case 'delivery.resolved':
        if (event.resolution === 'arrived') return { status: 'confirmed' };
        return { status: 'waiting', onUnknown, attempts, notBefore: event.resolvedAt, unsure: false };
    }
  },
});

function mustBeDue({ deliveryId, at }: DeliveryCommand, delivery: Open): void {
  switch (delivery.status) {
    case 'sending':
      throw new Refusal('delivery_attempt_mismatch', `attempt ${delivery.attempts} of ${deliveryId} is running`);
    case 'pending':
    case 'unknown':
      throw new Refusal('delivery_not_due', `${deliveryId} is ${delivery.status}`);
    case 'waiting':
      if (at < delivery.notBefore)
        throw new Refusal('delivery_not_due', `${deliveryId} waits until ${delivery.notBefore}`);
  }
}

/**
 * An answer belongs to the attempt that runs. The last one may still be answered when all that is known of it is
 * `unknown` or `accepted_pending`: late truth is better than none.
 */
function awaits(delivery: Open, { attempt, outcome }: Answer): boolean {
  if (attempt !== delivery.attempts) return false;
  switch (delivery.status) {
    case 'sending':
      return true;
    case 'pending':
      return outcome !== 'accepted_pending';
    case 'unknown':
      return outcome !== 'unknown';
    case 'waiting':
      return delivery.unsure && outcome !== 'unknown';
  }
}

/** Whether it is tried again by itself. A resend of what may have arrived needs a key that the receiver checks. */
function retries(outcome: Outcome, onUnknown: Requested['onUnknown']): boolean {
  switch (outcome) {
    case 'not_sent':
    case 'rejected_retryable':
      return true;
    case 'unknown':
      return onUnknown === 'same_key';
    case 'confirmed':
    case 'accepted_pending':
    case 'rejected_permanent':
      return false;
  }
}
