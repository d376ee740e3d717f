import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home, place } from './places.mjs';
import { Plain } from './plain.mjs';
import { exec, output, which } from './process.mjs';

const unpacked = join(home, 'servers');
const folders = ['usr/bin', 'usr/sbin'].map((each) => join(unpacked, each));
const system = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The two servers: given by address, from PATH, or from Debian's packages, unpacked into our own folder.
 * Unpacking needs no root and never starts or touches a service of the machine.
 * @returns the environment that names them.
 */
export async function servers() {
  const wanted = [
    { name: 'NATS_SERVER', given: process.env.NATS_URL, programs: ['nats-server'], packages: ['nats-server'] },
    {
      name: 'REDIS_SERVER',
      given: process.env.REDIS_URL,
      programs: ['redis-server', 'valkey-server'],
      packages: [
        'redis-server',
        'redis-tools',
        'libjemalloc2',
        'liblua5.1-0',
        'lua-bitop',
        'lua-cjson',
        'liblzf1',
        'libatomic1',
      ],
    },
  ];
  const environment = {};
  for (const { name, given, programs, packages } of wanted) {
    // Debian keeps servers where the PATH of plain users does not lead.
    const find = () => process.env[name] ?? programs.map((each) => which(each, [...folders, ...system])).find(Boolean);
    if (!find() && !given) await unpack(packages, programs[0]);
    const found = find();
    if (found) environment[name] = found;
    if (!found && !given)
      throw new Plain(`${programs[0]} was not found and could not be unpacked. ${byHand(programs[0])}`);
  }
  const libraries = join(unpacked, 'usr/lib');
  if (existsSync(libraries)) {
    const own = readdirSync(libraries)
      .filter((each) => each.endsWith('-linux-gnu'))
      .map((each) => join(libraries, each));
    environment.SERVER_LIBRARY_PATH = own.join(':');
  }
  return environment;
}

const byHand = (name) =>
  `On Debian or Ubuntu: \`sudo apt-get install ${name}\` and start again; elsewhere install ${name} and put it on PATH, ` +
  'or name running servers with NATS_URL and REDIS_URL.';

async function unpack(packages, program) {
  if (!which('apt-get') || !which('dpkg-deb'))
    throw new Plain(`${program} is missing and this is not a Debian system. ${byHand(program)}`);
  console.log(`Fetching ${program} from Debian's packages …`);
  const downloads = place('downloads');
  const fetch = (name) => output('sh', ['-c', `cd '${downloads}' && apt-get download -qq ${name}`]);
  if (fetch(packages[0]) === null) {
    if (process.getuid?.() !== 0)
      throw new Plain(`Debian's package lists are empty or old. Run \`sudo apt-get update\`, or: ${byHand(program)}`);
    await exec('apt-get', ['update', '-qq']);
    if (fetch(packages[0]) === null) throw new Plain(`Debian's packages hold no ${program}. ${byHand(program)}`);
  }
  // The others are libraries whose names differ between releases; what is not there is not needed there.
  for (const name of packages.slice(1)) fetch(name);

  const fresh = `${unpacked}.new`;
  rmSync(fresh, { recursive: true, force: true });
  if (existsSync(unpacked)) renameSync(unpacked, fresh);
  mkdirSync(fresh, { recursive: true });
  for (const file of readdirSync(downloads)) {
    await exec('dpkg-deb', ['-x', join(downloads, file), fresh]);
  }
  renameSync(fresh, unpacked);
  rmSync(downloads, { recursive: true, force: true });
}

/** Chromium for the tests. */
export async function chromium() {
  const find = () =>
    process.env.CHROMIUM ?? ['chromium', 'chromium-browser', 'google-chrome'].map((each) => which(each)).find(Boolean);
  if (!find()) await install('chromium');
  return find();
}

/** A Chinese font, so that pages are looked at as people see them. */
export async function fonts() {
  if (output('sh', ['-c', 'fc-list :lang=zh-cn | grep -q .']) !== null) return;
  await install('fonts-noto-cjk');
}

/** Feed readers that others wrote; without them their tests are skipped, and this says so. */
export async function readers() {
  const lacking = ['python3-feedparser', 'libxml2-utils'].filter(
    (name) => output('dpkg-query', ['-W', '-f=${db:Status-Abbrev}', name])?.startsWith('ii') !== true,
  );
  try {
    for (const name of lacking) await install(name);
  } catch (error) {
    if (!(error instanceof Plain)) throw error;
    console.log(`The tests with Debian's feed readers are skipped: ${lacking.join(' and ')} can't be installed here.`);
  }
}

async function install(name) {
  if (!which('apt-get') || process.getuid?.() !== 0) {
    throw new Plain(
      `The tests need ${name}. Install it (Debian or Ubuntu: \`sudo apt-get install ${name}\`) and start again; CHROMIUM names a browser elsewhere.`,
    );
  }
  console.log(`Installing ${name} …`);
  const get = () =>
    output('sh', [
      '-c',
      `DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${name} fontconfig`,
    ]);
  if (get() === null) {
    await exec('apt-get', ['update', '-qq']);
    if (get() === null) throw new Plain(`Debian's packages hold no ${name}; install it by hand and start again.`);
  }
}
