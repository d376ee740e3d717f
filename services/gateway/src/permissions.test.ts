import { Refusal, role, type Role, whoMay } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustBeAllowed, servesSite } from './permissions.ts';
import type { Caller } from './sessions.ts';

const caller = (roles: readonly Role[], sites: string[] = ['*']): Caller => ({
  personId: 'p',
  name: '人',
  must: null,
  roles,
  sites,
  csrfToken: null,
  expiresAt: '',
});
const refusedWith = (who: Caller, command: Parameters<typeof mustBeAllowed>[1]) => {
  try {
    mustBeAllowed(who, command);
    return null;
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
};
/** Whoever may decide anything at all. */
const all = role.options.filter((each) => each !== 'auditor');

describe('a command', () => {
  it('is for exactly the roles that the table names', () => {
    for (const [type, roles] of Object.entries(whoMay))
      for (const each of all) {
        expect(refusedWith(caller([each]), { type, site: 'province' })).toBe(
          roles.includes(each) ? null : 'role_missing',
        );
      }
  });
  it('that the table does not name is nobody’s, whatever its name', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype), 'repost.queue'),
    );
    fc.assert(
      fc.property(names, (type) => {
        fc.pre(!Object.hasOwn(whoMay, type));
        expect(refusedWith(caller(all), { type })).toBe('role_missing');
      }),
    );
  });
  it('that only services say is not in the table', () => {
    const spoken = ['repost.queue', 'repost.warn', 'repost.record_published', 'repost.record_verified'];
    const others = [
      'release.record_published',
      'delivery.request',
      'delivery.attempt',
      'delivery.answer',
      'item.observe',
    ];
    for (const type of [...spoken, ...others, 'person.register', 'token.register'])
      expect(refusedWith(caller(all), { type })).toBe('role_missing');
  });
});

describe('a site', () => {
  it('is for those who work for it', () => {
    const command = { type: 'repost.approve', site: 'province' };
    expect(refusedWith(caller(['editor'], ['province']), command)).toBeNull();
    expect(refusedWith(caller(['editor'], ['*']), command)).toBeNull();
    expect(refusedWith(caller(['editor'], ['city']), command)).toBe('site_forbidden');
    expect(refusedWith(caller(['editor'], []), command)).toBe('site_forbidden');
  });
  it('is spoken for in a negotiation by who works for it, on either side', () => {
    const command = { type: 'submission.agree', site: 'city', actingSite: 'province' };
    expect(refusedWith(caller(['comms'], ['province']), command)).toBeNull();
    expect(refusedWith(caller(['comms'], ['city']), command)).toBe('site_forbidden');
    const other = { type: 'repost.approve', site: 'city', actingSite: 'province' };
    expect(refusedWith(caller(['editor'], ['province']), other)).toBe('site_forbidden');
  });
  it('is not bound to an item by who does not work for it', () => {
    const command = { type: 'routing.assign', sites: ['province', 'city'] };
    expect(refusedWith(caller(['editor'], ['province', 'city']), command)).toBeNull();
    expect(refusedWith(caller(['editor'], ['province']), command)).toBe('site_forbidden');
  });
  it('is not served by a name that only looks like it', () => {
    const sites = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(sites, fc.string(), (served, site) => {
        expect(servesSite({ sites: served }, site)).toBe(served.includes('*') || served.includes(site));
      }),
    );
  });
});
