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
    '',
  ].join('\n');
}
