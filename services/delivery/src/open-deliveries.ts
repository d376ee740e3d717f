import type { Entry, Head } from '@tongsheng/bus';
import { subjects, type DeliveryEvent, type Urgency } from '@tongsheng/contracts';
import { nextWarning, delivery, type Delivery } from './delivery.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;

export type OpenDelivery = {
  key: string;
  /** What all versions of one release at one channel have in common. */
  family: string;
  requested: Requested;
  /** Log position at which it was asked for. */
  since: number;
  state: Delivery;
  /** Where its next decision would stand: most can be appended without reading what is known already. */
  head: Head;
};

/** What is to be done next, by itself, and when. */
export type Action = { kind: 'attempt' | 'prepare' | 'discard' | 'probe' | 'watch' | 'warn'; at: string };

export function nextAction(state: Delivery): Action | null {
  switch (state.status) {
    case 'waiting':
      return { kind: 'attempt', at: state.notBefore };
    case 'preparing':
      return state.nextPrepareAt === null ? null : { kind: 'prepare', at: state.nextPrepareAt };
    case 'pending': {
      const warning = nextWarning(state);
      // A channel that people hand over to can't be asked.
      if (warning) return { kind: 'warn', at: warning.at };
      return state.nextProbeAt === null ? null : { kind: 'probe', at: state.nextProbeAt };
    }
    case 'unknown':
      return state.nextProbeAt === null ? null : { kind: 'probe', at: state.nextProbeAt };
    case 'confirmed':
      return state.nextWatchAt === null ? null : { kind: 'watch', at: state.nextWatchAt };
    case 'cancelled':
      return state.nextDiscardAt === null ? null : { kind: 'discard', at: state.nextDiscardAt };
    case 'new':
    case 'sending':
    case 'failed':
    case 'lost':
      return null;
  }
}

/** Where deliveries of one channel and one urgency stand in line; what only looks has a line of its own. */
export type Lane = {
  key: string;
  channelId: string;
  urgency: Urgency | 'looks';
  /** May be done now, in the order in which they became so. */
  readonly ready: Map<string, OpenDelivery>;
  /** Are due later; `soonest` is the first instant at which one is. */
  readonly later: Map<string, { open: OpenDelivery; at: string }>;
  soonest: string | null;
  /** With an attempt that nobody has answered yet, by whichever process. */
  readonly sending: Set<string>;
};

/** What an entry changed. */
export type Change = { open: OpenDelivery; events: DeliveryEvent[]; ended: boolean };

/** Every delivery about which something is still to be done, folded from the log; what ended is forgotten. */
export class OpenDeliveries {
  /** In the order in which they were asked for. */
  readonly #open = new Map<string, OpenDelivery>();
  readonly #lanes = new Map<string, Lane>();
  readonly #placed = new Map<string, Lane>();
  readonly #families = new Map<string, Set<OpenDelivery>>();
  readonly #sending = new Set<OpenDelivery>();
  /** Lanes in which something changed since they were last looked at. */
  readonly #stirred = new Set<Lane>();
  #position = 0;

  /** Log position up to which this is true. */
  get position(): number {
    return this.#position;
  }

  /** The log came to this position, whatever stands there. */
  pass(position: number): void {
    this.#position = position;
  }

  get(key: string): OpenDelivery | undefined {
    return this.#open.get(key);
  }

  all(): Iterable<OpenDelivery> {
    return this.#open.values();
  }

  lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  /**
   * What the log says. What this process wrote itself it has applied already.
   * @returns null when nothing changed, `forgotten` when the delivery had ended and is to be read again
   */
  apply(
    { position, site, id, events, hash, subject, envelope: { traceparent } }: Entry,
    now: string,
  ): Change | 'forgotten' | null {
    this.#position = position;
    const key = `${site}/${id}`;
    const told = events as DeliveryEvent[];
    const known = this.#open.get(key);
    if (known)
      return position > known.head.position ? this.extend(known, { position, hash, traceparent }, told, now) : null;
    const [first] = told;
    if (first?.type === 'delivery.redriven') return 'forgotten';
    if (first?.type !== 'delivery.requested') return null;
    const family = familyOf(first);
    const head = { subject, position: 0, hash: '' };
    const open = { key, family, requested: first, since: position, state: delivery.initial, head };
    return this.extend(open, { position, hash, traceparent }, told, now);
  }

  /** A delivery that had ended, from its whole past. */
  remember(entries: readonly Entry[], now: string): void {
    const [first] = entries;
    const requested = first?.events[0];
    if (!first || requested?.type !== 'delivery.requested') return;
    const key = `${first.site}/${first.id}`;
    const state = entries.flatMap(({ events }) => events as DeliveryEvent[]).reduce(delivery.evolve, delivery.initial);
    const { position, hash, subject, envelope } = entries.at(-1)!;
    const head = { subject, position, hash, traceparent: envelope.traceparent };
    const open = { key, family: familyOf(requested), requested, since: first.position, state, head };
    if (!isEnded(state)) this.#keep(open, now);
  }

  /** What was just written, by this process or another. */
  extend(open: OpenDelivery, at: Omit<Head, 'subject'>, events: DeliveryEvent[], now: string): Change {
    const { deliveryId, site } = open.requested;
    open.head = { subject: subjects.event('delivery', site, deliveryId), ...at };
    open.state = events.reduce(delivery.evolve, open.state);
    const ended = isEnded(open.state);
    if (ended) this.#forget(open);
    else this.#keep(open, now);
    return { open, events, ended };
  }

