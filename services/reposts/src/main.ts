import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { Visitor } from './looks.ts';
import { Hold } from './reposts.controller.ts';
import { RepostsModule } from './reposts.module.ts';
import { Allowed } from './site-publisher.ts';
import { Camera } from './take-pictures.ts';
import { Rechecks, RedisUrl } from './watchlist.ts';

/**
 * `WEB_ALLOW`: `host:port` that may be fetched although not public, comma-separated. `REPOST_HOLD`: how long an approval
 * can be taken back. `REPOST_RECHECKS`: when a published page is looked at again, durations after its publication.
 * `REDIS_URL`: where the list of pages to look at is held.
 * `CHROMIUM`: the browser that takes pictures of pages, where it is none of the usual ones.
 */
const config = z.object({
  WEB_ALLOW: allowList,
  REDIS_URL: z.string().min(1),
  CHROMIUM: z.string().optional(),
  ...secretsConfig,
  REPOST_HOLD: z.iso.duration().default('PT10S'),
  REPOST_RECHECKS: z
    .string()
    .default('PT1H,PT24H,P7D,P30D')
    .transform((text) => text.split(','))
    .pipe(z.array(z.iso.duration())),
});

run(() =>
  serve({
    name: 'reposts',
    config,
    module: RepostsModule,
    providers: ({ WEB_ALLOW, REDIS_URL, CHROMIUM, REPOST_HOLD, REPOST_RECHECKS, ...keys }) => [
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
      { provide: Allowed, useValue: new Allowed(WEB_ALLOW) },
      { provide: Visitor, useValue: new Visitor(WEB_ALLOW) },
      { provide: Camera, useValue: new Camera(CHROMIUM, WEB_ALLOW) },
      { provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) },
      { provide: Rechecks, useValue: new Rechecks(REPOST_RECHECKS) },
      { provide: Hold, useValue: new Hold(REPOST_HOLD) },
    ],
  }),
);
