import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSealed, secretSetAt } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadConfig } from './bad-config.ts';
import { NoKey, SecretBox } from './secrets.ts';

const keyOf = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const boxOf = (...keys: string[]) => SecretBox.fromConfig({ SECRETS_KEYS: keys.join(',') });
const at = '2026-11-23T04:05:06.789Z';

describe('a sealed secret', () => {
  it('opens to what it was, and says only when it was set', () => {
    const box = boxOf(keyOf('k1', 1));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, owner) => {
        const sealed = box.seal(plain, owner, at);
        expect(isSealed(sealed)).toBe(true);
        expect(secretSetAt(sealed)).toBe('2026-11-23T04:05:06.000Z');
        expect(box.open(sealed, owner)).toBe(plain.toWellFormed());
      }),
    );
  });
  it('is another text each time', () => {
    const box = boxOf(keyOf('k1', 1));
    expect(box.seal('a', 'press', at)).not.toBe(box.seal('a', 'press', at));
  });
  it('opens for nobody else, and not when it was touched', () => {
    const box = boxOf(keyOf('k1', 1));
    const sealed = box.seal('hush', 'press', at);
    expect(() => box.open(sealed, 'radio')).toThrow(NoKey);
    expect(() => box.open(sealed.replace('20261123', '20251123'), 'press')).toThrow(NoKey);
    expect(() => boxOf(keyOf('k1', 2)).open(sealed, 'press')).toThrow(NoKey);
    expect(() => boxOf(keyOf('k2', 1)).open(sealed, 'press')).toThrow('no key k1');
  });
  it('still opens after a new key was put before the old one, which seals from then on', () => {
    const sealed = boxOf(keyOf('k1', 1)).seal('hush', 'press', at);
    const both = boxOf(keyOf('k2', 2), keyOf('k1', 1));
    expect(both.open(sealed, 'press')).toBe('hush');
    expect(both.seal('hush', 'press', at)).toMatch(/^sealed\.k2\./);
  });
  it('of before there were keys is answered as it is', () => {
    expect(boxOf().open('whsec_abc', 'press')).toBe('whsec_abc');
    expect(() => boxOf().seal('whsec_abc', 'press', at)).toThrow(NoKey);
  });
});

describe('the keys', () => {
  it('may stand in a file, a line each, with comments', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const file = join(folder, 'keys');
    writeFileSync(file, `# since March\n${keyOf('k1', 1)}\n\n`);
    const box = SecretBox.fromConfig({ SECRETS_KEY_FILE: file });
    expect(box.open(box.seal('hush', 'press', at), 'press')).toBe('hush');
    rmSync(folder, { recursive: true });
  });
  it.each(['k1:short', 'nocolon', `k1:${'a'.repeat(60)}`])('that are none are refused: %s', (text) => {
    expect(() => boxOf(text)).toThrow(BadConfig);
  });
});
