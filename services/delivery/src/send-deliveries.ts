import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { answerLiveness, Bus, followJournal, isAlive, reasonOf, type Following } from '@tongsheng/bus';
import { Refusal, type Channel } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { Attempts } from './attempts.ts';
import { OpenDeliveries, type OpenDelivery } from './open-deliveries.ts';
import { Registered } from './registered.ts';

/** Channels that this process hands over to at the same moment; each gets one release at a time. */
const parallel = 8;
/** The longest sleep, in ms: the wall clock may be moved. */
const longestSleep = 5_000;
/** How often attempts of other processes are looked at, in ms. */
const lookEvery = 1_000;
/** How long a delivery is left alone when somebody else was faster, and when the log was away, in ms. */
const rest = { refused: 250, failed: 5_000 };
/** How long a process that is told to stop waits for the channels it is talking to, in ms. */
const patience = 10_000;

/**
 * Sends what is due, one at a time for each channel, and finds out what became of attempts whose process died. All that
 * it knows comes from the log; the deciding is the aggregate's, so that several of these may run side by side.
 */
@Injectable()
export class SendDeliveries implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #instance: string;
  readonly #open = new OpenDeliveries();
  /** Channel → what is being handed over to it by this process. */
  readonly #lanes = new Map<string, { key: string; ended: Promise<void> }>();
  /** Delivery → the last attempt for which this process made the call. */
  readonly #called = new Map<string, number>();
  /** Delivery → monotonic ms until which it is left alone. */
  readonly #resting = new Map<string, number>();
  readonly #suspects = new Set<string>();
  readonly #stopping = new AbortController();
  #following: Following | null = null;
  #alive: { stop(): void } | null = null;
  #looking: NodeJS.Timeout | null = null;
  #alarm: NodeJS.Timeout | null = null;
  #ready = false;
  #woken = false;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly registered: Registered,
    private readonly attempts: Attempts,
    ids: Ids,
  ) {
    this.#instance = ids.next();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#alive = answerLiveness(this.bus, this.#instance);
    await this.#follow();
    this.registered.onChannelChange(() => this.#wake());
    this.#ready = true;
    this.#look(0);
    this.#wake();
  }

  /** Begins nothing new, waits for what is being handed over, and lives for the others until that ended. */
  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    if (this.#alarm) clearTimeout(this.#alarm);
    if (this.#looking) clearTimeout(this.#looking);
    const ended = Promise.all([...this.#lanes.values()].map((lane) => lane.ended));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
    this.#alive?.stop();
    await this.#following?.stop();
  }

  async #follow(): Promise<void> {
    this.#following = await followJournal(this.bus, {
      aggregate: 'delivery',
      from: this.#open.position + 1,
      onEntry: (entry) => {
        const ended = this.#open.apply(entry);
        if (ended !== null) for (const notes of [this.#called, this.#resting]) notes.delete(ended);
        this.#wake();
      },
      onUnreadable: (error, { seq }) => this.log.error('delivery.unreadable', { position: seq, reason: error.message }),
      onFailure: (error) => {
        this.log.error('delivery.follow_failed', { reason: reasonOf(error) });
        if (!this.#stopping.signal.aborted) setTimeout(() => void this.#followAgain(), longestSleep);
      },
    });
    await this.#following.caughtUp;
  }

  async #followAgain(): Promise<void> {
    await this.#follow().catch((error: unknown) =>
      this.log.error('delivery.follow_failed', { reason: reasonOf(error) }),
    );
  }

  /** Many entries of one moment are one waking. */
  #wake(): void {
    if (this.#woken || !this.#ready) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      if (!this.#stopping.signal.aborted) this.#pump();
    });
  }

  #pump(): void {
    const now = this.clock.now();
    for (const open of this.#open.due(now)) {
      if (this.#lanes.size >= parallel) break;
      const { channelId } = open.requested;
      const channel = this.registered.channel(channelId);
      if (!channel || channel.paused || this.#lanes.has(channelId) || this.#isResting(open.key)) continue;
      const ended = this.#send(open, channel).finally(() => {
        this.#lanes.delete(channelId);
        this.#wake();
      });
      this.#lanes.set(channelId, { key: open.key, ended });
    }
    if (this.#alarm) clearTimeout(this.#alarm);
    const next = this.#open.nextDue(now);
    const sleep = next === null ? longestSleep : Math.min(longestSleep, Date.parse(next) - Date.parse(now));
    this.#alarm = setTimeout(() => this.#wake(), sleep);
  }

  #isResting(key: string): boolean {
    return (this.#resting.get(key) ?? 0) > performance.now();
  }

  async #send({ key, requested, state }: OpenDelivery, channel: Channel): Promise<void> {
    const onCall = (attempt: number) => void this.#called.set(key, attempt);
    try {
      const notes = state.status === 'new' ? {} : state.notes;
      await this.attempts.make(requested, channel, this.#instance, notes, onCall, this.#stopping.signal);
    } catch (error) {
      const refused = error instanceof Refusal;
      this.#resting.set(key, performance.now() + rest[refused ? 'refused' : 'failed']);
      this.log[refused ? 'debug' : 'error']('delivery.not_attempted', { key, reason: reasonOf(error) });
    }
  }

  /** Settles attempts that nobody is making any more, then looks again. */
  #look(afterMs = lookEvery): void {
    this.#looking = setTimeout(() => {
      void Promise.all([this.#settleOwn(), this.#settleDead()])
        .catch((error: unknown) => this.log.error('delivery.not_settled', { reason: reasonOf(error) }))
        .finally(() => {
          if (!this.#stopping.signal.aborted) this.#look();
        });
    }, afterMs);
  }

  /** The attempt was written, its acknowledgement was lost, and so the call was never made. */
  async #settleOwn(): Promise<void> {
    const making = new Set([...this.#lanes.values()].map(({ key }) => key));
    for (const { key, requested, state } of this.#open.sending()) {
      const { attempts: attempt, instance } = state;
      if (instance !== this.#instance || making.has(key) || this.#called.get(key) === attempt) continue;
      await this.#settle(requested, attempt, 'not_sent', 'the attempt was written down, but its call was never made');
    }
  }

  /** Twice nobody answers for the process: it died, or was cut off, between the first word of an attempt and the last. */
  async #settleDead(): Promise<void> {
    const foreign = this.#open.sending().filter(({ state }) => state.instance !== this.#instance);
    const instances = new Set(foreign.map(({ state }) => state.instance));
    for (const instance of this.#suspects) if (!instances.has(instance)) this.#suspects.delete(instance);
    for (const instance of instances) {
      if (await isAlive(this.bus, instance)) {
        this.#suspects.delete(instance);
      } else if (!this.#suspects.has(instance)) {
        // Once may be a server that was restarted a moment ago and has not heard from everyone yet.
        this.#suspects.add(instance);
      } else {
        for (const { requested, state } of foreign) {
          if (state.instance !== instance) continue;
          await this.#settle(
            requested,
            state.attempts,
            'unknown',
            'the process that sent it ended before it could say',
          );
        }
      }
    }
  }

  async #settle(
    { deliveryId, site }: OpenDelivery['requested'],
    attempt: number,
    outcome: 'not_sent' | 'unknown',
    detail: string,
  ): Promise<void> {
    try {
      await this.attempts.answer({
        deliveryId,
        site,
        attempt,
        outcome,
        detail,
        receipt: null,
        retryAfterSeconds: null,
      });
      this.log.warn('delivery.settled', { deliveryId, attempt, outcome });
    } catch (error) {
      // Somebody else settled it first, or its own process did.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
