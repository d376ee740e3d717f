import {
  administrators,
  Refusal,
  role,
  type PersonRegistered,
  type RegistryCommand,
  type Role,
} from '@tongsheng/contracts';
import { editor, noon, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registrations } from './registration.ts';

const person = registrations['person.enrol'];
const given = specify(person);
const hashOf = (what: string) => `$argon2id$v=19$m=1,t=1,p=1$c2FsdA$${what}`;
const as = (id: string) => ({ id: 'c', at: noon, actor: editor(id) });
const known = (more: Partial<PersonRegistered> = {}): PersonRegistered => ({
  type: 'person.registered',
  personId: 'wang',
  name: '王',
  roles: ['editor'],
  sites: ['*'],
  passwordHash: hashOf('old'),
  disabled: false,
  passwordIsInitial: false,
  ...more,
});
const grant = (by: string, roles: Role[]): RegistryCommand => ({
  type: 'person.grant',
  ...as(by),
  personId: 'wang',
  roles,
  sites: ['*'],
});

describe('an account', () => {
  const enrol: RegistryCommand = {
    type: 'person.enrol',
    ...as('admin'),
    personId: 'wang',
    name: '王',
    passwordHash: hashOf('new'),
  };
  it('begins without any right, and with a password that must be changed', () => {
    given()
      .when(enrol)
      .yields(known({ roles: [], sites: [], passwordHash: hashOf('new'), passwordIsInitial: true }));
    given(known()).when(enrol).isRefused('person_exists');
  });
  it('is granted rights, closed and given a new password by another person alone', () => {
    given(known())
      .when(grant('security', ['signer']))
      .yields(known({ roles: ['signer'] }));
    given(known())
      .when(grant('wang', ['signer']))
      .isRefused('person_own');
    for (const type of ['person.disable', 'person.enable'] as const)
      given(known())
        .when({ type, ...as('wang'), personId: 'wang' })
        .isRefused('person_own');
    const reset = { type: 'person.reset_password' as const, personId: 'wang', passwordHash: hashOf('new') };
    given(known())
      .when({ ...reset, ...as('wang') })
      .isRefused('person_own');
    given(known())
      .when({ ...reset, ...as('admin') })
      .yields(known({ passwordHash: hashOf('new'), passwordIsInitial: true }));
  });
  it('has its password changed by its owner alone', () => {
    const change = { type: 'person.change_password' as const, personId: 'wang', passwordHash: hashOf('new') };
    given(known({ passwordIsInitial: true }))
      .when({ ...change, ...as('wang') })
      .yields(known({ passwordHash: hashOf('new') }));
    given(known())
      .when({ ...change, ...as('admin') })
      .isRefused('password_not_yours');
    given()
      .when({ ...change, ...as('wang') })
      .isRefused('registration_missing');
  });
});

it('nobody is two of the three administrators, and nobody gives themselves a right, whatever is said', () => {
  const who = fc.constantFrom('wang', 'li', 'admin');
  const roles = fc.subarray([...role.options]);
  fc.assert(
    fc.property(fc.array(fc.record({ who, to: who, roles }), { maxLength: 30 }), (said) => {
      const held = new Map(['wang', 'li', 'admin'].map((personId) => [personId, [known({ personId, roles: [] })]]));
      for (const each of said) {
        const past = held.get(each.to)!;
        const command = { ...grant(each.who, each.roles), personId: each.to } as RegistryCommand;
        try {
          const events = person.decide(command, past.reduce(person.evolve, person.initial)) as PersonRegistered[];
          if (events.length > 0) expect(each.who).not.toBe(each.to);
          past.push(...events);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
      for (const events of held.values()) {
        const now = events.at(-1)!.roles.filter((each) => administrators.some((one) => one === each));
        expect(now.length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
