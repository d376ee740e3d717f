import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { DoorAddress } from './door.ts';
import { followUpSchedule } from './follow-up-schedule.ts';
import { FollowUpTimes } from './follow-up.ts';
import { IngestModule } from './ingest.module.ts';
import { PublicAddress } from './subscriptions.ts';
import { Allowed } from './web.ts';

const config = z.object({
  /** `host:port` that may be read although not public, comma-separated. */
  WEB_ALLOW: allowList,
  /** Where webhooks and WebSub pushes arrive. */
  INGEST_HOST: z.string().default('127.0.0.1'),
  INGEST_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
  /** The same, as hubs reach it from outside. */
  INGEST_URL: z.url().default('http://127.0.0.1:8082'),
  /** When an item under obligation is looked at again, after it was first seen; ISO 8601 durations, comma-separated. */
  FOLLOW_UP: z
    .string()
    .transform((value) => value.split(',').filter(Boolean))
    .pipe(z.array(z.iso.duration()).min(1))
    .default([...followUpSchedule]),
  /** How far apart two looks at a lost page must be to be two. */
  FOLLOW_UP_PATIENCE: z.iso.duration().default('PT10M'),
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'ingest',
    config,
    module: IngestModule,
    providers: (settings) => [
      { provide: SecretBox, useValue: SecretBox.fromConfig(settings) },
      { provide: Allowed, useValue: new Allowed(settings.WEB_ALLOW) },
      { provide: DoorAddress, useValue: new DoorAddress(settings.INGEST_HOST, settings.INGEST_PORT) },
      { provide: PublicAddress, useValue: new PublicAddress(settings.INGEST_URL) },
      { provide: FollowUpTimes, useValue: new FollowUpTimes(settings.FOLLOW_UP, settings.FOLLOW_UP_PATIENCE) },
    ],
  }),
);
