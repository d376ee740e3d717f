import { keys } from './projection.ts';
import type { Redis } from './store.ts';

/** Up to these bounds Redis holds a sheet in one piece; beyond its own, which are smaller, one takes twice the memory. */
const bounds = { 'hash-max-listpack-entries': 512, 'hash-max-listpack-value': 160 } as const;

/** A sheet that is as large as it may be in one point. */
const largest: Record<keyof typeof bounds, Record<string, string>> = {
  'hash-max-listpack-entries': Object.fromEntries(
    Array.from({ length: bounds['hash-max-listpack-entries'] }, (_, i) => [String(i), '']),
  ),
  'hash-max-listpack-value': { line: ' '.repeat(bounds['hash-max-listpack-value']) },
};

/**
 * Which of Redis's settings make the read models larger than they need be, in words for an administrator; none is well.
 * Found out by writing, since no service may ask how the server is set.
 */
export async function memoryTroubles(redis: Pick<Redis, 'multi'>): Promise<string[]> {
  const names = Object.keys(bounds) as (keyof typeof bounds)[];
  const encodings = await Promise.all(
    names.map(async (name) => {
      const step = redis.multi().hSet(keys.probe, largest[name]).objectEncoding(keys.probe).unlink(keys.probe);
      return String((await step.exec())[1]);
    }),
  ).catch((error: unknown) => String(error));
  if (typeof encodings === 'string') return [`redis: takes nothing (${encodings})`];
  return names
    .filter((_, i) => encodings[i] === 'hashtable')
    .map((name) => `redis: with ${name} ${bounds[name]} in redis.conf figures take half the memory`);
}
