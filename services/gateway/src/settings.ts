import { neighboursSetting } from '@tongsheng/contracts';
import { BadConfig, commonConfig, secretsConfig } from '@tongsheng/runtime';
import { z } from 'zod';
import type { LdapSettings } from './ldap.ts';
import type { OidcSettings } from './oidc.ts';
import { isLoopback } from './relying-party.ts';

/** Deployments name what an installation may leave empty. */
const orEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

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
  /** The OpenID provider that people may sign in by: its issuer, and how it knows this console. It sends people back to `<CONSOLE_URL>/sign-in/oidc`. */
  OIDC_ISSUER: orEmpty(z.url()),
  OIDC_CLIENT_ID: orEmpty(z.string()),
  OIDC_CLIENT_SECRET: orEmpty(z.string()),
  OIDC_SCOPE: z.string().default('openid profile'),
  /** The claim with the name that accounts are linked by. */
  OIDC_NAME_CLAIM: z.string().default('preferred_username'),
  /** Values of `amr` or `acr` that count as a second factor, comma-separated. Without them none does. */
  OIDC_SECOND_FACTOR: z
    .string()
    .default('')
    .transform((value) => value.split(',').filter(Boolean)),
  /** The LDAP server that people may sign in by, `ldaps://host`, or `ldap://host` with STARTTLS; below which entry they stand, and who may look for them. */
  LDAP_URL: orEmpty(z.url({ protocol: /^ldaps?$/ })),
  LDAP_BASE: orEmpty(z.string()),
  LDAP_SEARCHER: orEmpty(z.string()),
  LDAP_PASSWORD: orEmpty(z.string()),
  LDAP_NAME_ATTRIBUTE: z.string().default('uid'),
  /** An attribute that is never given to another entry; Active Directory's is `objectGUID`. */
  LDAP_KEY_ATTRIBUTE: z.string().default('entryUUID'),
  /** Deployments that ours is linked with. */
  NEIGHBOURS: neighboursSetting.optional(),
  /** Addresses of private calendars are sealed with them. */
  ...secretsConfig,
});

type Values = z.infer<typeof gatewayConfig>;

/** The gateway's settings, injectable. */
export class Settings {
  readonly values: Values;
  /** The OpenID provider; null: none. */
  readonly oidc: OidcSettings | null;
  readonly ldap: LdapSettings | null;

  /** @throws BadConfig naming what lacks of a directory */
  constructor(values: Values) {
    // Whoever serves HTTPS himself is behind TLS.
    this.values = { ...values, SECURE_COOKIES: values.SECURE_COOKIES || values.TLS_CERT_FILE !== undefined };
    this.oidc = oidcOf(values);
    this.ldap = ldapOf(values);
  }
}

function oidcOf(values: Values): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, CONSOLE_URL: consoleUrl } = values;
  if (issuer === undefined) return null;
  if (clientId === undefined || consoleUrl === undefined)
    throw new BadConfig('settings: OIDC_ISSUER needs OIDC_CLIENT_ID and CONSOLE_URL beside it');
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !isLoopback(hostname))
    throw new BadConfig('settings: OIDC_ISSUER must be an https address; http is for a provider on this machine alone');
  return {
    issuer,
    clientId,
    clientSecret: values.OIDC_CLIENT_SECRET ?? null,
    redirect: new URL('/sign-in/oidc', consoleUrl).href,
    scope: values.OIDC_SCOPE,
    nameClaim: values.OIDC_NAME_CLAIM,
    secondFactor: values.OIDC_SECOND_FACTOR,
  };
}

function ldapOf(values: Values): LdapSettings | null {
  const { LDAP_URL: url, LDAP_BASE: base, LDAP_SEARCHER: dn, LDAP_PASSWORD: password } = values;
  if (url === undefined) return null;
  if (base === undefined) throw new BadConfig('settings: LDAP_URL needs LDAP_BASE beside it');
  if ((dn === undefined) !== (password === undefined))
    throw new BadConfig('settings: LDAP_SEARCHER and LDAP_PASSWORD belong together; set both, or neither');
  return {
    url,
    base,
    searcher: dn === undefined || password === undefined ? null : { dn, password },
    nameAttribute: values.LDAP_NAME_ATTRIBUTE,
    keyAttribute: values.LDAP_KEY_ATTRIBUTE,
  };
}
