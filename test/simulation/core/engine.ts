import { isDeepStrictEqual } from 'node:util';
import type { Aggregate, Entry } from '@tongsheng/bus';
import { Refusal, subjects, type AnyEvent, type CommandHead } from '@tongsheng/contracts';
import type { Chance } from '../chance.ts';

/** Work that waits now and then: what it yields is for how many ms. What it waits for for ever is `gone`. */
export type Work<T = void> = Generator<number, T, undefined>;
export const gone = Infinity;

/** Nobody heard whether it was done. */
export class Lost extends Error {}
/** Somebody else was faster. */
export class Stale extends Error {}
// Thrown so often that a stack for each would cost more than the calls.
const [lost, stale] = [new Lost(), new Stale()];

/** How often things fail, as shares of the calls; all of it ends when the world comes to rest. */
export type Trouble = {
  /** The process dies before the call, or after it and before it hears of it. */
  crash: number;
  requestLost: number;
  answerLost: number;
  /** A message comes again although it was dealt with. */
  again: number;
  /** A call or a message takes up to seconds. */
  slow: number;
};
export const troubles: Trouble = { crash: 0.006, requestLost: 0.01, answerLost: 0.01, again: 0.05, slow: 0.1 };
const noTroubles: Trouble = { crash: 0, requestLost: 0, answerLost: 0, again: 0, slow: 0 };

/** One life of a process: what it has begun ends with it. */
export type Life = { process: Process; alive: boolean; instance: string; wallErrorMs: number };

export class Process {
  life: Life;
  deaths = 0;

  constructor(
    readonly world: World,
    readonly name: string,
    /** What it does from its start on; it knows nothing but the log. */
    readonly boot: (life: Life) => void,
    /** People don't die of a crash; their calls get lost like any other. */
    readonly isMortal = true,
  ) {
    this.life = this.#live();
  }

  #live(): Life {
    const { chance } = this.world;
    const wallErrorMs = this.world.trouble.crash > 0 && chance.is(0.2) ? chance.int(-60_000, 60_000) : 0;
    const instance = `${this.name}-${this.deaths}`;
    this.world.instances.add(instance);
    return { process: this, alive: true, instance, wallErrorMs };
  }

  start(): void {
    this.boot(this.life);
  }

  /** `kill -9`, and a supervisor that starts it again a little later. */
  die(): void {
    if (!this.life.alive) return;
    this.life.alive = false;
    this.world.instances.delete(this.life.instance);
    this.deaths++;
    const { world } = this;
    world.at(world.chance.int(500, 30_000), () => {
      this.life = this.#live();
      this.start();
    });
  }
}

/** What the log folds of an aggregate, so that nothing is read twice. */
export type Folding = { name: string; initial: unknown; evolve(state: never, event: never): unknown };

type Step = { at: number; order: number; run: () => void };
type Kept = { aggregate: Folding | null; state: unknown; last: Entry | null; ids: Set<string> };

/** A log with the semantics that production stands on, in a time of its own; every step is one call of a plain function. */
export class World {
  now: number;
  trouble: Trouble;
  readonly log: Entry[] = [];
  /** Which processes answer when they are asked whether they live. */
  readonly instances = new Set<string>();
  readonly #subjects = new Map<string, Kept>();
  readonly #listeners: ((entry: Entry) => void)[] = [];
  readonly #heap: Step[] = [];
  #order = 0;
  steps = 0;

  constructor(
    readonly chance: Chance,
    startsAt: string,
    readonly aggregates: ReadonlyMap<string, Folding>,
    trouble: Trouble = troubles,
  ) {
    this.now = Date.parse(startsAt);
    this.trouble = { ...trouble };
  }

  get instant(): string {
    return instantOf(this.now);
  }

  /** Nothing fails any more. */
  rest(): void {
    this.trouble = noTroubles;
  }

