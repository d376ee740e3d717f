import { createHmac, createPrivateKey, createPublicKey, createSecretKey, sign, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key to make it PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The signature of one call, as `webhook-signature` has it: `v1` by `whsec_`, `v1a` by `whsk_`.
 * @throws when the key is neither, or is not base64 of a key
 */
export function signedWith(key: string, id: string, at: Date, body: string): string {
  const said = Buffer.from(`${id}.${Math.floor(at.getTime() / 1_000)}.${body}`, 'utf8');
  // The library hashes in JavaScript, which takes as long as the call; the tests hold this against it.
  if (!key.startsWith('whsk_')) return `v1,${createHmac('sha256', keyOf(key)).update(said).digest('base64')}`;
  return `v1a,${sign(null, said, keyOf(key)).toString('base64')}`;
}

/** What a partner verifies `v1a` with, `whpk_…`; null for a shared secret. @throws when it is not a key */
export function publicKeyOf(key: string): string | null {
  if (!key.startsWith('whsk_')) {
    keyOf(key);
    return null;
  }
  const { x } = createPublicKey(keyOf(key)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x!, 'base64url').toString('base64')}`;
}

/** A channel's key signs many calls, and taking it in costs more than signing with it. */
const keys = new LRUCache<string, KeyObject>({ max: 500 });

/** @throws when it is not a key */
function keyOf(key: string): KeyObject {
  const known = keys.get(key) ?? (key.startsWith('whsk_') ? privateKeyOf(key) : sharedKey(key));
  keys.set(key, known);
  return known;
}

function sharedKey(key: string): KeyObject {
  const encoded = key.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || encoded.length % 4 !== 0) throw new Error('a `whsec_` key is base64');
  return createSecretKey(encoded, 'base64');
}

/** Either the 32 bytes of the seed or, as some libraries keep it, the seed with the public key behind it. */
function privateKeyOf(key: string): KeyObject {
  const bytes = Buffer.from(key.slice('whsk_'.length), 'base64');
  if (bytes.length !== 32 && bytes.length !== 64) throw new Error('a `whsk_` key is base64 of 32 or 64 bytes');
  return createPrivateKey({ key: Buffer.concat([pkcs8, bytes.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
}
