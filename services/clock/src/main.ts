import { run, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { ClockModule } from './clock.module.ts';
import { RedisUrl } from './clockwork.ts';

const config = z.object({ REDIS_URL: z.string().min(1) });

run(() =>
  serve({
    name: 'clock',
    config,
    module: ClockModule,
    providers: ({ REDIS_URL }) => [{ provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) }],
  }),
);
