// A simulated year of twenty platforms, with everything that goes wrong, judged by the log: see test/simulation. Not a
// race against a peer: its figures are counts, and how long this machine lived through them. SIMULATION_SEED and
// SIMULATION_DAYS choose another one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tongsheng-year-'));
const file = join(folder, 'year.json');
try {
  // Through vitest, because node alone does not read the decorators of our services.
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', '--project', 'year'],
    { cwd: root, env: { ...process.env, SIMULATION_REPORT: file }, stdio: ['ignore', 2, 2] },
  );
  console.log(JSON.stringify({ bench: 'year', ...(JSON.parse(readFileSync(file, 'utf8')) as object) }));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
