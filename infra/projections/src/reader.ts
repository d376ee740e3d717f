import { Refusal, type AggregateName } from '@tongsheng/contracts';
import { decodeChanges } from './changes.ts';
import { keys, type Change, type Projection } from './projection.ts';
import { createRedis, type Redis } from './store.ts';

export type Range = { min?: number; max?: number; reverse?: boolean; offset?: number; limit?: number };

/** How far the sheets of a projection were read. */
export type SheetsRead = { generation: string; position: number };

/** Reads a projection's live generation. Safe for any number of readers. */
export class ProjectionReader<A extends AggregateName, Row> {
  readonly #redis: Redis;
  readonly #projection: Projection<A, Row>;

  constructor(redis: Redis, projection: Projection<A, Row>) {
    this.#redis = redis;
    this.#projection = projection;
  }

  async get(key: string): Promise<Row | null> {
    const json = await this.#redis.hGet(keys.rows(this.#projection.name, await this.#generation()), key);
    return json ? (JSON.parse(json) as Row) : null;
  }

  /** Rows of a sorted set by score, lowest first unless reversed. */
  async list(set: string, range: Range = {}): Promise<Row[]> {
    return (await this.listJson(set, range)).map((json) => JSON.parse(json) as Row);
  }

  /** The same rows as they are stored, for who looks through many to find few. */
  async listJson(set: string, range: Range = {}): Promise<string[]> {
    const generation = await this.#generation();
    const { min = -Infinity, max = Infinity, reverse = false, offset = 0, limit = 1_000 } = range;
    const bounds = reverse ? ([max, min] as const) : ([min, max] as const);
    const members = await this.#redis.zRange(
      keys.set(this.#projection.name, generation, set),
      text(bounds[0]),
      text(bounds[1]),
      {
        BY: 'SCORE',
        ...(reverse && { REV: true as const }),
        LIMIT: { offset, count: limit },
      },
    );
    if (members.length === 0) return [];
    const rows = await this.#redis.hmGet(keys.rows(this.#projection.name, generation), members);
    return rows.filter((json) => json !== null);
  }

  /**
   * Every row of a set as it is stored, some at a time and in no particular order. What enters or leaves the set meanwhile
   * may or may not be among them.
   */
  async *all(set: string, atOnce = 500): AsyncGenerator<string[]> {
    const { name } = this.#projection;
    const generation = await this.#generation();
    const members = await this.#redis.zRange(keys.set(name, generation, set), 0, -1);
    for (let i = 0; i < members.length; i += atOnce) {
      const rows = await this.#redis.hmGet(keys.rows(name, generation), members.slice(i, i + atOnce));
      yield rows.filter((json) => json !== null);
    }
  }

  /** How many rows of each set lie within the scores; one round trip for all of them. */
  async count(sets: string[], { min = -Infinity, max = Infinity }: Range = {}): Promise<number[]> {
    const generation = await this.#generation();
    return Promise.all(
      sets.map((set) => this.#redis.zCount(keys.set(this.#projection.name, generation, set), text(min), text(max))),
    );
  }

  /**
   * The sheets that changed since, or all of them where another generation is live or this one was begun anew. What is
   * read afterwards may be newer than the position, and is told again the next time.
   */
  async changedSheets(known: SheetsRead | null): Promise<SheetsRead & { names: string[]; afresh: boolean }> {
    const { name } = this.#projection;
    const generation = await this.#generation();
    const [stood, all] = await Promise.all([
      this.#redis.get(keys.position(name, generation)),
      this.#redis.zRange(
        keys.sheets(name, generation),
        `(${known?.generation === generation ? known.position : 0}`,
        '+inf',
        {
          BY: 'SCORE',
        },
      ),
    ]);
    const position = Number(stood ?? 0);
    if (known?.generation === generation && position < known.position) return this.changedSheets(null);
    return { generation, position, names: all, afresh: known?.generation !== generation };
  }

  /** Each sheet's lines, in the order of the names; empty where nothing is written any more. */
  async sheets({ generation }: SheetsRead, names: string[]): Promise<[line: string, text: string][][]> {
    const { name } = this.#projection;
    return Promise.all(
      names.map(async (each) => Object.entries(await this.#redis.hGetAll(keys.sheet(name, generation, each)))),
    );
  }

  /** Rows by their keys; null where there is none, or it has left. */
  async rows(wanted: string[]): Promise<(Row | null)[]> {
    if (wanted.length === 0) return [];
    const found = await this.#redis.hmGet(keys.rows(this.#projection.name, await this.#generation()), wanted);
    return found.map((json) => (json ? (JSON.parse(json) as Row) : null));
  }

  /** The log position that the rows stand at. */
  async position(): Promise<number> {
    return Number((await this.#redis.get(keys.position(this.#projection.name, await this.#generation()))) ?? 0);
  }

  /** An empty answer would say that there is nothing to do; a model that is being built says so instead. */
  async #generation(): Promise<string> {
    const { name } = this.#projection;
    const live = await this.#redis.get(keys.live(name));
    if (live === null) throw new Refusal('stale_view', `${name} is being built from the log`, { view: name });
    return live;
  }
}

const text = (score: number) => (score === Infinity ? '+inf' : score === -Infinity ? '-inf' : String(score));

export type Watch = {
  /** Resolves when everything that was written before the call has been called back about. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Calls back with every change of the given projections, from whichever process made it. After a break of the connection
 * it says `rebuilt`, because what changed meanwhile was told to nobody.
 */
export async function watchChanges(
  redisUrl: string,
  names: string[],
  onChange: (name: string, change: Change) => void,
  onError: (error: unknown) => void,
): Promise<Watch> {
  const redis = createRedis(redisUrl, onError);
  await redis.connect();
  for (const name of names) {
    await redis.subscribe(keys.changes(name), (message) => {
      for (const change of decodeChanges(message)) onChange(name, change);
    });
  }
  redis.on('ready', () => {
    for (const name of names) onChange(name, { rebuilt: true, position: 0 });
  });
  return {
    async settled() {
      // Its answer comes on the same connection, behind what was published before it.
      await redis.ping();
    },
    async stop() {
      if (redis.isOpen) redis.destroy();
    },
  };
}
