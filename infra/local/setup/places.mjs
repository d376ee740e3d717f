import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Where everything that belongs to this installation lives: servers, data, logs. */
export const home = resolve(root, process.env.TONGSHENG_HOME ?? '.tongsheng');

/** A folder of the installation, made when it is missing. */
export function place(...parts) {
  const path = join(home, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
