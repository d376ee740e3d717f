import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './places.mjs';
import { which } from './process.mjs';
import { unpack } from './unpack.mjs';

/**
 * Prometheus's own checker, for tests of metrics and alerts, out of Debian's package. Where it can't be had those tests are
 * skipped, and this says so.
 * @returns the environment that names it.
 */
export async function promtool() {
  const unpacked = join(home, 'prometheus');
  const program = join(unpacked, 'usr/bin/promtool');
  const found = () => process.env.PROMTOOL ?? which('promtool') ?? (existsSync(program) ? program : null);
  if (found()) return { PROMTOOL: found() };
  console.log('Fetching promtool for the tests …');
  const missing = await unpack('prometheus', ['prometheus'], []);
  if (found()) return { PROMTOOL: found() };
  console.log(`The tests with Prometheus’s own checker are skipped: ${missing}`);
  return {};
}
