import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './places.mjs';
import { unpack } from './unpack.mjs';

const packages = ['slapd'];
const libraries = [
  'libldap-2.5-0',
  'libldap2',
  'libltdl7',
  'libodbc2',
  'libperl5.36',
  'libperl5.40',
  'libsasl2-2',
  'libwrap0',
  'libargon2-1',
];

/**
 * Debian's OpenLDAP server, for tests of signing in by a directory. Where it can't be had those tests are skipped, and this
 * says so.
 * @returns the environment that names it.
 */
export async function slapd() {
  const unpacked = join(home, 'slapd');
  if (!existsSync(join(unpacked, 'usr/sbin/slapd'))) {
    console.log('Fetching OpenLDAP for the tests …');
    const missing = await unpack('slapd', packages, libraries);
    if (missing) {
      console.log(`The tests with a real LDAP server are skipped: ${missing}`);
      return {};
    }
  }
  return { SLAPD_HOME: unpacked };
}
