import type { Directory } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf, type Shown } from './directory.ts';
import type { Link } from './login.ts';

const shown: Shown = { directory: 'oidc', subject: 'https://id.example 1001', name: 'zhang.san', isStrong: false };
const linked = (personId: string, link: Link | null) => ({ personId, login: { link } });
const toOidc = (subject: string | null, name = 'zhang.san'): Link => ({ directory: 'oidc', name, subject });

describe('whom a directory has shown', () => {
  it('is the person whose link bears the name, the first time', () => {
    expect(accountOf(shown, [linked('li', null), linked('zhang', toOidc(null))])).toEqual({
      personId: 'zhang',
      isFirst: true,
    });
  });
  it('is the person who came first, whatever the directory calls them now', () => {
    const bound = linked('zhang', toOidc(shown.subject, 'zhang.s'));
    expect(accountOf(shown, [bound])).toEqual({ personId: 'zhang', isFirst: false });
  });
  it('is nobody without a link: no account is made of a name', () => {
    expect(() => accountOf(shown, [linked('zhang.san', null)])).toThrow(
      expect.objectContaining({ code: 'directory_person_unknown' }),
    );
  });
  it('is not the person who had that name before', () => {
    const before = linked('zhang', toOidc('https://id.example 7'));
    expect(() => accountOf(shown, [before])).toThrow(expect.objectContaining({ code: 'directory_person_other' }));
  });
  it('is nobody of another directory', () => {
    const ldap = linked('zhang', { directory: 'ldap', name: 'zhang.san', subject: shown.subject });
    expect(() => accountOf(shown, [ldap])).toThrow(expect.objectContaining({ code: 'directory_person_unknown' }));
  });
  it('is never an account that another subject has bound, however links stand', () => {
    const directory = fc.constantFrom<Directory>('oidc', 'ldap');
    const link = fc.record({
      directory,
      name: fc.constantFrom('a', 'b'),
      subject: fc.constantFrom('1', '2', '3', null),
    });
    const all = fc.array(fc.option(link), { maxLength: 8 });
    const who = fc.record({
      directory,
      subject: fc.constantFrom('1', '2', '3'),
      name: fc.constantFrom('a', 'b'),
      isStrong: fc.boolean(),
    });
    fc.assert(
      fc.property(all, who, (links, each) => {
        const logins = links.map((one, at) => linked(String(at), one));
        try {
          const { personId, isFirst } = accountOf(each, logins);
          const own = links[Number(personId)];
          expect(own?.directory).toBe(each.directory);
          expect(own?.subject).toBe(isFirst ? null : each.subject);
          if (isFirst) expect(own?.name).toBe(each.name);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^directory_person_(unknown|other)$/) });
        }
      }),
    );
  });
});
