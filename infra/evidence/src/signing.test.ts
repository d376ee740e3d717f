import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isStatementSigned, noteOf, publicPem, readNote, signedNoteOf, signingKeys, signStatement } from './signing.ts';

const statement = { size: 1026, root: 'ab'.repeat(32), signedAt: '2026-11-23T04:00:00.000Z' };
const ed25519 = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const sm2 = () =>
  generateKeyPairSync('ec', { namedCurve: 'SM2' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

describe('a checkpoint is signed', () => {
  it.each([
    ['with Ed25519', ed25519, 'ed25519', []],
    ['with SM2 and SM3', sm2, 'sm2-sm3', ['-digest', 'sm3']],
  ] as const)('%s, as openssl verifies it', (_, make, algorithm, digest) => {
    const [key] = signingKeys(make());
    expect(key!.algorithm).toBe(algorithm);
    const signature = signStatement(key!, statement);
    expect(isStatementSigned(key!, { ...statement, signature })).toBe(true);
    expect(isStatementSigned(key!, { ...statement, size: 1027, signature })).toBe(false);
    const home = mkdtempSync(join(tmpdir(), 'tongsheng-signing-'));
    try {
      writeFileSync(join(home, 'note'), noteOf(statement));
      writeFileSync(join(home, 'sig'), Buffer.from(signature, 'base64'));
      writeFileSync(join(home, 'key'), publicPem(key!));
      const args = [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        'key',
        '-rawin',
        ...digest,
        '-in',
        'note',
        '-sigfile',
        'sig',
      ];
      expect(execFileSync('openssl', args, { cwd: home, encoding: 'utf8' })).toContain('Verified Successfully');
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('and is read back from where it was kept', () => {
    const [key] = signingKeys(ed25519());
    const signed = { ...statement, keyId: key!.keyId, signature: signStatement(key!, statement) };
    expect(readNote(signedNoteOf(signed))).toEqual(signed);
    expect(readNote('something else')).toBeNull();
  });

  it('by no other kind of key, and it is said which would do', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    expect(() => signingKeys(rsa.export({ type: 'pkcs8', format: 'pem' }) as string)).toThrow('Ed25519 or SM2');
    expect(() => signingKeys('nothing')).toThrow('no private key');
  });
});
