import { readdirSync, rmSync } from 'node:fs';
import { place } from './places.mjs';
import { exec, output, which } from './process.mjs';

/**
 * Debian's packages, unpacked into a folder of ours: nothing of the machine's is installed, started or configured.
 * @param libraries what the programs need and not every machine has; the names differ between releases, and what is not
 *   there is not needed there.
 * @returns what is missing, or null.
 */
export async function unpack(name, packages, libraries) {
  if (!which('apt-get') || !which('dpkg-deb')) return 'this is not a Debian system.';
  const downloads = place('downloads');
  const fetch = (each) => output('sh', ['-c', `cd '${downloads}' && apt-get download -qq ${each}`]) !== null;
  if (!fetch(packages[0]) && process.getuid?.() === 0) output('apt-get', ['update', '-qq']);
  const lacking = packages.filter((each) => !fetch(each));
  for (const each of libraries) fetch(each);
  const unpacked = place(name);
  rmSync(unpacked, { recursive: true, force: true });
  place(name);
  for (const file of readdirSync(downloads)) await exec('dpkg-deb', ['-x', `${downloads}/${file}`, unpacked]);
  rmSync(downloads, { recursive: true, force: true });
  return lacking.length > 0 ? `Debian's packages hold no ${lacking[0]}.` : null;
}
