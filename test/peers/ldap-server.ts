import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type Certificates } from '@tongsheng/local';
import { until } from '@tongsheng/test/support';

/** Debian's OpenLDAP, unpacked by the set-up of the tests; undefined where it could not be had. */
export const slapdHome = process.env['SLAPD_HOME'];

/** A real LDAP server with a few people, gone with the test. It takes no password but over TLS. */
export type LdapServer = {
  /** Raised to TLS by STARTTLS, and over TLS from the first byte. */
  plain: string;
  tls: string;
  base: string;
  searcher: { dn: string; password: string };
  [Symbol.asyncDispose](): Promise<void>;
};

export type Entry = { uid: string; password: string };

const base = 'dc=tax,dc=example';
const searcher = { dn: `cn=reader,${base}`, password: 'may look people up' };

export async function startLdapServer(people: readonly Entry[], tls: Certificates): Promise<LdapServer> {
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-ldap-'));
  const [port, securePort] = await Promise.all([freePort(), freePort()]);
  const at = (path: string) => join(slapdHome!, path);
  const libraries = (await readdir(at('usr/lib'))).filter((each) => each.endsWith('-linux-gnu'));
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.map((each) => at(`usr/lib/${each}`)).join(':') };
  await mkdir(join(dir, 'data'));
  const config = join(dir, 'slapd.conf');
  const schemas = ['core', 'cosine', 'inetorgperson'].map((each) => `include ${at(`etc/ldap/schema/${each}.schema`)}`);
  await writeFile(
    config,
    [
      ...schemas,
      `modulepath ${at('usr/lib/ldap')}`,
      'moduleload back_mdb',
      `pidfile ${dir}/pid`,
      `TLSCACertificateFile ${tls.ca}`,
      `TLSCertificateFile ${tls.cert}`,
      `TLSCertificateKeyFile ${tls.key}`,
      'security simple_bind=128',
      'database mdb',
      `suffix "${base}"`,
      `directory ${dir}/data`,
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.base="${searcher.dn}" read by * none`,
      '',
    ].join('\n'),
  );
  const entries = join(dir, 'entries.ldif');
  const person = ({ uid, password }: Entry, at: number) =>
    `dn: cn=person ${at},${base}\nobjectClass: inetOrgPerson\ncn: person ${at}\nsn: ${at}\nuid:: ${Buffer.from(uid).toString('base64')}\nuserPassword: ${password}\n`;
  const reader = `dn: ${searcher.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${searcher.password}\n`;
  const top = `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: tax\no: 税务\n`;
  await writeFile(entries, [top, reader, ...people.map(person)].join('\n'));
  await promisify(execFile)(at('usr/sbin/slapd'), ['-T', 'add', '-f', config, '-l', entries], { env });

  const plain = `ldap://127.0.0.1:${port}`;
  const secure = `ldaps://127.0.0.1:${securePort}`;
  // With a level of debugging, be it of nothing, it stays in the foreground.
  const server = spawn(at('usr/sbin/slapd'), ['-d', '0', '-f', config, '-h', `${plain}/ ${secure}/`], {
    env,
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  await until(async () => {
    const socket = connect(securePort, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    plain,
    tls: secure,
    base,
    searcher,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
