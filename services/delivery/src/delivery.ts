import { defineAggregate } from '@tongsheng/bus';
import {
  assignmentShares,
  DeliveryCommand,
  DeliveryEvent,
  deliveryPolicy,
  Refusal,
  type Assignment,
  type Bounced,
  type DeliveryNotes,
  type DeliveryPolicy,
  type DeliveryReceipt,
  type Finding,
  type OnUnknown,
  type Outcome,
  type RecipientAnswer,
  type Trouble,
} from '@tongsheng/contracts';
import { after, afterWatch, firstWatchAt, lookAt, partOf, retryAt, type Watch } from './schedule.ts';

/** What is known of a delivery whatever its state. */
type Facts = {
  onUnknown: OnUnknown;
  policy: DeliveryPolicy;
  attempts: number;
  tries: number;
  spentMs: number;
  /** The first attempt that may have arrived although nobody knows, and when it began. */
  doubt: { attempt: number; since: string } | null;
  receipt: DeliveryReceipt | null;
  notes: DeliveryNotes;
  /** How often the channel was asked since the last attempt ended. */
  looks: number;
  /** When it was asked last, and what it said. */
  asked: { at: string; finding: Finding } | null;
  /** Corrected or withdrawn since: nothing of it is sent any more. */
  halted: boolean;
  /** Of a mail that others have: those whom it is still to reach. Only they are in the next attempt. */
  left: readonly string[];
  /** Of a mail that others have: those whom it did not reach. To them alone a person may have it sent again. */
  unreached: readonly string[];
};

type Waiting = { status: 'waiting'; notBefore: string };
type Pending = { status: 'pending'; nextProbeAt: string | null; assigned: Assigned | null };
/** The time that a person has to hand it over, and the shares of it that were told. */
type Assigned = { startsAt: string; dueAt: string; told: readonly number[] };
type Unknown = { status: 'unknown'; nextProbeAt: string | null };
type Ended = { status: 'failed' } | { status: 'lost' };

/** How often what had been made ready is tried to be taken away, and how long it is waited in between. */
const discards = { atMost: 5, every: 'PT5M' };

export type Delivery =
  | { status: 'new' }
  /** It is made ready and waits to be committed; `nextPrepareAt` is null once it is ready or never will be. */
  | (Facts & {
      status: 'preparing';
      ready: boolean;
      detail: string;
      nextPrepareAt: string | null;
      goesOutAt: string | null;
    })
  /** Nothing is running; `notBefore` says when the next attempt may begin. */
  | (Facts & Waiting)
  | (Facts & { status: 'sending'; instance: string; startedAt: string })
  /** The channel took it and will tell later whether it is visible; or a person has it to hand over. */
  | (Facts & Pending)
  /** It may have arrived: the channel is asked, and after the last look a person. */
  | (Facts & Unknown)
  | (Facts & Watch & { status: 'confirmed'; watched: number; nextWatchAt: string | null })
  /** It will not go; what had been made ready of it is taken away. */
  | (Facts & { status: 'cancelled'; discarded: number; nextDiscardAt: string | null })
  | (Facts & Ended);

