import { instant, Me, Refusal, token, type SignInMeans } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieNameOf, type Door } from '../door.ts';
import type { Live } from '../live.ts';
import { defineRoute, type Route } from '../route.ts';
import { PasskeyAssertion, SecondProof } from '../second-factors.ts';
import { toMe, type Sessions } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type SessionTools = { sessions: Sessions; live: Live; door: Door; clock: Clock; settings: Settings };

const ticket = z.string().min(20).max(100);

export function sessionRoutes({ sessions, live, door, clock, settings }: SessionTools): Route[] {
  const cookieName = cookieNameOf(settings.values);
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict' as const, secure: settings.values.SECURE_COOKIES };

  /** Signs in, whichever way, and writes down how it ended. */
  async function enter(
    { http, reply }: { http: FastifyRequest; reply: FastifyReply },
    by: SignInMeans,
    open: (from: { address: string; agent: string; host: string }) => Promise<{ token: string; me: Me }>,
  ): Promise<Me> {
    const from = door.from(http);
    try {
      const { token: secret, me } = await open({ ...from, host: http.host });
      // Whoever was signed in here before is not any more, be it the same person.
      await sessions.close(door.tokenOf(http));
      await door.record({ type: 'session.opened', personId: me.personId, ...from, by, openedAt: clock.now() });
      reply.setCookie(cookieName, secret, cookie);
      return me;
    } catch (error) {
      const isWrong = error instanceof Refusal && ['sign_in_failed', 'login_code_wrong'].includes(error.code);
      if (isWrong) {
        const personId = http.claimedId ?? 'unknown';
        await door.record({ type: 'session.sign_in_failed', personId, ...from, by, failedAt: clock.now() });
      }
      throw error;
    }
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/api/session',
      says: 'Signs in; refused with the ticket of a second step where the password alone is not enough.',
      may: 'public',
      body: z.strictObject({ personId: z.string().trim().min(1).max(64), password: z.string().min(1).max(256) }),
      answer: Me,
      handle({ body: { personId, password }, http, reply }) {
        http.claimedId = token.safeParse(personId).data ?? 'unknown';
        return enter({ http, reply }, 'password', (from) => sessions.open(personId, password, from));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/second',
      says: 'The second step of signing in: a code of an app, a recovery code, or what a passkey signed.',
      may: 'public',
      body: z.strictObject({ ticket, proof: SecondProof }),
      answer: Me,
      async handle({ body, http, reply }) {
        http.claimedId = (await sessions.claimedBy(body.ticket)) ?? 'unknown';
        const by = 'totp' in body.proof ? 'totp' : 'recovery' in body.proof ? 'recovery' : 'passkey';
        return enter({ http, reply }, by, (from) => sessions.openWith(body.ticket, body.proof, from));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/challenge',
      says: 'What a passkey is to sign: for the second step, or to sign in by itself.',
      may: 'public',
      body: z.strictObject({ ticket: ticket.nullable().default(null) }),
      answer: z.object({ ticket, options: z.looseObject({ challenge: z.string() }) }),
      handle: async ({ body, http }) => {
        const { ticket: of, options } = await sessions.challenge(body.ticket, http.host);
        return { ticket: of, options: { ...options } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/passkey',
      says: 'Signs in by a passkey alone: the device is the one factor, whoever unlocked it the other.',
      may: 'public',
      body: z.strictObject({ ticket, passkey: PasskeyAssertion }),
      answer: Me,
      handle: ({ body, http, reply }) =>
        enter({ http, reply }, 'passkey', (from) => sessions.openByPasskey(body.ticket, body.passkey, from)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/session',
      says: 'Who is signed in.',
      may: 'signed-in',
      beforeReady: true,
      answer: Me,
      // Whom they work for, not of whom they may read.
      handle: ({ http }) => toMe(http.caller!),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/time',
      says: 'What time it is here: a console sets its countdowns by it.',
      may: 'signed-in',
      beforeReady: true,
      answer: z.object({ serverTime: instant }),
      handle: () => ({ serverTime: clock.now() }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session',
      harmless: true,
      beforeReady: true,
      says: 'Signs out.',
      may: 'signed-in',
      answer: z.object({ signedOut: z.literal(true) }),
      async handle({ caller, http, reply }) {
        await sessions.close(door.tokenOf(http));
        live.endOf(caller);
        await door.record({
          type: 'session.closed',
          personId: caller.personId,
          reason: 'signed_out',
          closedAt: clock.now(),
        });
        reply.clearCookie(cookieName, cookie);
        return { signedOut: true as const };
      },
    }),
  ];
}
