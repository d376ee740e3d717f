import type { Redis } from './store.ts';

/** Up to these bounds Redis holds a sheet in one piece; beyond its own, which are smaller, one takes twice the memory. */
const bounds = { 'hash-max-listpack-entries': 512, 'hash-max-listpack-value': 160 } as const;

/** Which of Redis's settings make the read models larger than they need be, in words for an administrator; none is well. */
export async function memoryTroubles(redis: Pick<Redis, 'configGet'>): Promise<string[]> {
  const names = Object.keys(bounds) as (keyof typeof bounds)[];
  const have = await redis.configGet(names).catch((error: unknown) => String(error));
  // A server that others run may tell nobody.
  if (typeof have === 'string')
    return [`redis: does not say how it is set (${have}); see that it runs with ${names.map(wanted).join(', ')}`];
  return names
    .filter((name) => !(Number(have[name]) >= bounds[name]))
    .map(
      (name) =>
        `redis: ${name} is ${have[name] ?? 'not known'}; with ${wanted(name)} in redis.conf figures take half the memory`,
    );
}

const wanted = (name: keyof typeof bounds) => `${name} ${bounds[name]}`;