export type Known = Exclude<Delivery, { status: 'new' }>;
type Command<T extends DeliveryCommand['type']> = Extract<DeliveryCommand, { type: T }>;
type Event<T extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: T }>;

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
      const { type: _type, id: _id, at: _at, actor: _actor, ...rest } = command;
      const { causationId: _cause, correlationId: _correlation, traceparent: _trace, ...facts } = rest;
      return [{ type: 'delivery.requested', ...facts, requestedAt: at }];
    }
    if (delivery.status === 'new') throw new Refusal('delivery_missing', `no delivery ${deliveryId}`);

    switch (command.type) {
      case 'delivery.note':
        return note(command, delivery);
      case 'delivery.record_prepared': {
        if (delivery.status !== 'preparing') return [];
        const { ready, trouble, detail } = command;
        const nextPrepareAt = ready || trouble === 'content' ? null : after(at, 'PT1M');
        return [{ type: 'delivery.prepared', ...key, ready, trouble, detail, preparedAt: at, nextPrepareAt }];
      }
      case 'delivery.reschedule': {
        const { goesOutAt } = command;
        if (delivery.status !== 'preparing' || delivery.goesOutAt === goesOutAt) return [];
        return [{ type: 'delivery.rescheduled', ...key, goesOutAt, rescheduledAt: at }];
      }
      case 'delivery.commit':
        if (delivery.status === 'cancelled') throw closed(command, delivery);
        return delivery.status === 'preparing' ? [{ type: 'delivery.committed', ...key, committedAt: at }] : [];
      case 'delivery.cancel': {
        if (delivery.status === 'cancelled') return [];
        const untouched = delivery.status === 'preparing' || (delivery.status === 'waiting' && delivery.attempts === 0);
        if (!untouched) throw new Refusal('delivery_begun', `${deliveryId} is ${delivery.status}`);
        return [{ type: 'delivery.cancelled', ...key, reason: command.reason, cancelledAt: at }];
      }
      case 'delivery.halt':
        return halt(command, delivery);
      case 'delivery.record_discarded': {
        if (delivery.status !== 'cancelled' || delivery.nextDiscardAt === null) return [];
        const { done, detail } = command;
        const nextDiscardAt = done || delivery.discarded + 1 >= discards.atMost ? null : after(at, discards.every);
        return [{ type: 'delivery.discarded', ...key, done, detail, discardedAt: at, nextDiscardAt }];
      }
      case 'delivery.postpone': {
        if (delivery.status !== 'waiting') return [];
        const { because, notBefore } = command;
        if (notBefore <= delivery.notBefore) return [];
        return [{ type: 'delivery.postponed', ...key, because, notBefore, postponedAt: at }];
      }
      case 'delivery.attempt':
        return attempt(command, delivery);
      case 'delivery.answer':
        return answer(command, delivery);
      case 'delivery.record_probe':
        return recordProbe(command, delivery);
      case 'delivery.record_watch':
        return recordWatch(command, delivery);
      case 'delivery.resolve': {
        const { resolution, note: said, url, actor } = command;
        mustBeUnsettled(command, delivery);
        if (resolution === 'send_again') mustBeWanted(command, delivery);
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        const found = url === undefined ? {} : { url, nextWatchAt: watchFrom(delivery, at) };
        return [{ type: 'delivery.resolved', ...key, resolution, note: said, ...by, resolvedAt: at, ...found }];
      }
      case 'delivery.report': {
        if (isEnded(delivery)) throw closed(command, delivery);
        const handedOver =
          delivery.onUnknown === 'assisted' && delivery.status !== 'preparing' && delivery.attempts > 0;
        if (!handedOver) throw new Refusal('delivery_not_assigned', `${deliveryId} is ${delivery.status}`);
        const { url, visibleAt, screenshot, note: said, actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        // What a person says is looked at in this very moment, and then like any other.
        const nextWatchAt = delivery.policy.canWatch ? at : null;
        const facts = { url, visibleAt, screenshot, note: said, ...by, reportedAt: at, nextWatchAt };
        return [{ type: 'delivery.reported', ...key, ...facts }];
      }
      case 'delivery.warn':
        return warn(command, delivery);
      case 'delivery.record_bounce': {
        if (delivery.attempts === 0) throw new Refusal('delivery_attempt_mismatch', `${deliveryId} was never sent`);
        return [{ type: 'delivery.bounced', ...key, recipients: command.recipients, bouncedAt: at }];
      }
      case 'delivery.redrive': {
        if (delivery.status !== 'failed' && delivery.status !== 'lost' && !isPartial(delivery))
          throw new Refusal('delivery_not_failed', `${deliveryId} is ${delivery.status}`);
        mustBeWanted(command, delivery);
        const { reason, actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        return [{ type: 'delivery.redriven', ...key, reason, ...by, redrivenAt: at }];
      }
      case 'delivery.check': {
        if (!canCheck(delivery)) throw new Refusal('delivery_not_askable', `${deliveryId} is ${delivery.status}`);
        // It is being asked, or will be in this moment.
        if (delivery.nextProbeAt !== null && delivery.nextProbeAt <= at) return [];
        const { actor } = command;
        const by = { by: actor.id, byName: actor.name ?? actor.id };
        return [{ type: 'delivery.check_asked', ...key, ...by, askedAt: at }];
      }
    }
  },

  evolve(delivery, event): Delivery {
    if (event.type === 'delivery.requested') return born(event);
    if (delivery.status === 'new') return delivery;
    const facts = factsOf(delivery);
    const sure = { ...facts, doubt: null };
    switch (event.type) {
      case 'delivery.noted':
        return { ...delivery, notes: { ...delivery.notes, ...event.notes } };
      case 'delivery.prepared':
        if (delivery.status !== 'preparing') return delivery;
        return { ...delivery, ready: event.ready, detail: event.detail, nextPrepareAt: event.nextPrepareAt };
      case 'delivery.rescheduled': {
        const { goesOutAt, rescheduledAt: nextPrepareAt } = event;
        return { ...facts, status: 'preparing', ...unprepared, nextPrepareAt, goesOutAt };
      }
      case 'delivery.committed':
        return { ...facts, status: 'waiting', notBefore: event.committedAt };
      case 'delivery.cancelled':
        return { ...facts, status: 'cancelled', discarded: 0, nextDiscardAt: leftAt(delivery, event.cancelledAt) };
      case 'delivery.discarded': {
        if (delivery.status !== 'cancelled') return delivery;
        return { ...delivery, discarded: delivery.discarded + 1, nextDiscardAt: event.nextDiscardAt };
      }
      case 'delivery.postponed':
        return { ...facts, status: 'waiting', notBefore: event.notBefore };
      case 'delivery.attempted': {
        const { attempt: attempts, instance, startedAt } = event;
        return { ...facts, attempts, status: 'sending', instance, startedAt };
      }
      case 'delivery.answered':
        return answered(delivery, facts, event);
      case 'delivery.key_expired':
        return { ...facts, looks: 0, status: 'unknown', nextProbeAt: event.nextProbeAt };
      case 'delivery.probed':
        return probed(delivery, facts, event);
      case 'delivery.resolved': {
        const { resolution, resolvedAt, url, nextWatchAt = null } = event;
        if (resolution === 'send_again') return fresh(sure, resolvedAt);
        if (resolution === 'absent' && facts.left.length > 0)
          return endedWithout({ ...sure, unreached: [...facts.unreached, ...facts.left] }, resolvedAt);
        if (resolution === 'absent') return { ...sure, status: 'cancelled', discarded: 0, nextDiscardAt: null };
        const receipt = url === undefined ? facts.receipt : { remoteId: event.by, url, receivedAt: resolvedAt };
        return confirmed({ ...sure, receipt }, resolvedAt, nextWatchAt);
      }
      case 'delivery.reported': {
        const { url, reportedAt, by, nextWatchAt } = event;
        const receipt = { remoteId: by, url, receivedAt: reportedAt };
        const shown = confirmed({ ...sure, receipt }, reportedAt, nextWatchAt);
        return nextWatchAt === reportedAt ? atOnce(shown) : shown;
      }
      case 'delivery.bounced': {
        const addresses = event.recipients.map(({ address }) => address);
        return { ...delivery, unreached: [...new Set([...delivery.unreached, ...addresses])] };
      }
      case 'delivery.warned': {
        if (delivery.status !== 'pending' || !delivery.assigned) return delivery;
        const { assigned } = delivery;
        return { ...delivery, assigned: { ...assigned, told: [...assigned.told, event.share] } };
      }
      case 'delivery.redriven':
        return fresh({ ...sure, left: isPartial(delivery) ? delivery.unreached : [], unreached: [] }, event.redrivenAt);
      case 'delivery.check_asked':
        return canCheck(delivery) ? { ...delivery, nextProbeAt: event.askedAt } : delivery;
      case 'delivery.watched': {
        if (delivery.status !== 'confirmed') return delivery;
        const { stage, unsures } = afterWatch(delivery, event.found, event.watchedAt);
        return { ...delivery, stage, unsures, watched: event.look, nextWatchAt: event.nextWatchAt };
      }
      case 'delivery.lost':
        return { ...facts, status: 'lost' };
      case 'delivery.halted': {
        const halted = { ...delivery, halted: true };
        if (halted.status === 'unknown') return { ...halted, looks: 0, nextProbeAt: event.nextProbeAt };
        // That it is gone by our own hand is no news.
        if (halted.status === 'confirmed') return { ...halted, nextWatchAt: null };
        if (halted.status !== 'waiting') return halted;
        // Others have it, and who has not is told what is true now.
        if (halted.left.length > 0 && !halted.doubt) return endedWithout({ ...facts, halted: true }, event.haltedAt);
        return { ...facts, halted: true, looks: 0, status: 'unknown', nextProbeAt: event.nextProbeAt };
      }
    }
  },
});

