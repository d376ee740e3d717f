import { AccountView, Refusal } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Directories } from '../directories.ts';
import { cookieNameOf, sessionCookie, type Door } from '../door.ts';
import type { Logins } from '../logins.ts';
import type { Live } from '../live.ts';
import { hashPassword, mustBeGoodPassword } from '../passwords.ts';
import type { PeopleRegistry } from '../people-registry.ts';
import { relyingParty } from '../relying-party.ts';
import { defineRoute, type Route } from '../route.ts';
import { meansOf, PasskeyAttestation, SecondProof, type SecondFactors } from '../second-factors.ts';
import type { Caller, Proof, Sessions } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type AccountTools = {
  sessions: Sessions;
  logins: Logins;
  directories: Directories;
  factors: SecondFactors;
  registry: PeopleRegistry;
  live: Live;
  door: Door;
  clock: Clock;
  settings: Settings;
};

const name = z.string().trim().min(1).max(60);
/** Told once; only their hashes are kept. Null where there are codes already. */
const recoveryCodes = z.array(z.string()).nullable();
const done = z.object({ done: z.literal(true) });

/** One's own account: second factors, recovery codes, open sessions. What matters is changed only after a fresh proof. */
export function accountRoutes(tools: AccountTools): Route[] {
  const { sessions, logins, directories, factors, registry, live, door, clock, settings } = tools;

  /** A token of the API is nobody's account. @throws Refusal not_found */
  const mustBePerson = ({ csrfToken, personId }: Caller): void => {
    if (csrfToken === null) throw new Refusal('not_found', `${personId} is a token`);
  };
  /** What one signs in with is another now: whoever is signed in elsewhere does so again. */
  async function endOthers({ personId }: Caller, token: string): Promise<void> {
    const ended = await sessions.revoke(personId, { but: token });
    if (ended === 0) return;
    await live.endClosedOf(personId);
    await door.record({ type: 'session.closed', personId, reason: 'changed', closedAt: clock.now() });
  }
  const partyOf = (host: string) => {
    const party = relyingParty(settings.values.CONSOLE_URL, host);
    if (!party) throw new Refusal('login_no_passkeys', host);
    return party;
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/account',
      says: 'One’s own account: second factors and open sessions.',
      may: 'signed-in',
      beforeReady: true,
      answer: AccountView,
      async handle({ http }) {
        const caller = http.caller!;
        mustBePerson(caller);
        const { personId, name: called, roles } = caller;
        const { factors: enrolled, recovery, link } = await logins.of(personId);
        return {
          personId,
          name: called,
          factors: enrolled.map(({ factorId, kind, name: label, enrolledAt }) => ({
            factorId,
            kind,
            name: label,
            enrolledAt,
          })),
          recoveryLeft: recovery.length,
          requiredFor: sessions.requiredFor({ roles: [...roles] }),
          passkeysPossible: sessions.hasParty(http.host),
          link: link && { directory: link.directory, name: link.name },
          sessions: await sessions.listOf(personId, door.tokenOf(http)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/proof',
      harmless: true,
      beforeReady: true,
      says: 'Shows anew who one is: the password, or what the OpenID provider answered; then, where there is one, the second factor. `ways`: what is still to be shown, with the ticket.',
      may: 'signed-in',
      body: z.union([
        z.strictObject({ password: z.string().min(1).max(256) }),
        z.strictObject({ answer: z.string().max(8_000) }),
        z.strictObject({ second: SecondProof, ticket: z.string().min(20).max(100) }),
      ]),
      answer: z.object({ ways: z.array(z.string()), ticket: z.string().nullable() }),
      async handle({ body, caller, http, reply }) {
        mustBePerson(caller);
        const token = door.tokenOf(http);
        try {
          const proof: Proof =
            'answer' in body ? { shown: await directories.endRound(token, body.answer, caller.personId) } : body;
          const proven = await sessions.prove(token, proof, http.host);
          if ('ways' in proven) return proven;
          reply.setCookie(cookieNameOf(settings.values), proven.token, sessionCookie(settings.values));
          return { ways: [], ticket: null };
        } catch (error) {
          const by = 'answer' in body ? 'oidc' : 'password' in body ? 'password' : meansOf(body.second);
          await door.recordFailure(http, by, error);
          throw error;
        }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/proof/begin',
      harmless: true,
      beforeReady: true,
      says: 'Where one shows anew who one is at the OpenID provider of the house, which asks for the password again.',
      may: 'signed-in',
      body: z.strictObject({}),
      answer: z.object({ url: z.url() }),
      async handle({ caller, http }) {
        mustBePerson(caller);
        return { url: await directories.beginRound(door.tokenOf(http), caller.personId) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/password',
      harmless: true,
      beforeReady: true,
      says: 'Changes one’s own password, by showing the old one.',
      may: 'signed-in',
      body: z.strictObject({ old: z.string().min(1).max(256), new: z.string().max(1000) }),
      answer: done,
      async handle({ body, caller, http }) {
        mustBePerson(caller);
        const { personId } = caller;
        if ((await logins.of(personId)).link)
          throw new Refusal('password_elsewhere', `${personId} signs in by a directory`);
        // The same door, and the same lock, as for signing in.
        await sessions.personBy(personId, body.old);
        if (body.new === body.old) throw new Refusal('password_same', 'nothing would change');
        await mustBeGoodPassword(body.new, personId);
        const passwordHash = await hashPassword(body.new);
        await registry.tell(caller, { type: 'person.change_password', personId, passwordHash });
        await endOthers(caller, door.tokenOf(http));
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/totp/begin',
      harmless: true,
      beforeReady: true,
      says: 'A new secret for an authenticator app; it counts once a code of it was shown.',
      may: 'signed-in',
      body: z.strictObject({}),
      answer: z.object({ secret: z.string(), address: z.string() }),
      async handle({ caller, http }) {
        mustBePerson(caller);
        await sessions.mustBeProven(door.tokenOf(http));
        return factors.beginTotp(caller);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/totp',
      harmless: true,
      beforeReady: true,
      says: 'Enrols the authenticator app, by a code that it shows.',
      may: 'signed-in',
      body: z.strictObject({ name, code: z.string().max(20) }),
      answer: z.object({ recoveryCodes }),
      async handle({ body, caller, http }) {
        mustBePerson(caller);
        const token = door.tokenOf(http);
        await sessions.mustBeProven(token);
        const codes = await factors.enrolTotp(caller, body.name, body.code);
        await endOthers(caller, token);
        return { recoveryCodes: codes };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/passkeys/begin',
      harmless: true,
      beforeReady: true,
      says: 'What a new passkey is made from.',
      may: 'signed-in',
      body: z.strictObject({}),
      answer: z.looseObject({ challenge: z.string() }),
      async handle({ caller, http }) {
        mustBePerson(caller);
        await sessions.mustBeProven(door.tokenOf(http));
        return { ...(await factors.beginPasskey(caller, partyOf(http.host))) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/passkeys',
      harmless: true,
      beforeReady: true,
      says: 'Enrols a passkey.',
      may: 'signed-in',
      body: z.strictObject({ name, passkey: PasskeyAttestation }),
      answer: z.object({ recoveryCodes }),
      async handle({ body, caller, http }) {
        mustBePerson(caller);
        const token = door.tokenOf(http);
        await sessions.mustBeProven(token);
        const codes = await factors.enrolPasskey(caller, partyOf(http.host), body.name, body.passkey);
        await endOthers(caller, token);
        return { recoveryCodes: codes };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/factors/remove',
      harmless: true,
      beforeReady: true,
      says: 'Removes one of one’s own second factors.',
      may: 'signed-in',
      body: z.strictObject({ factorId: z.string().min(1).max(1400) }),
      answer: done,
      async handle({ body, caller, http }) {
        mustBePerson(caller);
        const token = door.tokenOf(http);
        await sessions.mustBeProven(token);
        await factors.remove(caller, body.factorId);
        await endOthers(caller, token);
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/recovery-codes',
      harmless: true,
      beforeReady: true,
      says: 'New recovery codes in the place of all before them.',
      may: 'signed-in',
      body: z.strictObject({}),
      answer: z.object({ recoveryCodes }),
      async handle({ caller, http }) {
        mustBePerson(caller);
        await sessions.mustBeProven(door.tokenOf(http));
        return { recoveryCodes: await factors.makeRecovery(caller) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/account/sessions/end',
      harmless: true,
      says: 'Ends one of one’s own sessions; without a name, all but this one.',
      may: 'signed-in',
      body: z.strictObject({ sessionId: z.string().max(64).nullable() }),
      answer: z.object({ ended: z.int() }),
      async handle({ body: { sessionId }, caller, http }) {
        mustBePerson(caller);
        const { personId } = caller;
        const token = door.tokenOf(http);
        await sessions.mustBeProven(token);
        const which = sessionId === null ? { but: token } : { sessionId };
        const ended = await sessions.revoke(personId, which);
        if (ended > 0) {
          await live.endClosedOf(personId);
          await door.record({ type: 'session.closed', personId, reason: 'revoked', closedAt: clock.now() });
        }
        return { ended };
      },
    }),
  ];
}
