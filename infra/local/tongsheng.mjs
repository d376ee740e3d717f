#!/usr/bin/env node
// `npx tongsheng …`: the command line, on the Node that the packages brought.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node } from './setup/packages.mjs';
import { root } from './setup/places.mjs';

const main = join(root, 'services/ctl/dist/main.js');
if (!existsSync(main)) {
  console.error('tongsheng: not set up yet; run `npm run setup` in the checkout first');
  process.exit(1);
}
const runtime = node();
if (process.execPath !== runtime && Number(process.versions.node.split('.')[0]) < 24) {
  const { status, signal } = spawnSync(runtime, [import.meta.filename ?? process.argv[1], ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(signal ? 130 : (status ?? 1));
}
const { main: run } = await import(pathToFileURL(main).href);
process.exitCode = await run(root, process.argv.slice(2), process.env);
