import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectBus, type Bus } from '@tongsheng/bus';
import { z } from 'zod';
import { Failure } from './failure.ts';

/** What `npm start` leaves in its data directory about the servers that run. */
const Run = z.object({ natsUrl: z.string() });

/** `NATS_URL`, or the servers of this checkout's own installation. */
export function natsUrl(root: string, environment: NodeJS.ProcessEnv): string {
  if (environment['NATS_URL']) return environment['NATS_URL'];
  const home = resolve(root, environment['TONGSHENG_HOME'] ?? '.tongsheng');
  const file = join(home, 'run.json');
  const found = existsSync(file) ? Run.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  if (found?.success) return found.data.natsUrl;
  throw new Failure(`nothing has been started in ${home}; run \`npm start\`, or name a server with NATS_URL`);
}

/** Connects for the time of one command. @throws Failure when nothing answers there. */
export async function withBus<T>(url: string, work: (bus: Bus) => Promise<T>): Promise<T> {
  const bus = await connectBus({ url, name: 'tongsheng-ctl' }).catch((error: unknown) => {
    const where = URL.canParse(url) ? new URL(url).host : url;
    throw new Failure(
      `no nats-server answers at ${where} (${error instanceof Error ? error.message : error}); is the system running?`,
    );
  });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}
