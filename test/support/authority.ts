import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificates } from '@tongsheng/local';

/** An authority of a test's own, and a certificate of this machine's that it signed. Made by openssl, as an administrator would. */
export async function makeAuthority(dir: string): Promise<Certificates> {
  await mkdir(dir, { recursive: true });
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Authority of a test',
  );
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  openssl('req', ...fresh, '-keyout', 'host.key', '-out', 'host.csr', '-subj', '/CN=localhost', '-addext', names);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2'];
  openssl('x509', '-req', '-in', 'host.csr', ...signed, '-out', 'host.pem');
  return { cert: join(dir, 'host.pem'), key: join(dir, 'host.key'), ca: join(dir, 'ca.pem') };
}
