import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addressOf, connectBus, readSeed, type Bus } from '@tongsheng/bus';
import { z } from 'zod';
import { Failure } from './failure.ts';

/** What `npm start` leaves in its data directory about the servers that run. */
const Run = z.object({ natsUrl: z.string() });

/** Where `npm start` keeps the installation of this checkout. */
export const homeOf = (root: string, environment: NodeJS.ProcessEnv): string =>
  resolve(root, environment['TONGSHENG_HOME'] ?? '.tongsheng');

/** `NATS_URL`, with the administrator's key where `NATS_KEYS` names a folder, or the servers of this checkout's own installation. */
export function natsUrl(root: string, environment: NodeJS.ProcessEnv): string {
  const { NATS_URL: url, NATS_KEYS: keys } = environment;
  if (url) return keys ? addressOf(url, seedIn(keys)) : url;
  const home = homeOf(root, environment);
  const file = join(home, 'run.json');
  const run = existsSync(file) ? parseRun(readFileSync(file, 'utf8')) : null;
  if (run) return run.natsUrl;
  throw new Failure(`nothing has been started in ${home}; run \`npm start\`, or name a server with NATS_URL`);
}

function seedIn(folder: string): string {
  try {
    return readSeed(folder, 'tongsheng');
  } catch (error) {
    throw new Failure(`NATS_KEYS names no key of the administrator: ${String(error)}`, { cause: error });
  }
}

function parseRun(text: string): z.infer<typeof Run> | null {
  try {
    return Run.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Connects for the time of one command. @throws Failure when nothing answers there, or it answers with a no. */
export async function withBus<T>(url: string, work: (bus: Bus) => Promise<T>): Promise<T> {
  const where = placeOf(url);
  const bus = await connectBus({ url, name: 'tongsheng-ctl' }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`no nats-server answers at ${where} (${why}); is the system running? \`npm start\` starts it`);
  });
  try {
    return await work(bus);
  } catch (error) {
    const said = busTrouble(error);
    throw said === null ? error : new Failure(`${where}: ${said}`, { cause: error });
  } finally {
    await bus.close().catch(() => {});
  }
}

/** The host and port of an address, without what opens its door. */
export function placeOf(url: string): string {
  const hosts = url.split(',').map((each) => (URL.canParse(each) ? new URL(each).host : each.replace(/^.*@/, '')));
  return hosts.join(', ');
}

/** What went wrong between us and the bus, in words; null for anything else, which is ours to mend. */
export function busTrouble(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'NatsError') return null;
  if (error.message === 'stream not found') return 'this server holds no log yet; `npm start` creates it';
  return `the bus failed (${error.message}); is it running, and may this user read the log?`;
}
