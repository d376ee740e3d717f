import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home, place } from './places.mjs';
import { exec, output, which } from './process.mjs';

const suite = 'trixie';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * A nats-server that may run in a cluster (2.10.27 or newer): the machine's own where it is, else the one of Debian's next
 * release, unpacked into our own folder by package lists of our own. Nothing of the machine's changes.
 * @returns the environment that names it; empty, and a line said, where there is none
 */
export async function laterServer(own) {
  const isLater = (program) => {
    const said = /v(\d+)\.(\d+)\.(\d+)/.exec(output(program, ['--version']) ?? '');
    return said !== null && Number(said[1]) * 1e6 + Number(said[2]) * 1e3 + Number(said[3]) >= 2_010_027;
  };
  const unpacked = join(home, 'later/usr/sbin/nats-server');
  const find = () => [process.env.NATS_CLUSTER_SERVER, own, unpacked].find((each) => each && isLater(each));
  if (!find()) await fetch();
  const found = find();
  if (found) return { NATS_CLUSTER_SERVER: found };
  console.log(
    'The tests with a cluster of nats-servers are skipped: they need 2.10.27 or newer (NATS_CLUSTER_SERVER).',
  );
  return {};
}

async function fetch() {
  if (!which('apt-get') || !which('dpkg-deb') || !existsSync(keyring)) return;
  console.log(`Fetching nats-server of Debian ${suite} for the tests with a cluster …`);
  const lists = place('later-lists');
  for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(lists, each), { recursive: true });
  const sources = join(lists, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`);
  const options = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/nowhere',
    'Dir::State::lists': join(lists, 'lists'),
    'Dir::Cache': join(lists, 'cache'),
  };
  const apt = `apt-get -qq ${Object.entries(options)
    .map(([name, value]) => `-o '${name}=${value}'`)
    .join(' ')}`;
  output('sh', ['-c', `cd '${lists}' && ${apt} update && ${apt} download nats-server`]);
  const file = readdirSync(lists).find((name) => name.endsWith('.deb'));
  if (file) await exec('dpkg-deb', ['-x', join(lists, file), place('later')]);
  rmSync(lists, { recursive: true, force: true });
}
