import { OpenDeliveries, nextAction, type OpenDelivery } from '../../../services/delivery/src/open-deliveries.ts';
import { delivery, nextWarning } from '../../../services/delivery/src/delivery.ts';
import { Refusal, type DeliveryCommand, type DeliveryEvent } from '@tongsheng/contracts';
import type { FakeChannel } from './channels.ts';
import { clockOf, follow, Lost, service, Stale, type Life, type Work, type World } from './engine.ts';

type Said = DeliveryCommand extends infer C ? (C extends unknown ? Omit<C, 'id' | 'at' | 'actor'> : never) : never;

/**
 * One process that sends: our own board and schedule on a follower, and the same turns as `send-deliveries.ts` makes. (That
 * one waits for real promises, which costs a thousand times as much as a call.)
 */
export class Sender {
  readonly #open = new OpenDeliveries();
  readonly #running = new Set<string>();
  readonly #resting = new Map<string, number>();
  /** Delivery → the last attempt for which this process made the call. */
  readonly #called = new Map<string, number>();
  readonly #suspects = new Set<string>();
  readonly #world: World;
  #ids = 0;
  #wakesAt = Infinity;
  #looks = false;

  constructor(
    readonly life: Life,
    readonly channels: ReadonlyMap<string, FakeChannel>,
  ) {
    this.#world = life.process.world;
    follow(
      life,
      (entry) => {
        if (entry.aggregate === 'delivery') this.#hear(entry);
      },
      () => this.#pump(),
    );
  }