const unprepared = { ready: false, detail: 'being_made_ready' };

/** When it is looked for what may have been left at the channel: notes speak of it, or somebody is at it this moment. */
function leftAt(delivery: Known, at: string): string | null {
  const underWay = delivery.status === 'preparing' && delivery.nextPrepareAt !== null;
  return underWay || Object.keys(delivery.notes).length > 0 ? at : null;
}

function born({ onUnknown, policy, requestedAt, awaitsCommit, goesOutAt }: Event<'delivery.requested'>): Delivery {
  const facts: Facts = {
    onUnknown,
    policy: deliveryPolicy.parse(policy ?? {}),
    attempts: 0,
    tries: 0,
    spentMs: 0,
    doubt: null,
    receipt: null,
    notes: {},
    looks: 0,
    asked: null,
    halted: false,
    left: [],
    unreached: [],
  };
  if (awaitsCommit)
    return { ...facts, status: 'preparing', ...unprepared, nextPrepareAt: requestedAt, goesOutAt: goesOutAt ?? null };
  return { ...facts, status: 'waiting', notBefore: requestedAt };
}

function factsOf(delivery: Known): Facts {
  const { onUnknown, policy, attempts, tries, spentMs, doubt, receipt, notes, looks, asked } = delivery;
  const { halted, left, unreached } = delivery;
  return { onUnknown, policy, attempts, tries, spentMs, doubt, receipt, notes, looks, asked, halted, left, unreached };
}

