import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import {
  Refusal,
  signInMeans,
  type AccountView,
  type ApiToken,
  type Me,
  type Person,
  type Role,
  type SessionDuty,
  type SignInMeans,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Factor } from './login.ts';
import { Models } from './models.ts';
import { relyingParty } from './relying-party.ts';
import { SecondFactors, type PasskeyAssertion, type SecondProof } from './second-factors.ts';
import { Settings } from './settings.ts';

/** Who is asking, however they proved it. */
export type Caller = {
  personId: string;
  name: string;
  roles: readonly Role[];
  sites: readonly string[];
  csrfToken: string | null;
  expiresAt: string;
  must: SessionDuty | null;
};

/** From where a request comes. */
type From = { address: string; agent: string; host: string };

const Stored = z.object({
  personId: z.string(),
  csrfToken: z.string(),
  openedAt: z.string(),
  /** When this person last showed all that signs them in. */
  provenAt: z.string(),
  by: signInMeans,
  address: z.string(),
  agent: z.string(),
});
type Stored = z.infer<typeof Stored>;

/** A sign-in that has begun: whose password was right, and what a key is asked to sign. */
const Half = z.object({ personId: z.string().nullable(), challenge: z.string().nullable() });
type Half = z.infer<typeof Half>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const secret = () => randomBytes(32).toString('base64url');
const keyOf = (token: string) => `session:${sha256(token)}`;
const ownOf = (personId: string) => `sessions:${personId}`;
const halfOf = (ticket: string) => `sign-in:half:${sha256(ticket)}`;
/** Names a session to its owner; from it the token can't be found. */
const nameOf = (key: string) => key.slice('session:'.length, 'session:'.length + 20);