  get #now(): string {
    return clockOf(this.life);
  }

  #hear(entry: Parameters<OpenDeliveries['apply']>[0]): void {
    if (this.#open.apply(entry, this.#now) !== 'forgotten') return;
    const { subject } = entry;
    this.#open.remember(
      this.#world.log.filter((each) => each.subject === subject && each.position <= entry.position),
      this.#now,
    );
  }

  /** Begins what is due, and makes an appointment for the rest. */
  #pump(): void {
    const now = this.#now;
    let soonest = Infinity;
    for (const lane of this.#open.lanes()) {
      for (;;) {
        const open = this.#open.next(lane, now, (key) => this.#running.has(key) || this.#isResting(key));
        if (!open) break;
        this.#begin(open);
      }
      if (lane.soonest !== null) soonest = Math.min(soonest, Date.parse(lane.soonest) - Date.parse(now));
    }
    for (const until of this.#resting.values())
      if (until > this.#world.now) soonest = Math.min(soonest, until - this.#world.now);
    this.#wakeIn(soonest);
    if (this.#open.sending().length > 0) this.#lookSoon();
  }

  #wakeIn(ms: number): void {
    if (ms === Infinity) return;
    const at = this.#world.now + Math.max(1, ms);
    if (this.#wakesAt <= at && this.#wakesAt > this.#world.now) return;
    this.#wakesAt = at;
    this.#world.at(at - this.#world.now, () => {
      if (!this.life.alive || this.#wakesAt > this.#world.now) return;
      this.#wakesAt = Infinity;
      this.#pump();
    });
  }

  #isResting(key: string): boolean {
    const until = this.#resting.get(key);
    if (until === undefined) return false;
    if (until > this.#world.now) return true;
    this.#resting.delete(key);
    return false;
  }

  #begin(open: OpenDelivery): void {
    this.#running.add(open.key);
    this.#world.spawn(this.life, this.#do(open), (error) => {
      this.#running.delete(open.key);
      const failed = error !== null;
      if (failed && !(error instanceof Refusal || error instanceof Stale || error instanceof Lost)) throw error;
      if (failed) this.#resting.set(open.key, this.#world.now + (error instanceof Lost ? 5_000 : 250));
      this.#pump();
    });
  }

  *#do(open: OpenDelivery): Work {
    const action = nextAction(open.state);
    if (!action) return;
    if (action.kind === 'attempt') return yield* this.#attempt(open);
    const { requested, state } = open;
    if (state.status === 'new') return;
    const { deliveryId, site } = requested;
    const key = { deliveryId, site };
    const channel = this.channels.get(requested.channelId)!;
    switch (action.kind) {
      case 'probe': {
        const { attempts: attempt, looks, status } = state;
        const found = yield* channel.look(requested);
        const id = `${deliveryId}/probe/${attempt}/${looks}/${status}`;
        const said = { ...key, attempt, by: 'poll' as const, detail: '', retryAfterSeconds: null, ...found };
        return yield* this.#insist(open, { type: 'delivery.record_probe', ...said }, id);
      }
      case 'prepare': {
        const { chance, trouble } = this.#world;
        yield chance.int(10, 400);
        const fails = trouble.crash > 0 && chance.is(0.2);
        const said = { ready: !fails, trouble: fails ? ('network' as const) : null, detail: '' };
        return yield* this.#insist(open, { type: 'delivery.record_prepared', ...key, ...said });
      }
      case 'discard':
        return yield* this.#insist(open, { type: 'delivery.record_discarded', ...key, done: true, detail: '' });
      case 'warn': {
        const warning = nextWarning(state);
        if (!warning) return;
        const { share } = warning;
        const id = `${deliveryId}/warn/${state.attempts}/${share}`;
        return yield* this.#insist(open, { type: 'delivery.warn', ...key, share }, id);
      }
      case 'watch':
        return;
    }
  }

  /** Written down before the call, answered after it. */
  *#attempt(open: OpenDelivery): Work {
    const { requested } = open;
    const { deliveryId, site } = requested;
    const events = yield* this.#say(open, {
      type: 'delivery.attempt',
      deliveryId,
      site,
      instance: this.life.instance,
    });
    const written = events.find((event) => event.type === 'delivery.attempted');
    if (!written) return;
    const { attempt } = written;
    this.#called.set(open.key, attempt);
    const handed = yield* this.channels.get(requested.channelId)!.deliver(this.life, requested);
    const said = { type: 'delivery.answer' as const, deliveryId, site, attempt, detail: '', ...handed };
    for (;;) {
      try {
        return yield* this.#insist(open, said, `${deliveryId}/answer/${attempt}/${handed.outcome}`);
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        yield 1_000;
      }
    }
  }

  #head(id = `${this.life.instance}/${this.#ids++}`) {
    return { id, at: this.#now, actor: service };
  }

  /** On top of what this process knows. @throws Stale, Refusal, Lost */
  *#say(open: OpenDelivery, said: Said, id?: string): Work<readonly DeliveryEvent[]> {
    const command = { ...said, ...this.#head(id) } as DeliveryCommand;
    const events = delivery.decide(command, open.state);
    if (events.length === 0) return [];
    const before = open.head;
    for (let tries = 0; ; tries++) {
      try {
        const entry = yield* this.#world.call(this.life, () =>
          this.#world.append(before.subject, before.position, command, events),
        );
        if (open.head === before) this.#open.extend(open, { position: entry.position, hash: '' }, events, this.#now);
        return events;
      } catch (error) {
        if (!(error instanceof Lost) || tries === 3) throw error;
      }
    }
  }

  *#insist(open: OpenDelivery, said: Said, id?: string): Work {
    try {
      yield* this.#say(open, said, id);
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      yield* this.#world.carryOut(this.life, delivery, { ...said, ...this.#head(id) } as DeliveryCommand);
    }
  }

  /** Looks again while an attempt is under way somewhere. */
  #lookSoon(): void {
    if (this.#looks) return;
    this.#looks = true;
    this.#world.at(1_000, () => {
      this.#looks = false;
      if (!this.life.alive) return;
      this.settle();
      if (this.#open.sending().length > 0) this.#lookSoon();
    });
  }

  /** Settles attempts that nobody is making any more. */
  settle(): void {
    const { chance, trouble } = this.#world;
    const foreign = new Map<string, boolean>();
    for (const open of this.#open.sending()) {
      const { instance, attempts } = open.state;
      if (instance === this.life.instance) {
        if (this.#running.has(open.key) || this.#called.get(open.key) === attempts) continue;
        this.#settleOne(open, attempts, 'not_sent');
        continue;
      }
      const isAlive = foreign.get(instance) ?? (this.#isAlive(instance) && !chance.is(trouble.answerLost));
      foreign.set(instance, isAlive);
      if (!isAlive && this.#suspects.has(instance)) this.#settleOne(open, attempts, 'unknown');
    }
    for (const [instance, isAlive] of foreign) {
      if (isAlive) this.#suspects.delete(instance);
      else this.#suspects.add(instance);
    }
  }

  #isAlive(instance: string): boolean {
    return this.#world.instances.has(instance);
  }

  #settleOne(open: OpenDelivery, attempt: number, outcome: 'not_sent' | 'unknown'): void {
    const { deliveryId, site } = open.requested;
    const nothing = { detail: '', receipt: null, retryAfterSeconds: null, orphaned: true };
    const said = { type: 'delivery.answer' as const, deliveryId, site, attempt, outcome, ...nothing };
    this.#world.spawn(this.life, this.#insist(open, said, `${deliveryId}/answer/${attempt}/${outcome}`));
  }
}
