import { connectBus, PublicFiles } from '@tongsheng/bus';
import { JsonLog, onShutdown, readConfig, run } from '@tongsheng/runtime';
import { z } from 'zod';
import { PublicIndex } from './public-index.ts';
import { BusLog } from './public-log.ts';
import { createSite } from './site.ts';
import { Texts } from './texts.ts';

/** Texts that were read last and stay in memory. Bytes. */
const keptTexts = 32 * 2 ** 20;

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
  const index = new PublicIndex();
  const publicLog = new BusLog(bus, log);
  let complete = false;
  const server = createSite({
    index,
    texts: new Texts(publicLog, keptTexts),
    files: new PublicFiles(bus),
    baseUrl: PORTAL_URL.replace(/\/$/, ''),
    complete: () => complete,
  });
  onShutdown('portal', async () => {
    await server.close();
    await publicLog.close();
    await bus.close();
  });
  await server.listen({ port, host });
  await publicLog.follow((document, position) => index.add(document, position));
  complete = true;
  log.info('portal.ready', { port });
});
