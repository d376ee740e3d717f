/** Where a server finds what it proves itself with. */
const certified = (certificates: string): string[] => [
  `tls-cert-file ${certificates}/tls.crt`,
  `tls-key-file ${certificates}/tls.key`,
  `tls-ca-cert-file ${certificates}/ca.crt`,
  // Whoever calls proves himself by a password.
  'tls-auth-clients no',
];

/**
 * The configuration of a Redis or Valkey that speaks TLS alone. Who may do what is in `users.acl`, which
 * `tongsheng redis keys` writes. Read models only: it may lose everything at any moment.
 * @param users the file `users.acl`
 */
export const redisConf = ({
  bind,
  certificates,
  users,
  store,
}: Record<'bind' | 'certificates' | 'users' | 'store', string>) =>
  [
    `bind ${bind}`,
    'port 0',
    'tls-port 6379',
    ...certified(certificates),
    `aclfile ${users}`,
    `dir ${store}`,
    'save ""',
    'appendonly no',
    'hash-max-listpack-entries 512',
    'hash-max-listpack-value 160',
    '',
  ].join('\n');

/** Of a Sentinel that watches over `master`; its password is added where it starts. */
export const sentinelConf = ({ certificates, master }: Record<'certificates' | 'master', string>) =>
  [
    'port 0',
    'tls-port 26379',
    ...certified(certificates),
    'tls-replication yes',
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel monitor tongsheng ${master} 6379 2`,
    'sentinel down-after-milliseconds tongsheng 5000',
    'sentinel failover-timeout tongsheng 20000',
    'sentinel parallel-syncs tongsheng 1',
    'sentinel auth-user tongsheng sentinel',
    '',
  ].join('\n');
