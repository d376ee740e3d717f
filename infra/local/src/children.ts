import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

export type Child = { name: string; pid(): number | undefined; stop(): Promise<void> };

/**
 * Small heaps: what is kept between requests lives in Redis and in the log. The nursery is no smaller than V8 has it: it
 * grows under load only, and with a quarter of it a fifth of a delivery went into collecting.
 */
const small = ['--max-semi-space-size=16'];
/**
 * V8 lets a heap grow to several times what is in it before it looks, and glibc keeps what large buffers leave behind; with
 * 2,000 sources that was three quarters of what ingest held. It costs a fifth of the speed, so that only ingest is so
 * started, where it is alone.
 */
const frugal = {
  flags: ['--max-semi-space-size=4', '--initial-old-space-size=32', '--heap-growing-percent=30'],
  environment: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '32768' },
};

/** How a process that runs these services is started; what V8 made of their code is kept at home for the next start. */
export function launchOf(
  services: readonly string[],
  home: string,
): { flags: string[]; environment: NodeJS.ProcessEnv } {
  const { flags, environment } =
    services.length === 1 && services[0] === 'ingest' ? frugal : { flags: small, environment: {} };
  return { flags, environment: { ...environment, NODE_COMPILE_CACHE: join(home, 'compiled') } };
}

/** Waits before a process that died is started again, in ms; the last one repeats. */
const restarts = [200, 1_000, 5_000, 15_000];
const patienceMs = 15_000;

/** Keeps a process running: its output goes to a log file, and when it dies it is started again, and that is said. */
export function keepRunning(options: {
  name: string;
  args: string[];
  environment: NodeJS.ProcessEnv;
  logs: string;
  say(line: string): void;
}): Child {
  const { name, args, environment, logs, say } = options;
  const log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  let child: ChildProcess | null = null;
  let stopping = false;
  let deaths = 0;
  let timer: NodeJS.Timeout | null = null;

  const start = () => {
    // Detached from the terminal: Ctrl-C is for the supervisor, who stops everything in order.
    child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.stderr?.on('data', (chunk: Buffer) => say(`${name}: ${chunk.toString().trim()}`));
    const begun = performance.now();
    child.once('exit', (code, signal) => {
      child = null;
      if (stopping) return;
      if (performance.now() - begun > 60_000) deaths = 0;
      const wait = restarts[Math.min(deaths++, restarts.length - 1)]!;
      say(`${name} ended (${signal ?? code}); starting it again in ${wait} ms`);
      timer = setTimeout(start, wait);
    });
  };
  start();

  return {
    name,
    pid: () => child?.pid,
    async stop() {
      stopping = true;
      if (timer) clearTimeout(timer);
      const running = child;
      if (!running) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      const late = setTimeout(() => running.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(late);
    },
  };
}
