// Signing in by LDAP, held against Debian's OpenLDAP: whose name and password it is, over TLS alone, and what passes for nobody's.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { TimelineEntry } from '@tongsheng/contracts';
import { demoPassword } from '@tongsheng/local';
import { makeAuthority, signIn, startSystem, until } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shownByLdap, type LdapSettings } from '../../services/gateway/src/ldap.ts';
import { slapdHome, startLdapServer, type LdapServer } from './ldap-server.ts';

const people = [
  { uid: 'zhang.san', password: '目录里的密码 1' },
  { uid: 'a*b(c)\\d', password: 'two' },
  { uid: 'twice', password: 'three' },
  { uid: 'twice', password: 'four' },
];
const believed = getCACertificates('default');
let dir: string;
let ca: string;
let server: LdapServer;
let settings: LdapSettings;

describe.skipIf(!slapdHome)('OpenLDAP', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tongsheng-ldap-authority-'));
    const authority = await makeAuthority(dir);
    ca = authority.ca;
    server = await startLdapServer(people, authority);
    setDefaultCACertificates([...believed, readFileSync(ca, 'utf8')]);
    const { base, searcher } = server;
    settings = { url: server.tls, base, searcher, nameAttribute: 'uid', keyAttribute: 'entryUUID' };
  });
  afterAll(async () => {
    setDefaultCACertificates(believed);
    await server?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  it.each(['tls', 'plain'] as const)('says whose name and password it is (%s), by a key that stays', async (way) => {
    const at = { ...settings, url: server[way] };
    const shown = await shownByLdap(at, 'zhang.san', '目录里的密码 1');
    expect(shown).toEqual({
      directory: 'ldap',
      subject: expect.stringMatching(/^[0-9a-f]{72}$/),
      name: 'zhang.san',
      isStrong: false,
    });
    expect(await shownByLdap(at, 'zhang.san', 'wrong')).toBeNull();
  });
  it('lets nobody in without a password, though the directory would', async () => {
    expect(await shownByLdap(settings, 'zhang.san', '')).toBeNull();
  });
  it('takes a name as it is: nothing in it is a part of a filter', async () => {
    for (const name of ['*', 'zhang*', 'zhang.san)(uid=*', '*)(|(uid=*', 'a*b', ''])
      expect([name, await shownByLdap(settings, name, people[0]!.password)]).toEqual([name, null]);
    expect(await shownByLdap(settings, 'a*b(c)\\d', 'two')).toMatchObject({ name: 'a*b(c)\\d' });
  });
  it('knows nobody by a name that two have', async () => {
    expect(await shownByLdap(settings, 'twice', 'three')).toBeNull();
  });

  const down = { name: 'Refusal', code: 'directory_down' };
  it('is not believed with a certificate of an authority that nobody named, and is told no password', async () => {
    setDefaultCACertificates(believed);
    for (const url of [server.tls, server.plain])
      await expect(shownByLdap({ ...settings, url }, 'zhang.san', 'x')).rejects.toMatchObject(down);
    setDefaultCACertificates([...believed, readFileSync(ca, 'utf8')]);
  });
  it('is not waited for when it is silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const mute = { ...settings, url: `ldap://127.0.0.1:${port}` };
    await expect(shownByLdap(mute, 'zhang.san', 'x')).rejects.toMatchObject(down);
    silent.close();
  });
  it('that may not be searched says so, and opens nothing', async () => {
    const stranger = { ...settings, searcher: { dn: server.searcher.dn, password: 'wrong' } };
    await expect(shownByLdap(stranger, 'zhang.san', '目录里的密码 1')).rejects.toMatchObject(down);
  });

  it('signs a linked person in by the password that they have there, with our locks, rights and record', async () => {
    await using system = await startSystem({ services: ['registry'], samples: false });
    await system.startAnother('gateway', {
      TLS_CA_FILE: ca,
      LDAP_URL: server.plain,
      LDAP_BASE: server.base,
      LDAP_SEARCHER: server.searcher.dn,
      LDAP_PASSWORD: server.searcher.password,
    });
    const admin = await until(() => signIn(system.consoleUrl, 'admin'));
    const link = { link: { directory: 'ldap', name: 'zhang.san' } };
    expect(await admin.post('/api/people/editor/link', link)).toMatchObject({ status: 200 });
    expect(await admin.post('/api/people/editor2/link', link)).toMatchObject({ body: { code: 'login_link_taken' } });
    expect(await admin.post('/api/people/admin/link', link)).toMatchObject({ body: { code: 'login_link_taken' } });

    // By the name here or there; what they may do is what was granted here.
    for (const name of ['editor', 'zhang.san']) {
      const { me } = await signIn(system.consoleUrl, name, '目录里的密码 1');
      expect(me).toMatchObject({ personId: 'editor', roles: ['editor'], must: null });
    }
    const own = await signIn(system.consoleUrl, 'editor', '目录里的密码 1');
    expect(await own.post('/api/account/password', { old: demoPassword, new: '骑车上班的第三个春天' })).toMatchObject({
      body: { code: 'password_elsewhere' },
    });
    expect(await own.post('/api/account/proof', { password: '目录里的密码 1' })).toMatchObject({
      status: 200,
      body: { ways: [] },
    });
    const statuses: string[] = [];
    while (!statuses.at(-1)?.includes('429') && statuses.length < 12)
      statuses.push(await signIn(system.consoleUrl, 'zhang.san', demoPassword).then(() => 'in', String));
    expect(statuses.at(-1)).toContain('429');
    expect(statuses[0]).toContain('sign_in_failed');

    const manager = await signIn(system.consoleUrl, 'manager');
    await until(async () => {
      const { body } = await manager.get('/api/audit?limit=100');
      const { rows } = z.object({ rows: z.array(TimelineEntry) }).parse(body);
      const said = rows.map(({ type, facts }) => ({ type, personId: facts['personId'], by: facts['by'] }));
      expect(said).toContainEqual({ type: 'session.opened', personId: 'editor', by: 'ldap' });
      expect(said).toContainEqual({ type: 'login.bound', personId: 'editor', by: undefined });
    });
  });
});
