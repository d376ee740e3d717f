import { allowList, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { z } from 'zod';
import { DoorAddress } from './answer-door.ts';
import { AnswersUrl } from './answer-links.ts';
import { OutsideAccess } from './page-proof.ts';
import { ReleasesModule } from './releases.module.ts';
import { Post } from './tell-offices.reaction.ts';

const config = z.object({
  /** Our own mail server, `smtp://user:password@host:port`; without it no office is written to by mail. */
  SUBMISSIONS_SMTP: z.url().optional(),
  SUBMISSIONS_FROM: z.email().default('submissions@localhost.localdomain'),
  /** Where offices outside answer; without a port there is no such door. */
  RELEASES_HOST: z.string().default('127.0.0.1'),
  RELEASES_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** How they reach it: what stands before it on the public side. */
  ANSWERS_URL: z.url().optional(),
  /** `host:port` of pages, partners and mail servers that may be reached although not public, comma-separated. */
  WEB_ALLOW: allowList,
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'releases',
    config,
    module: ReleasesModule,
    providers: ({
      SUBMISSIONS_SMTP,
      SUBMISSIONS_FROM,
      RELEASES_HOST: host,
      RELEASES_PORT: port,
      ANSWERS_URL,
      ...rest
    }) => {
      const { WEB_ALLOW, ...keys } = rest;
      const here = port === undefined ? null : `http://${host}:${port}`;
      return [
        { provide: OutsideAccess, useValue: new OutsideAccess(WEB_ALLOW) },
        { provide: Post, useValue: new Post(SUBMISSIONS_SMTP, SUBMISSIONS_FROM, WEB_ALLOW) },
        { provide: DoorAddress, useValue: new DoorAddress(host, port ?? null) },
        { provide: AnswersUrl, useValue: new AnswersUrl(ANSWERS_URL?.replace(/\/$/, '') ?? here) },
        { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
      ];
    },
  }),
);
