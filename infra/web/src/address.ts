import { lookup as dnsLookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Answers a name with every address it has. Injectable, so that tests can play a name server that changes its mind. */
export type Lookup = (host: string) => Promise<{ address: string; family: number }[]>;

export const systemLookup: Lookup = (host) =>
  new Promise((resolve, reject) => {
    dnsLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** The address is not one that the public internet answers on. */
export class AddressRefused extends Error {}

/** Where cloud machines ask about themselves; public by its number, private by its meaning. */
const alsoRefused = new Set(['168.63.129.16']);

/** Whether an IP literal is plain unicast, in whatever spelling v4 hides inside v6. */
export function isPublicAddress(literal: string): boolean {
  if (!ipaddr.isValid(literal)) return false;
  let address = ipaddr.parse(literal);
  if (address instanceof ipaddr.IPv6) {
    const embedded = embeddedV4(address);
    if (embedded) address = embedded;
  }
  return address.range() === 'unicast' && !alsoRefused.has(address.toString());
}

/** v4-mapped, v4-compatible (`::/96`), NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`) all name a v4 host. */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const parts = address.parts;
  const v4 = (high: number, low: number) => new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
  const leading = parts.slice(0, 5).every((part) => part === 0);
  if (leading && (parts[5] === 0xffff || parts[5] === 0)) return v4(parts[6]!, parts[7]!);
  if (parts[0] === 0x64 && parts[1] === 0xff9b) return v4(parts[6]!, parts[7]!);
  if (parts[0] === 0x2002) return v4(parts[1]!, parts[2]!);
  return null;
}

/**
 * The address to connect to, checked. A name is refused when any of its addresses is not public, and the socket is
 * pinned to what was checked, so that a second answer of the name server changes nothing.
 * @throws AddressRefused
 */
export async function checkedAddress(
  host: string,
  port: number,
  { allow, lookup, ports = [80, 443] }: { allow: readonly string[]; lookup: Lookup; ports?: readonly number[] },
): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  const allowed = allow.includes(`${bare}:${port}`);
  if (!allowed && !ports.includes(port)) {
    throw new AddressRefused(`port ${port} of ${bare} is not one of ${ports.join(', ')}`);
  }
  const addresses = isIP(bare) ? [{ address: bare }] : await lookup(bare);
  const first = addresses[0];
  if (!first) throw new AddressRefused(`${bare} has no address`);
  for (const { address } of addresses) {
    if (!allowed && !isPublicAddress(address)) throw new AddressRefused(`${bare} is ${address}, not a public address`);
  }
  return first.address;
}
