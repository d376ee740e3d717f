import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Answers a name with every address it has. Injectable, so that tests can play a name server that changes its mind. */
export type Lookup = (host: string) => Promise<LookupAddress[]>;

export const systemLookup: Lookup = (host) =>
  new Promise((resolve, reject) => {
    dnsLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** The address is not one that the public internet answers on. */
export class AddressRefused extends Error {}

/** Where cloud machines ask about themselves; public by its number, private by its meaning. */
const alsoRefused = new Set(['168.63.129.16']);

/** Whether an IP literal is plain unicast of the public internet, in whatever spelling v4 hides inside v6. */
export function isPublicAddress(literal: string): boolean {
  if (!ipaddr.isValid(literal)) return false;
  const given = ipaddr.parse(literal);
  const address = given instanceof ipaddr.IPv6 ? (embeddedV4(given) ?? given) : given;
  // Outside 2000::/3 nothing of v6 is handed out yet, whatever a list of exceptions has heard of.
  if (address instanceof ipaddr.IPv6 && address.parts[0]! >> 13 !== 1) return false;
  return address.range() === 'unicast' && !alsoRefused.has(address.toString());
}

/** v4-mapped, v4-compatible (`::/96`) and the well-known NAT64 prefix (`64:ff9b::/96`) name a v4 host. */
function embeddedV4({ parts }: ipaddr.IPv6): ipaddr.IPv4 | null {
  const prefix = parts
    .slice(0, 6)
    .map((part) => part.toString(16))
    .join(':');
  if (!['0:0:0:0:0:0', '0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'].includes(prefix)) return null;
  const [high, low] = [parts[6]!, parts[7]!];
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

type Reach = { allow: readonly string[]; lookup: Lookup; ports?: readonly number[] };

/**
 * The addresses to connect to, checked. A name is refused when any of its addresses is not public. Connect to one of
 * these and nothing else, so that a second answer of the name server changes nothing.
 * @throws AddressRefused
 */
export async function checkedAddresses(
  host: string,
  port: number,
  { allow, lookup, ports = [80, 443] }: Reach,
): Promise<[LookupAddress, ...LookupAddress[]]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const allowed = allow.includes(`${bare}:${port}`);
  if (!allowed && !ports.includes(port)) {
    throw new AddressRefused(`port ${port} of ${bare} is not one of ${ports.join(', ')}`);
  }
  const family = isIP(bare);
  const [first, ...others] = family ? [{ address: bare, family }] : await lookup(bare);
  if (!first) throw new AddressRefused(`${bare} has no address`);
  for (const { address } of [first, ...others]) {
    if (!allowed && !isPublicAddress(address)) throw new AddressRefused(`${bare} is ${address}, not a public address`);
  }
  return [first, ...others];
}

/** The first of `checkedAddresses`, for a protocol that takes one. @throws AddressRefused */
export async function checkedAddress(host: string, port: number, reach: Reach): Promise<string> {
  const [{ address }] = await checkedAddresses(host, port, reach);
  return address;
}
