import { connectBus } from '@tongsheng/bus';
import { JsonLog, onShutdown, readConfig, run } from '@tongsheng/runtime';
import { z } from 'zod';
import { Catalogue } from './catalogue.ts';
import { PublicLog } from './public-log.ts';
import { createSite } from './site.ts';

/** `NATS_URL` names a user who may read PUBLIC and nothing else. */
const config = z.object({
  PORTAL_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  PORTAL_HOST: z.string().default('127.0.0.1'),
  /** How the public reaches the portal. */
  PORTAL_URL: z.url().default('http://127.0.0.1:8081'),
});

run(async () => {
  const { NATS_URL: url, LOG_LEVEL, PORTAL_PORT: port, PORTAL_HOST: host, PORTAL_URL } = readConfig(config);
  const log = new JsonLog('portal', LOG_LEVEL);
  const bus = await connectBus({ url, name: 'portal', inboxPrefix: '_INBOX_portal' });
  const catalogue = new Catalogue();
  const publicLog = new PublicLog(bus, catalogue, log);
  const server = createSite(catalogue, publicLog, PORTAL_URL.replace(/\/$/, ''));
  let stopped = false;
  onShutdown('portal', async () => {
    stopped = true;
    await server.close();
    await publicLog.stop();
    await bus.close();
  });
  await server.listen({ port, host });
  await publicLog.start(() => stopped);
  log.info('portal.ready', { port });
});
