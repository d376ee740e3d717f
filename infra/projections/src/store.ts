import type { AggregateName } from '@tongsheng/contracts';
import { certificateTrouble, UnfitServer, type Entry } from '@tongsheng/bus';
import { createClient, ReconnectStrategyError, SocketClosedUnexpectedlyError, WatchError } from 'redis';
import { foldBatch, keysOf, missedBy, setsOf, type Batch } from './batch.ts';
import { encodeChanges, encodeRebuilt } from './changes.ts';
import { keys, leaving, type ChangedRow, type Projection } from './projection.ts';

export type Redis = ReturnType<typeof createRedis>;

/**
 * A connection to Redis, `rediss://` for TLS, that waits for a server which restarts; not, at the start, for one whose
 * certificate is wrong or that does not let us in.
 */
export function createRedis(url: string, onError: (error: unknown) => void) {
  let begun = false;
  const reconnectStrategy = (tries: number, cause: Error) => {
    const trouble = doorTrouble(url, cause);
    // A server that is just ending closes a connection, too, but not again and again.
    const isFinal = trouble !== null && !begun && (!isCut(cause) || tries >= 3);
    return isFinal ? new UnfitServer(trouble) : Math.min(50 * 2 ** tries, 1_000);
  };
  // What the client tells the server of itself is nobody's right here.
  const client = createClient({
    url,
    socket: { reconnectStrategy },
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
  const connect = client.connect.bind(client);
  client.connect = () =>
    connect().catch((error: unknown) => {
      throw error instanceof ReconnectStrategyError ? error.originalError : error;
    });
  client.once('ready', () => (begun = true));
  client.on('error', (error: Error) => {
    const trouble = doorTrouble(url, error);
    onError(trouble === null || (begun && isCut(error)) ? error : new UnfitServer(trouble));
  });
  return client;
}

/** Ended without a word, as a server that speaks TLS alone does. */
const isCut = (error: unknown): boolean =>
  error instanceof SocketClosedUnexpectedlyError ||
  (error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code)));

/** Why a server does not let us in, and what to do about it; null for any other trouble. */
function doorTrouble(url: string, error: Error): string | null {
  const { protocol, host, username } = new URL(url);
  const advice =
    certificateTrouble(error) ??
    (error.message.startsWith('WRONGPASS')
      ? `has no user ${username || 'default'} with this password: REDIS_KEYS must name what \`tongsheng redis keys\` made for this service, and the server must have read the users.acl beside it`
      : error.message.startsWith('NOAUTH')
        ? 'asks for a user: REDIS_KEYS must name the folder with the password of this service'
        : protocol === 'redis:' && isCut(error)
          ? 'ends every connection without a word: it may speak TLS alone, then REDIS_URL begins with rediss://'
          : null);
  return advice && `Redis at ${host}: ${error.message} (${advice})`;
}

/** The position in Redis is not the one this writer left: another writer, or Redis was emptied. */
export class PositionMoved extends Error {
  readonly position: number;
  constructor(position: number) {
    super(`projection stands at ${position}`);
    this.position = position;
  }
}

/** What was decided about the aggregate of an entry before it. */
export type Recall = (entry: Entry) => Promise<Entry[]>;

type Gone<Row> = { key: string; row: Row };
/** Rows that leave in one step at most: as many as come. */
const leaveAtOnce = 1_000;

/** One generation of one projection, and the only code that writes it. Needs a connection of its own, for WATCH. */
export class GenerationStore<A extends AggregateName, Row> {
  readonly generation: string;
  readonly #redis: Redis;
  readonly #projection: Projection<A, Row>;
  readonly #recall: Recall;
  #quiet: boolean;

  constructor(
    redis: Redis,
    projection: Projection<A, Row>,
    generation: string,
    quiet: boolean,
    recall: Recall = async () => [],
  ) {
    this.#redis = redis;
    this.#projection = projection;
    this.generation = generation;
    this.#quiet = quiet;
    this.#recall = recall;
  }

  /** Whether changes are told to whoever watches, from the next write on. */
  hush(quiet: boolean): void {
    this.#quiet = quiet;
  }

