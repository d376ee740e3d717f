import { correctionIntake, streamOf, streams, subjects, type Neighbours } from '@tongsheng/contracts';
import { linkAccounts } from './neighbours.ts';
import { backOffice, inboxOf, permissionsOf } from './permissions.ts';

/** Every user of the server: the administrator, who may do everything in the house; the services; the server's own. */
export const users = ['tongsheng', ...backOffice, 'portal', 'system'] as const;
export type User = (typeof users)[number];
/** The public key of each user, those of links included. */
export type Keys = Record<User, string> & Record<string, string>;

const alone: Neighbours = { us: 'alone', neighbours: [] };

const api = '$JS.API';
/** How the public front calls JetStream: under the server's own name each account has one of its own. */
const apiOfFront = 'house';
/** How its user connects. */
export const asFront = { inboxPrefix: inboxOf('portal'), apiPrefix: apiOfFront };

/** What the public front may ask of the house. */
const frontAsks = [
  subjects.query(correctionIntake),
  subjects.hubEntries(),
  ...[streams.public, streams.hub, streamOf.publicFiles].flatMap((stream) => [
    `${api}.STREAM.INFO.${stream}`,
    `${api}.STREAM.MSG.GET.${stream}`,
  ]),
];
const atFront = (subject: string) => subject.replace(api, apiOfFront);
/** What rings at the public front. */
const frontHears = [subjects.publicDocuments(), subjects.hubEntries()];

/**
 * The accounts of a server. The public front stands in one of its own and makes no consumers: inside one account whoever may
 * make one, or ask for an answer at an address of his choice, has the server say things where he may not (measured on 2.9.10: a
 * consumer of HUB that delivers to `cmd.registry`). What is answered to another account goes back to it and nowhere else.
 * Every user stands inside `accounts`: an `authorization` block beside them lets anonymous clients in on 2.9
 * (CVE-2023-47090).
 * @param keys the public key of each user
 */
export function accountsOf(keys: Keys, neighbours: Neighbours = alone): Record<string, unknown> {
  const house = 'TONGSHENG';
  const front = 'FRONT';
  const links = linkAccounts(house, neighbours, keys);
  const lentTo = (kind: 'service' | 'stream', lentToFront: readonly string[]) => {
    const accounts = new Map(lentToFront.map((subject) => [subject, [front]]));
    for (const { kind: of, subject, to } of links.lent)
      if (of === kind) accounts.set(subject, [...(accounts.get(subject) ?? []), to]);
    return [...accounts].map(([subject, to]) => ({ [kind]: subject, accounts: to }));
  };
  return {
    [house]: {
      jetstream: 'enabled',
      users: [
        { nkey: keys.tongsheng },
        ...backOffice.map((service) => ({ nkey: keys[service], permissions: permissionsOf(service) })),
      ],
      exports: [...lentTo('service', frontAsks), ...lentTo('stream', frontHears)],
    },
    [front]: {
      users: [
        {
          nkey: keys.portal,
          permissions: {
            publish: { allow: frontAsks.map(atFront) },
            subscribe: { allow: [`${asFront.inboxPrefix}.>`, ...frontHears.map(subjects.told)] },
          },
        },
      ],
      imports: [
        ...frontAsks.map((subject) => ({ service: { account: house, subject }, to: atFront(subject) })),
        ...frontHears.map((subject) => ({
          stream: { account: house, subject },
          prefix: subjects.told('').slice(0, -1),
        })),
      ],
    },
    ...links.accounts,
    SYS: { users: [{ nkey: keys.system }] },
  };
}

/** The part of `nats.conf` that says who may do what. It holds public keys only and is no secret. */
export const renderAccounts = (keys: Keys, neighbours?: Neighbours): string =>
  `accounts: ${JSON.stringify(accountsOf(keys, neighbours), null, 2)}\nsystem_account: SYS\n`;
