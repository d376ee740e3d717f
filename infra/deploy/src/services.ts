/** What only some services need. */
export type Need =
  /** Read models, rates, timers. */
  | 'redis'
  /** Opens and seals the secrets of channels, sites and sources: SECRETS_KEY_FILE. */
  | 'secrets'
  /** Signs checkpoints of the log: CHECKPOINT_KEY_FILE. */
  | 'checkpoint'
  /** Chromium and Chinese fonts. */
  | 'browser'
  /** Calls out: upstreams, platforms, sites, mail servers, subscribers, directories. */
  | 'world';

/** A door for people or programs outside, at a port of its own. */
type Door = { port: number; settings: { host: string; port: string } };

export type Service = {
  name: string;
  /** Runs only where a deployment has neighbours, and holds a key for each beside its own. */
  isLinked?: true;
  needs: readonly Need[];
  door?: Door;
  /** Settings of its own that an installation decides. */
  settings: readonly string[];
  memoryMi: number;
};

/** Where each process tells its metrics and health. */
export const operationsPort = 9464;

/**
 * Every process there is: what `compose`, `kubernetes` and `systemd` are made of. A test holds it to what the services
 * themselves read.
 */
export const services: readonly Service[] = [
  { name: 'registry', needs: ['secrets'], settings: ['SEED_FILE'], memoryMi: 256 },
  {
    name: 'ingest',
    needs: ['secrets', 'world'],
    door: { port: 8082, settings: { host: 'INGEST_HOST', port: 'INGEST_PORT' } },
    settings: ['INGEST_URL', 'FOLLOW_UP', 'FOLLOW_UP_PATIENCE', 'WEB_ALLOW'],
    memoryMi: 768,
  },
  {
    name: 'reposts',
    needs: ['redis', 'secrets', 'browser', 'world'],
    settings: ['REPOST_HOLD', 'REPOST_RECHECKS', 'WEB_ALLOW'],
    memoryMi: 1_024,
  },
  { name: 'exchange', isLinked: true, needs: [], settings: ['NEIGHBOURS'], memoryMi: 256 },
  { name: 'clock', needs: ['redis'], settings: [], memoryMi: 256 },
  {
    name: 'releases',
    needs: ['secrets', 'world'],
    door: { port: 8084, settings: { host: 'RELEASES_HOST', port: 'RELEASES_PORT' } },
    settings: ['ANSWERS_URL', 'SUBMISSIONS_SMTP', 'SUBMISSIONS_FROM', 'WEB_ALLOW'],
    memoryMi: 384,
  },
  {
    name: 'delivery',
    needs: ['redis', 'secrets', 'world'],
    door: { port: 8083, settings: { host: 'DELIVERY_HOST', port: 'DELIVERY_PORT' } },
    settings: ['STOPPAGE_ALARM', 'WEB_ALLOW'],
    memoryMi: 768,
  },
  {
    name: 'oversight',
    needs: ['redis', 'secrets', 'checkpoint', 'browser', 'world'],
    settings: [
      'BALANCE_SECONDS',
      'CHECKPOINT_MINUTES',
      'NEIGHBOURS',
      'OVERSIGHT_SMTP',
      'OVERSIGHT_FROM',
      'PORTAL_URL',
      'WEB_ALLOW',
    ],
    memoryMi: 1_024,
  },
  {
    name: 'duty',
    needs: ['redis', 'secrets', 'world'],
    settings: ['CONSOLE_URL', 'DUTY_SMTP', 'DUTY_FROM', 'WEB_ALLOW'],
    memoryMi: 256,
  },
  {
    name: 'gateway',
    needs: ['redis', 'secrets', 'world'],
    door: { port: 8080, settings: { host: 'CONSOLE_HOST', port: 'CONSOLE_PORT' } },
    settings: [
      'CONSOLE_URL',
      'INGEST_URL',
      'NEIGHBOURS',
      'SESSION_IDLE_MINUTES',
      'SESSION_HOURS',
      'OIDC_ISSUER',
      'OIDC_CLIENT_ID',
      'OIDC_CLIENT_SECRET',
      'OIDC_SCOPE',
      'OIDC_NAME_CLAIM',
      'OIDC_SECOND_FACTOR',
      'LDAP_URL',
      'LDAP_BASE',
      'LDAP_SEARCHER',
      'LDAP_PASSWORD',
      'LDAP_NAME_ATTRIBUTE',
      'LDAP_KEY_ATTRIBUTE',
    ],
    memoryMi: 768,
  },
  {
    name: 'portal',
    needs: ['world'],
    door: { port: 8081, settings: { host: 'PORTAL_HOST', port: 'PORTAL_PORT' } },
    settings: ['PORTAL_URL', 'PORTAL_FORM_KEY', 'PORTAL_PROXIES', 'WEB_ALLOW'],
    memoryMi: 512,
  },
];

