import { directory, instant, Me, token, type SignInMeans } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newBrowserName, type Directories } from '../directories.ts';
import { browserCookieOf, cookieNameOf, sessionCookie, type Door } from '../door.ts';
import type { Live } from '../live.ts';
import { defineRoute, type Route } from '../route.ts';
import { meansOf, PasskeyAssertion, SecondProof } from '../second-factors.ts';
import { toMe, type Opened, type Sessions } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type SessionTools = {
  sessions: Sessions;
  directories: Directories;
  live: Live;
  door: Door;
  clock: Clock;
  settings: Settings;
};

const ticket = z.string().min(20).max(100);
/** How long the provider may keep somebody, in seconds. */
const browserSeconds = 900;

export function sessionRoutes({ sessions, directories, live, door, clock, settings }: SessionTools): Route[] {
  const cookieName = cookieNameOf(settings.values);
  const browserCookie = browserCookieOf(settings.values);
  const cookie = sessionCookie(settings.values);

  /** Signs in, whichever way, and writes down how it ended. */
  async function enter(
    { http, reply }: { http: FastifyRequest; reply: FastifyReply },
    by: SignInMeans,
    open: (from: { address: string; agent: string; host: string }) => Promise<Opened>,
  ): Promise<Me> {
    const from = door.from(http);
    try {
      const { token: secret, me, by: how, through } = await open({ ...from, host: http.host });
      // Whoever was signed in here before is not any more, be it the same person.
      await sessions.close(door.tokenOf(http));
      await door.record({
        type: 'session.opened',
        personId: me.personId,
        ...from,
        by: how,
        ...(through !== null && through !== how && { through }),
        openedAt: clock.now(),
      });
      reply.setCookie(cookieName, secret, cookie);
      return me;
    } catch (error) {
      await door.recordFailure(http, by, error);
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
      method: 'GET',
      path: '/api/sign-in',
      says: 'By which directories outside people may sign in here.',
      may: 'public',
      answer: z.object({ directories: z.array(directory) }),
      handle: () => ({ directories: directories.all }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/oidc/begin',
      says: 'Where the browser goes to sign in at the OpenID provider of the house.',
      may: 'public',
      body: z.strictObject({}),
      answer: z.object({ url: z.url() }),
      async handle({ http, reply }) {
        const browser = http.cookies[browserCookie] ?? newBrowserName();
        const url = await directories.beginRound(browser, null);
        reply.setCookie(browserCookie, browser, { ...cookie, maxAge: browserSeconds });
        return { url };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/oidc',
      says: 'Signs in by what the OpenID provider sent the browser back with: the query of that address.',
      may: 'public',
      body: z.strictObject({ answer: z.string().max(8_000) }),
      answer: Me,
      handle: ({ body, http, reply }) =>
        enter({ http, reply }, 'oidc', async (from) =>
          sessions.openThrough(await directories.endRound(http.cookies[browserCookie] ?? '', body.answer, null), from),
        ),
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
        return enter({ http, reply }, meansOf(body.proof), (from) => sessions.openWith(body.ticket, body.proof, from));
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
