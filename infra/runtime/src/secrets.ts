import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isSealed, sealingKeyOf, secretSetAt, type SealState } from '@tongsheng/contracts';
import { z } from 'zod';
import { BadConfig } from './bad-config.ts';

/**
 * Where the keys come from that secrets of channels are encrypted with: `<id>:<32 bytes in base64>`, one a line or
 * separated by commas. The first seals; the others only open what was sealed before. A key that is no longer named is
 * gone, and so are the secrets under it: they are entered anew.
 */
export const secretsConfig = {
  SECRETS_KEYS: z.string().optional(),
  SECRETS_KEY_FILE: z.string().optional(),
};

type Keys = { id: string; key: Buffer }[];

/** A secret can't be sealed or opened with the keys that this process has. */
export class NoKey extends Error {}

/** AES-256-GCM with a random nonce; the owner's name, the key's and the time are authenticated with it. */
export class SecretBox {
  readonly #keys: Keys;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** @throws BadConfig naming what is wrong with the keys */
  static fromConfig(config: { SECRETS_KEYS?: string | undefined; SECRETS_KEY_FILE?: string | undefined }): SecretBox {
    const { SECRETS_KEYS: said, SECRETS_KEY_FILE: file } = config;
    return new SecretBox(keysOf(said ?? (file === undefined ? '' : readFileSync(file, 'utf8'))));
  }

  /** The id of the key that seals; null: none is configured. */
  get newest(): string | null {
    return this.#keys[0]?.id ?? null;
  }

  /** How a secret of an owner stands: under the newest key, one that only opens, none, or one that is not here. */
  standing(value: string, owner: string): SealState {
    const key = sealingKeyOf(value);
    if (key === null) return 'clear';
    try {
      this.open(value, owner);
    } catch (error) {
      if (error instanceof NoKey) return 'shut';
      throw error;
    }
    return key === this.newest ? 'newest' : 'older';
  }

  /** The same secret under the key that seals now, set when it was set; `at` for one that stood in clear. @throws NoKey */
  renew(value: string, owner: string, at: string): string {
    return this.seal(this.open(value, owner), owner, secretSetAt(value) ?? at);
  }

  /**
   * @param owner what the secret belongs to; under another name it does not open
   * @param at UTC with milliseconds
   * @throws NoKey
   */
  seal(plain: string, owner: string, at: string): string {
    const [first] = this.#keys;
    if (!first) throw new NoKey('secrets: no key is configured (SECRETS_KEY_FILE or SECRETS_KEYS)');
    const setAt = `${at.slice(0, 19).replace(/[-:]/g, '')}Z`;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', first.key, iv);
    cipher.setAAD(Buffer.from(`${owner}\n${first.id}\n${setAt}`));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return ['sealed', first.id, setAt, iv.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** What is not sealed is from before there were keys, and is answered as it is. @throws NoKey */
  open(value: string, owner: string): string {
    if (!isSealed(value)) return value;
    const [, id, setAt, iv, sealed] = value.split('.') as [string, string, string, string, string];
    const found = this.#keys.find((each) => each.id === id);
    if (!found) throw new NoKey(`secrets: there is no key ${id} to open a secret of ${owner}`);
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', found.key, Buffer.from(iv, 'base64url'));
    decipher.setAAD(Buffer.from(`${owner}\n${id}\n${setAt}`));
    decipher.setAuthTag(bytes.subarray(-16));
    try {
      return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new NoKey(
        `secrets: the key ${id} does not open a secret of ${owner}: it is another key, or another’s secret`,
      );
    }
  }
}

function keysOf(text: string): Keys {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, id, encoded] = /^([\w-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/.exec(line) ?? [];
      if (id === undefined || encoded === undefined)
        throw new BadConfig(
          'settings: SECRETS_KEYS or the SECRETS_KEY_FILE has a line that is not <id>:<32 bytes in base64>',
        );
      return { id, key: Buffer.from(encoded, 'base64') };
    });
}