/** After so many wrong passwords or codes, each further one waits: 2, 4, 8 … seconds, at most a quarter of an hour. */
const freeTries = 5;
const longestLockSeconds = 900;
/** How long somebody has between the two steps. */
const halfSeconds = 300;
/** How long a proof is good for what changes how one signs in. */
const proofMinutes = 10;
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
    private readonly factors: SecondFactors,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * By the password alone, where this person has nothing else.
   * @throws Refusal sign_in_failed or sign_in_locked, in the same words and about the same time for a name nobody has;
   *   second_factor_required with the ticket of the second step
   */
  async open(personId: string, password: string, from: From): Promise<{ token: string; me: Me }> {
    const person = await this.personBy(personId, password);
    const { factors } = await this.factors.loginOf(personId);
    if (factors.length === 0) return this.#begin(person, 'password', from);
    const ways = waysOf(factors).join(',');
    const ticket = await this.#beginHalf({ personId, challenge: null });
    throw new Refusal('second_factor_required', 'the password alone is not enough', { ticket, ways });
  }

  /** The second step. @throws Refusal session_expired when it took too long; sign_in_locked, login_code_wrong */
  async openWith(ticket: string, proof: SecondProof, from: From): Promise<{ token: string; me: Me }> {
    const half = await this.#half(ticket);
    if (half.personId === null) throw new Refusal('session_expired', 'this step belongs to no password');
    const { personId } = half;
    const person = this.#known(personId);
    await this.#mustNotBeLocked(personId);
    const by = await this.#counted(personId, () => this.#check(person, proof, half, from.host));
    await this.models.redis.del(halfOf(ticket));
    return this.#begin(person, by, from);
  }

  /** By a passkey and nothing else. @throws Refusal session_expired, login_code_wrong */
  async openByPasskey(ticket: string, response: z.infer<typeof PasskeyAssertion>, from: From) {
    const half = await this.#half(ticket);
    await this.models.redis.del(halfOf(ticket));
    const personId = await this.#signer(response, half, from.host, true);
    await this.#mustNotBeLocked(personId);
    return this.#begin(this.#known(personId), 'passkey', from);
  }

  /** Whose password was right at the first step; for the record of a second one that was wrong. */
  async claimedBy(ticket: string): Promise<string | null> {
    const json = await this.models.redis.get(halfOf(ticket));
    return json === null ? null : Half.parse(JSON.parse(json)).personId;
  }

  /** What a key is to sign: for the second step of `ticket`, or without one, by itself. @throws Refusal login_no_passkeys */
  async challenge(ticket: string | null, host: string) {
    const party = this.#party(host);
    const personId = ticket === null ? null : (await this.#half(ticket)).personId;
    const options = await this.factors.challenge(personId, party);
    const half = { personId, challenge: options.challenge };
    if (ticket === null) return { ticket: await this.#beginHalf(half), options };
    await this.#keepHalf(ticket, half);
    return { ticket, options };
  }

  /**
   * Shows anew who one is, before what matters is changed.
   * @returns the ways in which a second factor is still to be shown, and under which ticket; no ways when nothing is
   * @throws Refusal sign_in_failed, login_code_wrong, sign_in_locked
   */
  async prove(
    token: string,
    proof: { password: string; second: SecondProof | null; ticket: string | null },
    host: string,
  ): Promise<{ ways: string[]; ticket: string | null }> {
    const stored = await this.#stored(token);
    const person = await this.personBy(stored.personId, proof.password);
    const { factors } = await this.factors.loginOf(person.personId);
    if (factors.length > 0) {
      const { second, ticket } = proof;
      if (!second) {
        const begun = await this.#beginHalf({ personId: person.personId, challenge: null });
        return { ways: waysOf(factors), ticket: begun };
      }
      const half = ticket === null ? { personId: person.personId, challenge: null } : await this.#half(ticket);
      await this.#counted(person.personId, () => this.#check(person, second, half, host));
      await this.models.redis.del(failuresOf(person.personId));
    }
    await this.#keep(token, { ...stored, provenAt: this.clock.now() });
    return { ways: [], ticket: null };
  }

  /** @throws Refusal proof_required when it is too long ago that this session was proven */
  async mustBeProven(token: string): Promise<void> {
    const { provenAt } = await this.#stored(token);
    const until = DateTime.fromISO(provenAt, { zone: 'utc' }).plus({ minutes: proofMinutes }).toISO()!;
    if (until <= this.clock.now()) throw new Refusal('proof_required', 'show anew who you are');
  }

  /** The caller behind a cookie. @throws Refusal session_expired */
  async find(token: string): Promise<Caller> {
    const stored = await this.#stored(token, this.#idleSeconds);
    return this.#caller(this.#known(stored.personId), stored);
  }

  /** Whether a session is still one; looking does not keep it alive. */
  async isOpen(token: string): Promise<boolean> {
    return this.#stored(token).then(
      ({ personId }) => !this.models.people.get(personId)?.disabled,
      () => false,
    );
  }

  async close(token: string): Promise<void> {
    const key = keyOf(token);
    const json = await this.models.redis.getDel(key);
    if (json) await this.models.redis.sRem(ownOf(Stored.parse(JSON.parse(json)).personId), key);
  }

  /** A person's open sessions, the newest first. */
  async listOf(personId: string, token: string): Promise<AccountView['sessions']> {
    const { redis } = this.models;
    const keys = await redis.sMembers(ownOf(personId));
    const found = await Promise.all(
      keys.map(async (key) => {
        const [json, left] = await Promise.all([redis.get(key), redis.ttl(key)]);
        if (json === null) return void (await redis.sRem(ownOf(personId), key));
        const { openedAt, address, agent, by } = Stored.parse(JSON.parse(json));
        const seenAt = DateTime.fromISO(this.clock.now(), { zone: 'utc' })
          .minus({ seconds: Math.max(0, this.#idleSeconds - left) })
          .toISO()!;
        const endsAt = this.#endOf(openedAt);
        return { sessionId: nameOf(key), openedAt, seenAt, endsAt, address, agent, by, isThis: key === keyOf(token) };
      }),
    );
    return found
      .filter((each) => each !== undefined)
      .filter(({ endsAt }) => endsAt > this.clock.now())
      .sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1));
  }

  /** Ends one of a person's sessions, or all but this one. How many it were. */
  async revoke(personId: string, which: { sessionId: string } | { but: string }): Promise<number> {
    const { redis } = this.models;
    const keys = await redis.sMembers(ownOf(personId));
    const ending = keys.filter((key) => ('but' in which ? key !== keyOf(which.but) : nameOf(key) === which.sessionId));
    if (ending.length === 0) return 0;
    await redis.sRem(ownOf(personId), ending);
    return redis.del(ending);
  }

  /** The caller behind `Authorization: Bearer <tokenId>.<secret>`. @throws Refusal sign_in_failed */
  bearer(header: string): Caller {
    const [, tokenId = '', given = ''] = /^Bearer ([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{20,200})$/.exec(header) ?? [];
    const token = this.models.tokens.get(tokenId);
    if (!token || token.revoked || !sameHash(token, given))
      throw new Refusal('sign_in_failed', 'the token is not valid');
    const { name, roles, sites } = token;
    return {
      personId: tokenId,
      name,
      roles,
      sites,
      csrfToken: null,
      expiresAt: '9999-12-31T00:00:00.000Z',
      must: null,
    };
  }

  /** Whether a passkey can be bound to the address that a request came to. */
  hasParty = (host: string): boolean => relyingParty(this.settings.values.CONSOLE_URL, host) !== null;

  /** The roles of somebody for which a second factor is required. */
  requiredFor = ({ roles }: Pick<Person, 'roles'>): Role[] =>
    roles.filter((role) => this.factors.factorRoles.includes(role));

  #caller(person: Person, { csrfToken, openedAt, by }: Stored): Caller {
    const { personId, name, roles, sites } = person;
    return {
      personId,
      name,
      roles,
      sites,
      csrfToken,
      expiresAt: this.#endOf(openedAt),
      must: this.#dutyOf(person, by),
    };
  }

  /** What comes before all else. Whoever signs in elsewhere has the password and the second factor there. */
  #dutyOf(person: Person, by: SignInMeans): SessionDuty | null {
    if (by === 'oidc' || by === 'ldap') return null;
    if (person.passwordIsInitial && by !== 'passkey') return 'password';
    const lacks = this.factors.knownOf(person.personId).factors.length === 0;
    return lacks && this.requiredFor(person).length > 0 ? 'factor' : null;
  }

  async #begin(person: Person, by: SignInMeans, { address, agent }: From): Promise<{ token: string; me: Me }> {
    await this.models.redis.del(failuresOf(person.personId));
    const token = secret();
    const now = this.clock.now();
    const stored = { personId: person.personId, csrfToken: secret(), openedAt: now, provenAt: now, by, address, agent };
    await this.#keep(token, stored);
    await this.models.redis.sAdd(ownOf(person.personId), keyOf(token));
    return { token, me: toMe(this.#caller(person, stored)) };
  }

  async #keep(token: string, stored: Stored): Promise<void> {
    await this.models.redis.set(keyOf(token), JSON.stringify(stored), {
      expiration: { type: 'EX', value: this.#idleSeconds },
    });
  }

  /** @param touch seconds that it lives on from now, where the look keeps it alive. @throws Refusal session_expired */
  async #stored(token: string, touch?: number): Promise<Stored> {
    const key = keyOf(token);
    const { redis } = this.models;
    const json = touch === undefined ? await redis.get(key) : await redis.getEx(key, { type: 'EX', value: touch });
    // One of before they said how they came to be is asked for again.
    const stored = json === null ? null : (Stored.safeParse(JSON.parse(json)).data ?? null);
    if (!stored || this.#endOf(stored.openedAt) <= this.clock.now())
      throw new Refusal('session_expired', 'the session has ended');
    return stored;
  }

  #known(personId: string): Person {
    const person = this.models.people.get(personId);
    if (!person || person.disabled) throw new Refusal('session_expired', 'the session has ended');
    return person;
  }

  get #idleSeconds(): number {
    return Math.ceil(this.settings.values.SESSION_IDLE_MINUTES * 60);
  }

  #endOf(openedAt: string): string {
    return DateTime.fromISO(openedAt, { zone: 'utc' }).plus({ hours: this.settings.values.SESSION_HOURS }).toISO()!;
  }

  #party(host: string) {
    const party = relyingParty(this.settings.values.CONSOLE_URL, host);
    if (!party) throw new Refusal('login_no_passkeys', `${host} is no name that a passkey could be bound to`);
    return party;
  }

  async #beginHalf(half: Half): Promise<string> {
    const ticket = secret();
    await this.#keepHalf(ticket, half);
    return ticket;
  }

  async #keepHalf(ticket: string, half: Half): Promise<void> {
    await this.models.redis.set(halfOf(ticket), JSON.stringify(half), {
      expiration: { type: 'EX', value: halfSeconds },
    });
  }

  async #half(ticket: string): Promise<Half> {
    const json = await this.models.redis.get(halfOf(ticket));
    if (json === null) throw new Refusal('session_expired', 'this took too long');
    return Half.parse(JSON.parse(json));
  }

  /** Which second factor it was. @throws Refusal login_code_wrong */
  async #check(person: Person, proof: SecondProof, half: Half, host: string): Promise<SignInMeans> {
    if ('totp' in proof) {
      await this.factors.checkTotp(person.personId, proof.totp);
      return 'totp';
    }
    if ('recovery' in proof) {
      await this.factors.checkRecovery(person, proof.recovery);
      return 'recovery';
    }
    if ((await this.#signer(proof.passkey, half, host, false)) !== person.personId)
      throw new Refusal('login_code_wrong', 'the key is another person’s');
    return 'passkey';
  }

  async #signer(response: z.infer<typeof PasskeyAssertion>, { challenge }: Half, host: string, alone: boolean) {
    if (challenge === null) throw new Refusal('login_code_wrong', 'no key was asked');
    return this.factors.checkPasskey(response, { challenge, party: this.#party(host), alone });
  }

  /** The person whose password it is. @throws Refusal sign_in_failed, sign_in_locked */
  async personBy(personId: string, password: string): Promise<Person> {
    await this.#mustNotBeLocked(personId);
    const person = this.models.people.get(personId);
    const right = await this.#isPassword(person?.passwordHash ?? (await this.#nobody), password);
    if (person && !person.disabled && right) {
      // A second factor may be wrong yet: only a whole sign-in wipes what was wrong before.
      if ((await this.factors.loginOf(personId)).factors.length === 0)
        await this.models.redis.del(failuresOf(personId));
      return person;
    }
    await this.#countFailure(personId);
    throw new Refusal('sign_in_failed', 'the name or the password is wrong');
  }

  async #mustNotBeLocked(personId: string): Promise<void> {
    const seconds = await this.models.redis.ttl(`sign-in:locked:${personId}`);
    if (seconds > 0) throw new Refusal('sign_in_locked', `wait ${seconds} s`, { retryAfterSeconds: seconds });
  }

  /** What is wrong counts like a wrong password: both factors have one lock. */
  async #counted<T>(personId: string, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof Refusal && error.code === 'login_code_wrong') await this.#countFailure(personId);
      throw error;
    }
  }

  async #countFailure(personId: string): Promise<void> {
    const key = failuresOf(personId);
    const failures = await this.models.redis.incr(key);
    await this.models.redis.expire(key, longestLockSeconds);
    if (failures <= freeTries) return;
    const wait = Math.min(2 ** (failures - freeTries), longestLockSeconds);
    await this.models.redis.set(`sign-in:locked:${personId}`, '1', { expiration: { type: 'EX', value: wait } });
  }

  async #isPassword(passwordHash: string, password: string): Promise<boolean> {
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

const waysOf = (factors: readonly Factor[]): string[] => [...new Set(factors.map(({ kind }) => kind)), 'recovery'];
const failuresOf = (personId: string) => `sign-in:failures:${personId}`;

export const toMe = ({ personId, name, roles, sites, csrfToken, expiresAt, must }: Caller): Me => ({
  personId,
  name,
  roles: [...roles],
  sites: [...sites],
  csrfToken: csrfToken ?? '',
  expiresAt,
  must,
});

const sameHash = ({ secretHash }: ApiToken, given: string) =>
  timingSafeEqual(Buffer.from(secretHash, 'hex'), Buffer.from(sha256(given), 'hex'));