/** A mail that some have and others never got. */
const isPartial = (delivery: Known): boolean => delivery.status === 'confirmed' && delivery.unreached.length > 0;

/** Told by a person to try: with a whole budget. */
const fresh = (facts: Facts, at: string): Delivery => ({
  ...facts,
  tries: 0,
  spentMs: 0,
  status: 'waiting',
  notBefore: at,
});

type Confirmed = Extract<Delivery, { status: 'confirmed' }>;

const confirmed = (facts: Facts, confirmedAt: string, nextWatchAt: string | null): Confirmed => ({
  ...facts,
  left: [],
  status: 'confirmed',
  confirmedAt,
  stage: 0,
  unsures: 0,
  watched: 0,
  nextWatchAt,
});

/** Nothing more of it will go: it failed, or those who have it have it. */
const endedWithout = (facts: Facts, at: string): Delivery =>
  facts.left.length > 0 ? confirmed(facts, facts.receipt?.receivedAt ?? at, null) : { ...facts, status: 'failed' };

/** Looked at in the moment itself, before the looks that every delivery gets. */
const atOnce = (shown: Confirmed): Confirmed => ({ ...shown, stage: -1 });

const isEnded = ({ status }: Known): boolean =>
  status === 'confirmed' || status === 'failed' || status === 'lost' || status === 'cancelled';

const closed = ({ deliveryId }: DeliveryCommand, { status }: Known) =>
  new Refusal('delivery_closed', `${deliveryId} is ${status}`);

const watchFrom = ({ policy }: Facts, at: string): string | null => (policy.canWatch ? firstWatchAt(at) : null);
const probeFrom = ({ policy }: Facts, at: string): string | null =>
  policy.canProbe ? lookAt('unknown', 0, at, policy.probeAfter) : null;

