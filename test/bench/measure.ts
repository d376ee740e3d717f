import { readFileSync } from 'node:fs';
import { serverVersion } from '@tongsheng/local';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

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

/** CPU time that a process has used so far, in ms. @see proc_pid_stat(5): `utime` and `stime`, in ticks of 10 ms */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Runs work for 0 … count-1 with so many under way at once. */
export async function pipelined(count: number, depth: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: depth }, lane));
}

/** Ends what was started when the benchmark is interrupted: its servers would outlive it. */
export function endOnSignal(started: AsyncDisposable): void {
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal's Ctrl-C arrives twice, from it and passed on by our parent.
      if (ending) return;
      ending = true;
      void started[Symbol.asyncDispose]().then(() => process.exit(130));
    });
  }
}

/**
 * What the process held in memory while work ran, a look every quarter of a second, in bytes. Garbage is collected before
 * each look, so that it is what the work needs and not what the collector had not come round to; it slows the work down.
 */
export async function heldDuring(work: () => Promise<unknown>): Promise<number[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const looks: number[] = [];
  const watch = setInterval(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    looks.push(heapUsed + external);
  }, 250);
  await work();
  clearInterval(watch);
  return looks;
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Says how it goes, unless only the result is wanted. */
export function say(line: string): void {
  if (!process.argv.includes('--json')) process.stderr.write(`${line}\n`);
}

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
    nats: serverVersion('nats-server'),
    redis: serverVersion('redis-server'),
  };
  console.log(JSON.stringify({ bench, ours, peer, ratio, unit, ...more, ...versions }));
}

/** Hands over each `data:` line of a live console connection as it comes, until `leaving`. @throws when the console says no */
export async function listenTo(
  consoleUrl: string,
  cookie: string,
  { leaving, onLine }: { leaving: AbortSignal; onLine: (line: string) => void },
): Promise<void> {
  const { ok, status, body } = await fetch(`${consoleUrl}/api/events`, { headers: { cookie }, signal: leaving });
  if (!ok || !body) throw new Error(`events: ${status}`);
  void (async () => {
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data:')) onLine(line);
    }
  })().catch(() => {});
}
