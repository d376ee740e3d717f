import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { answerLiveness, Bus, isAlive, reasonOf, StaleRead } from '@tongsheng/bus';
import { limitsOf, Refusal, type Channel } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { Attempts } from './attempts.ts';
import { Board } from './board.ts';
import { Credentials } from './credentials.ts';
import * as figures from './delivery-figures.ts';
import { Gates } from './gates.ts';
import { Looks } from './looks.ts';
import type { Lane, OpenDelivery } from './open-deliveries.ts';
import { Registered } from './registered.ts';
import { WatchStoppages } from './watch-stoppages.ts';

/** What one process has under way at the same moment: at most, and of what is no rebuttal. */
const capacity = { all: 1_024, others: 768 };
/** The longest sleep, in ms: the wall clock may be moved. */
const longestSleep = 5_000;
/** How often attempts of other processes are looked at, in ms. */
const lookEvery = 1_000;
/** How long a delivery is left alone when somebody else was faster, and when the log was away, in ms. */
const rest = { refused: 250, failed: 5_000 };
/** How long a process that is told to stop waits for the channels it is talking to, in ms. */
const patience = 10_000;

const ranks = { rebuttal: 0, urgent: 1, routine: 2, looks: 3 } as const;

type Running = { open: OpenDelivery; ended: Promise<void> };

/**
 * Sends what is due, each channel and urgency in a lane of its own, and finds out what became of attempts whose process
 * died. All that it knows comes from the log; the deciding is the aggregate's, so that several of these may run side by
 * side.
 */
