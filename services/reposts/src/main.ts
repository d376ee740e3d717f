import { allowList, run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { RepostsModule } from './reposts.module.ts';
import { Allowed } from './verify-reposts.ts';

/** `WEB_ALLOW`: `host:port` that may be fetched although not public, comma-separated. */
const config = z.object({ WEB_ALLOW: allowList });

run(() =>
  serve({
    name: 'reposts',
    config,
    module: RepostsModule,
    providers: ({ WEB_ALLOW }) => [{ provide: Allowed, useValue: new Allowed(WEB_ALLOW) }],
  }),
);
