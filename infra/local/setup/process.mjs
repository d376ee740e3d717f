import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './places.mjs';
import { Plain } from './plain.mjs';

/**
 * Runs a program in the checkout with its output on ours. With `last`, its exit code is the answer and signals go to it;
 * otherwise failing is an error.
 */
export function exec(program, args, environment = {}, { last = false } = {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  // A terminal sends Ctrl-C to the child too; a supervisor sends it to us alone. The child takes both for one.
  if (last) for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (last) done(code ?? (signal ? 130 : 1));
      else if (code === 0) done(0);
      else fail(new Plain(`\`${[program, ...args].join(' ')}\` failed (${code ?? signal})`));
    });
  });
}

/** Runs a program and gives back what it printed, or null when it failed. */
export function output(program, args) {
  const result = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return result.status === 0 ? result.stdout : null;
}

/** Where PATH has a program, or null. */
export function which(program, extra = []) {
  for (const folder of [...extra, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}
