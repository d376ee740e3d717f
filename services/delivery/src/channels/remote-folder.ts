import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { ReleaseFile } from '@tongsheng/contracts';
import { checkedAddress, heardBy, systemLookup } from '@tongsheng/web';
import type { Adapter, Found, Handed, Health, Parcel, Sent, Tools } from './channel.ts';
import { nameOf, newsPackage, shownPackage, type NewsFormat } from './news-package.ts';
import type { Speaking } from './notice-text.ts';
import { Halted, settled } from './steps.ts';

/**
 * A partner's folder, by whichever protocol. Every method asks once. What the server refuses is thrown as `Refused`,
 * whatever else is thrown means that no answer came.
 */
export type Folder = {
  /** Bytes, or null where there is no such file. */
  size(name: string): Promise<number | null>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Null where what is there may not be read. */
  read(name: string): Promise<Uint8Array | null>;
  /** A file that has the new name already is replaced. */
  rename(from: string, to: string): Promise<void>;
};

/** The server said no. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly why: 'login' | 'for_good' | 'for_now',
  ) {
    super(message);
  }
}

/** Opens a folder for as long as `use` takes. */
export type Opening = <T>(use: (folder: Folder) => Promise<T>) => Promise<T>;

type File = { name: string; bytes: Uint8Array };

/** The last name was about to be given: from here on a partner may have taken it. */
const naming = 'naming';

/**
 * Puts a release into a folder: pictures and attachments first, then the package that names them. Each is written under
 * another name, read back, and only then gets its own. Until the package has its name no partner takes anything, so that
 * whatever breaks before may simply be done again.
 */
function handOver(
  open: Opening,
  { parcel, speaking, format }: { parcel: Parcel; speaking: Speaking; format: NewsFormat },
  tools: Tools,
): Promise<Handed> {
  const state = { isNaming: false };
  const put = async (): Promise<Handed> => {
    const attachments = speaking === 'recall' ? [] : attachmentsOf(parcel);
    const beside = new Map(attachments.map(({ hash, name }) => [hash, name]));
    const { name, body } = newsPackage(parcel, speaking, format, beside);
    const bytes = Buffer.from(body);
    await open(async (folder) => {
      for (const { hash, name: called } of attachments)
        await place(folder, { name: called, bytes: await tools.file(hash) });
      await place(folder, { name, bytes }, async () => {
        await tools.note({ [naming]: name });
        state.isNaming = true;
      });
    });
    return { outcome: 'confirmed', detail: `${bytes.length} bytes`, receipt: { remoteId: name, url: null } };
  };
  return settled(
    put().catch((error: unknown) => {
      throw error instanceof Halted ? error : new Halted(brokenBy(error, state.isNaming));
    }),
  );
}

function attachmentsOf(parcel: Parcel): { hash: string; name: string }[] {
  const files = [parcel.cover, ...parcel.files].filter((file) => file !== null);
  const once = new Map(files.map((file) => [file.hash, file]));
  return [...once.values()].map((file) => ({
    hash: file.hash,
    name: `${nameOf(parcel, 'deliver')}-${file.hash.slice(0, 12)}.${endingOf(file)}`,
  }));
}

async function place(folder: Folder, { name, bytes }: File, beforeNaming = async () => {}): Promise<void> {
  if (await isThere(folder, { name, bytes })) return;
  const part = partOf(name);
  await folder.write(part, bytes);
  if (!(await isThere(folder, { name: part, bytes }))) throw new Refused(`${part} is not what was sent`, 'for_now');
  await beforeNaming();
  await folder.rename(part, name);
}

/** Partners are told to leave alone what begins with a dot, and most do unasked. */
const partOf = (name: string) => `.${name}.part`;

/** By its size, and by its very bytes where they may be read. */
async function isThere(folder: Folder, { name, bytes }: File): Promise<boolean> {
  if ((await folder.size(name)) !== bytes.length) return false;
  const found = await folder.read(name);
  return found === null || hashOf(found) === hashOf(bytes);
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function brokenBy(error: unknown, isNaming: boolean): Handed {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Refused) {
    if (error.why === 'login') return { outcome: 'rejected_retryable', trouble: 'credential', detail };
    return { outcome: error.why === 'for_good' ? 'rejected_permanent' : 'rejected_retryable', detail };
  }
  return isNaming ? { outcome: 'unknown', detail } : { outcome: 'not_sent', trouble: 'network', detail };
}

