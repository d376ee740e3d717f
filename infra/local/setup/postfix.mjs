import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './places.mjs';
import { which } from './process.mjs';
import { unpack } from './unpack.mjs';

const packages = ['postfix', 'libsasl2-2', 'libnsl2'];
const libraries = [
  'libdb5.3',
  'libdb5.3t64',
  'libtirpc3',
  'libtirpc3t64',
  'libssl3',
  'libssl3t64',
  'libicu72',
  'libicu76',
];

/**
 * Debian's Postfix, for tests of mail and of what comes back of it. Where it can't be had those tests are skipped, and this
 * says so.
 * @returns the environment that names it.
 */
export async function postfix() {
  const unpacked = join(home, 'postfix');
  const missing = await lacking(unpacked);
  if (!missing) return { POSTFIX_HOME: unpacked };
  console.log(`The tests with a real Postfix are skipped: ${missing}`);
  return {};
}

async function lacking(unpacked) {
  if (process.getuid?.() !== 0) return 'it separates its processes by users, and only root may do that.';
  // What hands a bounce on to our door.
  if (!which('curl')) return 'curl, which hands bounces on, is missing (`sudo apt-get install curl`).';
  if (existsSync(join(unpacked, 'usr/lib/postfix/sbin/master'))) return null;
  console.log('Fetching Postfix for the tests …');
  return unpack('postfix', packages, libraries);
}
