import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Allowed } from './adapter-tools.ts';
import { DeliveryModule } from './delivery.module.ts';
import { RedisUrl } from './shared.ts';

/**
 * `WEB_ALLOW`: `host:port` that may be reached although not public, comma-separated; mail servers too. `REDIS_URL`: where
 * several processes share rates; without it this one is alone.
 */
const config = z.object({ WEB_ALLOW: allowList, REDIS_URL: z.string().optional(), ...secretsConfig });

run(() =>
  serve({
    name: 'delivery',
    config,
    module: DeliveryModule,
    providers: ({ WEB_ALLOW, REDIS_URL, ...keys }) => [
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
    ],
  }),
);
