import { allowList, run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Hold } from './reposts.controller.ts';
import { RepostsModule } from './reposts.module.ts';
import { Allowed } from './verify-reposts.ts';

/**
 * `WEB_ALLOW`: `host:port` that may be fetched although not public, comma-separated. `REPOST_HOLD`: how long an approval
 * can be taken back.
 */
const config = z.object({ WEB_ALLOW: allowList, REPOST_HOLD: z.iso.duration().default('PT10S') });

run(() =>
  serve({
    name: 'reposts',
    config,
    module: RepostsModule,
    providers: ({ WEB_ALLOW, REPOST_HOLD }) => [
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: Hold, useValue: new Hold(REPOST_HOLD) },
    ],
  }),
);