  at(ms: number, run: () => void): void {
    const step = { at: this.now + Math.max(0, ms), order: this.#order++, run };
    const heap = this.#heap;
    let i = heap.push(step) - 1;
    for (let up = (i - 1) >> 1; i > 0 && isBefore(step, heap[up]!); up = (i - 1) >> 1) {
      heap[i] = heap[up]!;
      heap[up] = step;
      i = up;
    }
  }

  /** Runs until a moment; what comes after it is left alone. */
  run(until: number): void {
    for (let step = this.#heap[0]; step && step.at <= until; step = this.#heap[0]) {
      this.#pop();
      this.now = step.at;
      this.steps++;
      step.run();
    }
    this.now = until;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      let first = i;
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left;
      if (left + 1 < heap.length && isBefore(heap[left + 1]!, heap[first]!)) first = left + 1;
      if (first === i) return;
      [heap[i], heap[first]] = [heap[first]!, heap[i]!];
      i = first;
    }
  }

  /** Does some work in the life of a process, and no longer. What it throws at last is told. */
  spawn(life: Life, work: Work<unknown>, onEnd: (error: unknown) => void = () => {}): void {
    const step = () => {
      if (!life.alive) return;
      let next: IteratorResult<number, unknown>;
      try {
        next = work.next();
      } catch (error) {
        if (life.alive) onEnd(error);
        return;
      }
      if (!life.alive) return;
      if (next.done) onEnd(null);
      else if (next.value !== gone) this.at(next.value, step);
    };
    step();
  }

  onAppend(hear: (entry: Entry) => void): void {
    this.#listeners.push(hear);
  }

  keptAt(subject: string): Kept {
    const known = this.#subjects.get(subject);
    if (known) return known;
    const aggregate = this.aggregates.get(subjects.placeOf(subject).aggregate) ?? null;
    const made: Kept = { aggregate, state: aggregate?.initial, last: null, ids: new Set() };
    this.#subjects.set(subject, made);
    return made;
  }

