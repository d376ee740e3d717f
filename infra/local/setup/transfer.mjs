import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './places.mjs';
import { unpack } from './unpack.mjs';

const programs = ['usr/sbin/sshd', 'usr/sbin/vsftpd', 'usr/bin/openssl'];
const packages = ['openssh-server', 'vsftpd', 'openssl'];
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
 * Debian's OpenSSH and vsftpd, for tests of what is put into partners' folders. Where they can't be had those tests are
 * skipped, and this says so.
 * @returns the environment that names them.
 */
export async function transfer() {
  const unpacked = join(home, 'transfer');
  const found = () => programs.every((each) => existsSync(join(unpacked, each)));
  if (!found()) {
    console.log('Fetching OpenSSH and vsftpd for the tests …');
    const missing = await unpack('transfer', packages, libraries);
    if (missing) {
      console.log(`The tests with real servers for files are skipped: ${missing}`);
      return {};
    }
  }
  return { TRANSFER_HOME: unpacked };
}
