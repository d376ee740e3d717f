import { Me } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { cookieName, type Door } from '../door.ts';
import { defineRoute, type Route } from '../route.ts';
import { toMe, type Sessions } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type SessionTools = { sessions: Sessions; door: Door; clock: Clock; settings: Settings };

export function sessionRoutes({ sessions, door, clock, settings }: SessionTools): Route[] {
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
        try {
          const { token, me } = await sessions.open(personId, password);
          await door.record({ type: 'session.opened', personId, ...from, openedAt: clock.now() });
          reply.setCookie(cookieName, token, cookie);
          return me;
        } catch (error) {
          const known = /^[A-Za-z0-9_-]{1,64}$/.test(personId) ? personId : 'unknown';
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
      handle: ({ caller }) => toMe(caller),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session',
      says: 'Signs out.',
      may: 'signed-in',
      answer: z.object({ signedOut: z.literal(true) }),
      async handle({ caller, http, reply }) {
        await sessions.close(http.cookies[cookieName] ?? '');
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
