import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Channel } from '@tongsheng/contracts';
import ssh2, { type Client, type SFTPWrapper } from 'ssh2';
import { defineChannel, type Tools } from './channel.ts';
import { folderAdapter, pathIn, pemOf, Refused, targetOf, type Folder, type Opening } from './remote-folder.ts';

type Settings = Extract<Channel, { kind: 'sftp' }>['settings'];

/**
 * A folder at a partner's SFTP server, whose key was registered. A name is given once, so that whoever sees a file sees all
 * of it; after an unknown outcome the folder is looked into.
 */
export const sftp = defineChannel(
  'sftp',
  folderAdapter((settings, tools) => opening(settings, tools)),
);

const opening =
  (settings: Settings, tools: Tools): Opening =>
  async (use) => {
    const { ip, port, folder } = await targetOf(settings.address, [22], tools);
    const socket = connect({ host: ip, port });
    const client = new ssh2.Client();
    const { timeoutMs } = tools;
    const broken = Promise.withResolvers<never>();
    // Whoever waits hears of it; that nobody waits any more is no fault.
    broken.promise.catch(() => {});
    const timer = setTimeout(() => broken.reject(new Error(`not done within ${timeoutMs} ms`)), timeoutMs);
    socket.once('error', broken.reject).once('close', () => broken.reject(new Error('the connection was closed')));
    try {
      const work = async () => {
        await once(socket, 'connect');
        const channel = await login(client, socket, settings, timeoutMs);
        const opened = folderOf(channel, folder);
        await opened.mustExist();
        return use(opened);
      };
      return await Promise.race([work(), broken.promise]);
    } finally {
      clearTimeout(timer);
      client.end();
      socket.destroy();
    }
  };

async function login(client: Client, sock: Socket, settings: Settings, readyTimeout: number): Promise<SFTPWrapper> {
  const { user: username, password, privateKey, hostKey } = settings;
  let isKnown = true;
  const ready = Promise.withResolvers<SFTPWrapper>();
  client.on('ready', () =>
    client.sftp((error, channel) => (error ? ready.reject(refusedBy(error)) : ready.resolve(channel))),
  );
  client.on('error', (error: Error & { level?: string }) => {
    if (!isKnown) ready.reject(new Refused('the server’s key is not the one that was registered', 'login'));
    else ready.reject(error.level === 'client-authentication' ? new Refused(error.message, 'login') : error);
  });
  const key = privateKey === undefined ? undefined : pemOf(privateKey);
  if (key !== undefined && ssh2.utils.parseKey(key) instanceof Error)
    throw new Refused('our private key can’t be read', 'login');
  client.connect({
    sock,
    username,
    readyTimeout,
    hostVerifier: (found: Buffer) => (isKnown = fingerprintOf(found) === hostKey),
    ...(password !== undefined && { password }),
    ...(key !== undefined && { privateKey: key }),
  });
  return ready.promise;
}

/** As `ssh-keygen -l` writes it. */
const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Answers of the protocol (draft-ietf-secsh-filexfer-02, 7). */
const status = { noSuchFile: 2, permissionDenied: 3, failure: 4 } as const;
const codeOf = (error: Error): number | undefined =>
  'code' in error && typeof error.code === 'number' ? error.code : undefined;

function refusedBy(error: Error): Error {
  const code = codeOf(error);
  if (code === undefined) return error;
  const isFinal = code === status.noSuchFile || code === status.permissionDenied;
  return new Refused(`${code} ${error.message}`, isFinal ? 'for_good' : 'for_now');
}

function folderOf(channel: SFTPWrapper, folder: string): Folder & { mustExist(): Promise<void> } {
  const path = (name: string) => pathIn(folder, name);
  const ask = <T>(call: (done: (error: Error | null | undefined, value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => call((error, value) => (error ? reject(refusedBy(error)) : resolve(value))));
  const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Refused && error.why === 'for_good') return null;
      throw error;
    }
  };
  return {
    mustExist: async () => void (await ask<unknown>((done) => channel.stat(folder, done))),
    size: async (name) => (await orNull(ask<{ size: number }>((done) => channel.stat(path(name), done))))?.size ?? null,
    write: (name, bytes) =>
      ask<void>((done) => channel.writeFile(path(name), Buffer.from(bytes), (error) => done(error))),
    read: (name) => orNull(ask<Buffer>((done) => channel.readFile(path(name), done))),
    rename: (from, to) =>
      ask<void>((done) => {
        try {
          channel.ext_openssh_rename(path(from), path(to), (error) => done(error));
        } catch {
          // The server does not have it: without it a name that is taken is refused, and nothing is lost.
          channel.rename(path(from), path(to), (error) => done(error));
        }
      }),
  };
}
