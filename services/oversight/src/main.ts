import { run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { OversightModule } from './oversight.module.ts';
import { RedisUrl } from './oversight.ts';

const config = z.object({ REDIS_URL: z.string().min(1) });

run(() =>
  serve({
    name: 'oversight',
    config,
    module: OversightModule,
    providers: ({ REDIS_URL }) => [{ provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) }],
  }),
);
