import { allowList, run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { IngestModule } from './ingest.module.ts';
import { Allowed } from './poller.ts';

/** `WEB_ALLOW`: `host:port` that may be read although not public, comma-separated. */
const config = z.object({ WEB_ALLOW: allowList });

run(() =>
  serve({
    name: 'ingest',
    config,
    module: IngestModule,
    providers: ({ WEB_ALLOW }) => [{ provide: Allowed, useValue: new Allowed(WEB_ALLOW) }],
  }),
);