@Injectable()
export class SendDeliveries implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #instance: string;
  /** Lane → what this process has under way in it. */
  readonly #running = new Map<string, Map<string, Running>>();
  #underWay = 0;
  #others = 0;
  /** Delivery → the last attempt for which this process made the call. */
  readonly #called = new Map<string, number>();
  /** Delivery → monotonic ms until which it is left alone. */
  readonly #resting = new Map<string, number>();
  /** Lane → monotonic ms until which nothing of it is begun: the channel's rate. */
  readonly #slowed = new Map<string, number>();
  /** Lane → when it is looked at again by itself. */
  readonly #appointments = new Map<string, number>();
  readonly #crowded = new Set<Lane>();
  readonly #suspects = new Set<string>();
  readonly #stopping = new AbortController();
  #alive: { stop(): void } | null = null;
  #looking: NodeJS.Timeout | null = null;
  #alarm: { timer: NodeJS.Timeout; at: number } | null = null;
  #ready = false;
  #woken = false;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly board: Board,
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly gates: Gates,
    private readonly attempts: Attempts,
    private readonly looks: Looks,
    private readonly stoppages: WatchStoppages,
    ids: Ids,
  ) {
    this.#instance = ids.next();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#alive = answerLiveness(this.bus, this.#instance);
    await this.board.follow(({ open, ended }) => {
      if (ended) for (const notes of [this.#called, this.#resting]) notes.delete(open.key);
      this.#wake();
    });
    this.registered.onChannelChange(() => this.#wakeAll());
    this.credentials.onChange(() => this.#wakeAll());
    this.#ready = true;
    this.#tellFigures();
    this.stoppages.begin();
    this.#look(0);
    this.#wake();
  }

  /** Begins nothing new, waits for what is being handed over, and lives for the others until that ended. */
  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    if (this.#alarm) clearTimeout(this.#alarm.timer);
    if (this.#looking) clearTimeout(this.#looking);
    const running = [...this.#running.values()].flatMap((lane) => [...lane.values()]);
    const ended = Promise.all(running.map((each) => each.ended));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
    this.#alive?.stop();
  }

  #tellFigures(): void {
    figures.openDeliveries.tell(() => figures.byStatus(this.board.open.all()));
    figures.oldest.tell(() => figures.longestDue(this.board.open.all(), Date.parse(this.clock.now())));
    figures.breakers.tell(() =>
      this.registered
        .channels()
        .map((channel) => ({ labels: { channel: channel.channelId }, value: this.gates.stopped(channel) ? 1 : 0 })),
    );
  }

  #wakeAll(): void {
    this.board.open.stirAll();
    this.#wake();
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
    const lanes = this.board.open.takeStirred();
    for (const lane of lanes.toSorted((one, other) => ranks[one.urgency] - ranks[other.urgency])) this.#fill(lane, now);
    this.#sleep();
  }

  /** Begins what a lane allows, and makes an appointment for the rest. */
  #fill(lane: Lane, now: string): void {
    this.#appointments.delete(lane.key);
    if (lane.ready.size === 0 && lane.later.size === 0) return;
    const channel = this.registered.channel(lane.channelId);
    if (!channel || channel.paused) return;
    const slowedMs = (this.#slowed.get(lane.key) ?? 0) - performance.now();
    if (slowedMs > 0) return void this.#appointments.set(lane.key, performance.now() + slowedMs);
    const running = this.#running.get(lane.key) ?? new Map<string, Running>();
    const parallel = lane.urgency === 'looks' ? 1 : limitsOf(channel).parallel;
    for (;;) {
      const busy = lane.sending.size + [...running.keys()].filter((key) => !lane.sending.has(key)).length;
      if (busy >= parallel) return;
      const urgency = lane.urgency === 'looks' ? 'routine' : lane.urgency;
      const hold = this.gates.hold(channel, urgency, now, busy);
      if (hold?.until) this.#appoint(lane, hold.until, now);
      if (hold) return;
      const open = this.board.open.next(lane, now, (key) => running.has(key) || this.#isResting(lane, key));
      if (!open) {
        if (lane.soonest !== null) this.#appoint(lane, lane.soonest, now);
        return;
      }
      if (this.#isCrowded(lane)) return void this.#crowded.add(lane);
      this.#running.set(lane.key, running);
      this.#begin(lane, running, open, channel);
    }
  }

  /** A rebuttal finds a place even when everything else hangs. */
  #isCrowded({ urgency }: Lane): boolean {
    return this.#underWay >= capacity.all || (urgency !== 'rebuttal' && this.#others >= capacity.others);
  }

  #begin(lane: Lane, running: Map<string, Running>, open: OpenDelivery, channel: Channel): void {
    const weight = lane.urgency === 'rebuttal' ? 0 : 1;
    this.#underWay++;
    this.#others += weight;
    const ended = this.#do(lane, open, channel).finally(() => {
      running.delete(open.key);
      if (running.size === 0) this.#running.delete(lane.key);
      this.#underWay--;
      this.#others -= weight;
      this.board.open.stir(lane);
      for (const crowded of this.#crowded) this.board.open.stir(crowded);
      this.#crowded.clear();
      this.#wake();
    });
    running.set(open.key, { open, ended });
  }

  async #do(lane: Lane, open: OpenDelivery, channel: Channel): Promise<void> {
    const { key } = open;
    const onCall = (attempt: number) => void this.#called.set(key, attempt);
    try {
      if (lane.urgency === 'looks') {
        const waitMs = await this.looks.make(open, channel);
        if (waitMs > 0) this.#resting.set(key, performance.now() + waitMs);
      } else {
        const { signal } = this.#stopping;
        const waitMs = await this.attempts.make(open, channel, this.#instance, onCall, signal);
        if (waitMs > 0) this.#slowed.set(lane.key, performance.now() + waitMs);
      }
    } catch (error) {
      const refused = error instanceof Refusal || error instanceof StaleRead;
      this.#resting.set(key, performance.now() + rest[refused ? 'refused' : 'failed']);
      this.log[refused ? 'debug' : 'error']('delivery.not_attempted', { key, reason: reasonOf(error) });
    }
  }

  #isResting(lane: Lane, key: string): boolean {
    const until = this.#resting.get(key);
    if (until === undefined) return false;
    if (until <= performance.now()) {
      this.#resting.delete(key);
      return false;
    }
    const appointed = this.#appointments.get(lane.key) ?? Infinity;
    this.#appointments.set(lane.key, Math.min(appointed, until));
    return true;
  }

  #appoint(lane: Lane, at: string, now: string): void {
    const due = performance.now() + Math.max(1, Date.parse(at) - Date.parse(now));
    this.#appointments.set(lane.key, Math.min(due, this.#appointments.get(lane.key) ?? Infinity));
  }

  /** Until the first appointment, and never for long. */
  #sleep(): void {
    const now = performance.now();
    let at = now + longestSleep;
    for (const due of this.#appointments.values()) at = Math.min(at, due);
    if (this.#alarm && this.#alarm.at <= at && this.#alarm.at > now) return;
    if (this.#alarm) clearTimeout(this.#alarm.timer);
    const timer = setTimeout(() => this.#awake(), Math.max(1, at - now));
    this.#alarm = { timer, at };
  }

  #awake(): void {
    this.#alarm = null;
    const now = performance.now();
    for (const lane of this.board.open.lanes()) {
      const due = this.#appointments.get(lane.key);
      // The wall clock may have been moved since the appointment was made.
      if (due === undefined ? lane.later.size > 0 : due <= now + 1 || due > now + longestSleep)
        this.board.open.stir(lane);
    }
    this.#wake();
    this.#sleep();
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
    const making = new Set([...this.#running.values()].flatMap((lane) => [...lane.keys()]));
    for (const open of this.board.open.sending()) {
      const { attempts: attempt, instance } = open.state;
      if (instance !== this.#instance || making.has(open.key) || this.#called.get(open.key) === attempt) continue;
      await this.#settle(open, attempt, 'not_sent', 'the attempt was written down, but its call was never made');
    }
  }

  /** Twice nobody answers for the process: it died, or was cut off, between the first word of an attempt and the last. */
  async #settleDead(): Promise<void> {
    const foreign = this.board.open.sending().filter(({ state }) => state.instance !== this.#instance);
    const instances = new Set(foreign.map(({ state }) => state.instance));
    for (const instance of this.#suspects) if (!instances.has(instance)) this.#suspects.delete(instance);
    for (const instance of instances) {
      if (await isAlive(this.bus, instance)) {
        this.#suspects.delete(instance);
      } else if (!this.#suspects.has(instance)) {
        // Once may be a server that was restarted a moment ago and has not heard from everyone yet.
        this.#suspects.add(instance);
      } else {
        const detail = 'the process that sent it ended before it could say';
        for (const open of foreign)
          if (open.state.instance === instance) await this.#settle(open, open.state.attempts, 'unknown', detail);
      }
    }
  }

  async #settle(open: OpenDelivery, attempt: number, outcome: 'not_sent' | 'unknown', detail: string): Promise<void> {
    const { deliveryId, site } = open.requested;
    const nothing = { receipt: null, retryAfterSeconds: null, orphaned: true };
    try {
      await this.attempts.answer(open, { deliveryId, site, attempt, outcome, detail, ...nothing });
      this.log.warn('delivery.settled', { deliveryId, attempt, outcome });
    } catch (error) {
      // Somebody else settled it first, or its own process did.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