/** The back office; the portal stands apart, where it reaches nothing of the house but the bus. */
export const isFront = ({ name }: Service): boolean => name === 'portal';

/** Folders of a process in which it finds what was given to it: keys of bus and Redis, secrets, certificates. */
export type Places = { keys: string; secrets: string; certificates: string; browser: string };

/** Where they stand in a container; the container is the browser's sandbox, which has no right to make another. */
export const inContainer: Places = {
  keys: '/run/tongsheng/keys',
  secrets: '/run/tongsheng/secrets',
  certificates: '/run/tongsheng/tls',
  browser: '/usr/local/bin/chromium-in-container',
};

/** Its own files among the keys: the bus's, and Redis's where it needs that. */
export const keyFilesOf = ({ name, needs }: Service): string[] => [
  `${name}.nk`,
  ...(needs.includes('redis') ? [`${name}.redis`] : []),
];

/** What is kept of the log on another system, how often: `tongsheng log keep`, by the administrator's key. */
export const keepings = [
  { name: 'keep-checkpoint', options: [], cron: '17 1 * * *', calendar: '*-*-* 01:17:00 Asia/Shanghai' },
  { name: 'keep-log', options: ['--whole'], cron: '17 3 * * 0', calendar: 'Sun *-*-* 03:17:00 Asia/Shanghai' },
];

/** How the administrator's command line reaches the bus. */
export const environmentOfAdministrator = (nats: string, { keys, certificates }: Places): Record<string, string> => ({
  NATS_URL: nats,
  NATS_KEYS: keys,
  NODE_EXTRA_CA_CERTS: `${certificates}/ca.crt`,
});

/** The settings that do not depend on the installation but on where things stand. */
export function environmentOf(
  { name, needs, door }: Service,
  { nats, redis, places }: { nats: string; redis: string; places: Places },
): Record<string, string> {
  const has = (need: Need) => needs.includes(need);
  return {
    NATS_URL: nats,
    NATS_KEYS: places.keys,
    TLS_CA_FILE: `${places.certificates}/ca.crt`,
    OPERATIONS_HOST: '0.0.0.0',
    OPERATIONS_PORT: String(operationsPort),
    ...(has('redis') && { REDIS_URL: redis, REDIS_KEYS: places.keys }),
    ...(has('secrets') && { SECRETS_KEY_FILE: `${places.secrets}/secrets.key` }),
    ...(has('checkpoint') && { CHECKPOINT_KEY_FILE: `${places.secrets}/checkpoint.key` }),
    ...(has('browser') && { CHROMIUM: places.browser }),
    ...(door && { [door.settings.host]: '0.0.0.0', [door.settings.port]: String(door.port) }),
    ...(name === 'gateway' && { SECURE_COOKIES: 'true', DURABILITY: 'synced before every acknowledgement' }),
  };
}

/** What an installation is asked for; what is not said is left to the services' own defaults. */
export const asked: Record<string, string> = {
  CONSOLE_URL: 'https://console.tax.example',
  PORTAL_URL: 'https://www.tax.example',
  INGEST_URL: 'https://hooks.tax.example',
  ANSWERS_URL: 'https://answers.tax.example',
  DUTY_SMTP: 'smtp://user:password@mail.tax.example:587',
  DUTY_FROM: 'duty@tax.example',
  SUBMISSIONS_SMTP: 'smtp://user:password@mail.tax.example:587',
  SUBMISSIONS_FROM: 'submissions@tax.example',
  OVERSIGHT_SMTP: 'smtp://user:password@mail.tax.example:587',
  OVERSIGHT_FROM: 'corrections@tax.example',
  PORTAL_FORM_KEY: 'at least sixteen characters, the same for every portal',
  WEB_ALLOW: 'mail.tax.example:587',
  // Left empty, people sign in by what they have here.
  OIDC_ISSUER: '',
  OIDC_CLIENT_ID: '',
  OIDC_CLIENT_SECRET: '',
  OIDC_SECOND_FACTOR: '',
  LDAP_URL: '',
  LDAP_BASE: '',
  LDAP_SEARCHER: '',
  LDAP_PASSWORD: '',
};
