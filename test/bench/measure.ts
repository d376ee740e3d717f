import { execFileSync } from 'node:child_process';

/** The middle of several measurements. */
export function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The value below which a share of all lie. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Milliseconds that work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Runs work for 0 … count-1 with so many under way at once. */
export async function pipelined(count: number, depth: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: depth }, lane));
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Says how it goes, unless only the result is wanted. */
export function say(line: string): void {
  if (!process.argv.includes('--json')) process.stderr.write(`${line}\n`);
}

const versionOf = (program: string, argument: string): string =>
  /(\d+\.\d+\.\d+)/.exec(execFileSync(program, [argument], { encoding: 'utf8' }))?.[1] ?? 'unknown';

export type Result = {
  bench: string;
  ours: number;
  peer: number;
  ratio: number;
  unit: string;
  [field: string]: string | number;
};

/** The last line of a benchmark. `ratio` above 1 means that ours is better. */
export function report(result: Result): void {
  const { bench, ours, peer, ratio, unit, ...more } = result;
  const versions = {
    node: process.versions.node,
    nats: versionOf(process.env['NATS_SERVER'] ?? 'nats-server', '--version'),
    redis: versionOf(process.env['REDIS_SERVER'] ?? 'redis-server', '--version'),
  };
  console.log(JSON.stringify({ bench, ours, peer, ratio, unit, ...more, ...versions }));
}
