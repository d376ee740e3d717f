import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@tongsheng/local';
import { until } from '@tongsheng/test/support';
import ssh2 from 'ssh2';

/** Debian's OpenSSH and vsftpd, unpacked by the set-up of the tests; undefined where they could not be had. */
export const transferHome = process.env['TRANSFER_HOME'];

/** A real server for files, with a folder of its own on this machine; gone with the test. */
export type FileServer = {
  port: number;
  user: string;
  /** Of SFTP: the fingerprint to register, and a key that opens it. Of FTPS: the certificate. */
  facts: Record<string, string>;
  /** The folder as the server names it, and what is in it. */
  folder: string;
  names(): Promise<string[]>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Whom the servers run as: neither lets everything be done by root, and vsftpd does not know us as a user. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? 'nobody' : userInfo().username;
const as = isRoot ? { uid: nobody, gid: nobody } : {};

type Laid = { dir: string; folder: string; own(file: string): Promise<void>; libraries: string };

/** A folder that they may reach: the house's own may be closed to others. */
async function layOut(programs: string[]): Promise<Laid> {
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-files-'));
  const folder = join(dir, 'drop');
  const libraries = join(dir, 'lib');
  const own = async (file: string) => {
    if (isRoot) await chown(file, nobody, nobody);
  };
  await chmod(dir, 0o755);
  for (const each of [folder, libraries]) {
    await mkdir(each);
    await own(each);
  }
  for (const program of programs) {
    const to = join(dir, program.split('/').at(-1)!);
    await copyFile(join(transferHome!, program), to);
    await chmod(to, 0o755);
  }
  const kept = join(transferHome!, 'usr/lib');
  for (const machine of (await readdir(kept)).filter((each) => each.endsWith('-linux-gnu'))) {
    for (const file of await readdir(join(kept, machine)))
      if (file.includes('.so')) await copyFile(join(kept, machine, file), join(libraries, file));
  }
  await own(dir);
  return { dir, folder, own, libraries };
}

async function serve({ dir, folder, libraries, own }: Laid, program: string, args: string[], port: number) {
  const child = spawn(join(dir, program), args, {
    ...as,
    // vsftpd says on its first descriptors what is wrong with its settings.
    stdio: 'ignore',
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'data');
    socket.destroy();
  }, 30_000);
  return {
    port,
    user,
    folder,
    names: async () => (await readdir(folder)).sort(),
    read: (name: string) => readFile(join(folder, name), 'utf8'),
    write: async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      await own(join(folder, name));
    },
    remove: (name: string) => rm(join(folder, name)),
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export async function startSftp(): Promise<FileServer> {
  const laid = await layOut(['usr/sbin/sshd']);
  const { dir, folder, own } = laid;
  const [host, client] = [ssh2.utils.generateKeyPairSync('ed25519'), ssh2.utils.generateKeyPairSync('ed25519')];
  const write = async (name: string, text: string, mode: number) => {
    await writeFile(join(dir, name), text, { mode });
    await own(join(dir, name));
  };
  const port = await freePort();
  await write('host', host.private, 0o600);
  await write('authorized', `${client.public}\n`, 0o644);
  const settings = {
    Port: port,
    ListenAddress: '127.0.0.1',
    HostKey: join(dir, 'host'),
    PidFile: 'none',
    UsePAM: 'yes',
    StrictModes: 'no',
    AuthorizedKeysFile: join(dir, 'authorized'),
    Subsystem: 'sftp internal-sftp',
    ForceCommand: `internal-sftp -d ${folder}`,
    PasswordAuthentication: 'yes',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await write('sshd_config', lines.join(''), 0o644);
  const key = Buffer.from(host.public.split(' ')[1]!, 'base64');
  const fingerprint = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  const server = await serve(laid, 'sshd', ['-D', '-e', '-f', join(dir, 'sshd_config')], port);
  return { ...server, facts: { hostKey: `SHA256:${fingerprint}`, privateKey: client.private } };
}

export async function startFtps(): Promise<FileServer> {
  const laid = await layOut(['usr/sbin/vsftpd']);
  const { dir, own } = laid;
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const about = ['-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  await promisify(execFile)(
    join(transferHome!, 'usr/bin/openssl'),
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...about],
    { env: { ...process.env, OPENSSL_CONF: join(transferHome!, 'etc/ssl/openssl.cnf') } },
  );
  const port = await freePort();
  const settings = {
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: port,
    background: 'NO',
    run_as_launching_user: 'YES',
    ftp_username: user,
    nopriv_user: user,
    anonymous_enable: 'YES',
    local_enable: 'NO',
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_world_readable_only: 'NO',
    anon_umask: '022',
    anon_root: dir,
    secure_email_list_enable: 'YES',
    email_password_file: join(dir, 'passwords'),
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    force_anon_data_ssl: 'YES',
    require_ssl_reuse: 'YES',
    rsa_cert_file: certificate,
    rsa_private_key_file: key,
    ssl_ciphers: 'HIGH',
    seccomp_sandbox: 'NO',
    xferlog_enable: 'NO',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const config = join(dir, 'vsftpd.conf');
  await writeFile(config, lines.join(''));
  await writeFile(join(dir, 'passwords'), 'open-sesame\n');
  for (const file of [key, certificate, config, join(dir, 'passwords')]) await own(file);
  const server = await serve(laid, 'vsftpd', [config], port);
  const facts = { authority: await readFile(certificate, 'utf8'), password: 'open-sesame' };
  return { ...server, user: 'anonymous', facts };
}

/** A wire to a server that can be cut, or goes deaf in one direction. */
export type Wire = {
  port: number;
  cut(): void;
  /** Lets so many more pieces of answers through. */
  holdAnswersAfter(pieces: number): void;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startWire(to: number): Promise<Wire> {
  const pairs = new Set<[Socket, Socket]>();
  let pieces = Infinity;
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: to });
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const socket of pair) socket.on('error', () => {}).on('close', () => pair.forEach((each) => each.destroy()));
    near.pipe(far);
    far.on('data', (data) => void (pieces-- > 0 && near.write(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const pair of pairs) pair.forEach((each) => each.destroy());
    pairs.clear();
    pieces = Infinity;
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    holdAnswersAfter: (more) => void (pieces = more),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
