import { Readable, Writable } from 'node:stream';
import type { Channel } from '@tongsheng/contracts';
import { Client, FTPError } from 'basic-ftp';
import { defineChannel, type Tools } from './channel.ts';
import { folderAdapter, pathIn, pemOf, Refused, targetOf, type Folder, type Opening } from './remote-folder.ts';

type Settings = Extract<Channel, { kind: 'ftps' }>['settings'];

/** TLS from the first byte; everywhere else it is asked for (RFC 4217). */
const implicitPort = 990;

/**
 * A folder at a partner's FTP server, by TLS alone. The data connection goes to the server that was checked and to no other
 * that it names.
 */
export const ftps = defineChannel(
  'ftps',
  folderAdapter((settings, tools) => opening(settings, tools)),
);

const opening =
  ({ address, user, password, authority }: Settings, tools: Tools): Opening =>
  async (use) => {
    const { host, name, ip, port, folder } = await targetOf(address, [21, implicitPort], tools);
    const { timeoutMs } = tools;
    const client = new Client(timeoutMs);
    const timer = setTimeout(() => client.close(), timeoutMs);
    const tls = {
      host,
      ...(name !== null && { servername: name }),
      ...(authority !== undefined && { ca: pemOf(authority) }),
    };
    try {
      await answered(async () => {
        if (port === implicitPort) await client.connectImplicitTLS(ip, port, tls);
        else {
          await client.connect(ip, port);
          await client.useTLS(tls);
        }
        await client.login(user, password);
        await client.useDefaultSettings();
        await client.cd(folder);
      });
      return await use(folderOf(client, folder));
    } finally {
      clearTimeout(timer);
      client.close();
    }
  };

/** 4yz speaks of this moment, 5yz of this command (RFC 959 4.2); 530: not logged in. */
async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FTPError)) throw error;
    const { code, message } = error;
    // 552: no room left for it, which may change.
    throw new Refused(message, code === 530 ? 'login' : code >= 500 && code !== 552 ? 'for_good' : 'for_now');
  }
}

const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refused && error.why === 'for_good') return null;
    throw error;
  }
};

function folderOf(client: Client, folder: string): Folder {
  const path = (name: string) => pathIn(folder, name);
  return {
    size: (name) => orNull(answered(() => client.size(path(name)))),
    write: async (name, bytes) =>
      void (await answered(() => client.uploadFrom(Readable.from([Buffer.from(bytes)]), path(name)))),
    read: async (name) => {
      const chunks: Buffer[] = [];
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk);
          done();
        },
      });
      const read = await orNull(answered(() => client.downloadTo(sink, path(name))));
      return read && Buffer.concat(chunks);
    },
    rename: async (from, to) => void (await answered(() => client.rename(path(from), path(to)))),
  };
}
