/** Where neighbours knock. */
export const linksPort = 7422;

/** `links.conf` of a deployment that stands alone, and how it looks where it is linked with another: it then holds passwords. */
export const linksConf = [
  '# Links with other deployments (infra/decisions/022). Whoever is above lets the others knock:',
  '# leafnodes {',
  `#   listen: "0.0.0.0:${linksPort}"`,
  '#   tls { cert_file: "…/tls.crt", key_file: "…/tls.key" }',
  '#   authorization { users: [{ user: province, password: "<bcrypt, by nats server passwd>", account: LINK_PROVINCE }] }',
  '# }',
  '# and whoever is below knocks:',
  '# leafnodes {',
  '#   reconnect: 1',
  `#   remotes: [{ url: "tls://province:<password>@national.example:${linksPort}", account: LINK_NATIONAL }]`,
  '# }',
  '',
].join('\n');

/**
 * `nats.conf` of one server of a deployment. Who may do what is in `accounts.conf`, which `tongsheng bus keys` writes.
 * @param others the other servers of a cluster, `host:port`
 */
export function natsConf({
  name,
  others,
  certificates,
  store,
}: {
  name: string;
  others: readonly string[];
  certificates: string;
  store: string;
}): string {
  const tls = `{ cert_file: "${certificates}/tls.crt", key_file: "${certificates}/tls.key", ca_file: "${certificates}/ca.crt" }`;
  const cluster =
    others.length === 0
      ? []
      : [
          'cluster {',
          '  name: tongsheng',
          '  listen: "0.0.0.0:6222"',
          // Routes show each other their certificates: nobody else becomes a server of the house.
          `  tls: ${tls.replace(' }', ', verify: true }')}`,
          '  routes: [',
          ...others.map((other) => `    "nats://${other}"`),
          '  ]',
          '}',
        ];
  return [
    `server_name: ${name}`,
    'listen: "0.0.0.0:4222"',
    'http: "127.0.0.1:8222"',
    'max_payload: 4MB',
    `tls: ${tls}`,
    // Nothing is acknowledged before it is on the disk; nats-server 2.10.
    `jetstream { store_dir: "${store}", sync_interval: always }`,
    ...cluster,
    'include "accounts.conf"',
    'include "links.conf"',
    '',
  ].join('\n');
}