function note(command: Command<'delivery.note'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, attempt: number, notes, at } = command;
  const running = delivery.status === 'sending' && number === delivery.attempts;
  if (!running && !(delivery.status === 'preparing' && number === 0)) {
    throw new Refusal('delivery_attempt_mismatch', `${deliveryId} is ${delivery.status}, not at ${number}`);
  }
  if (Object.entries(notes).every(([name, value]) => delivery.notes[name] === value)) return [];
  return [{ type: 'delivery.noted', deliveryId, site, attempt: number, notes, notedAt: at }];
}

/** What surely never left is cancelled; of everything else no attempt is made any more, and the channel is asked anew. */
function halt(command: Command<'delivery.halt'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, at, reason } = command;
  if (delivery.status === 'cancelled' || delivery.halted) return [];
  const { status, doubt, left } = delivery;
  const untouched = status === 'preparing' || (status === 'waiting' && doubt === null && left.length === 0);
  if (untouched) return [{ type: 'delivery.cancelled', deliveryId, site, reason, cancelledAt: at }];
  const asks = (status === 'waiting' && doubt !== null) || status === 'unknown';
  const nextProbeAt = asks ? probeFrom(delivery, at) : null;
  return [{ type: 'delivery.halted', deliveryId, site, reason, haltedAt: at, nextProbeAt }];
}

function mustBeWanted({ deliveryId }: DeliveryCommand, { halted }: Known): void {
  if (halted) throw new Refusal('delivery_halted', `${deliveryId} was corrected or withdrawn since`);
}

function attempt(command: Command<'delivery.attempt'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, at, instance } = command;
  if (isEnded(delivery)) throw closed(command, delivery);
  if (delivery.status === 'sending')
    throw new Refusal('delivery_attempt_mismatch', `attempt ${delivery.attempts} of ${deliveryId} is running`);
  if (delivery.status !== 'waiting') throw new Refusal('delivery_not_due', `${deliveryId} is ${delivery.status}`);
  if (at < delivery.notBefore) throw new Refusal('delivery_not_due', `${deliveryId} waits until ${delivery.notBefore}`);
  if (!keyHolds(delivery, at))
    return [{ type: 'delivery.key_expired', deliveryId, site, expiredAt: at, nextProbeAt: probeFrom(delivery, at) }];
  const number = delivery.attempts + 1;
  const to = delivery.left.length > 0 ? { to: [...delivery.left] } : {};
  return [{ type: 'delivery.attempted', deliveryId, site, attempt: number, instance, startedAt: at, ...to }];
}

/** Whether the channel still knows the key of what may have arrived. */
export function keyHolds({ doubt, policy }: Facts, at: string): boolean {
  return doubt === null || policy.keyLifetime === undefined || at < after(doubt.since, policy.keyLifetime);
}

function answer(command: Command<'delivery.answer'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, at, attempt: number, outcome, detail, receipt } = command;
  const { assignment, orphaned, conversation, recipients } = command;
  if (isEnded(delivery)) throw closed(command, delivery);
  if (!awaits(delivery, command)) {
    throw new Refusal('delivery_attempt_mismatch', `${deliveryId} is ${delivery.status}, not at ${number}`);
  }
  const trouble = command.trouble ?? usual[outcome];
  const facts = { ...factsOf(delivery), doubt: doubtAfter(delivery, number, outcome) };
  const deferred = recipients?.some((each) => each.outcome === 'deferred') ?? false;
  const others = facts.left.length > 0;
  const again =
    outcome === 'confirmed' && deferred
      ? retryAt({ ...command, trouble: 'busy' }, facts)
      : trouble && retries(outcome, facts.onUnknown)
        ? retryAt({ ...command, trouble }, facts)
        : null;
  // The key must still be known at the moment of the resend.
  const next = again && !facts.halted && keyHolds(facts, again.at) ? again : null;
  const bounced = givenUp(command, facts, next !== null);
  const probes =
    outcome === 'accepted_pending' ? pollFrom(facts, at) : next || !facts.doubt ? null : probeFrom(facts, at);
  const asks = facts.onUnknown === 'same_key' || facts.onUnknown === 'probe' || outcome === 'accepted_pending';
  return [
    {
      type: 'delivery.answered',
      deliveryId,
      site,
      attempt: number,
      outcome,
      detail,
      receipt,
      answeredAt: at,
      nextAttemptAt: next?.at ?? null,
      doubtful: facts.doubt !== null,
      spentMs: again?.spentMs ?? facts.spentMs,
      nextProbeAt: asks ? probes : null,
      nextWatchAt: outcome === 'confirmed' && receipt && !next ? watchFrom(facts, at) : null,
      ...(trouble && { trouble }),
      ...(assignment && { assignment }),
      ...(orphaned && { orphaned }),
      ...(conversation && { conversation }),
      ...(recipients && { recipients }),
      ...(others && { othersHaveIt: true }),
    },
    ...(bounced.length > 0
      ? [{ type: 'delivery.bounced' as const, deliveryId, site, recipients: bounced, bouncedAt: at }]
      : []),
  ];
}

