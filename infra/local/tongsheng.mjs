#!/usr/bin/env node
// `npx tongsheng …`: the command line, on Node 24: the machine's own, or the one that the packages brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { servers } from './setup/debian.mjs';
import { laterServer } from './setup/later.mjs';
import { miniflux } from './setup/miniflux.mjs';
import { node } from './setup/packages.mjs';
import { root } from './setup/places.mjs';
import { Plain } from './setup/plain.mjs';
import { exec } from './setup/process.mjs';

const args = process.argv.slice(2);

async function main() {
  const built = join(root, 'services/ctl/dist/main.js');
  if (!existsSync(built) || !existsSync(join(root, 'node_modules')))
    throw new Plain(`${root} is not set up yet; run \`npm run setup\` there first`);
  const runtime = node();
  if (runtime !== process.execPath) return again(runtime);
  // What is measured is what stands in the sources; benchmarks start servers of their own, from PATH or from what the setup unpacked.
  if (args[0] === 'bench') await exec(runtime, [join(root, 'infra/local/build.mjs')]);
  const isBench = args[0] === 'bench';
  const own = isBench ? await servers() : {};
  const peers = { ingest: miniflux, cluster: () => laterServer(own.NATS_SERVER) };
  const environment = isBench ? { ...process.env, ...own, ...(await peers[args[1]]?.()) } : process.env;
  const { main: run } = await import(pathToFileURL(built).href);
  return run(root, args, environment);
}

/** The same once more, on a newer Node, in the folder where we were called. */
function again(runtime) {
  const child = spawn(runtime, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 130));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Plain ? `tongsheng: ${error.message}` : error);
  process.exitCode = 1;
}
