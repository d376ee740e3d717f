import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home, place } from './places.mjs';
import { exec, output, which } from './process.mjs';

const programs = ['usr/sbin/sshd', 'usr/sbin/vsftpd', 'usr/bin/openssl'];
const packages = ['openssh-server', 'vsftpd', 'openssl'];
/** What these need and not every machine has; the names differ between releases, and what is not there is not needed there. */
const libraries = [
  'libwrap0',
  'libgssapi-krb5-2',
  'libkrb5-3',
  'libk5crypto3',
  'libkrb5support0',
  'libcap2',
  'libssl3',
];

/**
 * Debian's OpenSSH and vsftpd, for tests of what is put into partners' folders: unpacked, so that nothing of the machine's
 * is started or configured. Where they can't be had those tests are skipped, and this says so.
 * @returns the environment that names them.
 */
export async function transfer() {
  const unpacked = join(home, 'transfer');
  const found = () => programs.every((each) => existsSync(join(unpacked, each)));
  if (!found()) {
    const missing = await unpack(unpacked);
    if (missing) {
      console.log(`The tests with real servers for files are skipped: ${missing}`);
      return {};
    }
  }
  return { TRANSFER_HOME: unpacked };
}

/** @returns what is missing, or null. */
async function unpack(unpacked) {
  if (!which('apt-get') || !which('dpkg-deb')) return 'this is not a Debian system.';
  console.log('Fetching OpenSSH and vsftpd for the tests …');
  const downloads = place('downloads');
  const fetch = (name) => output('sh', ['-c', `cd '${downloads}' && apt-get download -qq ${name}`]) !== null;
  if (!fetch(packages[0]) && process.getuid?.() === 0) output('apt-get', ['update', '-qq']);
  const lacking = packages.filter((name) => !fetch(name));
  for (const name of libraries) fetch(name);
  rmSync(unpacked, { recursive: true, force: true });
  place('transfer');
  for (const file of readdirSync(downloads)) await exec('dpkg-deb', ['-x', join(downloads, file), unpacked]);
  rmSync(downloads, { recursive: true, force: true });
  return lacking.length > 0 ? `Debian's packages hold no ${lacking[0]}.` : null;
}
