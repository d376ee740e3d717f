import { createHash } from 'node:crypto';
import { NoKey, SecretBox } from '@tongsheng/runtime';
import { z } from 'zod';
import type { TokenShelf } from './channels/tokens.ts';
import type { Shared } from './shared.ts';

/** How long a fetch may take before another process makes its own, in seconds. */
const turn = 20;

const Kept = z.object({ value: z.string(), usableUntil: z.number() });

/** Tokens that all processes share by Redis, where they rest sealed. Without a key each process has its own. */
export function sharedTokens(shared: Shared, secrets: SecretBox): TokenShelf {
  const nameOf = (credential: string) => `token:${createHash('sha256').update(credential).digest('hex').slice(0, 32)}`;
  const read: TokenShelf['read'] = async (credential) => {
    const name = nameOf(credential);
    const kept = await shared.read(name);
    if (kept === null) return null;
    try {
      return Kept.parse(JSON.parse(secrets.open(kept, name)));
    } catch (error) {
      // Sealed with a key that is gone.
      if (error instanceof NoKey) return null;
      throw error;
    }
  };
  return {
    read,
    async keep(credential, token) {
      const ms = Math.floor(token.usableUntil - Date.now());
      const name = nameOf(credential);
      try {
        const sealed = secrets.seal(JSON.stringify(token), name, new Date().toISOString());
        if (ms > 0) await shared.keep(name, sealed, ms);
      } catch (error) {
        if (!(error instanceof NoKey)) throw error;
      }
    },
    async forget(credential, value) {
      if ((await read(credential))?.value === value) await shared.forget(nameOf(credential));
    },
    claim: (credential) => shared.claim(nameOf(credential), turn),
    release: (credential) => shared.release(nameOf(credential)),
  };
}
