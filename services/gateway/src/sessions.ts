import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Refusal, type ApiToken, type Me, type Person, type Role } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { Models } from './models.ts';
import { Settings } from './settings.ts';

/** Who is asking, however they proved it. */
export type Caller = {
  personId: string;
  name: string;
  roles: readonly Role[];
  sites: readonly string[];
  csrfToken: string | null;
  expiresAt: string;
};

const Stored = z.object({ personId: z.string(), csrfToken: z.string(), openedAt: z.string() });

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const secret = () => randomBytes(32).toString('base64url');

/** After so many wrong passwords, each further one waits: 2, 4, 8 … seconds, at most a quarter of an hour. */
const freeTries = 5;
const longestLockSeconds = 900;
/** Password checks beside each other: a storm of sign-ins must not eat the machine. */
const parallelChecks = 2;

/**
 * Sessions are the one thing that only Redis holds: losing them asks everyone to sign in again, and nothing else. The
 * token is in the cookie, its hash in Redis; it ends when idle, and in any case after some hours.
 */
@Injectable()
export class Sessions {
  #checking = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #nobody = hash(secret());

  constructor(
    private readonly models: Models,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** @throws Refusal sign_in_failed or sign_in_locked; the same words and about the same time for a name nobody has. */
  async open(personId: string, password: string): Promise<{ token: string; me: Me }> {
    await this.#mustNotBeLocked(personId);
    const person = this.models.people.get(personId);
    const right = await this.#check(person?.passwordHash ?? (await this.#nobody), password);
    if (!person || person.disabled || !right) {
      await this.#countFailure(personId);
      throw new Refusal('sign_in_failed', 'the name or the password is wrong');
    }
    await this.models.redis.del(`sign-in:failures:${personId}`);
    const token = secret();
    const stored = { personId, csrfToken: secret(), openedAt: this.clock.now() };
    const { SESSION_IDLE_MINUTES } = this.settings.values;
    await this.models.redis.set(`session:${sha256(token)}`, JSON.stringify(stored), {
      expiration: { type: 'EX', value: SESSION_IDLE_MINUTES * 60 },
    });
    return { token, me: toMe(this.#caller(person, stored)) };
  }

  /** The caller behind a cookie. @throws Refusal session_expired */
  async find(token: string): Promise<Caller> {
    const key = `session:${sha256(token)}`;
    const { SESSION_IDLE_MINUTES } = this.settings.values;
    const json = await this.models.redis.getEx(key, { type: 'EX', value: SESSION_IDLE_MINUTES * 60 });
    const stored = json ? Stored.parse(JSON.parse(json)) : null;
    const person = stored && this.models.people.get(stored.personId);
    if (!stored || !person || person.disabled || this.#endOf(stored.openedAt) <= this.clock.now()) {
      throw new Refusal('session_expired', 'the session has ended');
    }
    return this.#caller(person, stored);
  }

  async close(token: string): Promise<void> {
    await this.models.redis.del(`session:${sha256(token)}`);
  }

  /** The caller behind `Authorization: Bearer <tokenId>.<secret>`. @throws Refusal sign_in_failed */
  bearer(header: string): Caller {
    const [, tokenId = '', given = ''] = /^Bearer ([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{20,200})$/.exec(header) ?? [];
    const token = this.models.tokens.get(tokenId);
    if (!token || token.revoked || !sameHash(token, given))
      throw new Refusal('sign_in_failed', 'the token is not valid');
    const { name, roles, sites } = token;
    return { personId: tokenId, name, roles, sites, csrfToken: null, expiresAt: '9999-12-31T00:00:00.000Z' };
  }

  #caller({ personId, name, roles, sites }: Person, { csrfToken, openedAt }: z.infer<typeof Stored>): Caller {
    return { personId, name, roles, sites, csrfToken, expiresAt: this.#endOf(openedAt) };
  }

  #endOf(openedAt: string): string {
    return DateTime.fromISO(openedAt, { zone: 'utc' }).plus({ hours: this.settings.values.SESSION_HOURS }).toISO()!;
  }

  async #mustNotBeLocked(personId: string): Promise<void> {
    const seconds = await this.models.redis.ttl(`sign-in:locked:${personId}`);
    if (seconds > 0) throw new Refusal('sign_in_locked', `wait ${seconds} s`, { retryAfterSeconds: seconds });
  }

  async #countFailure(personId: string): Promise<void> {
    const key = `sign-in:failures:${personId}`;
    const failures = await this.models.redis.incr(key);
    await this.models.redis.expire(key, longestLockSeconds);
    if (failures <= freeTries) return;
    const wait = Math.min(2 ** (failures - freeTries), longestLockSeconds);
    await this.models.redis.set(`sign-in:locked:${personId}`, '1', { expiration: { type: 'EX', value: wait } });
  }

  async #check(passwordHash: string, password: string): Promise<boolean> {
    if (this.#checking >= parallelChecks) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#checking++;
    try {
      return await verify(passwordHash, password);
    } finally {
      this.#checking--;
      this.#waiting.shift()?.();
    }
  }
}

export const toMe = ({ personId, name, roles, sites, csrfToken, expiresAt }: Caller): Me => ({
  personId,
  name,
  roles: [...roles],
  sites: [...sites],
  csrfToken: csrfToken ?? '',
  expiresAt,
});

const sameHash = ({ secretHash }: ApiToken, given: string) =>
  timingSafeEqual(Buffer.from(secretHash, 'hex'), Buffer.from(sha256(given), 'hex'));
