import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import {
  directory,
  Refusal,
  signInMeans,
  type AccountView,
  type ApiToken,
  type Directory,
  type Me,
  type Person,
  type Role,
  type SessionDuty,
  type SignInMeans,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { Directories } from './directories.ts';
import type { Shown } from './directory.ts';
import { newLogin, type Factor } from './login.ts';
import { Logins } from './logins.ts';
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
  /** The directory that was the first step; null: our own password or key was. */
  through: directory.nullable().default(null),
  /** Whether a second factor was shown, or counted as shown at the directory. */
  isStrong: z.boolean().default(false),
  address: z.string(),
  agent: z.string(),
});
type Stored = z.infer<typeof Stored>;

/** A sign-in that has begun: whose first step was right, by which directory, and what a key is asked to sign. */
const Half = z.object({
  personId: z.string().nullable(),
  through: directory.nullable(),
  challenge: z.string().nullable(),
});
type Half = z.infer<typeof Half>;
const nobodys: Half = { personId: null, through: null, challenge: null };

/** How somebody came in. */
type How = Pick<Stored, 'by' | 'through' | 'isStrong'>;
export type Opened = { token: string; me: Me; by: SignInMeans; through: Directory | null };
/** One of the two steps by which somebody who is signed in shows anew who they are. */
export type Proof = { password: string } | { shown: Shown } | { second: SecondProof; ticket: string };

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
    private readonly logins: Logins,
    private readonly directories: Directories,
    private readonly factors: SecondFactors,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * By the password alone, ours or that of a directory, where this person has nothing else.
   * @throws Refusal sign_in_failed or sign_in_locked, in the same words and about the same time for a name nobody has;
   *   second_factor_required with the ticket of the second step
   */
  async open(name: string, password: string, from: From): Promise<Opened> {
    const { person, through } = await this.personBy(name, password);
    return this.#firstStep(person, { by: through ?? 'password', through, isStrong: false }, from);
  }

  /** By a directory that has shown who it is. @throws Refusal directory_…, sign_in_locked, second_factor_required */
  async openThrough(shown: Shown, from: From): Promise<Opened> {
    const person = this.#known(await this.directories.accountOf(shown));
    await this.#mustNotBeLocked(person.personId);
    const { directory: through, isStrong } = shown;
    return this.#firstStep(person, { by: through, through, isStrong }, from);
  }

  /** The second step. @throws Refusal session_expired when it took too long; sign_in_locked, login_code_wrong */
  async openWith(ticket: string, proof: SecondProof, from: From): Promise<Opened> {
    const half = await this.#half(ticket);
    if (half.personId === null) throw new Refusal('session_expired', 'this step belongs to no password');
    const { personId, through } = half;
    const person = this.#known(personId);
    await this.#mustNotBeLocked(personId);
    const by = await this.#counted(personId, () => this.#check(person, proof, half, from.host));
    await this.models.redis.del(halfOf(ticket));
    return this.#begin(person, { by, through, isStrong: true }, from);
  }

  /** By a passkey and nothing else, but for whom a directory must prove first. @throws Refusal session_expired, login_code_wrong, password_elsewhere */
  async openByPasskey(ticket: string, response: z.infer<typeof PasskeyAssertion>, from: From): Promise<Opened> {
    const half = await this.#half(ticket);
    await this.models.redis.del(halfOf(ticket));
    const personId = await this.#signer(response, half, from.host, true);
    await this.#mustNotBeLocked(personId);
    if ((await this.logins.of(personId)).link) throw new Refusal('password_elsewhere', `${personId} is linked`);
    return this.#begin(this.#known(personId), { by: 'passkey', through: null, isStrong: true }, from);
  }

  /** Whose first step was right; for the record of a second one that was wrong. */
  async claimedBy(ticket: string): Promise<string | null> {
    const json = await this.models.redis.get(halfOf(ticket));
    return json === null ? null : Half.parse(JSON.parse(json)).personId;
  }

  /** What a key is to sign: for the second step of `ticket`, or without one, by itself. @throws Refusal login_no_passkeys */
  async challenge(ticket: string | null, host: string) {
    const party = this.#party(host);
    const begun = ticket === null ? nobodys : await this.#half(ticket);
    const options = await this.factors.challenge(begun.personId, party);
    const half = { ...begun, challenge: options.challenge };
    if (ticket === null) return { ticket: await this.#beginHalf(half), options };
    await this.#keepHalf(ticket, half);
    return { ticket, options };
  }

  /**
   * Shows anew who one is, before what matters is changed: the first step as one signed in, then, under its ticket, the
   * second where there is one. Whoever has shown it goes on under a new token.
   * @returns the ways in which a second factor is still to be shown, or the token from now on
   * @throws Refusal sign_in_failed, login_code_wrong, sign_in_locked, session_expired, directory_…
   */
  async prove(
    token: string,
    proof: Proof,
    host: string,
  ): Promise<{ ways: string[]; ticket: string } | { token: string }> {
    const stored = await this.#stored(token);
    const person = this.#known(stored.personId);
    const { personId } = person;
    if ('second' in proof) {
      const half = await this.#half(proof.ticket);
      if (half.personId !== personId) throw new Refusal('session_expired', 'this step belongs to another');
      await this.#mustNotBeLocked(personId);
      await this.#counted(personId, () => this.#check(person, proof.second, half, host));
      await this.models.redis.del([failuresOf(personId), halfOf(proof.ticket)]);
      return { token: await this.#renew(token, stored) };
    }
    const { through, isStrong } =
      'shown' in proof ? await this.#ownBy(person, proof.shown) : await this.#ownByPassword(person, proof.password);
    const { factors } = await this.logins.of(personId);
    if (factors.length === 0 || isStrong) return { token: await this.#renew(token, stored) };
    return { ways: waysOf(factors), ticket: await this.#beginHalf({ personId, through, challenge: null }) };
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
        const { openedAt, address, agent, by, through } = Stored.parse(JSON.parse(json));
        const seenAt = DateTime.fromISO(this.clock.now(), { zone: 'utc' })
          .minus({ seconds: Math.max(0, this.#idleSeconds - left) })
          .toISO()!;
        const endsAt = this.#endOf(openedAt);
        const isThis = key === keyOf(token);
        return { sessionId: nameOf(key), openedAt, seenAt, endsAt, address, agent, by, through, isThis };
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

  #caller(person: Person, stored: Stored): Caller {
    const { personId, name, roles, sites } = person;
    return {
      personId,
      name,
      roles,
      sites,
      csrfToken: stored.csrfToken,
      expiresAt: this.#endOf(stored.openedAt),
      must: this.#dutyOf(person, stored),
    };
  }

  /** What comes before all else. The password of a directory is none of ours to change. */
  #dutyOf(person: Person, { by, through, isStrong }: Stored): SessionDuty | null {
    if (person.passwordIsInitial && through === null && by !== 'passkey') return 'password';
    const lacks = !isStrong && this.logins.knownOf(person.personId).factors.length === 0;
    return lacks && this.requiredFor(person).length > 0 ? 'factor' : null;
  }

  /** What follows on the right password: in, or to the second step. */
  async #firstStep(person: Person, how: How, from: From): Promise<Opened> {
    const { personId } = person;
    const { factors } = await this.logins.of(personId);
    if (factors.length === 0 || how.isStrong) return this.#begin(person, how, from);
    const ticket = await this.#beginHalf({ personId, through: how.through, challenge: null });
    throw new Refusal('second_factor_required', 'the first step alone is not enough', {
      ticket,
      ways: waysOf(factors).join(','),
    });
  }

  async #begin(person: Person, how: How, { address, agent }: From): Promise<Opened> {
    await this.models.redis.del(failuresOf(person.personId));
    const token = secret();
    const now = this.clock.now();
    const stored = {
      personId: person.personId,
      csrfToken: secret(),
      openedAt: now,
      provenAt: now,
      ...how,
      address,
      agent,
    };
    await this.#keep(token, stored);
    await this.models.redis.sAdd(ownOf(person.personId), keyOf(token));
    return { token, me: toMe(this.#caller(person, stored)), by: how.by, through: how.through };
  }

  /** The same session under a new token; the old one opens nothing any more. */
  async #renew(old: string, stored: Stored): Promise<string> {
    const token = secret();
    await this.#keep(token, { ...stored, provenAt: this.clock.now() });
    await this.models.redis
      .multi()
      .sAdd(ownOf(stored.personId), keyOf(token))
      .sRem(ownOf(stored.personId), keyOf(old))
      .del(keyOf(old))
      .exec();
    return token;
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

  /**
   * The person whose password it is: ours, or, of somebody linked to an LDAP server, the one that they have there. They
   * are known by their name here or there. Who is linked to a provider has no password that opens anything.
   * @throws Refusal sign_in_failed, sign_in_locked, directory_down, directory_person_other
   */
  async personBy(name: string, password: string): Promise<{ person: Person; through: Directory | null }> {
    const { personId, login } = await this.#named(name);
    await this.#mustNotBeLocked(personId);
    const person = this.models.people.get(personId);
    const { link, factors } = login;
    const right =
      link?.directory === 'ldap'
        ? await this.#isAtDirectory(personId, link.name, password)
        : (await this.#isPassword(person?.passwordHash ?? (await this.#nobody), password)) && !link;
    if (person && !person.disabled && right) {
      // A second factor may be wrong yet: only a whole sign-in wipes what was wrong before.
      if (factors.length === 0) await this.models.redis.del(failuresOf(personId));
      return { person, through: link?.directory ?? null };
    }
    await this.#countFailure(personId);
    throw new Refusal('sign_in_failed', 'the name or the password is wrong');
  }

  /** Who is meant by a name: an account's own first, then what an LDAP server calls its bearer. */
  async #named(name: string) {
    const logins = await this.logins.all();
    const own = logins.find(({ personId }) => personId === name);
    if (own || this.models.people.get(name)) return own ?? { personId: name, login: newLogin };
    const linked = logins.find(({ login: { link } }) => link?.directory === 'ldap' && link.name === name);
    return linked ?? { personId: name, login: newLogin };
  }

  async #isAtDirectory(personId: string, name: string, password: string): Promise<boolean> {
    const shown = await this.directories.byPassword(name, password);
    return shown !== null && (await this.directories.accountOf(shown)) === personId;
  }

  /** @throws Refusal directory_person_other: it is somebody else who was shown */
  async #ownBy({ personId }: Person, shown: Shown): Promise<{ through: Directory; isStrong: boolean }> {
    if ((await this.directories.accountOf(shown)) !== personId)
      throw new Refusal('directory_person_other', `${shown.name} is not ${personId}`, { name: shown.name });
    return { through: shown.directory, isStrong: shown.isStrong };
  }

  async #ownByPassword({ personId }: Person, password: string) {
    const { through } = await this.personBy(personId, password);
    return { through, isStrong: false };
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
