// All checks and tests; the last line sums them up: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './setup/places.mjs';

const args = process.argv.slice(2);
const checksOnly = args[0] === '--checks';
const filters = checksOnly ? [] : args;
const bin = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: [dirname(process.execPath), bin, process.env.PATH].join(delimiter) };
const total = { passed: 0, failed: 0, skipped: 0 };

function check(name, command, parameters) {
  const started = performance.now();
  const program = command === 'node' ? process.execPath : join(bin, command);
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const ok = status === 0;
  total[ok ? 'passed' : 'failed']++;
  console.log(`${ok ? '✓' : '✗'} ${name} (${Math.round(performance.now() - started)} ms)`);
  if (!ok) console.log(`${stdout}${stderr}`);
}

/** Other nats-servers on PATH, such as `nats-server-2.10` beside Debian's 2.9: everything has to hold on each of them. */
function otherServers() {
  const own = process.env.NATS_SERVER ?? 'nats-server';
  const versionOf = (program) => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  const seen = new Set([versionOf(own)]);
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(folder));
  const programs = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^nats-server([-.]?v?\d[\d.]*)?$/.test(name))
      .map((name) => realpathSync(join(folder, name))),
  );
  return programs.filter((program) => {
    const version = versionOf(program);
    if (!version || seen.has(version)) return false;
    seen.add(version);
    return true;
  });
}

function vitest(project, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tongsheng-report-'));
  const report = join(folder, 'report.json');
  const parameters = ['run', '--config', 'test/vitest.config.ts', '--project', project, '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(join(bin, 'vitest'), [...parameters, ...reporters, ...filters], {
    cwd: root,
    env: { ...env, ...more },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += numPassedTests;
    total.failed += numFailedTests;
    total.skipped += numPendingTests + numTodoTests;
    // A file that could not even be loaded has no test that failed.
    if (status !== 0 && numFailedTests === 0) total.failed++;
  } catch {
    if (status !== 0 || filters.length === 0) total.failed++;
  }
  rmSync(folder, { recursive: true, force: true });
}

if (filters.length === 0) {
  check('types', 'tsc', ['-p', 'tsconfig.json']);
  check('lint', 'oxlint', ['--type-aware', '--deny-warnings']);
  check('format', 'oxfmt', ['--check']);
  check('dead code', 'knip', ['--config', '.knip.json']);
  check('licences', 'node', ['infra/local/bill.mjs']);
}
if (!checksOnly) {
  vitest('unit');
  vitest('system');
  for (const program of otherServers()) {
    console.log(`\nOnce more on ${program}`);
    vitest('system', { NATS_SERVER: program });
  }
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
