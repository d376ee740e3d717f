import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { BusClient, NoAnswer, type Bus } from '@tongsheng/bus';
import { AddressesStanding, Refusal, SealsStanding, SecretsStanding, type SecretStanding } from '@tongsheng/contracts';
import { Failure } from '../failure.ts';

/**
 * Has the registry seal every secret of channels, sites, sources, contacts and means of alarm under its newest key, a
 * registration at a time, oversight the addresses of netizens who wait for an answer, the gateway authenticator apps, and
 * delivery what platforms renewed: interrupted, it goes on where it was when it is asked again. What no key opens stays as it is and is named.
 * @throws Failure when something was left behind
 */
export async function rotateSecrets(bus: Bus, dryRun: boolean, print: (line: string) => void): Promise<void> {
  const client = new BusClient(bus);
  const { newest, rows } = await standing(client);
  if (newest === null)
    throw new Failure('the registry has no key to seal with; set SECRETS_KEYS or SECRETS_KEY_FILE and restart it');
  const due = dueOf(rows);
  for (const row of due) print(`${nameOf(row)}: ${row.key ?? 'in clear'} → ${newest}`);
  if (dryRun) print(`${counted(due)} would be sealed under ${newest}; ${rest(rows)}`);
  else {
    for (const { kind, id } of keepersOf(due)) await reseal(client, kind, id);
    const after = (await standing(client)).rows;
    const left = dueOf(after);
    if (left.length > 0)
      throw new Failure(
        `not sealed under ${newest}: ${left.map(nameOf).join(', ')}; they were changed meanwhile, run it again`,
      );
    print(`${counted(due)} sealed under ${newest}; ${rest(rows)}`);
  }
  await rotateAddresses(client, dryRun, print);
  for (const kept of keptElsewhere) await rotateKept(client, kept, dryRun, print);
  const shut = rows.filter(({ state }) => state === 'shut');
  if (shut.length === 0) return;
  for (const row of shut) print(`${nameOf(row)}: no key opens it (it needs ${row.key}); enter it anew`);
  throw new Failure(`${counted(shut)} could not be opened`);
}

type Row = SealsStanding['rows'][number];

/** What is sealed beside registrations, by whom, and what is said to have one of it sealed anew. */
const keptElsewhere = [
  {
    what: 'authenticator apps',
    query: 'login.secrets',
    service: 'gateway',
    aggregate: 'login',
    commandFor: ({ id }: Row) => ({ type: 'login.reseal' as const, personId: id }),
    lost: ({ id }: Row) => `the authenticator app of ${id}: no key opens it; it must be enrolled anew`,
  },
  {
    what: 'renewed tokens of platforms',
    query: 'credential.secrets',
    service: 'delivery',
    aggregate: 'credential',
    commandFor: ({ site, id }: Row) => ({ type: 'credential.reseal' as const, site, credentialId: id }),
    lost: ({ id }: Row) => `the renewed token of login ${id}: no key opens it; authorise the platform anew`,
  },
];

/** @throws Failure when its service does not answer: what it keeps still needs its keys */
async function rotateKept(
  client: BusClient,
  { what, query, service, aggregate, commandFor, lost }: (typeof keptElsewhere)[number],
  dryRun: boolean,
  print: (line: string) => void,
): Promise<void> {
  const { rows } = SealsStanding.parse(await asked(client.ask(query, {}, patienceMs), service));
  const due = rows.filter(({ state }) => state === 'older');
  const owners = due.filter(({ site, id }, at) => due.findIndex((each) => each.site === site && each.id === id) === at);
  if (!dryRun)
    for (const row of owners)
      await asked(client.command(aggregate, { ...headOf(`${aggregate}/${row.id}`), ...commandFor(row) }), service);
  print(`${what}: ${due.length} of ${rows.length} ${dryRun ? 'to be sealed anew' : 'sealed anew'}`);
  for (const row of rows.filter(({ state }) => state === 'shut')) print(lost(row));
}

/** @throws Failure when oversight does not answer: its addresses still need their keys */
async function rotateAddresses(client: BusClient, dryRun: boolean, print: (line: string) => void): Promise<void> {
  const { rows } = AddressesStanding.parse(
    await asked(client.ask('corrections.addresses', {}, patienceMs), 'oversight'),
  );
  const isDue = ({ keys }: AddressesStanding['rows'][number]) =>
    keys.some(({ state }) => state === 'older' || state === 'clear');
  const due = rows.filter(isDue);
  if (!dryRun)
    for (const { site, correctionId } of due) {
      const command = {
        type: 'correction.reseal' as const,
        ...headOf(`correction/${correctionId}`),
        site,
        correctionId,
      };
      await asked(client.command('correction', command), 'oversight');
    }
  print(
    `netizens’ addresses: ${due.length} of ${rows.length} open reports ${dryRun ? 'to be sealed anew' : 'sealed anew'}`,
  );
  const shut = rows.filter(({ keys }) => keys.some(({ state }) => state === 'shut'));
  for (const { correctionId } of shut) print(`correction ${correctionId}: no key opens its address; answer it by hand`);
}

export const dueOf = (rows: readonly SecretStanding[]): SecretStanding[] =>
  rows.filter(({ state }) => state === 'older' || state === 'clear');

/** Each registration once, however many secrets it has. */
export const keepersOf = (rows: readonly SecretStanding[]): Pick<SecretStanding, 'kind' | 'id'>[] =>
  rows.filter(({ kind, id }, i) => rows.findIndex((other) => other.kind === kind && other.id === id) === i);

const nameOf = ({ kind, id, path }: SecretStanding) => `${kind} ${id} ${path}`;

export function counted(rows: readonly SecretStanding[]): string {
  const some = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  return `${some(rows.length, 'secret')} of ${some(keepersOf(rows).length, 'registration')}`;
}

const rest = (rows: readonly SecretStanding[]) =>
  `${rows.filter(({ state }) => state === 'newest').length} were already`;

async function standing(client: BusClient): Promise<SecretsStanding> {
  return SecretsStanding.parse(await asked(client.ask('secrets', {}, patienceMs)));
}

const patienceMs = 60_000;

async function reseal(client: BusClient, kind: SecretStanding['kind'], registrationId: string): Promise<void> {
  const command = { type: `${kind}.reseal` as const, ...headOf(`${kind}/${registrationId}`), registrationId };
  await asked(client.command('registry', command));
}

const headOf = (of: string) => ({
  id: `reseal/${of}/${randomBytes(6).toString('hex')}`,
  at: new Date().toISOString(),
  actor: { kind: 'service' as const, id: 'ctl', name: userInfo().username },
});

async function asked<T>(answer: Promise<T>, service = 'registry'): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoAnswer)
      throw new Failure(`the ${service} service does not answer; is the system running? \`npm start\` starts it`);
    if (error instanceof Refusal) throw new Failure(error.message);
    throw error;
  }
}
