// What the whole system holds in memory after `npm start`, and how long a second start takes until it is ready. The peer
// is the limit that we set ourselves: 700 MB.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@tongsheng/local';
import { report, rounded, say } from './measure.ts';

const root = join(import.meta.dirname, '../..');
const limitMb = 700;
const settleMs = 30_000;

const home = await mkdtemp(join(tmpdir(), 'tongsheng-idle-'));
const [consolePort, portalPort] = await Promise.all([freePort(), freePort()]);

/** Starts by the README's command. @returns the process and the time until it said that it is ready, in ms. */
async function start(): Promise<{ child: ChildProcess; ms: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['infra/local/bootstrap.mjs', 'start'], {
    cwd: root,
    env: { ...process.env, TONGSHENG_HOME: home, CONSOLE_PORT: String(consolePort), PORTAL_PORT: String(portalPort) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  child.once('exit', (code) => ready.reject(new Error(`npm start ended with ${code}`)));
  child.stdout.on('data', (data: Buffer) => {
    if (data.includes('ready in')) ready.resolve();
  });
  await ready.promise;
  return { child, ms: performance.now() - begun };
}

async function stop({ child }: { child: ChildProcess }): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory of a process and all below it, in bytes. */
function memoryOf(pid: number): { name: string; bytes: number }[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number[]>();
  for (const each of all) {
    const stat = tryRead(`/proc/${each}/stat`);
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(each)]);
  }
  const below = (of: number): number[] => [of, ...(parents.get(of) ?? []).flatMap(below)];
  return below(pid).flatMap((each) => {
    const status = tryRead(`/proc/${each}/status`);
    const kb = Number(/VmRSS:\s+(\d+)/.exec(status ?? '')?.[1] ?? 0);
    const command = (tryRead(`/proc/${each}/cmdline`) ?? '').split('\0').filter(Boolean);
    const name = command.find((part) => /(bootstrap|start|host|main)\.m?js$/.test(part)) ?? command[0] ?? '';
    return kb > 0
      ? [{ name: `${name.split('/').at(-1)} ${command.at(-1)?.split('/').at(-3) ?? ''}`, bytes: kb * 1_024 }]
      : [];
  });
}

function tryRead(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

await stop(await start());
const second = await start();
await wait(settleMs);
const parts = memoryOf(second.child.pid ?? 0);
for (const { name, bytes } of parts) say(`${rounded(bytes / 2 ** 20, 1)} MB  ${name}`);
await stop(second);
await rm(home, { recursive: true, force: true });

const rssMb = rounded(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20, 1);
report({
  bench: 'idle',
  ours: rssMb,
  peer: limitMb,
  ratio: rounded(limitMb / rssMb),
  unit: 'MB',
  rss_mb: rssMb,
  ready_ms: Math.round(second.ms),
  processes: parts.length,
});
