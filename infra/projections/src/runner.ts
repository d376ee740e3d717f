import {
  endOf,
  followStream,
  Journal,
  ourLog,
  tryDecode,
  UnreadableEntry,
  type Bus,
  type Entry,
  type Following,
  type LogPlace,
  type RawMessage,
} from '@tongsheng/bus';
import { Refusal, subjects, type AggregateName } from '@tongsheng/contracts';
import { answerControl, type RunnerStatus } from './control.ts';
import * as figures from './figures.ts';
import { keys, type Projection } from './projection.ts';
import { createRedis, GenerationStore, PositionMoved, type Recall, type Redis } from './store.ts';

export type RunnerOptions<A extends AggregateName, Row> = {
  bus: Bus;
  redisUrl: string;
  projection: Projection<A, Row>;
  /** Another log than ours, such as what a neighbour told us. */
  place?: LogPlace;
  /** An entry that can't be read: parked by the caller, never skipped in silence. */
  onUnreadable(error: UnreadableEntry, message: RawMessage): Promise<void> | void;
  onError(error: unknown): void;
  /** Told after every step, for who acts on the rows. */
  onApplied?(): void;
  /** Entries applied in one step at most. */
  batchSize?: number;
};

/**
 * Keeps one projection up to date, by however many processes: each applies on the condition that nobody else did.
 * When Redis loses it, it is built again from the log.
 */
export class ProjectionRunner<A extends AggregateName, Row> {
  readonly #options: RunnerOptions<A, Row>;
  readonly #redis: Redis;
  readonly #waiting = new Set<{ position: number; resolve: () => void }>();
  #feed: Feed<A, Row> | null = null;
  #building: Feed<A, Row> | null = null;
  #buildEnd = 0;
  #rebuilding = false;
  #parked = 0;
  #door: { stop(): void } | null = null;
  #tellings: (() => void)[] = [];

  constructor(options: RunnerOptions<A, Row>) {
    this.#options = options;
    this.#redis = createRedis(options.redisUrl, options.onError);
  }

