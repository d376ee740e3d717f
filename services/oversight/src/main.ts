import { readFileSync } from 'node:fs';
import { EvidenceStore } from '@tongsheng/bus';
import { neighboursSetting } from '@tongsheng/contracts';
import { signingKeys, type SigningKey } from '@tongsheng/evidence';
import { allowList, BadConfig, run, SecretBox, secretsConfig, serve } from '@tongsheng/runtime';
import { chromiumAt } from '@tongsheng/browser';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { BalanceSettings } from './balances.ts';
import { defaultZone } from './days.ts';
import { AnswerPost } from './mail-answers.reaction.ts';
import { NotarySettings } from './notary.ts';
import { OversightModule } from './oversight.module.ts';
import { Settings } from './oversight.ts';
import { Paper } from './report-printer.ts';
import { Visitor } from './visitor.ts';

const config = z.object({
  REDIS_URL: z.string().min(1),
  /** Whose midnight parts the days that figures are counted by; another one has the model built anew. */
  TIME_ZONE: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'is no zone that is known here; write one as Asia/Shanghai')
    .default(defaultZone),
  /** Deployments that ours is linked with; some tell us of their reposts. */
  NEIGHBOURS: neighboursSetting.optional(),
  /** Private keys that sign checkpoints of the log, PEM, Ed25519 or SM2: the first signs, the others vouch for it. */
  CHECKPOINT_KEY_FILE: z.string().optional(),
  CHECKPOINT_KEY: z.string().optional(),
  /** The browser that prints reports, where it is none of the usual ones. */
  CHROMIUM: z.string().optional(),
  /** A checkpoint is made at least so often, while something happens; and every 1,000 entries. */
  CHECKPOINT_MINUTES: z.coerce.number().positive().max(1_440).default(10),
  /** How often it is looked at whether all that was taken in is where it must be, in seconds. */
  BALANCE_SECONDS: z.coerce.number().positive().max(3_600).default(60),
  /** `host:port` of sites and mail servers that may be reached although not public, comma-separated. */
  WEB_ALLOW: allowList,
  /** Our own mail server, `smtp://user:password@host:port`; without it answers to netizens are read by their receipts alone. */
  OVERSIGHT_SMTP: z.url().optional(),
  OVERSIGHT_FROM: z.email().default('corrections@localhost.localdomain'),
  /** How the public reaches the portal, for the link in a mail. */
  PORTAL_URL: z.url().optional(),
  /** Addresses of netizens are sealed with them. */
  ...secretsConfig,
});

run(() =>
  serve({
    name: 'oversight',
    config,
    module: OversightModule,
    providers: ({
      REDIS_URL,
      TIME_ZONE,
      NEIGHBOURS,
      CHECKPOINT_KEY,
      CHECKPOINT_KEY_FILE,
      CHECKPOINT_MINUTES,
      BALANCE_SECONDS,
      OVERSIGHT_SMTP,
      OVERSIGHT_FROM,
      WEB_ALLOW,
      PORTAL_URL,
      CHROMIUM,
      ...keys
    }) => [
      { provide: Settings, useValue: new Settings(REDIS_URL, TIME_ZONE, NEIGHBOURS?.neighbours) },
      {
        provide: AnswerPost,
        useValue: new AnswerPost(OVERSIGHT_SMTP, OVERSIGHT_FROM, WEB_ALLOW, PORTAL_URL?.replace(/\/$/, '')),
      },
      { provide: SecretBox, useValue: SecretBox.fromConfig(keys) },
      {
        provide: NotarySettings,
        useValue: new NotarySettings(keysFrom(CHECKPOINT_KEY, CHECKPOINT_KEY_FILE), CHECKPOINT_MINUTES * 60_000),
      },
      { provide: BalanceSettings, useValue: new BalanceSettings(BALANCE_SECONDS * 1_000) },
      {
        provide: Visitor,
        useFactory: (evidence: EvidenceStore) => new Visitor(WEB_ALLOW, evidence),
        inject: [EvidenceStore],
      },
      { provide: Paper, useValue: new Paper(chromiumAt(CHROMIUM), TIME_ZONE) },
    ],
  }),
);

/** @throws BadConfig when what is named holds no keys */
function keysFrom(pem: string | undefined, file: string | undefined): SigningKey[] {
  if (!pem && !file) return [];
  try {
    return signingKeys(pem || readFileSync(file!, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadConfig(`settings: CHECKPOINT_KEY or the CHECKPOINT_KEY_FILE: ${why}`);
  }
}
