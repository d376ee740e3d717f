import { createHash, randomBytes } from 'node:crypto';

/** Without letters that are taken for digits (Crockford's base 32). */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const codes = 10;
const length = 24;

/** Ten codes of 120 random bits, as a person writes them down: `3f7k-…`, six groups of four. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: codes }, () => {
    const text = Array.from(randomBytes(length), (byte) => letters[byte % 32]).join('');
    return text.match(/.{4}/g)!.join('-');
  });

/** What is kept of a code. However it is typed: case, hyphens and look-alikes don't matter. */
export const recoveryHash = (typed: string): string =>
  createHash('sha256')
    .update(
      typed
        .toLowerCase()
        .replace(/[^0-9a-z]/g, '')
        .replace(/[il]/g, '1')
        .replace(/o/g, '0'),
    )
    .digest('hex');