  get #place(): LogPlace {
    return this.#options.place ?? ourLog;
  }

  get status(): RunnerStatus {
    const built = this.#buildEnd > 0 ? Math.min(1, (this.#building?.position ?? 0) / this.#buildEnd) : 0;
    return {
      name: this.#options.projection.name,
      position: this.#feed?.position ?? 0,
      behind: this.#feed?.behind ?? 0,
      rebuilding: this.#rebuilding || this.#building ? built : null,
      generation: this.#feed?.store.generation ?? null,
      parked: this.#parked,
    };
  }

  /** Starts following. Resolves when the model has caught up with the log as it stood at the call. */
  async start(): Promise<void> {
    await this.#redis.connect();
    this.#tellings = this.#tellFigures();
    const { name, version } = this.#options.projection;
    const live = await this.#redis.get(keys.live(name));
    if (live?.startsWith(`v${version}-`)) {
      this.#feed = await this.#open(live, false);
      await this.#feed.caughtUp;
    } else {
      await this.rebuild();
    }
    this.#door = answerControl(this.#options.bus, this, this.#options.onError);
  }

  /** Builds a new generation from the first entry beside the running one, then swaps it in. Asked twice, it is built once. */
  async rebuild(): Promise<void> {
    if (this.#rebuilding || this.#building) return;
    // At once, before anything is awaited: whoever asks next must see that it has begun.
    this.#rebuilding = true;
    this.#buildEnd = 0;
    try {
      await this.#buildBeside();
    } finally {
      this.#rebuilding = false;
    }
  }

  async #buildBeside(): Promise<void> {
    const { projection, bus } = this.#options;
    const before = await this.#redis.get(keys.live(projection.name));
    const count = Number(before?.split('-')[1] ?? 0) + 1;
    this.#buildEnd = await endOf(bus, this.#place.stream);
    const built = await this.#open(`v${projection.version}-${count}`, true);
    this.#building = built;
    try {
      await built.caughtUp;
      await built.store.goLive(this.#redis);
    } catch (error) {
      await built.stop();
      throw error;
    } finally {
      this.#building = null;
    }
    const old = this.#feed;
    this.#feed = built;
    this.#arrived();
    await old?.stop();
    if (before && before !== built.store.generation) {
      await new GenerationStore(this.#redis, projection, before, true).drop();
    }
  }

  /**
   * Resolves once the model has applied everything of its own up to the given position. Of a model of one aggregate that
   * must be an entry of it, since it sees no other.
   * @throws Refusal stale_view after `timeoutMs`: what is shown is older than what was asked for.
   */
  async reach(position: number, timeoutMs = 5_000): Promise<void> {
    if ((this.#feed?.reached ?? 0) >= position) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { position, resolve };
    this.#waiting.add(waiter);
    const timer = setTimeout(
      () => reject(new Refusal('stale_view', `${this.status.name} is at ${this.status.position}, not yet ${position}`)),
      timeoutMs,
    );
    await promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    });
  }

  async stop(): Promise<void> {
    this.#door?.stop();
    for (const end of this.#tellings) end();
    await Promise.all([this.#feed?.stop(), this.#building?.stop()]);
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  #tellFigures(): (() => void)[] {
    const { bus, projection } = this.#options;
    const labels = { service: bus.name, projection: projection.name };
    return [
      figures.position.tellOne(labels, () => this.status.position),
      figures.behind.tellOne(labels, () => this.status.behind),
      figures.building.tellOne(labels, () => (this.status.rebuilding === null ? 0 : 1)),
      figures.parked.tellOne(labels, () => this.#parked),
    ];
  }

  async #open(generation: string, quiet: boolean): Promise<Feed<A, Row>> {
    const { bus, redisUrl, projection, onError, batchSize = 1_000 } = this.#options;
    const redis = createRedis(redisUrl, onError);
    await redis.connect();
    const feed = new Feed<A, Row>({
      bus,
      projection,
      place: this.#place,
      redis,
      generation,
      quiet,
      batchSize,
      onApplied: () => this.#arrived(),
      onPassed: () => this.#wake(),
      onUnreadable: async (error, message) => {
        this.#parked++;
        await this.#options.onUnreadable(error, message);
      },
      onError,
      onLost: (lost) => this.#lost(lost),
      onEmpty: (empty) => this.#standAgain(empty),
    });
    await feed.start();
    return feed;
  }

  /**
   * The generation is gone. Either another process swapped in a newer one: follow that. Or Redis was emptied: this one
   * is built again, and readers are refused until it is whole.
   * Answers whether the feed goes on.
   */
  async #lost(feed: Feed<A, Row>): Promise<boolean> {
    const { onError, projection } = this.#options;
    if (feed !== this.#feed) return true;
    const live = await this.#redis.get(keys.live(projection.name));
    if (live?.startsWith(`v${projection.version}-`) && live !== feed.store.generation) {
      this.#feed = await this.#open(live, false);
      // Not waited for: it is the feed's own loop that asks.
      void feed.stop().catch(onError);
      this.#arrived();
      return false;
    }
    // What is half built is nobody's news.
    feed.store.hush(true);
    void this.#buildAgain(feed).catch(onError);
    return true;
  }

  /** A model of which the log says nothing yet is whole as it is: when Redis forgot that it is live, it is told again. */
  async #standAgain(feed: Feed<A, Row>): Promise<void> {
    if (feed !== this.#feed || (await this.#redis.get(keys.live(this.#options.projection.name))) !== null) return;
    await feed.store.goLive(this.#redis);
  }

  async #buildAgain(feed: Feed<A, Row>): Promise<void> {
    const { onError, bus } = this.#options;
    this.#buildEnd = await endOf(bus, this.#place.stream);
    this.#building = feed;
    await feed.caughtUp;
    await feed.store.goLive(this.#redis).catch(onError);
    this.#building = null;
  }

  #arrived(): void {
    this.#options.onApplied?.();
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiting) if ((this.#feed?.reached ?? 0) >= waiter.position) waiter.resolve();
  }
}

type FeedOptions<A extends AggregateName, Row> = Omit<
  RunnerOptions<A, Row>,
  'redisUrl' | 'batchSize' | 'onApplied' | 'place'
> & {
  place: LogPlace;
  redis: Redis;
  generation: string;
  quiet: boolean;
  batchSize: number;
  onApplied(): void;
  /** An entry that is none of the projection's was seen. */
  onPassed(): void;
  /** Answers whether the feed goes on. */
  onLost(feed: Feed<A, Row>): Promise<boolean>;
  /** Nothing was ever written, so that nothing can show whether Redis was emptied. */
  onEmpty(feed: Feed<A, Row>): Promise<void>;
};

/** Follows the log into one generation: whatever has arrived while the last batch was written is the next batch. */
class Feed<A extends AggregateName, Row> {
  readonly store: GenerationStore<A, Row>;
  position = 0;
  readonly #options: FeedOptions<A, Row>;
  #waiting: Entry[] = [];
  #room = Promise.withResolvers<void>();
  #work = Promise.withResolvers<void>();
  #following: Following | null = null;
  #caughtUp = Promise.withResolvers<void>();
  #caughtUpAt: number | null = null;
  #seen = 0;
  #isApplying = false;
  /** Entries of the last step. */
  #last = 0;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: FeedOptions<A, Row>) {
    this.#options = options;
    const { bus, redis, projection, generation, quiet, place } = options;
    this.store = new GenerationStore(redis, projection, generation, quiet, recallFrom(bus, place));
  }

  get behind(): number {
    return this.#waiting.length;
  }

  /** Nothing up to here is missing: where nothing waits, what was seen and passed over counts too. */
  get reached(): number {
    return this.#waiting.length === 0 && !this.#isApplying ? Math.max(this.position, this.#seen) : this.position;
  }

  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  async start(): Promise<void> {
    this.position = await this.store.position();
    await this.#follow();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#room.resolve();
    this.#work.resolve();
    await this.#following?.stop();
    await this.#loop;
    if (this.#options.redis.isOpen) this.#options.redis.destroy();
  }

  async #follow(): Promise<void> {
    const { bus, projection, place, onError, onUnreadable, batchSize } = this.#options;
    const subject = projection.follows.length === 1 ? subjects.events(projection.follows[0]) : subjects.events();
    this.#seen = this.position;
    this.#following = await followStream(bus, {
      stream: place.stream,
      subject: `${place.before}${subject}`,
      from: this.position + 1,
      ahead: batchSize * 2,
      onFailure: onError,
      onMessage: async (stored) => {
        const message = within(stored, place);
        this.#seen = message.seq;
        // Of several aggregates the whole log is followed; what is of none of them is not worth reading.
        if (!(projection.follows as readonly string[]).includes(subjects.placeOf(message.subject).aggregate))
          return this.#options.onPassed();
        const entry = tryDecode(message);
        if (entry instanceof UnreadableEntry) return await onUnreadable(entry, message);
        this.#waiting.push(entry);
        this.#work.resolve();
        while (this.#waiting.length >= batchSize * 2 && !this.#stopped) {
          this.#room = Promise.withResolvers();
          await this.#room.promise;
        }
      },
    });
    void this.#following.caughtUp.then(() => {
      this.#caughtUpAt = this.#seen;
      this.#work.resolve();
    }, onError);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#waiting.length === 0) {
        if (this.#caughtUpAt !== null) this.#caughtUp.resolve();
        await this.#idle();
        continue;
      }
      await this.#gather();
      const batch = this.#waiting.splice(0, this.#options.batchSize);
      this.#room.resolve();
      this.#isApplying = true;
      try {
        this.position = await this.store.apply(batch, this.position);
        this.#isApplying = false;
        this.#last = batch.length;
        this.#options.onApplied();
      } catch (error) {
        if (!this.#stopped) await this.#recover(error, batch);
        this.#isApplying = false;
      }
    }
  }

  /**
   * Where one entry follows the other, what comes within a moment is one step: each costs Redis and us the same, and a row that
   * changes twice in it is written once. The more there is to do, the longer the moment.
   */
  async #gather(): Promise<void> {
    if (this.#last <= 1 || this.#caughtUpAt === null || this.#waiting.length >= this.#options.batchSize) return;
    const { least, most, perMs } = gather;
    await new Promise((resolve) => setTimeout(resolve, Math.min(most, Math.max(least, this.#last / perMs))));
  }

  /** Waits for work; looks now and then whether Redis still holds what was written. */
  async #idle(): Promise<void> {
    this.#work = Promise.withResolvers();
    const pulse = setTimeout(() => this.#work.resolve(), pulseMs);
    await this.#work.promise;
    clearTimeout(pulse);
    if (this.#waiting.length > 0 || this.#stopped || this.#caughtUpAt === null) return;
    try {
      const stands = await this.store.position();
      if (stands < this.position) await this.#recover(new PositionMoved(stands), []);
      else if (this.position === 0) await this.#options.onEmpty(this);
    } catch (error) {
      if (!this.#stopped) this.#options.onError(error);
    }
  }

  async #recover(error: unknown, batch: Entry[]): Promise<void> {
    if (!(error instanceof PositionMoved)) {
      this.#options.onError(error);
      this.#waiting.unshift(...batch);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return;
    }
    if (error.position >= this.position) {
      // Another process was faster; what it applied is done.
      this.position = error.position;
      this.#waiting = [...batch, ...this.#waiting].filter((entry) => entry.position > error.position);
      this.#options.onApplied();
      return;
    }
    const following = this.#following;
    this.#room.resolve();
    this.#waiting = [];
    this.#room.resolve();
    await following?.stop();
    this.#waiting = [];
    this.position = error.position;
    this.#seen = error.position;
    this.#caughtUpAt = null;
    this.#caughtUp = Promise.withResolvers();
    if (!(await this.#options.onLost(this))) return;
    await this.#follow();
  }
}

/** A message as it stands in the log that it is of, wherever that log is read. */
const within = (message: RawMessage, { before }: LogPlace): RawMessage => {
  if (before === '') return message;
  const { subject, seq, data, headers, storedAt } = message;
  return { subject: subject.slice(before.length), seq, data, headers, ...(storedAt && { storedAt }) };
};

/** Reads the past of a row that left. */
export function recallFrom(bus: Bus, place = ourLog): Recall {
  const journal = new Journal(bus, 'projections', place);
  return (entry) => journal.readable(entry, entry.position - 1);
}

/** How long a busy projection lets entries gather before the next step, in ms: one for so many of the step before. */
const gather = { least: 8, most: 50, perMs: 4 };
/** How often an idle projection looks whether Redis was emptied, in ms. */
const pulseMs = 1_000;
