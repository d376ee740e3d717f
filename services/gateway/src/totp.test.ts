import { describe, expect, it } from 'vitest';
import { newRecoveryCodes, recoveryHash } from './recovery-codes.ts';
import { relyingParty } from './relying-party.ts';
import { newTotpSecret, totpAddress, totpCode, totpStep } from './totp.ts';

describe('a code of an app', () => {
  // The secret of RFC 6238's appendix B, in base32; its eight digits end with these six.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  it.each([
    ['1970-01-01T00:00:59.000Z', '287082', 1],
    ['2005-03-18T01:58:29.000Z', '081804', 37037036],
    ['2009-02-13T23:31:30.000Z', '005924', 41152263],
    ['2033-05-18T03:33:20.000Z', '279037', 66666666],
  ])('is that of RFC 6238 at %s', (at, code, step) => {
    expect(totpCode(secret, at)).toBe(code);
    expect(totpStep(secret, code, at)).toBe(step);
  });
  it('may be one step off, typed with a space, and no more', () => {
    const at = '2026-11-26T04:00:10.000Z';
    const code = totpCode(secret, '2026-11-26T03:59:50.000Z');
    expect(totpStep(secret, `${code.slice(0, 3)} ${code.slice(3)}`, at)).toBe(Math.floor(Date.parse(at) / 30_000) - 1);
    expect(totpStep(secret, totpCode(secret, '2026-11-26T03:59:10.000Z'), at)).toBeNull();
    for (const wrong of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
      expect(totpStep(secret, wrong, at)).toBeNull();
  });
  it('comes of a secret of its own, told to an app by an address', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
    expect(totpAddress(secret, 'zhou', '同声')).toMatch(/^otpauth:\/\/totp\/.*zhou\?.*secret=GEZ.*digits=6&period=30$/);
  });
});

describe('recovery codes', () => {
  it('are ten, all different, of 120 bits each', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
  });
  it('are found however they are typed', () => {
    const [code = ''] = newRecoveryCodes();
    const typed = code.replaceAll('-', ' ').toUpperCase().replaceAll('0', 'O').replaceAll('1', 'l');
    expect(recoveryHash(typed)).toBe(recoveryHash(code));
  });
});

describe('passkeys', () => {
  it('are bound to the name by which people reach the console', () => {
    const party = relyingParty('https://console.tax.example', 'anything.example');
    expect(party).toEqual({ id: 'console.tax.example', origin: 'https://console.tax.example' });
  });
  it('are bound to localhost on one machine, and to no address', () => {
    expect(relyingParty('http://127.0.0.1:8080', 'localhost:8080')).toEqual({
      id: 'localhost',
      origin: 'http://localhost:8080',
    });
    expect(relyingParty('http://127.0.0.1:8080', '127.0.0.1:8080')).toBeNull();
    expect(relyingParty('https://10.0.0.7', 'localhost:8080')).toBeNull();
    expect(relyingParty('https://console.tax.example', 'localhost:8080')?.id).toBe('console.tax.example');
  });
});
