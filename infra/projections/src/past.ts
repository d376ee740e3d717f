import { tryDecode, UnreadableEntry, walkStream, type Bus, type Entry, type RawMessage } from '@tongsheng/bus';
import { streams, subjects, type AggregateName } from '@tongsheng/contracts';
import { keys, type Projection } from './projection.ts';
import { recallFrom } from './runner.ts';
import { createRedis, GenerationStore, type Redis } from './store.ts';

export type PastOptions<A extends AggregateName, Row> = {
  bus: Bus;
  redisUrl: string;
  /** Under a name that no runner keeps; it follows one aggregate. */
  projection: Projection<A, Row>;
  /** The last position that counts. */
  until: number;
  onProgress(position: number): void;
  onUnreadable(error: UnreadableEntry, message: RawMessage): void;
  onError(error: unknown): void;
};

const batchSize = 1_000;

/** Builds a projection as it stood at a position of the log, and leaves it there: readable, and followed by nobody. */
export async function buildPast<A extends AggregateName, Row>(options: PastOptions<A, Row>): Promise<void> {
  const { bus, redisUrl, projection, until, onProgress, onUnreadable, onError } = options;
  const redis = createRedis(redisUrl, onError);
  await redis.connect();
  const store = new GenerationStore(redis, projection, `v${projection.version}-1`, true, recallFrom(bus));
  let batch: Entry[] = [];
  let position = 0;
  const apply = async () => {
    if (batch.length === 0) return;
    position = await store.apply(batch, position);
    batch = [];
    onProgress(position);
  };
  try {
    await walkStream(bus, {
      stream: streams.journal,
      subject: subjects.events(projection.follows[0]),
      from: 1,
      ahead: batchSize * 2,
      onMessage(message) {
        if (message.seq > until) return false;
        const entry = tryDecode(message);
        if (entry instanceof UnreadableEntry) return onUnreadable(entry, message);
        batch.push(entry);
        return batch.length >= batchSize ? apply() : undefined;
      },
    });
    await apply();
    await store.standAt(until);
    await store.goLive(redis);
  } finally {
    redis.destroy();
  }
}

/** Models of the past by until when (ms) their process holds them. */
const heldPasts = 'p:pasts';
/** Longer than a process takes to say again that it holds one. */
const holdMs = 5 * 60_000;

/** Says that this process still holds these, and drops those that nobody holds any more. */
export async function holdPasts(redis: Redis, names: readonly string[], nowMs: number): Promise<void> {
  if (names.length > 0)
    await redis.zAdd(
      heldPasts,
      names.map((value) => ({ value, score: nowMs + holdMs })),
    );
  for (const name of await redis.zRange(heldPasts, '-inf', String(nowMs), { BY: 'SCORE' })) await dropPast(redis, name);
}

/** Removes what was built, whole or half. */
export async function dropPast(redis: Redis, name: string): Promise<void> {
  for await (const found of redis.scanIterator({ MATCH: keys.whole(name), COUNT: 1_000 }))
    if (found.length > 0) await redis.unlink(found);
  await redis.zRem(heldPasts, name);
}
