import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Allowed } from './adapter-tools.ts';
import { DoorAddress } from './door.ts';
import { DeliveryModule } from './delivery.module.ts';
import { RedisUrl } from './shared.ts';

/**
 * `WEB_ALLOW`: `host:port` that may be reached although not public, comma-separated; mail servers too. `REDIS_URL`: where
 * several processes share rates and tokens; without it this one is alone. `DELIVERY_PORT`, `DELIVERY_HOST`: where platforms
 * call us back; without a port there is no door, and what became of a release is asked for only.
 */
const config = z.object({
  WEB_ALLOW: allowList,
  REDIS_URL: z.string().optional(),
  DELIVERY_HOST: z.string().default('127.0.0.1'),
  DELIVERY_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'delivery',
    config,
    module: DeliveryModule,
    providers: ({ WEB_ALLOW, REDIS_URL, DELIVERY_HOST, DELIVERY_PORT, ...keys }) => [
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: DoorAddress, useValue: new DoorAddress(DELIVERY_HOST, DELIVERY_PORT ?? null) },
      { provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
    ],
  }),
);