  stateOf<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
    aggregate: Aggregate<C, E, S>,
    site: string,
    id: string,
  ): S {
    return this.keptAt(subjects.event(aggregate.name, site, id)).state as S;
  }

  /**
   * Takes a decision on top of what its writer knew.
   * @throws Stale when somebody else was faster, or said something else under the same id; said again it is there already
   */
  append(subject: string, expected: number, command: CommandHead, events: readonly AnyEvent[]): Entry {
    const kept = this.keptAt(subject);
    if ((kept.last?.position ?? 0) !== expected) {
      const { last } = kept;
      if (last?.envelope.id === command.id && isDeepStrictEqual(last.events, events)) return last;
      throw stale;
    }
    const { aggregate, site, id } = subjects.placeOf(subject);
    const entry: Entry = {
      position: this.log.length + 1,
      subject,
      aggregate,
      site,
      id,
      envelope: {
        id: command.id,
        source: 'simulation',
        type: events[0]!.type,
        time: command.at,
        actor: command.actor,
        eventVersion: 1,
        previousHash: '',
      },
      events: [...events],
      hash: '',
    };
    this.log.push(entry);
    kept.last = entry;
    kept.ids.add(command.id);
    if (kept.aggregate)
      for (const event of events) kept.state = kept.aggregate.evolve(kept.state as never, event as never);
    for (const hear of this.#listeners) hear(entry);
    return entry;
  }

  /** What merely happened, said by somebody who is not simulated. */
  say(aggregate: string, site: string, id: string, ...events: AnyEvent[]): void {
    const subject = subjects.event(aggregate, site, id);
    const position = this.keptAt(subject).last?.position ?? 0;
    const head = { id: `${subject}/${position}`, at: this.instant, actor: service };
    this.append(subject, position, head, events);
  }

  #delay(): number {
    const { chance, trouble } = this;
    return chance.is(trouble.slow) ? chance.int(5, 4_000) : chance.int(1, 20);
  }

  /** One call over the network: there, the effect, and back. */
  *call<T>({ process }: Life, effect: () => T): Work<T> {
    const { chance, trouble } = this;
    yield this.#delay();
    if (process.isMortal && chance.is(trouble.crash)) {
      process.die();
      yield gone;
    }
    if (chance.is(trouble.requestLost)) {
      yield 5_000;
      throw lost;
    }
    const answer = effect();
    if (process.isMortal && chance.is(trouble.crash)) {
      process.die();
      yield gone;
    }
    if (chance.is(trouble.answerLost)) {
      yield 5_000;
      throw lost;
    }
    return answer;
  }

  /** Reads, decides and appends; when somebody was faster, or nobody heard, from the beginning. @throws Refusal */
  *carryOut<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
    life: Life,
    aggregate: Aggregate<C, E, S>,
    command: C,
  ): Work<readonly E[]> {
    const subject = subjects.event(aggregate.name, aggregate.siteOf(command), aggregate.idOf(command));
    for (;;) {
      try {
        const { state, position, isDone } = yield* this.call(life, () => {
          const kept = this.keptAt(subject);
          return {
            state: kept.state as S,
            position: kept.last?.position ?? 0,
            isDone: kept.ids.has(command.id),
          };
        });
        if (isDone) return [];
        const events = aggregate.decide(command, state);
        if (events.length === 0) return [];
        yield* this.call(life, () => this.append(subject, position, command, events));
        return events;
      } catch (error) {
        if (!(error instanceof Stale || error instanceof Lost)) throw error;
      }
    }
  }

  /** The same, where a no is an answer as well. */
  *tell<C extends CommandHead & { type: string }, E extends AnyEvent, S>(
    life: Life,
    aggregate: Aggregate<C, E, S>,
    command: C,
  ): Work<Refusal | null> {
    try {
      yield* this.carryOut(life, aggregate, command);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
}

export const service = { kind: 'service' as const, id: 'simulation' };
const latest = { ms: NaN, instant: '' };
/** Asked thousands of times in a history, mostly for the moment that was asked for before. */
export function instantOf(ms: number): string {
  if (latest.ms !== ms) Object.assign(latest, { ms, instant: new Date(ms).toISOString() });
  return latest.instant;
}
/** What a process takes for the time. */
export const clockOf = ({ process, wallErrorMs }: Life): string => instantOf(process.world.now + wallErrorMs);

const isBefore = (a: Step, b: Step) => a.at < b.at || (a.at === b.at && a.order < b.order);

type React = (life: Life, entry: Entry) => Work<unknown>;

/**
 * A durable consumer of a group of processes: each entry goes to one of them, in whatever order, and comes again until it
 * was dealt with; now and then also after that.
 */
export function reaction(world: World, group: readonly Process[], aggregate: string, react: React): void {
  const deliver = (entry: Entry): void => {
    const { life } = world.chance.pick(group);
    const comesAgain = (ms: number) => world.at(ms, () => deliver(entry));
    if (!life.alive) return comesAgain(1_000);
    let isOver = false;
    world.spawn(life, react(life, entry), (error) => {
      isOver = true;
      if (error !== null) comesAgain(1_000);
      else if (world.chance.is(world.trouble.again)) comesAgain(10_000);
    });
    const look = () =>
      world.at(10_000, () => {
        if (isOver) return;
        // Its process tells that it is still at it; of one that died the message comes again.
        if (life.alive) look();
        else deliver(entry);
      });
    look();
  };
  world.onAppend((entry) => {
    if (entry.aggregate !== aggregate) return;
    const { chance, trouble } = world;
    world.at(chance.is(trouble.slow) ? chance.int(100, 20_000) : chance.int(1, 50), () => deliver(entry));
  });
}

/** A follower: every entry in order, a little later, and all of them anew when its process starts. */
export function follow(life: Life, hear: (entry: Entry) => void, onCaught: () => void): void {
  const { world } = life.process;
  let next = 0;
  const pull = () => {
    if (!life.alive || next === world.log.length) return;
    while (next < world.log.length) hear(world.log[next++]!);
    onCaught();
  };
  pull();
  let waits = false;
  world.onAppend(() => {
    if (!life.alive || waits) return;
    waits = true;
    const { chance, trouble } = world;
    world.at(chance.is(trouble.slow) ? chance.int(100, 5_000) : chance.int(1, 100), () => {
      waits = false;
      pull();
    });
  });
}
