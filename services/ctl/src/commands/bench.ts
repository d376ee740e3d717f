import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, Misuse } from '../failure.ts';

/** Runs a benchmark of the checkout in a process of its own, on servers of its own. Its last line is one JSON object. */
export async function runBench(
  root: string,
  name: string,
  json: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const folder = join(root, 'test/bench');
  if (!existsSync(folder)) throw new Failure(`there are no benchmarks in ${folder}; run it in a whole checkout`);
  const names = benchesOf(readdirSync(folder));
  if (!names.includes(name)) throw new Misuse(`there is no benchmark ${name}; there are: ${names.join(', ')}`);
  const child = spawn(
    process.execPath,
    [
      '--conditions=@tongsheng/source',
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      join(folder, `${name}${ending}`),
      ...(json ? ['--json'] : []),
    ],
    { cwd: root, stdio: 'inherit', env: environment },
  );
  // A terminal tells the child too; a supervisor tells us alone. Its servers are the child's to end.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const ending = '.bench.ts';

/** The benchmarks among the files of their folder. */
export const benchesOf = (files: string[]): string[] =>
  files.flatMap((file) => (file.endsWith(ending) ? [file.slice(0, -ending.length)] : [])).sort();
