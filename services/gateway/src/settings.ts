import { commonConfig, secretsConfig } from '@tongsheng/runtime';
import { z } from 'zod';

export const gatewayConfig = commonConfig.extend({
  REDIS_URL: z.string().min(1),
  CONSOLE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  CONSOLE_HOST: z.string().default('127.0.0.1'),
  /** Where the built console lies. */
  CONSOLE_DIR: z.string().optional(),
  /** How people reach the console: passkeys are bound to its name. */
  CONSOLE_URL: z.url().optional(),
  /** Where upstreams reach our reader: webhooks arrive at `<it>/hooks/<source>`. */
  INGEST_URL: z.url().default('http://127.0.0.1:8082'),
  /** What the start-up found out about the log's storage; shown on the health page. */
  DURABILITY: z.string().default('unknown'),
  SESSION_IDLE_MINUTES: z.coerce.number().positive().default(30),
  SESSION_HOURS: z.coerce.number().positive().default(12),
  /** Behind TLS: cookies travel over https only. */
  SECURE_COOKIES: z.stringbool().default(false),
  /** Addresses of private calendars are sealed with them. */
  ...secretsConfig,
});

/** The gateway's settings, injectable. */
export class Settings {
  readonly values: z.infer<typeof gatewayConfig>;
  constructor(values: z.infer<typeof gatewayConfig>) {
    // Whoever serves HTTPS himself is behind TLS.
    this.values = { ...values, SECURE_COOKIES: values.SECURE_COOKIES || values.TLS_CERT_FILE !== undefined };
  }
}
