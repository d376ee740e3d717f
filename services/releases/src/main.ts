import { allowList, run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { OutsideAccess } from './page-proof.ts';
import { ReleasesModule } from './releases.module.ts';

/** `WEB_ALLOW`: `host:port` of pages of ours that may be looked at although not public, comma-separated. */
const config = z.object({ WEB_ALLOW: allowList });

run(() =>
  serve({
    name: 'releases',
    config,
    module: ReleasesModule,
    providers: ({ WEB_ALLOW }) => [{ provide: OutsideAccess, useValue: new OutsideAccess(WEB_ALLOW) }],
  }),
);
