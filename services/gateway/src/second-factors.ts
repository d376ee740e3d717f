import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import { factorRolesByDefault, Refusal, type Role, type SealsStanding } from '@tongsheng/contracts';
import { Clock, Ids, Log, NoKey, SecretBox } from '@tongsheng/runtime';
import { z } from 'zod';
import { newLogin, type Login, type PasskeyFactor } from './login.ts';
import { Logins } from './logins.ts';
import { Models } from './models.ts';
import { newRecoveryCodes, recoveryHash } from './recovery-codes.ts';
import type { RelyingParty } from './relying-party.ts';
import { Settings } from './settings.ts';
import { newTotpSecret, totpAddress, totpStep } from './totp.ts';

const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/)
  .max(20_000);
const credential = { id: base64url, rawId: base64url, type: z.literal('public-key') };
const outside = { clientExtensionResults: z.looseObject({}) };

/** What a browser answers for a key that is asked to sign, and for one that is new (WebAuthn level 3, JSON forms). */
export const PasskeyAssertion = z.object({
  ...credential,
  ...outside,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
});
export const PasskeyAttestation = z.object({
  ...credential,
  ...outside,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])).optional(),
  }),
});

/** What is shown beside the password. */
export const SecondProof = z.union([
  z.strictObject({ totp: z.string().max(20) }),
  z.strictObject({ recovery: z.string().max(60) }),
  z.strictObject({ passkey: PasskeyAssertion }),
]);
export type SecondProof = z.infer<typeof SecondProof>;
export const meansOf = (proof: SecondProof): 'totp' | 'recovery' | 'passkey' =>
  'totp' in proof ? 'totp' : 'recovery' in proof ? 'recovery' : 'passkey';

/** A code is looked at once within its step and the two beside it; in seconds. */
const totpMemory = 120;
const enrolmentSeconds = 600;
const issuer = '同声 Tongsheng';

type Acting = { personId: string; name: string };

/** What people show beside the password: enrolled, checked, and what was lost forgotten by two. */
@Injectable()
export class SecondFactors implements OnModuleInit, OnModuleDestroy {
  readonly #box: SecretBox;
  #rules!: LiveTable<'sign_in'>;

  constructor(
    private readonly models: Models,
    private readonly logins: Logins,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    settings: Settings,
  ) {
    this.#box = SecretBox.fromConfig(settings.values);
  }