/** Those of a mail that somebody has whom it will not reach by itself any more. While nobody has it, it is all of it that fails. */
function givenUp(
  { outcome, detail, recipients = [] }: Command<'delivery.answer'>,
  { left, doubt }: Facts,
  goesOn: boolean,
): Bounced[] {
  if (outcome !== 'confirmed' && left.length === 0) return [];
  const isOver = !goesOn && doubt === null && outcome !== 'accepted_pending';
  const named = recipients.filter((each) => each.outcome === 'refused' || (isOver && each.outcome === 'deferred'));
  const silent = isOver && outcome !== 'confirmed' && recipients.length === 0 ? left : [];
  return [
    ...named.map(({ address, status, detail: said }) => ({ address, status, detail: said })),
    ...silent.map((address) => ({ address, status: '', detail: detail.slice(0, 500) })),
  ];
}

/** Whom it is still to reach after an answer: nobody, where nobody has it yet or nothing more will go. */
function leftAfter({ left }: Facts, outcome: Outcome, recipients: readonly RecipientAnswer[]): readonly string[] {
  if (outcome !== 'confirmed' && (left.length === 0 || recipients.length === 0)) return left;
  return recipients.filter((each) => each.outcome === 'deferred').map(({ address }) => address);
}

const pollFrom = ({ policy }: Facts, at: string): string | null =>
  policy.canProbe ? lookAt('pending', 0, at, policy.pollAfter) : null;

/** What is meant where an adapter does not say. */
const usual: Record<Outcome, Trouble | undefined> = {
  not_sent: 'network',
  rejected_retryable: 'busy',
  rejected_permanent: 'content',
  unknown: 'network',
  accepted_pending: undefined,
  confirmed: undefined,
};

/** A no to a second copy says nothing of the first one; a yes says that it is there, and so does the channel's word. */
function doubtAfter({ doubt, ...delivery }: Known, number: number, outcome: Outcome): Facts['doubt'] {
  if (outcome === 'confirmed' || outcome === 'accepted_pending') return null;
  if (outcome !== 'unknown') return doubt?.attempt === number ? null : doubt;
  if (doubt) return doubt;
  return delivery.status === 'sending' ? { attempt: number, since: delivery.startedAt } : null;
}

function answered(delivery: Known, before: Facts, event: Event<'delivery.answered'>): Delivery {
  const {
    attempt: number,
    outcome,
    receipt,
    nextAttemptAt,
    nextProbeAt = null,
    nextWatchAt = null,
    assignment,
    recipients = [],
  } = event;
  const { answeredAt, spentMs } = event;
  const facts: Facts = {
    ...before,
    doubt: doubtAfter(delivery, number, outcome),
    receipt: receipt ?? before.receipt,
    looks: 0,
    asked: null,
    // Events of before there was a budget: every try counted.
    tries: spentMs === undefined || spentMs > before.spentMs ? before.tries + 1 : before.tries,
    spentMs: spentMs ?? before.spentMs,
  };
  const left = leftAfter(before, outcome, recipients);
  if (nextAttemptAt !== null) return { ...facts, left, status: 'waiting', notBefore: nextAttemptAt };
  if (outcome === 'confirmed') return confirmed(facts, answeredAt, nextWatchAt);
  if (outcome === 'accepted_pending')
    return { ...facts, status: 'pending', nextProbeAt, assigned: assignedBy(assignment, answeredAt) };
  return facts.doubt ? { ...facts, left, status: 'unknown', nextProbeAt } : endedWithout(facts, answeredAt);
}

