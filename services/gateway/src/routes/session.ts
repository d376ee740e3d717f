import { instant, Me, Refusal, token } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { cookieName, type Door } from '../door.ts';
import type { Live } from '../live.ts';
import { defineRoute, type Route } from '../route.ts';
import { toMe, type Sessions } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type SessionTools = { sessions: Sessions; live: Live; door: Door; clock: Clock; settings: Settings };

export function sessionRoutes({ sessions, live, door, clock, settings }: SessionTools): Route[] {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict' as const, secure: settings.values.SECURE_COOKIES };
  return [
    defineRoute({
      method: 'POST',
      path: '/api/session',
      says: 'Signs in.',
      may: 'public',
      body: z.strictObject({ personId: z.string().trim().min(1).max(64), password: z.string().min(1).max(256) }),
      answer: Me,
      async handle({ body: { personId, password }, http, reply }) {
        const from = door.from(http);
        const known = token.safeParse(personId).data ?? 'unknown';
        http.claimedId = known;
        try {
          const { token: secret, me } = await sessions.open(personId, password);
          await door.record({ type: 'session.opened', personId, ...from, openedAt: clock.now() });
          reply.setCookie(cookieName, secret, cookie);
          return me;
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== 'sign_in_failed') throw error;
          await door.record({ type: 'session.sign_in_failed', personId: known, ...from, failedAt: clock.now() });
          throw error;
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/session',
      says: 'Who is signed in.',
      may: 'signed-in',
      answer: Me,
      // Whom they work for, not of whom they may read.
      handle: ({ http }) => toMe(http.caller!),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/time',
      says: 'What time it is here: a console sets its countdowns by it.',
      may: 'signed-in',
      answer: z.object({ serverTime: instant }),
      handle: () => ({ serverTime: clock.now() }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session',
      harmless: true,
      says: 'Signs out.',
      may: 'signed-in',
      answer: z.object({ signedOut: z.literal(true) }),
      async handle({ caller, http, reply }) {
        await sessions.close(http.cookies[cookieName] ?? '');
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
