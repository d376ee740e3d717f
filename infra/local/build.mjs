// Bundles every package's own code to its dist/; other packages stay outside. Only what changed is built.
import { existsSync, readdirSync, statSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './setup/places.mjs';

const folders = [
  'contracts',
  ...['infra', 'services'].flatMap((up) => readdirSync(join(root, up)).map((each) => `${up}/${each}`)),
];

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

function entriesOf(folder) {
  const names = ['index', 'main', 'start', 'host', 'worker'];
  return Object.fromEntries(
    names.map((name) => [name, join(root, folder, 'src', `${name}.ts`)]).filter(([, path]) => existsSync(path)),
  );
}

async function bundle(folder) {
  const input = entriesOf(folder);
  const built = await rolldown({
    input,
    // The compiler's own helpers go in; every package stays outside.
    external: /^(?!@oxc-project\/)[@a-z]/i,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    cwd: join(root, folder),
    logLevel: 'warn',
  });
  await built.write({
    dir: join(root, folder, 'dist'),
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await built.close();
}

async function buildConsole(folder) {
  const { build } = await import(join(root, folder, 'node_modules/vite/dist/node/index.js'));
  await build({ root: join(root, folder), logLevel: 'warn' });
}

async function outdated(folder, work) {
  const stamp = join(root, folder, 'dist/.built');
  const time = String(
    Math.max(
      newest(join(root, folder)),
      statSync(import.meta.filename).mtimeMs,
      folder === 'services/console' ? newest(join(root, 'contracts')) : 0,
    ),
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === time) return;
  await work(folder);
  writeFileSync(stamp, time);
}

await Promise.all(
  folders.map(async (folder) => {
    if (existsSync(join(root, folder, 'vite.config.ts'))) await outdated(folder, buildConsole);
    else if (Object.keys(entriesOf(folder)).length > 0) await outdated(folder, bundle);
  }),
);
