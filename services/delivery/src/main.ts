import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Allowed } from './adapter-tools.ts';
import { DoorAddress } from './door.ts';
import { DeliveryModule } from './delivery.module.ts';
import { RedisUrl } from './shared.ts';
import { StoppagePatience } from './watch-stoppages.ts';

/**
 * `WEB_ALLOW`: `host:port` that may be reached although not public, comma-separated; mail servers too. `REDIS_URL`: where
 * several processes share rates and tokens; without it this one is alone. `DELIVERY_PORT`, `DELIVERY_HOST`: where platforms
 * call us back; without a port there is no door, and what became of a release is asked for only. `STOPPAGE_ALARM`: how long a channel may give no good answer
 * while a rebuttal, a response or anything else waits there, before people hear of it; ISO 8601, comma-separated.
 */
const config = z.object({
  WEB_ALLOW: allowList,
  REDIS_URL: z.string().optional(),
  DELIVERY_HOST: z.string().default('127.0.0.1'),
  DELIVERY_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  STOPPAGE_ALARM: z
    .string()
    .default('PT5M,PT15M,PT1H')
    .transform((value) => value.split(','))
    .pipe(z.tuple([z.iso.duration(), z.iso.duration(), z.iso.duration()]))
    .transform(([rebuttal, urgent, routine]) => ({ rebuttal, urgent, routine })),
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'delivery',
    config,
    module: DeliveryModule,
    providers: ({ WEB_ALLOW, REDIS_URL, DELIVERY_HOST, DELIVERY_PORT, STOPPAGE_ALARM, ...keys }) => [
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: DoorAddress, useValue: new DoorAddress(DELIVERY_HOST, DELIVERY_PORT ?? null) },
      { provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) },
      { provide: StoppagePatience, useValue: new StoppagePatience(STOPPAGE_ALARM) },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
    ],
  }),
);
