import { describe, expect, it } from 'vitest';
import { AddressRefused, checkedAddresses, isPublicAddress, type Lookup } from './address.ts';

describe('an address is refused when it is', () => {
  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, all of it', '127.255.255.254'],
    ['unspecified', '0.0.0.0'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['shared by a carrier', '100.64.0.1'],
    ['link-local, where clouds tell secrets', '169.254.169.254'],
    ['a cloud’s own by another number', '168.63.129.16'],
    ['for documents', '192.0.2.1'],
    ['for measurements', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['v6 loopback', '::1'],
    ['v6 unspecified', '::'],
    ['v6 link-local', 'fe80::1'],
    ['v6 private', 'fc00::1'],
    ['v6 site-local', 'fec0::1'],
    ['v6 multicast', 'ff02::1'],
    ['v6 for documents', '2001:db8::1'],
    ['Teredo', '2001::1'],
    ['6to4 around a private one', '2002:7f00:1::'],
    ['loopback inside v6', '::ffff:127.0.0.1'],
    ['the same in hex', '::ffff:7f00:1'],
    ['the same as v4-compatible', '::127.0.0.1'],
    ['private behind NAT64', '64:ff9b::10.0.0.1'],
    ['local-use NAT64', '64:ff9b:1::1'],
    ['not handed out', '4000::1'],
    ['a decimal spelling of loopback', '2130706433'],
    ['a hexadecimal one', '0x7f.1'],
    ['an octal one', '0177.0.0.1'],
    ['no address', 'localhost'],
  ])('%s: %s', (_, literal) => {
    expect(isPublicAddress(literal)).toBe(false);
  });
});

it.each(['8.8.8.8', '202.108.90.130', '2400:3200::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
  '%s is public',
  (literal) => {
    expect(isPublicAddress(literal)).toBe(true);
  },
);

describe('a name', () => {
  const names =
    (...addresses: string[]): Lookup =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const check = (host: string, port: number, lookup: Lookup, allow: string[] = []) =>
    checkedAddresses(host, port, { allow, lookup });

  it('is reached at every address it has when all are public', async () => {
    const found = await check('a.example', 443, names('8.8.8.8', '2400:3200::1'));
    expect(found.map(({ address }) => address)).toEqual(['8.8.8.8', '2400:3200::1']);
  });
  it('is refused when one of its addresses is not public', async () => {
    await expect(check('a.example', 443, names('8.8.8.8', '127.0.0.1'))).rejects.toThrow(AddressRefused);
  });
  it('is refused when it has none, and on a port that is no web’s', async () => {
    await expect(check('a.example', 443, names())).rejects.toThrow('no address');
    await expect(check('a.example', 6379, names('8.8.8.8'))).rejects.toThrow('port 6379');
  });
  it('that is an address is not looked up', async () => {
    const never: Lookup = () => Promise.reject(new Error('asked'));
    await expect(check('[::1]', 80, never)).rejects.toThrow(AddressRefused);
    await expect(check('8.8.8.8', 80, never)).resolves.toHaveLength(1);
  });
  it('on the list is reached at exactly its port', async () => {
    const lookup = names('127.0.0.1');
    await expect(check('inside.example', 8088, lookup, ['inside.example:8088'])).resolves.toHaveLength(1);
    await expect(check('inside.example', 80, lookup, ['inside.example:8088'])).rejects.toThrow(AddressRefused);
    await expect(check('other.example', 8088, lookup, ['inside.example:8088'])).rejects.toThrow(AddressRefused);
  });
});
