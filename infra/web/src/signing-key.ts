import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key to make it PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The signature of one call, as `webhook-signature` has it: `v1` by `whsec_`, `v1a` by `whsk_`.
 * @throws when the key is neither, or is not base64 of a key
 */
export function signedWith(key: string, id: string, at: Date, body: string): string {
  if (!key.startsWith('whsk_')) return new Webhook(key).sign(id, at, body);
  const said = Buffer.from(`${id}.${Math.floor(at.getTime() / 1_000)}.${body}`, 'utf8');
  return `v1a,${sign(null, said, privateKeyOf(key)).toString('base64')}`;
}

/** What a partner verifies `v1a` with, `whpk_…`; null for a shared secret. @throws when it is not a key */
export function publicKeyOf(key: string): string | null {
  if (!key.startsWith('whsk_')) {
    // Its constructor is what refuses one that is not base64.
    new Webhook(key).sign('key', new Date(0), '');
    return null;
  }
  const { x } = createPublicKey(privateKeyOf(key)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x!, 'base64url').toString('base64')}`;
}

/** Either the 32 bytes of the seed or, as some libraries keep it, the seed with the public key behind it. */
function privateKeyOf(key: string): KeyObject {
  const bytes = Buffer.from(key.slice('whsk_'.length), 'base64');
  if (bytes.length !== 32 && bytes.length !== 64) throw new Error('a `whsk_` key is base64 of 32 or 64 bytes');
  return createPrivateKey({ key: Buffer.concat([pkcs8, bytes.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
}
