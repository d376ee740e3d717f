import { connectBus, HubLedger, PublicFiles } from '@tongsheng/bus';
import {
  allowList,
  JsonLog,
  onShutdown,
  readConfig,
  run,
  serverOf,
  signIn,
  SystemClock,
  tellOperations,
} from '@tongsheng/runtime';
import { z } from 'zod';
import { FormTokens } from './form-token.ts';
import { Hub } from './hub.ts';
import { BusIntake } from './intake.ts';
import { PublicIndex } from './public-index.ts';
import { BusLog } from './public-log.ts';
import { createSite } from './site.ts';
import { Texts } from './texts.ts';
import { Topics } from './topics.ts';

/** Texts that were read last and stay in memory. Bytes. */
const keptTexts = 32 * 2 ** 20;

/** `NATS_URL` names a user who may read PUBLIC, keep what the hub remembers, hand in netizens' corrections, and nothing else. */
const config = z.object({
  PORTAL_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  PORTAL_HOST: z.string().default('127.0.0.1'),
  /** How the public reaches the portal. */
  PORTAL_URL: z.url().default('http://127.0.0.1:8081'),
  /** Subscribers of the hub that may be called although they are not public. */
  WEB_ALLOW: allowList,
  /** Shared by portals that stand beside each other; without it a form is only taken by the one that showed it. */
  PORTAL_FORM_KEY: z.string().min(16).optional(),
  /** Who sends a form sooner after it was shown is a machine. */
  PORTAL_FORM_SECONDS: z.coerce.number().min(0).default(3),
  /** Addresses of the proxies before the portal, comma-separated: without them all readers seem to be one. */
  PORTAL_PROXIES: allowList,
});

run(async () => {
  const settings = readConfig(config);
  const { LOG_LEVEL, PORTAL_PORT: port, PORTAL_HOST: host, PORTAL_URL, WEB_ALLOW: allow, ...rest } = settings;
  const log = new JsonLog('portal', LOG_LEVEL);
  let complete = false;
  await tellOperations('portal', settings, log, () => complete);
  const onRefused = (reason: string) => log.error('bus.refused', { reason });
  const bus = await connectBus({ ...signIn('portal', settings), onRefused });
  const index = new PublicIndex();
  const publicLog = new BusLog(bus, log);
  const texts = new Texts(publicLog, keptTexts);
  const topics = new Topics({ index, texts, baseUrl: PORTAL_URL.replace(/\/$/, '') });
  const hub = new Hub({ ledger: new HubLedger(bus), topics, allow, clock: new SystemClock(), log });
  const server = createSite({
    index,
    texts,
    files: new PublicFiles(bus),
    topics,
    hub,
    complete: () => complete,
    corrections: {
      baseUrl: PORTAL_URL.replace(/\/$/, ''),
      intake: new BusIntake(bus),
      tokens: new FormTokens(rest.PORTAL_FORM_KEY, rest.PORTAL_FORM_SECONDS * 1_000),
      now: () => Date.now(),
    },
    proxies: rest.PORTAL_PROXIES,
    server: serverOf(settings),
  });
  onShutdown('portal', async () => {
    await server.close();
    await hub.close();
    await publicLog.close();
    await bus.close();
  });
  await server.listen({ port, host });
  await publicLog.follow((document, position) => {
    index.add(document, position);
    hub.changed(document.site);
  });
  complete = true;
  log.info('portal.ready', { port });
  await hub.open();
});
