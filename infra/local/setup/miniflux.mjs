import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home, place } from './places.mjs';
import { exec, output, which } from './process.mjs';

const archive = 'http://deb.debian.org/debian';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** The first release of Debian that has it. Its program needs nothing but the C library. */
const suite = 'trixie';

/**
 * Miniflux and PostgreSQL from Debian's packages, the peer of the ingest benchmark: unpacked into our own folder, so that
 * nothing of the machine's is started or changed. A PostgreSQL that is installed is used as it is.
 * @returns the environment that names them, or why they can't be had.
 */
export async function miniflux() {
  if (process.env.MINIFLUX && process.env.POSTGRES_HOME) return {};
  const unpacked = join(home, 'miniflux');
  const program = join(unpacked, 'usr/bin/miniflux');
  const postgres = () =>
    ['/usr/lib/postgresql', join(unpacked, 'usr/lib/postgresql')]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((version) => join(folder, version, 'bin')))
      .findLast((bin) => which('postgres', [bin]) && output(join(bin, 'postgres'), ['--version']) !== null);
  const lacking = async () => {
    if (!which('apt-get') || !which('dpkg-deb')) return 'this is not a Debian system';
    if (!existsSync(program) && !(await fetch(unpacked, 'miniflux', trixie())))
      return `Debian's packages hold no miniflux, or could not be reached`;
    if (output(program, ['-version']) === null) return 'miniflux does not run here';
    if (!postgres()) {
      const server = /postgresql-\d+/.exec(output('apt-cache', ['depends', 'postgresql']) ?? '')?.[0];
      for (const name of [server, server?.replace('sql-', 'sql-client-'), 'libpq5', 'libllvm14', 'libxml2'])
        if (name) await fetch(unpacked, name, []);
    }
    return postgres() ? null : 'there is no PostgreSQL that runs; `apt-get install postgresql` brings it';
  };
  const missing = await lacking();
  return missing ? { MINIFLUX_MISSING: missing } : { MINIFLUX: program, POSTGRES_HOME: postgres() };
}

/** Asks the newer release's lists, kept in a folder of our own; the machine's own lists stay as they are. */
function trixie() {
  if (!existsSync(keyring)) return [];
  const lists = place('miniflux-lists');
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) place('miniflux-lists', folder);
  const sources = join(lists, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${archive} ${suite} main\n`);
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(lists, 'state/lists')}`,
    `Dir::Cache=${join(lists, 'cache')}`,
  ].flatMap((setting) => ['-o', setting]);
  output('apt-get', [...settings, 'update', '-qq']);
  return settings;
}

/** Downloads one package and adds its files to a folder. */
async function fetch(folder, name, settings) {
  const downloads = place('downloads');
  const got = output('sh', ['-c', 'cd "$0" && apt-get "$@"', downloads, ...settings, 'download', '-qq', name]) !== null;
  place('miniflux');
  for (const file of readdirSync(downloads)) await exec('dpkg-deb', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true, force: true });
  return got;
}
