import { z } from 'zod';
import { hash, instant } from './words.ts';

/** How checkpoints are signed: Ed25519 (RFC 8032), or SM2 with SM3 (GB/T 32918) where the platform's OpenSSL has them. */
export const signatureAlgorithm = z.enum(['ed25519', 'sm2-sm3']);
export type SignatureAlgorithm = z.infer<typeof signatureAlgorithm>;

/** The first half of the SHA-256 of the public key as SubjectPublicKeyInfo in DER. */
const keyId = z.string().regex(/^[0-9a-f]{32}$/);

/**
 * A key that signs from here on. `endorsedBy` is the word of the key before it, over the new public key; without it
 * somebody has to say from outside that the key is the house's own.
 */
const KeyIntroduced = z.object({
  type: z.literal('checkpoint.key_introduced'),
  keyId,
  algorithm: signatureAlgorithm,
  /** SubjectPublicKeyInfo, DER. */
  publicKey: z.base64(),
  endorsedBy: z.object({ keyId, signature: z.base64() }).nullable(),
  introducedAt: instant,
});

/**
 * The whole log up to a position, in one signed hash: the root of the Merkle tree (RFC 6962) whose leaf n is the hash of
 * the entry at position n + 1. What is signed is the text that `noteOf` makes of size, root and time.
 */
const CheckpointSigned = z.object({
  type: z.literal('checkpoint.signed'),
  /** How many entries are covered: everything up to this position. */
  size: z.int().positive(),
  root: hash,
  /** Roots of the blocks of 1,024 entries that were filled since the checkpoint before: who needs a proof starts from them. */
  blocks: z.array(hash),
  /** The first six bytes of each leaf since the checkpoint before, one after the other; empty where they are too many. */
  marks: z.base64(),
  keyId,
  signature: z.base64(),
  signedAt: instant,
});
export type CheckpointSigned = z.infer<typeof CheckpointSigned>;

export const CheckpointEvent = z.discriminatedUnion('type', [KeyIntroduced, CheckpointSigned]);
export type CheckpointEvent = z.infer<typeof CheckpointEvent>;

/** Where the checkpoints of the journal stand. */
export const checkpointAddress = { aggregate: 'checkpoint', site: 'journal', id: 'journal' } as const;

/** Asks for a checkpoint that covers a position: answered once there is one. */
export const CheckpointQuestion = z.object({ covering: z.int().min(1) });
export type CheckpointQuestion = z.infer<typeof CheckpointQuestion>;
/** How far it covers, and where it stands. */
export const CheckpointAnswer = z.object({ size: z.int(), position: z.int() });
export type CheckpointAnswer = z.infer<typeof CheckpointAnswer>;

/** Asks for a signature under the list of an archive's files, which is named by its SHA-256. */
export const ListQuestion = z.strictObject({ hash });
export type ListQuestion = z.infer<typeof ListQuestion>;
export const ListAnswer = z.object({ hash, signedAt: instant, keyId, signature: z.base64() });
export type ListAnswer = z.infer<typeof ListAnswer>;
