import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Allowed } from './attempts.ts';
import { DeliveryModule } from './delivery.module.ts';

/** `WEB_ALLOW`: `host:port` that may be reached although not public, comma-separated; mail servers too. */
const config = z.object({ WEB_ALLOW: allowList, ...secretsConfig });

run(() =>
  serve({
    name: 'delivery',
    config,
    module: DeliveryModule,
    providers: ({ WEB_ALLOW, ...keys }) => [
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
    ],
  }),
);
