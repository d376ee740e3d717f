import { isIP } from 'node:net';
import { reasonOf } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { Client, EqualityFilter, InvalidCredentialsError, SizeLimitExceededError, type Entry } from 'ldapts';
import type { Shown } from './directory.ts';

export type LdapSettings = {
  /** `ldaps://`, or `ldap://`, which is raised to TLS before anything is said. */
  url: string;
  /** Below which entry people stand. */
  base: string;
  /** Who looks for them; null: anybody may. */
  searcher: { dn: string; password: string } | null;
  /** The attribute with the name that an administrator links an account by. */
  nameAttribute: string;
  /** The attribute that is an entry's own for ever. */
  keyAttribute: string;
};

/** In ms: for one answer, and for all of them. */
const answerMs = 5_000;
const longestMs = 10_000;

/**
 * Whose name and password it is: the entry is looked for, and then signs in itself.
 * @returns null where the directory knows no such person, or says that the password is wrong
 * @throws Refusal directory_down
 */
export async function shownByLdap(settings: LdapSettings, name: string, password: string): Promise<Shown | null> {
  // Without a password a bind is nobody's, and succeeds (RFC 4513, 5.1.2).
  if (password === '') return null;
  const { url, searcher } = settings;
  const { hostname, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const identity = { host, minVersion: 'TLSv1.2' as const, ...(isIP(host) === 0 && { servername: host }) };
  const client = new Client({
    url,
    timeout: answerMs,
    connectTimeout: answerMs,
    ...(protocol === 'ldaps:' && { tlsOptions: identity }),
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${longestMs} ms`)), longestMs);
  const ask = async (): Promise<Shown | null> => {
    if (protocol === 'ldap:') await client.startTLS(identity);
    if (searcher) await client.bind(searcher.dn, searcher.password);
    const entry = await entryOf(client, settings, name);
    if (entry === null) return null;
    const { key, dn } = entry;
    return (await opens(client, dn, password)) ? { directory: 'ldap', subject: key, name, isStrong: false } : null;
  };
  try {
    return await Promise.race([ask(), late.promise]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('directory_down', `${url}: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
    await client.unbind().catch(() => {});
  }
}

/** The one entry of that name; null where there is none, or more than one. */
async function entryOf(
  client: Client,
  { base, nameAttribute, keyAttribute }: LdapSettings,
  name: string,
): Promise<{ dn: string; key: string } | null> {
  const found = await client
    .search(base, {
      scope: 'sub',
      // The value travels as it is: nothing in a name is a part of the filter.
      filter: new EqualityFilter({ attribute: nameAttribute, value: name }),
      sizeLimit: 2,
      timeLimit: answerMs / 1000,
      attributes: [keyAttribute],
      // Active Directory's objectGUID is no text.
      explicitBufferAttributes: [keyAttribute],
    })
    .catch((error: unknown) => {
      if (error instanceof SizeLimitExceededError) return { searchEntries: [] as Entry[] };
      throw error;
    });
  const [entry, ...more] = found.searchEntries;
  if (!entry || more.length > 0) return null;
  const key = [entry[keyAttribute]].flat()[0];
  if (!Buffer.isBuffer(key) || key.length === 0)
    throw new Refusal('directory_answer_wrong', `${entry.dn} has no ${keyAttribute}`);
  return { dn: entry.dn, key: key.toString('hex') };
}

async function opens(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false;
    throw error;
  }
}
