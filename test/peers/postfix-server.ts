import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tongsheng/local';
import { until } from '@tongsheng/test/support';

/** Debian's Postfix, unpacked by the set-up of the tests; undefined where it could not be had. */
export const postfixHome = process.env['POSTFIX_HOME'];

/** The house's mail server and a newsroom's behind it, two Postfix as they run everywhere; gone with the test. */
export type MailServers = {
  /** Where the house's server listens. */
  port: number;
  /** The house's server takes mail for `busy@newsroom.example` from now on, and the newsroom's has a mailbox for it. */
  makeRoom(): Promise<void>;
  /** The mails in the mailbox of `<name>@newsroom.example`. */
  mailsOf(name: string): Promise<string[]>;
  /** What both servers have written down. */
  log(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Postfix wants three users of the machine that nobody else runs as; these have no service here. */
const users = { owner: { uid: 8, name: 'mail' }, group: { gid: 38, name: 'list' }, nobody: { uid: 65_534 } };
const newsroom = 'newsroom.example';

/**
 * Whom the house's server tells no at once (it has asked before), whom the newsroom's tells no later, and who has a mailbox.
 * @param door what bounces to the house are handed on to, and the token that is shown there.
 */
export async function startPostfix(door: { url: string; token: string }): Promise<MailServers> {
  const [port, inner] = [await freePort(), await freePort()];
  const hand = `pipe user=nobody argv=/usr/bin/curl -sf --data-binary @- -H {Authorization: Bearer ${door.token}} -H {Content-Type: message/rfc822} ${door.url}`;
  const restrictions = (says: string[]) =>
    [`check_recipient_access inline:{ ${says.join(' ')} }`, 'permit_mynetworks', 'reject'].join(', ');
  const busy = `{busy@${newsroom}=450 4.2.1 the desk is full, later}`;
  const left = `{left@${newsroom}=550 5.1.6 nobody works here any more}`;
  const outside = await run(port, {
    services: [`door unix - n n - - ${hand}`],
    settings: {
      myhostname: 'mx.province.example',
      transport_maps: `inline:{ {${newsroom}=smtp:[127.0.0.1]:${inner}} {province.example=door:} }`,
      smtpd_recipient_restrictions: restrictions([busy, left]),
    },
  });
  const inside = await run(inner, {
    services: [],
    settings: {
      myhostname: `mx.${newsroom}`,
      virtual_mailbox_domains: newsroom,
      virtual_mailbox_base: '$data_directory',
      virtual_mailbox_maps: `inline:{ {desk@${newsroom}=desk/} {radio@${newsroom}=radio/} {busy@${newsroom}=busy/} }`,
      virtual_uid_maps: `static:${users.owner.uid}`,
      virtual_gid_maps: `static:${users.owner.uid}`,
      virtual_minimum_uid: '1',
    },
  });
  return {
    port,
    makeRoom: () => outside.change({ smtpd_recipient_restrictions: restrictions([left]) }),
    async mailsOf(name) {
      const folder = join(inside.dir, 'data', name, 'new');
      const names = await readdir(folder).catch(() => []);
      return Promise.all(names.map((each) => readFile(join(folder, each), 'utf8')));
    },
    log: async () => (await Promise.all([outside, inside].map(({ log }) => readFile(log, 'utf8')))).join('\n'),
    async [Symbol.asyncDispose]() {
      await Promise.all([outside.stop(), inside.stop()]);
    },
  };
}

type Own = { services: string[]; settings: Record<string, string> };

async function run(port: number, { services, settings }: Own) {
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-postfix-'));
  await chmod(dir, 0o755);
  const { owner, group } = users;
  const folder = async (name: string, mode: number, uid: number, gid = 0) => {
    await mkdir(join(dir, name));
    await chown(join(dir, name), uid, gid);
    await chmod(join(dir, name), mode);
  };
  await folder('etc', 0o755, 0);
  await folder('queue', 0o755, 0);
  await folder('queue/pid', 0o755, 0);
  await folder('data', 0o700, owner.uid, owner.uid);
  await folder('queue/maildrop', 0o730, owner.uid, group.gid);
  await folder('queue/public', 0o710, owner.uid, group.gid);
  for (const name of [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'private',
    'saved',
  ])
    await folder(`queue/${name}`, 0o700, owner.uid);
  await folder('queue/trace', 0o700, owner.uid);

  const unpacked = postfixHome!;
  const log = join(dir, 'log');
  const libraries = [join(unpacked, 'usr/lib/postfix')];
  for (const each of ['usr/lib', 'lib']) {
    const names = await readdir(join(unpacked, each)).catch(() => []);
    libraries.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(unpacked, each, name)));
  }
  const main = {
    compatibility_level: '3.6',
    queue_directory: join(dir, 'queue'),
    data_directory: join(dir, 'data'),
    daemon_directory: join(unpacked, 'usr/lib/postfix/sbin'),
    command_directory: join(unpacked, 'usr/sbin'),
    shlib_directory: join(unpacked, 'usr/lib/postfix'),
    meta_directory: join(dir, 'etc'),
    mail_owner: owner.name,
    setgid_group: group.name,
    default_privs: 'nobody',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtp_dns_support_level: 'disabled',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    maillog_file: log,
    maillog_file_prefixes: dir,
    import_environment: 'MAIL_CONFIG LD_LIBRARY_PATH',
    ...settings,
  };
  const write = (all: Record<string, string>) =>
    writeFile(
      join(dir, 'etc/main.cf'),
      Object.entries(all)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
    );
  await write(main);
  const table = [`127.0.0.1:${port} inet n - n - - smtpd`, ...parts, ...services];
  await writeFile(join(dir, 'etc/master.cf'), `${table.join('\n')}\n`);

  const master = spawn(join(main.daemon_directory, 'master'), ['-c', join(dir, 'etc'), '-d'], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
    stdio: 'ignore',
    // It ends its whole group with itself.
    detached: true,
  });
  await until(async () => {
    if (master.exitCode !== null)
      throw new Error(`Postfix ended with ${master.exitCode}: ${await readFile(log, 'utf8').catch(() => 'no log')}`);
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'data');
    socket.destroy();
  }, 30_000);
  return {
    dir,
    log,
    /** As an administrator does it: sessions under way end as they began. */
    async change(others: Record<string, string>) {
      await write({ ...main, ...others });
      master.kill('SIGHUP');
    },
    async stop() {
      await end(master);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** As Debian's master.cf has them, none in a cage of its own. */
const parts = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'virtual unix - n n - - virtual',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
];

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
