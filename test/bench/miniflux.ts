// Miniflux 2 on PostgreSQL, both from Debian's packages, as the peer of the ingest benchmark: servers of its own on the
// loopback, data in a folder that is deleted, ended by their process ids. Its feeds come from an OPML document, as a person
// would bring them; a round is its own command that refreshes what is due.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@tongsheng/local';
import { until } from '@tongsheng/test/support';

const run = promisify(execFile);
const ticksPerSecond = 100;
/** PostgreSQL does not run as root; `nobody` is on every machine. */
const nobody = 65_534;

/** What one round cost: seconds, CPU seconds of Miniflux alone and of PostgreSQL beside it, and its most memory in MB. */
export type PeerRound = { seconds: number; cpu: number; databaseCpu: number; peakMb: number };

export type Miniflux = {
  version: string;
  /** Every feed is due, and read once. */
  refresh(): Promise<PeerRound>;
  /** Entries that it holds. */
  entries(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @returns the peer with these feeds, none of them read yet, or why it can't be had. */
export async function startMiniflux(feeds: readonly string[]): Promise<Miniflux | { missing: string }> {
  const { MINIFLUX: program, POSTGRES_HOME: bin, MINIFLUX_MISSING: missing } = process.env;
  if (!program || !bin) return { missing: missing ?? 'MINIFLUX and POSTGRES_HOME do not name it' };
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-miniflux-'));
  const started: ChildProcess[] = [];
  const end = async () => {
    for (const child of started.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    }
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const asRoot = process.getuid?.() === 0;
    const as = asRoot ? { uid: nobody, gid: nobody } : {};
    if (asRoot) await chown(dir, nobody, nobody);
    const data = join(dir, 'data');
    await run(join(bin, 'initdb'), ['-D', data, '-U', 'miniflux', '-A', 'trust', '--no-sync'], { ...as, cwd: dir });
    const [port, webPort] = await Promise.all([freePort(), freePort()]);
    const settings = ['-D', data, '-k', dir, '-h', '127.0.0.1', '-p', String(port)];
    const database = spawn(join(bin, 'postgres'), settings, { ...as, cwd: dir, stdio: 'ignore' });
    started.push(database);
    const address = ['-h', '127.0.0.1', '-p', String(port), '-U', 'miniflux'];
    const sql = async (query: string) =>
      (await run(join(bin, 'psql'), [...address, '-d', 'postgres', '-Atc', query])).stdout.trim();
    await until(() => sql('select 1'));

    const login = { name: 'bench', password: 'a password of the benchmark' };
    const environment = {
      ...process.env,
      DATABASE_URL: `host=127.0.0.1 port=${port} user=miniflux dbname=postgres sslmode=disable`,
      LISTEN_ADDR: `127.0.0.1:${webPort}`,
      ADMIN_USERNAME: login.name,
      ADMIN_PASSWORD: login.password,
      CREATE_ADMIN: '1',
      RUN_MIGRATIONS: '1',
      DISABLE_SCHEDULER_SERVICE: '1',
      BATCH_SIZE: String(feeds.length),
      LOG_LEVEL: 'error',
    };
    const server = spawn(program, [], { ...as, cwd: dir, env: environment, stdio: 'ignore' });
    started.push(server);
    const outlines = feeds.map((url, i) => `<outline type="rss" text="${i}" xmlUrl="${url}"/>`).join('');
    await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${webPort}/v1/import`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${login.name}:${login.password}`).toString('base64')}` },
        body: `<?xml version="1.0"?><opml version="2.0"><body>${outlines}</body></opml>`,
      });
      if (answer.status !== 201) throw new Error(`import: HTTP ${answer.status} ${await answer.text()}`);
    });
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;

    return {
      version: (await run(program, ['-version'])).stdout.trim(),
      entries: async () => Number(await sql('select count(*) from entries')),
      async refresh() {
        await sql("update feeds set next_check_at = now() - interval '1 hour'");
        const before = await cpuOfTree(database.pid!);
        const begun = performance.now();
        const child = spawn(program, ['-refresh-feeds'], { ...as, cwd: dir, env: environment, stdio: 'ignore' });
        started.push(child);
        let [cpu, peakMb] = [0, 0];
        const done = once(child, 'exit');
        // What it used is gone with it; the last look before its end is what is known.
        const watch = setInterval(() => {
          void usageOf(child.pid!).then((usage) => {
            if (usage) [cpu, peakMb] = [Math.max(cpu, usage.cpu), Math.max(peakMb, usage.peakMb)];
          });
        }, 20);
        const [code] = (await done) as [number | null];
        clearInterval(watch);
        if (code !== 0) throw new Error(`miniflux -refresh-feeds ended with ${code}`);
        const seconds = (performance.now() - begun) / 1_000;
        return { seconds, cpu, databaseCpu: (await cpuOfTree(database.pid!)) - before, peakMb };
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The fields of a process's line in `/proc` from its state on, or null when it is gone. */
async function statOf(pid: number): Promise<string[] | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return line === null ? null : line.slice(line.lastIndexOf(')') + 2).split(' ');
}

async function usageOf(pid: number): Promise<{ cpu: number; peakMb: number } | null> {
  const [stat, status] = await Promise.all([statOf(pid), readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')]);
  const peak = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return stat && peak
    ? { cpu: (Number(stat[11]) + Number(stat[12])) / ticksPerSecond, peakMb: Number(peak) / 1_024 }
    : null;
}

/** CPU seconds of a process, of its children that have ended, and of those that live. */
async function cpuOfTree(pid: number): Promise<number> {
  const all = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))),
  );
  const own = await statOf(pid);
  const ticks = (stat: string[], until: number) => stat.slice(11, until).reduce((sum, field) => sum + Number(field), 0);
  const living = all.filter((stat) => stat?.[1] === String(pid)).reduce((sum, stat) => sum + ticks(stat!, 13), 0);
  return ((own ? ticks(own, 15) : 0) + living) / ticksPerSecond;
}
