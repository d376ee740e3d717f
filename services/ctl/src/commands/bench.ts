import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/** Runs a benchmark of the checkout in a process of its own, on servers of its own. Its last line is one JSON object. */
export async function runBench(root: string, name: string, json: boolean): Promise<number> {
  const folder = join(root, 'test/bench');
  const file = join(folder, `${name}.bench.ts`);
  if (!existsSync(file)) {
    const names = existsSync(folder)
      ? readdirSync(folder).flatMap((each) => (each.endsWith('.bench.ts') ? [each.slice(0, -'.bench.ts'.length)] : []))
      : [];
    throw new Failure(`there is no benchmark ${name}; there are: ${names.sort().join(', ')}`);
  }
  const child = spawn(
    process.execPath,
    [
      '--conditions=@tongsheng/source',
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      file,
      ...(json ? ['--json'] : []),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
