import {
  directory,
  directoryName,
  peopleReaders,
  PeopleView,
  PersonRegistered,
  Refusal,
  role,
  signInRules,
  token,
  type PersonRow,
  type Role,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Directories } from '../directories.ts';
import type { Door } from '../door.ts';
import type { Live } from '../live.ts';
import type { Logins } from '../logins.ts';
import type { Models } from '../models.ts';
import { hashPassword, newInitialPassword } from '../passwords.ts';
import type { PeopleRegistry } from '../people-registry.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SecondFactors } from '../second-factors.ts';
import type { Sessions } from '../sessions.ts';

export type PeopleTools = {
  sessions: Sessions;
  logins: Logins;
  directories: Directories;
  factors: SecondFactors;
  registry: PeopleRegistry;
  models: Models;
  live: Live;
  door: Door;
  clock: Clock;
};

/** Who has an account is the system administrator's; who may do what, the security administrator's. */
const enrols: readonly Role[] = ['admin'];
const grants: readonly Role[] = ['security'];

const params = z.object({ personId: token });
const done = z.object({ done: z.literal(true) });
const ended = z.object({ ended: z.int() });
/** Told once, to be changed at the first sign-in. */
const initialPassword = z.object({ password: z.string() });

/** People, what they may do, and how they sign in: by administrators, after a fresh proof of who they are. */
export function peopleRoutes(tools: PeopleTools): Route[] {
  const { sessions, logins, directories, factors, registry, models, live, door, clock } = tools;
  const rowOf = (person: PersonRegistered): PersonRow => {
    const { personId, name, roles, sites, disabled, passwordIsInitial = false } = person;
    const { factors: enrolled, asked, link } = logins.knownOf(personId);
    return {
      personId,
      name,
      roles,
      sites,
      disabled,
      passwordIsInitial,
      link: link && { directory: link.directory, name: link.name, isBound: link.subject !== null },
      factors: [...new Set(enrolled.map(({ kind }) => kind))],
      lacksFactor: enrolled.length === 0 && sessions.requiredFor(person).length > 0,
      resetAsked: asked,
    };
  };
  /** How many it were. `by`: an administrator, and not what was changed. */
  async function endAllOf(personId: string, { by, but = '' }: { by?: string; but?: string } = {}): Promise<number> {
    const ended = await sessions.revoke(personId, { but });
    if (ended === 0) return 0;
    await live.endClosedOf(personId);
    const why = by === undefined ? { reason: 'changed' as const } : { reason: 'ended' as const, by };
    await door.record({ type: 'session.closed', personId, ...why, closedAt: clock.now() });
    return ended;
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/people',
      says: 'People, what they may do, and whether they have a second factor.',
      may: peopleReaders,
      answer: PeopleView,
      async handle() {
        await logins.all();
        const rows = models.people.all().map(rowOf);
        return {
          rows: rows.sort((a, b) => (a.personId < b.personId ? -1 : 1)),
          factorRoles: [...factors.factorRoles],
          directories: directories.all,
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people',
      says: 'A new account without any right; answers its initial password once.',
      may: enrols,
      body: z.strictObject({ personId: token, name: z.string().trim().min(1).max(100) }),
      answer: initialPassword,
      async handle({ body, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        const password = newInitialPassword();
        await registry.tell(caller, { type: 'person.enrol', ...body, passwordHash: await hashPassword(password) });
        return { password };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/password',
      says: 'A new initial password for somebody who forgot theirs; they are signed out everywhere.',
      may: enrols,
      params,
      answer: initialPassword,
      async handle({ params: { personId }, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        const password = newInitialPassword();
        const passwordHash = await hashPassword(password);
        await registry.tell(caller, { type: 'person.reset_password', personId, passwordHash });
        await endAllOf(personId);
        return { password };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/link',
      says: 'By which name of a directory somebody signs in from now on, and by nothing else; without one, by our password again.',
      may: enrols,
      params,
      body: z.strictObject({ link: z.strictObject({ directory, name: directoryName }).nullable() }),
      answer: done,
      async handle({ params: { personId }, body: { link }, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        if (!models.people.get(personId)) throw new Refusal('not_found', `no ${personId}`);
        await directories.link(caller, personId, link);
        await endAllOf(personId);
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/disabled',
      says: 'Closes an account, or opens it again.',
      may: enrols,
      params,
      body: z.strictObject({ disabled: z.boolean() }),
      answer: done,
      async handle({ params: { personId }, body: { disabled }, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        await registry.tell(caller, { type: disabled ? 'person.disable' : 'person.enable', personId });
        if (disabled) await endAllOf(personId);
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/sessions/end',
      says: 'Signs somebody out everywhere.',
      may: peopleReaders,
      params,
      body: z.strictObject({}),
      answer: ended,
      async handle({ params: { personId }, caller, http }) {
        const but = door.tokenOf(http);
        await sessions.mustBeProven(but);
        return { ended: await endAllOf(personId, { by: caller.personId, but }) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/sessions/end',
      says: 'Signs everybody out everywhere, but who says so, here.',
      may: peopleReaders,
      body: z.strictObject({}),
      answer: ended,
      async handle({ caller, http }) {
        const but = door.tokenOf(http);
        await sessions.mustBeProven(but);
        let n = 0;
        for (const { personId } of models.people.all()) n += await endAllOf(personId, { by: caller.personId, but });
        return { ended: n };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/grants',
      says: 'What somebody may do, and for which sites, from now on.',
      may: grants,
      params,
      body: z.strictObject({ roles: z.array(role), sites: z.array(z.union([token, z.literal('*')])).max(600) }),
      answer: done,
      async handle({ params: { personId }, body, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        await registry.tell(caller, { type: 'person.grant', personId, ...body });
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/people/:personId/reset',
      says: 'Second factors that somebody lost are forgotten: one administrator asks, another agrees.',
      may: peopleReaders,
      params,
      body: z.discriminatedUnion('step', [
        z.strictObject({ step: z.literal('ask'), reason: z.string().trim().min(1).max(500) }),
        z.strictObject({ step: z.enum(['agree', 'drop']) }),
      ]),
      answer: done,
      async handle({ params: { personId }, body, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        await factors.reset(caller, personId, body.step === 'ask' ? { ask: body.reason } : body.step);
        if (body.step === 'agree') await endAllOf(personId);
        return { done: true as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/sign-in-rules',
      says: 'Which roles need a second factor from now on.',
      may: grants,
      body: signInRules,
      answer: done,
      async handle({ body, caller, http }) {
        await sessions.mustBeProven(door.tokenOf(http));
        await registry.tell(caller, { type: 'sign_in.register', rules: body });
        await factors.rulesFresh();
        return { done: true as const };
      },
    }),
  ];
}
