import { createHash } from 'node:crypto';
import type { Draft } from '@tongsheng/contracts';

/** SHA-256 of a draft as JSON with sorted keys: the same draft has the same hash in whichever order it was sent. */
export function draftHash(draft: Draft): string {
  const sorted = (_: string, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  return createHash('sha256').update(JSON.stringify(draft, sorted)).digest('hex');
}
