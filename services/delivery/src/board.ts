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
import { Shared } from './shared.ts';
import { readMark, startMark } from './start-mark.ts';

/** The pause before the log is followed again, in ms. */
const pauseMs = 5_000;
/** How often it is kept from where a start has to read, and how long that is good for, in ms. */
const markMs = { every: 20_000, kept: 7 * 86_400_000 };
/** How many of the older deliveries are read beside each other at a start. */
const readBeside = 16;

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
  #marking: NodeJS.Timeout | null = null;
  /** Answers up to this position the gates know already. */
  #toldUpTo = 0;
  /** When the log began; null while there is nothing in it. */
  #log: string | null = null;
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
    private readonly shared: Shared,
  ) {}

  /** Resolves when everything that was decided before is known. */
  async follow(onChange: (change: Change) => void): Promise<void> {
    this.#onChange = onChange;
    this.#log = await this.journal.begunAt();
    await this.#passOver().catch((error: unknown) =>
      this.log.warn('delivery.mark_not_read', { reason: reasonOf(error) }),
    );
    await this.#follow();
    this.#marking = setInterval(() => void this.#mark(), markMs.every);
    void this.#mark();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#marking) clearInterval(this.#marking);
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
    this.#changed(this.open.extend(open, { position, hash, traceparent }, events, this.clock.now()), position);
  }

  /** What ended long ago need not be read again; without a mark everything is. */
  async #passOver(): Promise<void> {
    await this.shared.connected();
    const mark = readMark(await this.shared.read('start'), this.#log, await this.journal.position());
    if (!mark) return;
    const { older } = mark;
    for (let from = 0; from < older.length; from += readBeside)
      await Promise.all(
        older.slice(from, from + readBeside).map(async ({ site, id }) => {
          const { entries } = await this.journal.read({ aggregate: 'delivery', site, id });
          this.open.remember(entries, this.clock.now());
        }),
      );
    this.gates.recall(mark.told);
    this.#toldUpTo = mark.at;
    this.open.pass(mark.from - 1);
    this.log.info('delivery.passed_over', { from: mark.from, older: older.length });
  }

  /** What this process just wrote may be ahead of its position: an answer that the gates hear twice then changes little. */
  async #mark(): Promise<void> {
    const { position: at } = this.open;
    const { told } = this.gates;
    const open = [...this.open.all()];
    this.#log ??= await this.journal.begunAt().catch(() => null);
    if (this.#log === null) return;
    const mark = startMark(open, { log: this.#log, at, told, now: this.clock.now() });
    await this.shared.keep('start', JSON.stringify(mark), markMs.kept);
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
    if (change) this.#changed(change, entry.position);
  }

  /** What had ended and goes on: its past is read again. */
  async #recall({ site, id }: Entry): Promise<void> {
    const { entries } = await this.journal.read({ aggregate: 'delivery', site, id });
    this.open.remember(entries, this.clock.now());
    const open = this.open.get(`${site}/${id}`);
    if (open) this.#onChange({ open, events: [], ended: false });
  }

  #changed(change: Change, position: number): void {
    const { channelId } = change.open.requested;
    for (const event of change.events) {
      if (event.type !== 'delivery.answered' && event.type !== 'delivery.prepared') continue;
      const channel = this.registered.channel(channelId);
      if (event.type === 'delivery.answered' && position > this.#toldUpTo) this.gates.heard(channelId, channel, event);
      if (event.trouble === 'credential' && channel) {
        void this.credentials
          .fail(channel, event.detail, event.type === 'delivery.answered' ? event.answeredAt : event.preparedAt)
          .catch((error: unknown) => this.log.error('credential.not_told', { channelId, reason: reasonOf(error) }));
      }
    }
    this.#onChange(change);
  }
}
