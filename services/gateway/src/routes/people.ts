import {
  peopleReaders,
  PeopleView,
  PersonRegistered,
  role,
  signInRules,
  token,
  type PersonRow,
  type Role,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Door } from '../door.ts';
import type { Live } from '../live.ts';
import type { Models } from '../models.ts';
import { hashPassword, newInitialPassword } from '../passwords.ts';
import type { PeopleRegistry } from '../people-registry.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SecondFactors } from '../second-factors.ts';
import type { Sessions } from '../sessions.ts';

export type PeopleTools = {
  sessions: Sessions;
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
/** Told once, to be changed at the first sign-in. */
const initialPassword = z.object({ password: z.string() });

/** People, what they may do, and how they sign in: by administrators, after a fresh proof of who they are. */
export function peopleRoutes({ sessions, factors, registry, models, live, door, clock }: PeopleTools): Route[] {
  const rowOf = (person: PersonRegistered): PersonRow => {
    const { personId, name, roles, sites, disabled, passwordIsInitial = false } = person;
    const { factors: enrolled, asked } = factors.knownOf(personId);
    return {
      personId,
      name,
      roles,
      sites,
      disabled,
      passwordIsInitial,
      factors: [...new Set(enrolled.map(({ kind }) => kind))],
      lacksFactor: enrolled.length === 0 && sessions.requiredFor(person).length > 0,
      resetAsked: asked,
    };
  };
  async function endAllOf(personId: string): Promise<void> {
    if ((await sessions.revoke(personId, { but: '' })) === 0) return;
    await live.endClosedOf(personId);
    await door.record({ type: 'session.closed', personId, reason: 'changed', closedAt: clock.now() });
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/people',
      says: 'People, what they may do, and whether they have a second factor.',
      may: peopleReaders,
      answer: PeopleView,
      async handle() {
        await factors.loginOf('nobody');
        const rows = models.people.all().map(rowOf);
        return {
          rows: rows.sort((a, b) => (a.personId < b.personId ? -1 : 1)),
          factorRoles: [...factors.factorRoles],
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