  get #names() {
    const { name } = this.#projection;
    const set = (each: string) => keys.set(name, this.generation, each);
    return {
      rows: keys.rows(name, this.generation),
      position: keys.position(name, this.generation),
      set,
      channel: keys.changes(name),
      sheet: (each: string) => keys.sheet(name, this.generation, each),
      sheets: keys.sheets(name, this.generation),
    };
  }

  async position(): Promise<number> {
    return Number((await this.#redis.get(this.#names.position)) ?? 0);
  }

  /**
   * Applies entries and their position in one step, if and only if the model still stands at `expected`.
   * @throws PositionMoved
   */
  async apply(entries: Entry[], expected: number): Promise<number> {
    const reached = entries.at(-1)!.position;
    const wanted = keysOf(this.#projection, entries);
    const { rows, position } = this.#names;

    const [, stood, found] = await Promise.all([
      this.#redis.watch(position),
      this.#redis.get(position),
      wanted.length > 0 ? this.#redis.hmGet(rows, wanted) : [],
    ]);
    if (Number(stood ?? 0) !== expected) {
      await this.#redis.unwatch();
      throw new PositionMoved(Number(stood ?? 0));
    }

    const before = new Map<string, Row>();
    for (const [i, json] of found.entries()) if (json) before.set(wanted[i]!, JSON.parse(json) as Row);
    const recalled = await this.#recalled(missedBy(this.#projection, before, entries));
    const batch = foldBatch(this.#projection, before, entries, recalled);
    await this.#write(batch, await this.#leaving(batch, entries.at(-1)!), reached);
    return reached;
  }

  async #recalled(missed: ReadonlyMap<string, Entry>): Promise<Map<string, Row>> {
    const rows = new Map<string, Row>();
    await Promise.all(
      [...missed].map(async ([key, entry]) => {
        const row = foldBatch(this.#projection, new Map(), await this.#recall(entry)).rows.get(key);
        if (row) rows.set(key, row);
      }),
    );
    return rows;
  }

  /** Rows whose time has come, by the time of the log, and that this batch does not touch. */
  async #leaving({ rows }: Batch<Row>, newest: Entry): Promise<Gone<Row>[]> {
    if (!this.#projection.leaves) return [];
    const { set, rows: stored } = this.#names;
    const due = await this.#redis.zRange(set(leaving), '-inf', String(Date.parse(newest.envelope.time)), {
      BY: 'SCORE',
      LIMIT: { offset: 0, count: leaveAtOnce },
    });
    const untouched = due.filter((key) => !rows.has(key));
    if (untouched.length === 0) return [];
    const found = await this.#redis.hmGet(stored, untouched);
    return untouched.flatMap((key, i) => (found[i] ? { key, row: JSON.parse(found[i]) as Row } : []));
  }

  async #write(batch: Batch<Row>, leave: Gone<Row>[], reached: number): Promise<void> {
    const { rows, position, set, sheet, sheets, channel } = this.#names;
    const multi = this.#redis.multi();
    const written: string[] = [];
    const changes: ChangedRow[] = [];
    const gone = leave.map(({ key }) => key);
    for (const { key, row } of leave) {
      for (const name of Object.keys(setsOf(this.#projection, row, key))) {
        const members = batch.sets.get(name) ?? new Map<string, number | null>();
        batch.sets.set(name, members.set(key, null));
      }
    }
    for (const [key, row] of batch.rows) {
      const json = row === null ? null : JSON.stringify(row);
      if (json === null) gone.push(key);
      else written.push(key, json);
      changes.push({ key, json, position: batch.positions.get(key)! });
    }
    if (written.length > 0) multi.hSet(rows, written);
    if (gone.length > 0) multi.hDel(rows, gone);
    for (const [name, members] of batch.sets) {
      const added = [...members].filter((member): member is [string, number] => member[1] !== null);
      const left = [...members].filter(([, score]) => score === null).map(([value]) => value);
      if (added.length > 0)
        multi.zAdd(
          set(name),
          added.map(([value, score]) => ({ value, score })),
        );
      if (left.length > 0) multi.zRem(set(name), left);
    }
    for (const [name, its] of batch.sheets) {
      const struck = [...its].filter(([, text]) => text === null).map(([line]) => line);
      const put = [...its].filter((line): line is [string, string] => line[1] !== null);
      if (put.length > 0) multi.hSet(sheet(name), put.flat());
      if (struck.length > 0) multi.hDel(sheet(name), struck);
    }
    if (batch.sheets.size > 0)
      multi.zAdd(
        sheets,
        [...batch.sheets.keys()].map((value) => ({ value, score: reached })),
      );
    multi.set(position, String(reached));
    if (!this.#quiet && changes.length > 0) multi.publish(channel, encodeChanges(changes));
    try {
      await multi.exec();
    } catch (error) {
      if (error instanceof WatchError) throw new PositionMoved(await this.position());
      throw error;
    }
  }

  /**
   * Makes this generation the one that readers see, tells them to read again, and tells every change from then on.
   * `redis` is another connection: an EXEC on ours would end the WATCH of a write that is under way.
   */
  async goLive(redis: Redis): Promise<void> {
    const { name } = this.#projection;
    this.#quiet = false;
    // Answered behind every write that was still quiet.
    const told = encodeRebuilt(await this.position());
    await redis.multi().set(keys.live(name), this.generation).publish(keys.changes(name), told).exec();
  }

  /** Says that nothing more up to here is missing. */
  async standAt(position: number): Promise<void> {
    await this.#redis.set(this.#names.position, String(position));
  }

  async drop(): Promise<void> {
    for await (const found of this.#redis.scanIterator({
      MATCH: keys.pattern(this.#projection.name, this.generation),
      COUNT: 1_000,
    })) {
      if (found.length > 0) await this.#redis.unlink(found);
    }
  }
}
