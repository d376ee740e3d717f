import { z } from 'zod';
import { hash, instant } from './words.ts';

/**
 * What a server really said, and when we saw it: `snapshot` names the whole answer in the object store, as an HTTP
 * message (RFC 9112: status line, headers, body) whose SHA-256 it is; `bodyHash` is the SHA-256 of the body alone.
 */
export const evidence = z.object({
  url: z.url(),
  status: z.int(),
  snapshot: hash,
  bodyHash: hash,
  /** Length of the body as it was received, decompressed. */
  bytes: z.int().min(0),
  seenAt: instant,
});
export type Evidence = z.infer<typeof evidence>;
