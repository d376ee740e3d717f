import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  Bus,
  carryOut,
  followJournal,
  Journal,
  reasonOf,
  StaleRead,
  type Entry,
  type Following,
  type RawMessage,
} from '@tongsheng/bus';
import type { DeliveryCommand, DeliveryEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { Credentials } from './credentials.ts';
import { delivery } from './delivery.ts';
import { Gates } from './gates.ts';
import { OpenDeliveries, type Change, type OpenDelivery } from './open-deliveries.ts';
import { Registered } from './registered.ts';

/** The pause before the log is followed again, in ms. */
const pauseMs = 5_000;

/**
 * What this process knows of the open deliveries, and the way by which it decides about them: on top of what it knows,
 * so that nothing is read that it has folded already; when that was no longer true, somebody else was faster.
 */
@Injectable()
export class Board implements OnModuleDestroy {
  readonly open = new OpenDeliveries();
  /** Subject → what this process is writing there. */
  readonly #writing = new Map<string, Promise<void>>();
  /** Where it wrote what it has applied already, until the log brings that: to read it again costs more than to write it. */
  readonly #written = new Set<number>();
  #following: Following | null = null;
  #stopped = false;
  #onChange: (change: Change) => void = () => {};

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly gates: Gates,
  ) {}

  /** Resolves when everything that was decided before is known. */
  async follow(onChange: (change: Change) => void): Promise<void> {
    this.#onChange = onChange;
    await this.#follow();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await this.#following?.stop();
  }

  /**
   * Decides about an open delivery and writes it down.
   * @returns what was decided; empty when it had been said before
   * @throws Refusal when a rule says no, StaleRead when somebody else was faster
   */
  async say(open: OpenDelivery, command: DeliveryCommand): Promise<DeliveryEvent[]> {
    const events = delivery.decide(command, open.state);
    if (events.length === 0) return [];
    const { subject } = open.head;
    const writing = this.#write(open, command, events);
    this.#writing.set(subject, writing);
    try {
      await writing;
    } finally {
      if (this.#writing.get(subject) === writing) this.#writing.delete(subject);
    }
    return events;
  }

  /** The same, for what must be said whoever was faster. @throws Refusal when a rule says no */
  async insist(open: OpenDelivery, command: DeliveryCommand): Promise<void> {
    try {
      await this.say(open, command);
    } catch (error) {
      if (!(error instanceof StaleRead)) throw error;
      await carryOut(this.journal, delivery, command);
    }
  }

  async #write(open: OpenDelivery, command: DeliveryCommand, events: DeliveryEvent[]): Promise<void> {
    const before = open.head;
    const { position, changed, hash, traceparent } = await this.journal.append(before, command, events);
    // The follower may have brought it already, and more.
    if (open.head !== before) return;
    if (changed) this.#written.add(position);
    this.#changed(this.open.extend(open, { position, hash, traceparent }, events, this.clock.now()));
  }

  async #follow(): Promise<void> {
    this.#following = await followJournal(this.bus, {
      aggregate: 'delivery',
      from: this.open.position + 1,
      isWanted: (message) => this.#isNews(message),
      onEntry: (entry) => this.#heard(entry),
      onUnreadable: (error, { seq }) => this.log.error('delivery.unreadable', { position: seq, reason: error.message }),
      onFailure: (error) => {
        this.log.error('delivery.follow_failed', { reason: reasonOf(error) });
        if (!this.#stopped) setTimeout(() => void this.#followAgain(), pauseMs);
      },
    });
    await this.#following.caughtUp;
  }

  async #followAgain(): Promise<void> {
    await this.#follow().catch((error: unknown) =>
      this.log.error('delivery.follow_failed', { reason: reasonOf(error) }),
    );
  }

  /** What this process wrote is none; while it is writing there, that is not known yet. */
  #isNews({ subject, seq }: RawMessage): boolean | Promise<boolean> {
    this.open.pass(seq);
    if (this.#written.delete(seq)) return false;
    const isNews = () => !this.#written.delete(seq);
    return this.#writing.get(subject)?.then(isNews, isNews) ?? true;
  }

  #heard(entry: Entry): Promise<void> | void {
    const change = this.open.apply(entry, this.clock.now());
    if (change === 'forgotten') return this.#recall(entry);
    if (change) this.#changed(change);
  }

  /** What had ended and goes on: its past is read again. */
  async #recall({ site, id }: Entry): Promise<void> {
    const { entries } = await this.journal.read({ aggregate: 'delivery', site, id });
    this.open.remember(entries, this.clock.now());
    const open = this.open.get(`${site}/${id}`);
    if (open) this.#onChange({ open, events: [], ended: false });
  }

  #changed(change: Change): void {
    const { channelId } = change.open.requested;
    for (const event of change.events) {
      if (event.type !== 'delivery.answered' && event.type !== 'delivery.prepared') continue;
      const channel = this.registered.channel(channelId);
      if (event.type === 'delivery.answered') this.gates.heard(channelId, channel, event);
      if (event.trouble === 'credential' && channel) {
        void this.credentials
          .fail(channel, event.detail, event.type === 'delivery.answered' ? event.answeredAt : event.preparedAt)
          .catch((error: unknown) => this.log.error('credential.not_told', { channelId, reason: reasonOf(error) }));
      }
    }
    this.#onChange(change);
  }
}
