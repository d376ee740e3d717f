import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export type Durability = { syncAlways: boolean; guarantee: string };

/**
 * Which promise about the log's storage holds here. From 2.10 the server flushes before it acknowledges; 2.9 can't, but
 * a synchronous store directory does it for it, where the file system has such a thing.
 */
export function makeDurable(version: string, store: string): Durability {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 2 || minor >= 10)
    return { syncAlways: true, guarantee: `survives power cuts (nats-server ${version}, sync_interval always)` };
  mkdirSync(store, { recursive: true });
  const set = spawnSync('chattr', ['+S', store]).status === 0;
  const attributes = set ? spawnSync('lsattr', ['-d', store], { encoding: 'utf8' }).stdout : '';
  if (/^\S*S/.test(attributes ?? ''))
    return { syncAlways: false, guarantee: `survives power cuts (nats-server ${version}, synchronous store)` };
  return {
    syncAlways: false,
    guarantee: `survives process crashes only (nats-server ${version} flushes late, and the store could not be made synchronous)`,
  };
}
