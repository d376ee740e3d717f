import { Secret, TOTP } from 'otpauth';

/** As every authenticator app can: six digits, SHA-1, a new code each 30 s (RFC 6238). */
const stepSeconds = 30;
const parameters = { algorithm: 'SHA1', digits: 6, period: stepSeconds } as const;

/** 160 random bits, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an app reads from the picture: `otpauth://totp/…`. */
export const totpAddress = (secret: string, personId: string, issuer: string): string =>
  new TOTP({ ...parameters, issuer, label: personId, secret: Secret.fromBase32(secret) }).toString();

/**
 * The step that a code belongs to; null when it is wrong. A clock that is 30 s off is borne with.
 * @param at UTC with milliseconds
 */
export function totpStep(secret: string, code: string, at: string): number | null {
  const timestamp = Date.parse(at);
  const digits = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const delta = new TOTP({ ...parameters, secret: Secret.fromBase32(secret) }).validate({
    token: digits,
    timestamp,
    window: 1,
  });
  return delta === null ? null : Math.floor(timestamp / 1000 / stepSeconds) + delta;
}

/** The code of an instant: what the app shows. For tests and for nothing else that signs in. */
export const totpCode = (secret: string, at: string): string =>
  new TOTP({ ...parameters, secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.parse(at) });
