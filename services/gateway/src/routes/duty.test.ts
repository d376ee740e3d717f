import { keptSecret, Refusal, type Contact, type Role, type Shift } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../sessions.ts';
import { prepareDuty } from './duty.ts';

const caller = (personId: string, roles: Role[], sites = ['*']): Caller => ({
  personId,
  name: personId,
  must: null,
  roles,
  sites,
  csrfToken: null,
  expiresAt: '',
});
const night: Shift = {
  shiftId: 'night',
  site: 'city',
  personId: 'feng',
  substituteId: null,
  from: noon,
  to: minutesLater(60),
  cancelled: false,
};
const webhook = { url: 'https://im.example/hook', secret: 'whsec_c2VjcmV0' };
const known: Contact = { personId: 'feng', phone: null, email: null, webhook };
const models = {
  shifts: { get: (id: string) => (id === 'night' ? { type: 'shift.registered', ...night } : undefined) },
  contacts: { get: (id: string) => (id === 'feng' ? { type: 'contact.registered', ...known } : undefined) },
} as unknown as Parameters<typeof prepareDuty>[1];
const asked = (body: { type: string; [field: string]: unknown }, who: Caller) => {
  try {
    return prepareDuty(body, models, who);
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
};

describe('a shift', () => {
  it('of another site can’t be taken over under its name', () => {
    const body = { type: 'shift.register', shift: { ...night, site: 'province' } };
    expect(asked(body, caller('chu', ['duty'], ['province']))).toBe('site_forbidden');
    expect(asked(body, caller('chu', ['duty']))).toMatchObject(body);
  });
});

describe('how somebody is reached', () => {
  const body = { type: 'contact.register', contact: { personId: 'feng', email: 'feng@tax.example' } };
  it('is said by that person, or by who manages', () => {
    expect(asked(body, caller('chu', ['duty', 'editor']))).toBe('role_missing');
    for (const who of [caller('feng', ['duty']), caller('wu', ['manager'])])
      expect(asked(body, who)).toMatchObject({ contact: { personId: 'feng', email: 'feng@tax.example' } });
  });
  it('keeps the webhook that the console was never shown, until it is removed', () => {
    expect(asked(body, caller('feng', ['duty']))).toMatchObject({
      contact: { webhook: { url: webhook.url, secret: keptSecret } },
    });
    const without = { ...body, contact: { ...body.contact, webhook: null } };
    expect(asked(without, caller('feng', ['duty']))).toMatchObject({ contact: { webhook: null } });
  });
});
