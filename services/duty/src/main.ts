import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { DutyModule } from './duty.module.ts';
import { RedisUrl } from './pass-on.ts';
import { Outside } from './tell-people.reaction.ts';

const config = z.object({
  REDIS_URL: z.string().min(1),
  /** Our own mail server, `smtp://user:password@host:port`; without it nobody is alarmed by mail. */
  DUTY_SMTP: z.url().optional(),
  DUTY_FROM: z.email().default('duty@localhost.localdomain'),
  /** How people reach the console: alarms carry links to it. */
  CONSOLE_URL: z.url().default('http://127.0.0.1:8080'),
  WEB_ALLOW: allowList,
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'duty',
    config,
    module: DutyModule,
    providers: ({ REDIS_URL, DUTY_SMTP: smtp, DUTY_FROM: from, CONSOLE_URL, WEB_ALLOW: allow, ...keys }) => {
      const relay = { smtp, from, allow, secrets: SecretBox.fromConfig(keys) };
      return [
        { provide: RedisUrl, useValue: new RedisUrl(REDIS_URL) },
        { provide: Outside, useValue: new Outside(relay, CONSOLE_URL.replace(/\/$/, '')) },
      ];
    },
  }),
);