/** What became of the package: it has its name, or still the other; or a partner has taken it, and nobody can be asked. */
async function lookInto(open: Opening, { notes }: Sent): Promise<Found> {
  const name = notes[naming];
  if (name === undefined) return { finding: 'absent', detail: 'it never came so far as to get its name' };
  try {
    const [size, partSize] = await open(async (folder) => [await folder.size(name), await folder.size(partOf(name))]);
    if (size !== null) return { finding: 'present', detail: `${size} bytes`, receipt: { remoteId: name, url: null } };
    if (partSize !== null) return { finding: 'absent', detail: 'it still has the name that it was written under' };
    return { finding: 'unsure', detail: 'it is under neither name: the partner may have taken it' };
  } catch (error) {
    return { finding: 'unsure', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether we are let in and the folder is there. */
async function healthOf(open: Opening): Promise<Health> {
  try {
    await open(async () => {});
    return { ok: true, detail: 'the folder is there', trouble: null };
  } catch (error) {
    const { detail, trouble = 'busy' } = brokenBy(error, false);
    return { ok: false, detail, trouble };
  }
}

/** Where an address leads, checked: no setting reaches into our own network. @throws AddressRefused */
export async function targetOf(address: string, usual: number[], { allow }: Tools) {
  const { hostname, port: said, pathname } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = said === '' ? usual[0]! : Number(said);
  const ip = await checkedAddress(host, port, { allow, lookup: systemLookup, ports: usual });
  const folder = decodeURIComponent(pathname).replace(/\/+$/, '');
  return { host, name: isIP(host) ? null : host, ip, port, folder: folder === '' ? '/' : folder };
}

export const pathIn = (folder: string, name: string): string => `${folder === '/' ? '' : folder}/${name}`;

/** Line ends that a form has lost are put back. */
export const pemOf = (text: string): string =>
  text.replace(
    /(-----BEGIN [A-Z ]+-----)\s*([A-Za-z0-9+/=\s]+?)\s*(-----END [A-Z ]+-----)\s*/g,
    (_, from, body: string, to) => {
      const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
      return `${String(from)}\n${lines.join('\n')}\n${String(to)}\n`;
    },
  );

/** The ending that a file is known by. */
function endingOf({ name, mediaType }: ReleaseFile): string {
  const written = /\.([a-z0-9]{2,5})$/i.exec(name.trim())?.[1]?.toLowerCase();
  return written ?? endings[mediaType] ?? 'bin';
}

const endings: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
};

/** What is asked of the folder and how it answers, for whoever listens. */
const noted =
  (open: Opening, address: string): Opening =>
  async (use) => {
    const [, method = '', place = ''] = /^(\w+):\/\/(.*)$/.exec(address) ?? [];
    const told = heardBy()?.begin({ method: method.toUpperCase(), address: place });
    if (!told) return open(use);
    const asking = async <T>(what: string, answer: Promise<T>, say: (value: T) => string): Promise<T> => {
      told.lines.push(`> ${what}`);
      try {
        const value = await answer;
        told.lines.push(`< ${say(value)}`);
        return value;
      } catch (error) {
        told.lines.push(`< ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
    };
    const sizeOf = (size: number | null | undefined) => (size === null || size === undefined ? '–' : `${size} bytes`);
    try {
      return await open((folder) => {
        told.connectedAt = performance.now();
        return use({
          size: (name) => asking(`size ${name}`, folder.size(name), sizeOf),
          write: (name, bytes) =>
            asking(`write ${name} (${bytes.length} bytes)`, folder.write(name, bytes), () => 'ok'),
          read: (name) => asking(`read ${name}`, folder.read(name), (bytes) => sizeOf(bytes?.length)),
          rename: (from, to) => asking(`rename ${from} ${to}`, folder.rename(from, to), () => 'ok'),
        });
      });
    } catch (error) {
      told.detail = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      told.endedAt = performance.now();
    }
  };

type FolderSettings = { address: string; user: string; format: NewsFormat };

/** A partner's folder as a channel: only how it is opened is its protocol's own. */
export function folderAdapter<S extends FolderSettings>(plain: (settings: S, tools: Tools) => Opening): Adapter<S> {
  const opening = (settings: S, tools: Tools) => noted(plain(settings, tools), settings.address);
  const hand = (speaking: Speaking, parcel: Parcel, settings: S, tools: Tools) =>
    handOver(opening(settings, tools), { parcel, speaking, format: settings.format }, tools);
  return {
    onUnknown: 'probe',
    credentialOf: ({ address, user }) => `${new URL(address).host}/${user}`,
    show: (parcel, { format }) => {
      const beside = new Map(attachmentsOf(parcel).map(({ hash, name }) => [hash, name]));
      return { parts: shownPackage(parcel, format, beside), pictures: [] };
    },
    deliver: (parcel, settings, tools) => hand('deliver', parcel, settings, tools),
    amend: { by: 'notice', hand: (parcel, _, settings, tools) => hand('amend', parcel, settings, tools) },
    recall: { by: 'notice', hand: (parcel, _, settings, tools) => hand('recall', parcel, settings, tools) },
    probe: { look: (sent, settings, tools) => lookInto(opening(settings, tools), sent) },
    health: (settings, tools) => healthOf(opening(settings, tools)),
  };
}