const assignedBy = (assignment: Assignment | undefined, startsAt: string): Assigned | null =>
  assignment ? { startsAt, dueAt: assignment.dueAt, told: [] } : null;

/** What of a person's time is to be told next, and when; null once all was. */
export function nextWarning(state: Delivery): { share: (typeof assignmentShares)[number]; at: string } | null {
  if (state.status !== 'pending' || state.halted || !state.assigned) return null;
  const { startsAt, dueAt, told } = state.assigned;
  const share = assignmentShares.find((each) => !told.includes(each));
  return share === undefined ? null : { share, at: partOf(startsAt, dueAt, share) };
}

/** What was handed over meanwhile, or was told, is told to nobody. */
function warn(command: Command<'delivery.warn'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, share, at } = command;
  const next = nextWarning(delivery);
  if (next?.share !== share || delivery.status !== 'pending' || !delivery.assigned) return [];
  if (at < next.at) throw new Refusal('delivery_not_due', `${deliveryId} is warned of at ${next.at}`);
  const { startsAt, dueAt } = delivery.assigned;
  const facts = { attempt: delivery.attempts, share, startsAt, dueAt };
  return [{ type: 'delivery.warned', deliveryId, site, ...facts, warnedAt: at }];
}

/**
 * An answer belongs to the attempt that runs. The last one may still be answered when all that is known of it is
 * `unknown` or `accepted_pending`: late truth is better than none.
 */
function awaits(delivery: Known, { attempt: number, outcome }: Command<'delivery.answer'>): boolean {
  if (number !== delivery.attempts) return false;
  switch (delivery.status) {
    case 'sending':
      return true;
    case 'pending':
      return outcome === 'confirmed' || outcome === 'rejected_permanent';
    case 'unknown':
    case 'waiting':
      return delivery.doubt?.attempt === number && outcome !== 'unknown';
    case 'preparing':
    case 'confirmed':
    case 'failed':
    case 'lost':
    case 'cancelled':
      return false;
  }
}

/**
 * Whether it is tried again by itself. A resend of what may have arrived needs a key that the receiver checks; a package that
 * nobody was given yet is only made again.
 */
function retries(outcome: Outcome, onUnknown: OnUnknown): boolean {
  switch (outcome) {
    case 'not_sent':
    case 'rejected_retryable':
      return true;
    case 'unknown':
      return onUnknown === 'same_key' || onUnknown === 'assisted';
    case 'confirmed':
    case 'accepted_pending':
    case 'rejected_permanent':
      return false;
  }
}

function recordProbe(command: Command<'delivery.record_probe'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, at, attempt: number, by, finding, detail, receipt, conversation } = command;
  const key = { deliveryId, site };
  const said = conversation && { conversation };
  if (delivery.status === 'confirmed') {
    // The channel took back what it had said: a bounce, a ban.
    if (delivery.halted || (finding !== 'absent' && finding !== 'refused')) return [];
    const because = finding === 'refused' ? 'banned' : 'gone';
    return [{ type: 'delivery.lost', ...key, because, detail, lostAt: at, ...said }];
  }
  if (isEnded(delivery)) return [];
  const open = delivery.status === 'pending' || delivery.status === 'unknown' || isDoubtful(delivery);
  if (!open || number !== delivery.attempts)
    throw new Refusal('delivery_attempt_mismatch', `${deliveryId} is ${delivery.status}, not at ${number}`);
  // Nothing learned, and nothing was planned.
  if (finding === 'unsure' && (by === 'callback' || delivery.status === 'waiting')) return [];
  // Two who asked in the same moment and heard the same have asked once.
  const news = receipt !== null && receipt.remoteId !== delivery.receipt?.remoteId;
  if (delivery.asked?.at === at && delivery.asked.finding === finding && !news) return [];
  const again =
    finding === 'absent' && !delivery.halted
      ? retryAt({ ...command, trouble: 'busy' }, { ...factsOf(delivery) })
      : null;
  return [
    {
      type: 'delivery.probed',
      ...key,
      attempt: number,
      by,
      finding,
      detail,
      receipt,
      probedAt: at,
      nextProbeAt: nextLook(command, delivery),
      nextAttemptAt: again?.at ?? null,
      nextWatchAt: finding === 'present' ? watchFrom(delivery, at) : null,
      spentMs: again?.spentMs ?? delivery.spentMs,
      ...said,
    },
  ];
}

