import { run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { RegistryModule } from './registry.module.ts';
import { SEED_FILE } from './seed.ts';

/** `SEED_FILE`: JSON of contracts' `Seed`, for a new installation. */
const config = z.object({ SEED_FILE: z.string().optional(), ...secretsConfig });

run(() =>
  serve({
    name: 'registry',
    config,
    module: RegistryModule,
    providers: ({ SEED_FILE: file, ...keys }) => [
      { provide: SEED_FILE, useValue: file },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
    ],
  }),
);