  async onModuleInit(): Promise<void> {
    this.#rules = await LiveTable.open(this.bus, 'sign_in', (error) =>
      this.log.error('logins.unreadable', { reason: reasonOf(error) }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.#rules?.close();
  }

  /** Resolves when the rules are here as they stand at this moment. */
  rulesFresh(): Promise<void> {
    return this.#rules.fresh();
  }

  get factorRoles(): readonly Role[] {
    return this.#rules.get('house')?.factorRoles ?? factorRolesByDefault;
  }

  /** @throws Refusal secrets_no_key */
  async beginTotp({ personId }: Acting): Promise<{ secret: string; address: string }> {
    if (this.#box.newest === null) throw new Refusal('secrets_no_key', 'no key is configured');
    const secret = newTotpSecret();
    await this.models.redis.set(`enrol:totp:${personId}`, this.#box.seal(secret, ownerOf(personId), this.clock.now()), {
      expiration: { type: 'EX', value: enrolmentSeconds },
    });
    return { secret, address: totpAddress(secret, personId, issuer) };
  }

  /** @returns recovery codes, where it is the first factor. @throws Refusal login_enrolment_old, login_code_wrong */
  async enrolTotp(person: Acting, name: string, code: string): Promise<string[] | null> {
    const { personId } = person;
    const secret = await this.models.redis.get(`enrol:totp:${personId}`);
    if (!secret) throw new Refusal('login_enrolment_old', 'begin again');
    await this.#spendTotp(personId, this.#box.open(secret, ownerOf(personId)), code);
    const isFirst = (await this.logins.of(personId)).factors.length === 0;
    await this.logins.tell({
      ...this.logins.headOf(person),
      type: 'login.enrol_totp',
      factorId: this.ids.next(),
      name,
      secret,
    });
    await this.models.redis.del(`enrol:totp:${personId}`);
    return isFirst ? this.makeRecovery(person) : null;
  }

  async beginPasskey({ personId, name }: Acting, party: RelyingParty) {
    const { factors } = await this.logins.of(personId);
    const options = await generateRegistrationOptions({
      rpName: issuer,
      rpID: party.id,
      userName: personId,
      userDisplayName: name,
      userID: Buffer.from(personId),
      excludeCredentials: factors.filter(isPasskey).map(({ factorId: id }) => ({ id })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    await this.models.redis.set(`enrol:passkey:${personId}`, options.challenge, {
      expiration: { type: 'EX', value: enrolmentSeconds },
    });
    return options;
  }

  /** @returns recovery codes, where it is the first factor. @throws Refusal login_enrolment_old, login_code_wrong */
  async enrolPasskey(
    person: Acting,
    party: RelyingParty,
    name: string,
    response: z.infer<typeof PasskeyAttestation>,
  ): Promise<string[] | null> {
    const { personId } = person;
    const expectedChallenge = await this.models.redis.getDel(`enrol:passkey:${personId}`);
    if (!expectedChallenge) throw new Refusal('login_enrolment_old', 'begin again');
    const { transports, ...attested } = response.response;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: { ...attested, ...(transports && { transports }) } },
      expectedChallenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
    }).catch((error: unknown) => {
      throw new Refusal('login_code_wrong', reasonOf(error));
    });
    if (!registrationInfo) throw new Refusal('login_code_wrong', 'the key could not be verified');
    const { id: factorId, publicKey } = registrationInfo.credential;
    const isFirst = (await this.logins.of(personId)).factors.length === 0;
    await this.logins.tell({
      ...this.logins.headOf(person),
      type: 'login.enrol_passkey',
      factorId,
      name,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      transports: transports ?? [],
    });
    return isFirst ? this.makeRecovery(person) : null;
  }

  async remove(person: Acting, factorId: string): Promise<void> {
    await this.logins.tell({ ...this.logins.headOf(person), type: 'login.remove_factor', factorId });
  }

  /** New codes in the place of all before them; they are told once and never again. */
  async makeRecovery(person: Acting): Promise<string[]> {
    const codes = newRecoveryCodes();
    await this.logins.tell({
      ...this.logins.headOf(person),
      type: 'login.make_recovery',
      codes: codes.map(recoveryHash),
    });
    return codes;
  }

  /** Somebody else's factors: asked for by one, agreed to by another. @throws Refusal login_same_person and others */
  async reset(by: Acting, personId: string, step: { ask: string } | 'agree' | 'drop'): Promise<void> {
    const head = { ...this.logins.headOf(by), personId };
    if (step === 'agree') return this.logins.tell({ ...head, type: 'login.reset' });
    if (step === 'drop') return this.logins.tell({ ...head, type: 'login.drop_reset' });
    await this.logins.tell({ ...head, type: 'login.ask_reset', reason: step.ask });
  }

  /** What a key is asked to sign. Without a person any key of the house may answer. */
  async challenge(personId: string | null, party: RelyingParty) {
    const { factors } = personId === null ? newLogin : await this.logins.of(personId);
    return generateAuthenticationOptions({
      rpID: party.id,
      // By itself it stands for both factors; beside a password it is the second.
      userVerification: personId === null ? 'required' : 'preferred',
      ...(personId !== null && {
        allowCredentials: factors.filter(isPasskey).map(({ factorId: id, transports }) => ({ id, transports })),
      }),
    });
  }

  /**
   * Whose key signed. @param alone it stands for both factors, so that whoever holds it must have unlocked it
   * @throws Refusal login_code_wrong
   */
  async checkPasskey(
    response: z.infer<typeof PasskeyAssertion>,
    { challenge, party, alone }: { challenge: string; party: RelyingParty; alone: boolean },
  ): Promise<string> {
    const found = await this.#passkey(response.id);
    if (!found) throw new Refusal('login_code_wrong', 'nobody’s key');
    const { userHandle, ...signed } = response.response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: { ...signed, ...(userHandle !== undefined && { userHandle }) } },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: alone,
      credential: {
        id: found.key.factorId,
        publicKey: new Uint8Array(Buffer.from(found.key.publicKey, 'base64url')),
        counter: Number((await this.models.redis.get(counterOf(response.id))) ?? 0),
      },
    }).catch((error: unknown) => {
      throw new Refusal('login_code_wrong', reasonOf(error));
    });
    if (!verified) throw new Refusal('login_code_wrong', 'the signature is wrong');
    await this.models.redis.set(counterOf(response.id), String(authenticationInfo.newCounter));
    return found.personId;
  }

  /** @throws Refusal login_code_wrong: wrong, or used before */
  async checkTotp(personId: string, code: string): Promise<void> {
    const { factors } = await this.logins.of(personId);
    for (const factor of factors) {
      if (factor.kind !== 'totp') continue;
      const secret = this.#opened(personId, factor.secret);
      if (secret === null || totpStep(secret, code, this.clock.now()) === null) continue;
      return this.#spendTotp(personId, secret, code);
    }
    throw new Refusal('login_code_wrong', 'no authenticator shows this code');
  }

  /** @throws Refusal login_code_wrong: no such code is left */
  async checkRecovery(person: Acting, typed: string): Promise<void> {
    await this.logins.tell({ ...this.logins.headOf(person), type: 'login.spend_recovery', code: recoveryHash(typed) });
  }

  /** How the secrets of apps are sealed, a row for each. */
  async standing(): Promise<SealsStanding> {
    const rows = (await this.logins.all()).flatMap(({ personId, login: { factors } }) =>
      factors
        .filter((each) => each.kind === 'totp')
        .map(({ secret }) => ({ site: 'gateway', id: personId, state: this.#box.standing(secret, ownerOf(personId)) })),
    );
    return { rows };
  }

  /** The secrets of somebody's apps that stand under an older key, as they are under the newest. */
  async resealed(personId: string): Promise<{ factorId: string; secret: string }[]> {
    const owner = ownerOf(personId);
    return (await this.logins.of(personId)).factors
      .filter((each) => each.kind === 'totp')
      .filter(({ secret }) => this.#box.standing(secret, owner) === 'older')
      .map(({ factorId, secret }) => ({ factorId, secret: this.#box.renew(secret, owner, this.clock.now()) }));
  }

  /** The secret of an app; null where its key is gone: then another factor or a reset lets its owner in. */
  #opened(personId: string, sealed: string): string | null {
    try {
      return this.#box.open(sealed, ownerOf(personId));
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      this.log.error('logins.no_key', { personId, reason: reasonOf(error) });
      return null;
    }
  }

  /** A code is good once: whoever looked over a shoulder comes too late. */
  async #spendTotp(personId: string, secret: string, code: string): Promise<void> {
    const step = totpStep(secret, code, this.clock.now());
    if (step === null) throw new Refusal('login_code_wrong', 'the code is wrong');
    const isFirst = await this.models.redis.set(`totp:used:${personId}:${step}`, '1', {
      condition: 'NX',
      expiration: { type: 'EX', value: totpMemory },
    });
    if (isFirst === null) throw new Refusal('login_code_wrong', 'the code was used before');
  }

  async #passkey(factorId: string): Promise<{ personId: string; key: PasskeyFactor } | null> {
    for (const { personId, login } of await this.logins.all()) {
      const key = login.factors.filter(isPasskey).find((each) => each.factorId === factorId);
      if (key) return { personId, key };
    }
    return null;
  }
}

const isPasskey = (factor: Login['factors'][number]): factor is PasskeyFactor => factor.kind === 'passkey';
const ownerOf = (personId: string) => `login/${personId}`;
const counterOf = (factorId: string) => `passkey:counter:${factorId}`;