const isDoubtful = (delivery: Known): boolean => delivery.status === 'waiting' && delivery.doubt !== null;

/** When the channel is asked again: what it has taken is waited for longer than what it may not have. */
function nextLook({ finding, at, by }: Command<'delivery.record_probe'>, delivery: Known): string | null {
  const { policy, looks, status } = delivery;
  if (!policy.canProbe || (finding !== 'accepted' && finding !== 'unsure')) return null;
  const n = looks + (by === 'poll' ? 1 : 0);
  if (finding === 'accepted') return lookAt('pending', status === 'pending' ? n : 0, at, policy.pollAfter);
  return status === 'pending'
    ? lookAt('pending', n, at, policy.pollAfter)
    : lookAt('unknown', n, at, policy.probeAfter);
}

function probed(delivery: Known, before: Facts, event: Event<'delivery.probed'>): Delivery {
  const { by, finding, receipt, probedAt, nextProbeAt, nextAttemptAt, nextWatchAt } = event;
  const looks = before.looks + (by === 'poll' ? 1 : 0);
  const facts = { ...before, looks, asked: { at: probedAt, finding }, receipt: receipt ?? before.receipt };
  const sure = { ...facts, doubt: null };
  switch (finding) {
    case 'present':
      return confirmed(sure, probedAt, nextWatchAt);
    case 'accepted': {
      const assigned = delivery.status === 'pending' ? delivery.assigned : null;
      const count = delivery.status === 'pending' ? looks : 0;
      return { ...sure, looks: count, status: 'pending', nextProbeAt, assigned };
    }
    case 'absent':
      if (nextAttemptAt === null) return endedWithout(sure, probedAt);
      return { ...sure, tries: sure.tries + 1, spentMs: event.spentMs, status: 'waiting', notBefore: nextAttemptAt };
    case 'refused':
      return endedWithout(sure, probedAt);
    case 'unsure':
      return delivery.status === 'pending'
        ? { ...facts, status: 'pending', nextProbeAt, assigned: delivery.assigned }
        : { ...facts, status: 'unknown', nextProbeAt };
  }
}

function recordWatch(command: Command<'delivery.record_watch'>, delivery: Known): DeliveryEvent[] {
  const { deliveryId, site, at, look, found, detail, conversation } = command;
  const key = { deliveryId, site };
  // Another process has looked.
  if (delivery.status !== 'confirmed' || delivery.nextWatchAt === null || look !== delivery.watched + 1) return [];
  if (found === 'gone' || found === 'banned')
    return [
      { type: 'delivery.lost', ...key, because: found, detail, lostAt: at, ...(conversation && { conversation }) },
    ];
  const { nextAt } = afterWatch(delivery, found, at);
  return [{ type: 'delivery.watched', ...key, look, found, detail, watchedAt: at, nextWatchAt: nextAt }];
}

/** What the channel could tell now: it may have it, and can be asked. */
export const canCheck = (delivery: Known): delivery is Extract<Known, { status: 'unknown' | 'pending' }> =>
  delivery.policy.canProbe && (delivery.status === 'unknown' || delivery.status === 'pending');

/** A person settles what nobody knows, and what was taken and never became visible. */
function mustBeUnsettled(command: Command<'delivery.resolve'>, delivery: Known): void {
  if (isEnded(delivery)) throw closed(command, delivery);
  const { status } = delivery;
  const isPending = status === 'pending' && (command.resolution === 'arrived' || delivery.nextProbeAt === null);
  if (status === 'unknown' || isDoubtful(delivery) || isPending) return;
  throw new Refusal('delivery_not_unknown', `${command.deliveryId} is ${status}`);
}
