import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home, place } from './places.mjs';
import { exec, output, which } from './process.mjs';

const programs = ['php', 'mariadbd'];
/** Programs without a service: nothing of the machine's is started by installing them. */
const packages = 'php-cli php-mysql php-xml php-gd mariadb-server-core';
/** Files alone, unpacked into our own folder. Which themes there are differs between releases; one of them is enough. */
const files = ['wordpress', 'libjs-cropper', 'libjs-underscore', 'php-getid3'];
const themes = ['twentytwentyone', 'twentytwentytwo', 'twentytwentythree', 'twentytwentyfour', 'twentytwentyfive'];

/**
 * Debian's WordPress with PHP and MariaDB, for tests of publication. Where it can't be had those tests are skipped, and
 * this says so.
 * @returns the environment that names it.
 */
export async function wordpress() {
  const unpacked = join(home, 'wordpress');
  const root = join(unpacked, 'usr/share/wordpress');
  const missing = await install(unpacked, root);
  if (missing) {
    console.log(`The tests with a real WordPress are skipped: ${missing}`);
    return {};
  }
  // Each test has a site of its own, which it configures.
  writeFileSync(join(root, 'wp-config.php'), "<?php require getenv('WORDPRESS_CONFIG_FILE');\n");
  return { WORDPRESS_HOME: root };
}

/** @returns what is missing and could not be installed, or null. */
async function install(unpacked, root) {
  const speaksSql = () => output('php', ['-r', "exit(extension_loaded('mysqli') ? 0 : 1);"]) !== null;
  const found = () => programs.every((each) => which(each, ['/usr/sbin', '/usr/local/sbin'])) && speaksSql();
  if (!which('apt-get') || !which('dpkg-deb')) return 'this is not a Debian system.';
  if (!found() && process.getuid?.() !== 0) return `install it with \`sudo apt-get install ${packages}\`.`;
  if (found() && existsSync(join(root, 'wp-load.php'))) return null;
  console.log('Installing WordPress, PHP and MariaDB for the tests …');
  const get = () => found() || apt(`install -y -qq --no-install-recommends ${packages}`);
  if (!get()) {
    apt('update -qq');
    if (!get()) return "Debian's packages hold no PHP or no MariaDB.";
  }

  const downloads = place('downloads');
  const fetch = (name) => output('sh', ['-c', `cd '${downloads}' && apt-get download -qq ${name}`]) !== null;
  const lacking = files.filter((name) => !fetch(name));
  const themed = themes.filter((name) => fetch(`wordpress-theme-${name}`));
  if (lacking.length > 0 || themed.length === 0) return `Debian's packages hold no ${lacking[0] ?? 'theme'}.`;
  rmSync(unpacked, { recursive: true, force: true });
  place('wordpress');
  await exec('sh', ['-c', `for each in '${downloads}'/*.deb; do dpkg-deb -x "$each" '${unpacked}' || exit 1; done`]);
  rmSync(downloads, { recursive: true, force: true });
  return null;
}

const apt = (verb) => output('sh', ['-c', `DEBIAN_FRONTEND=noninteractive apt-get ${verb}`]) !== null;