  /** The lanes in which something changed since the last time. */
  takeStirred(): Lane[] {
    const lanes = [...this.#stirred];
    this.#stirred.clear();
    return lanes;
  }

  stir(lane: Lane): void {
    this.#stirred.add(lane);
  }

  stirAll(): void {
    for (const lane of this.#lanes.values()) this.#stirred.add(lane);
  }

  /** The first of a lane that may be done now; none that waits for an earlier version of its own, or that is passed over. */
  next(lane: Lane, now: string, isPassedOver: (key: string) => boolean): OpenDelivery | null {
    if (lane.soonest !== null && lane.soonest <= now) this.#ripen(lane, now);
    for (const open of lane.ready.values()) if (!isPassedOver(open.key) && !this.#isHeldBack(open)) return open;
    return null;
  }

  /** Whether something else of the same release waits for its moment at the same channel. */
  hasSuccessor(open: OpenDelivery): boolean {
    return [...this.#family(open)].some((other) => other !== open && other.state.status === 'preparing');
  }

  /** Those with an attempt that nobody has answered yet. */
  sending(): (OpenDelivery & { state: Extract<Delivery, { status: 'sending' }> })[] {
    return [...this.#sending].filter(isSending);
  }

  #ripen(lane: Lane, now: string): void {
    lane.soonest = null;
    for (const [key, { open, at }] of lane.later) {
      if (at <= now) {
        lane.later.delete(key);
        lane.ready.set(key, open);
      } else if (lane.soonest === null || at < lane.soonest) lane.soonest = at;
    }
  }

  #keep(open: OpenDelivery, now: string): void {
    this.#open.set(open.key, open);
    this.#family(open).add(open);
    if (open.state.status === 'sending') this.#sending.add(open);
    else this.#sending.delete(open);
    this.#place(open, now);
    this.#stirFamily(open);
  }

  #forget(open: OpenDelivery): void {
    this.#open.delete(open.key);
    this.#sending.delete(open);
    this.#unplace(open);
    this.#stirFamily(open);
    const family = this.#family(open);
    family.delete(open);
    if (family.size === 0) this.#families.delete(open.family);
  }

  #place(open: OpenDelivery, now: string): void {
    this.#unplace(open);
    const action = nextAction(open.state);
    const lane = this.#laneOf(open, action);
    this.#placed.set(open.key, lane);
    this.#stirred.add(lane);
    if (open.state.status === 'sending') lane.sending.add(open.key);
    if (action === null) return;
    if (action.at <= now) return void lane.ready.set(open.key, open);
    lane.later.set(open.key, { open, at: action.at });
    if (lane.soonest === null || action.at < lane.soonest) lane.soonest = action.at;
  }

  #unplace({ key }: OpenDelivery): void {
    const lane = this.#placed.get(key);
    if (!lane) return;
    this.#placed.delete(key);
    lane.ready.delete(key);
    lane.later.delete(key);
    lane.sending.delete(key);
    this.#stirred.add(lane);
    if (lane.later.size === 0) lane.soonest = null;
  }

  #laneOf({ requested }: OpenDelivery, action: Action | null): Lane {
    const { channelId, policy } = requested;
    const looks = action !== null && action.kind !== 'attempt';
    const urgency = looks ? 'looks' : (policy?.urgency ?? 'routine');
    const key = `${channelId}/${urgency}`;
    const found = this.#lanes.get(key);
    if (found) return found;
    const lane: Lane = {
      key,
      channelId,
      urgency,
      ready: new Map(),
      later: new Map(),
      soonest: null,
      sending: new Set(),
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  #family(open: OpenDelivery): Set<OpenDelivery> {
    const known = this.#families.get(open.family);
    if (known) return known;
    const founded = new Set<OpenDelivery>();
    this.#families.set(open.family, founded);
    return founded;
  }

  /** A correction never overtakes what it corrects; what may have arrived holds back only its own later versions. */
  #isHeldBack(open: OpenDelivery): boolean {
    const family = this.#family(open);
    if (family.size === 1) return false;
    // What is made ready anew waits until what was made ready before it is taken away, or that was tried.
    if (open.state.status === 'preparing' && [...family].some(isToBeDiscarded)) return true;
    return [...family].some((other) => versionOf(other) < versionOf(open) && isUndecided(other.state));
  }

  #stirFamily(open: OpenDelivery): void {
    const family = this.#family(open);
    if (family.size === 1) return;
    for (const { key } of family) {
      const lane = this.#placed.get(key);
      if (lane) this.#stirred.add(lane);
    }
  }
}

const familyOf = ({ channelId, family, releaseId }: Requested): string => `${channelId}/${family ?? releaseId}`;
const versionOf = ({ requested }: OpenDelivery): number => requested.version ?? 1;

const isToBeDiscarded = ({ state }: OpenDelivery): boolean =>
  state.status === 'cancelled' && state.nextDiscardAt !== null && state.discarded === 0;

/** Whether it could still come to be in the channel by what is under way or planned. */
function isUndecided(state: Delivery): boolean {
  switch (state.status) {
    case 'preparing':
    case 'waiting':
    case 'sending':
      return true;
    case 'unknown':
      // It is not sent again, and who got it by then is told what is true now. Only what can be found is found first.
      return !state.halted || state.onUnknown === 'probe';
    case 'pending':
      return state.nextProbeAt !== null;
    case 'new':
    case 'confirmed':
    case 'failed':
    case 'lost':
    case 'cancelled':
      return false;
  }
}

/** Nothing more is done about it by itself. */
function isEnded(state: Delivery): boolean {
  if (state.status === 'confirmed') return state.nextWatchAt === null;
  if (state.status === 'cancelled') return state.nextDiscardAt === null;
  return state.status === 'failed' || state.status === 'lost';
}

const isSending = (open: OpenDelivery): open is OpenDelivery & { state: Extract<Delivery, { status: 'sending' }> } =>
  open.state.status === 'sending';
