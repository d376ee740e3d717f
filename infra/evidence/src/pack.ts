import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import {
  EvidenceStore,
  PublicFiles,
  recordBytes,
  recordOf,
  tryDecode,
  UnreadableEntry,
  walkStream,
  type Bus,
  type RawMessage,
} from '@tongsheng/bus';
import { streams, subjects, type AnyEvent } from '@tongsheng/contracts';
import { pack as openTar, type Pack as Tar } from 'tar-stream';
import { readCheckpoints } from './checkpoints.ts';
import { procedure, summaryOf, type Told } from './pack-text.ts';
import { prove } from './proving.ts';
import { noteOf, publicPem } from './signing.ts';
import { leafOf, type Level } from './tree.ts';
import { coverAll } from './verify.ts';

/** What an evidence pack is about: a repost task, a site, or everything, the latter two from one instant to before another. */
export type Subject =
  | { kind: 'task'; site: string; taskId: string }
  | { kind: 'site'; site: string; from: string; to: string }
  | { kind: 'period'; from: string; to: string };

/** There is nothing to prove, or no way to prove it. The message says why. */
export class NoPack extends Error {}

/** Records of one folder, so that a command line holds all their names. */
const perFolder = 10_000;

/**
 * Makes an evidence pack, a .tar.gz, as it is read: the records as they were hashed, the files that they name, the checkpoint and
 * the proof that leads to it, and how somebody checks all that who has nothing of ours. Nothing is held but what the proof needs.
 * @throws NoPack before the first byte; whatever goes wrong later ends the stream with an error
 */
export async function packEvidence(bus: Bus, about: Subject, madeAt: string): Promise<Readable> {
  await coverAll(bus);
  const { checkpoints, keys } = await readCheckpoints(bus);
  const checkpoint = checkpoints.at(-1);
  const key = keys.find(({ keyId }) => keyId === checkpoint?.keyId);
  if (!checkpoint || !key) throw new NoPack('nothing is signed yet');
  const first = await firstOf(bus, about);
  if (!first) throw new NoPack('the log holds nothing of that');

  const tar = openTar();
  const gzip = createGzip();
  tar.pipe(gzip);
  tar.on('error', (error) => gzip.destroy(error));
  const fill = async () => {
    const files = new Files(tar, nameOf(about));
    const positions: number[] = [];
    const leaves: Buffer[] = [];
    const told: Told[] = [];
    const named = new Map<string, number>();
    await walkAbout(bus, about, async (message) => {
      if (message.seq > checkpoint.size) return;
      const at = String(message.seq).padStart(12, '0');
      await files.add(
        `records/${String(Math.floor(message.seq / perFolder)).padStart(8, '0')}/${at}`,
        recordBytes(message),
      );
      positions.push(message.seq);
      leaves.push(leafOf(recordOf(message).hash));
      const entry = tryDecode(message);
      if (entry instanceof UnreadableEntry) return;
      told.push({ position: message.seq, envelope: entry.envelope, subject: message.subject, events: entry.events });
      for (const hash of hashesIn(entry.events)) if (!named.has(hash)) named.set(hash, message.seq);
    });
    if (positions.length === 0) throw new NoPack('nothing of that stands under a checkpoint yet');

    const levels = await prove(bus, checkpoints, positions, leaves);
    for (const [level, text] of textsOf(levels, positions).entries()) await files.add(`proof/${level}.txt`, text);
    await files.add('checkpoint.txt', noteOf(checkpoint));
    await files.add('checkpoint.sig', Buffer.from(checkpoint.signature, 'base64'));
    await files.add('key.pem', publicPem(key));
    const objects: string[] = [];
    for (const store of [new EvidenceStore(bus), new PublicFiles(bus)]) {
      for (const [hash, position] of named) {
        const kept = await store.read(hash);
        if (!kept) continue;
        if (!kept.intact) throw new NoPack(`what is kept under ${hash} is damaged: position ${position} names it`);
        named.delete(hash);
        await files.add(`objects/${hash}`, kept.bytes);
        objects.push(`${hash} ${position}`);
      }
    }
    await files.add('objects.txt', objects.map((line) => `${line}\n`).join(''));
    await files.add('SUMMARY.txt', summaryOf(about, told, { madeAt, checkpoint, key, objects: objects.length }));
    await files.add('VERIFY.md', procedure(key));
    await files.end();
  };
  void fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return gzip;
}

/** What a pack's file is called. */
export const nameOf = (about: Subject): string =>
  about.kind === 'task'
    ? `evidence-${about.site}-${about.taskId}`
    : `evidence-${about.kind === 'site' ? about.site : 'all'}-${about.from.slice(0, 10)}-${about.to.slice(0, 10)}`;

/** The files of a pack as they are written, and their hashes at the end. */
class Files {
  readonly #tar: Tar;
  readonly #folder: string;
  #sums = '';

  constructor(tar: Tar, folder: string) {
    this.#tar = tar;
    this.#folder = folder;
  }

  async add(name: string, content: Uint8Array | string): Promise<void> {
    const bytes = Buffer.from(content as Uint8Array);
    this.#sums += `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
    await this.#write(name, bytes);
  }

  async end(): Promise<void> {
    await this.#write('SHA256SUMS', Buffer.from(this.#sums));
    this.#tar.finalize();
  }

  /** Done when it has gone on its way: whoever takes the pack sets the pace. */
  #write(name: string, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const header = { name: `${this.#folder}/${name}`, mtime: new Date(0) };
      this.#tar.entry(header, bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Walks the entries that a pack is about, in order. */
async function walkAbout(
  bus: Bus,
  about: Subject,
  onMessage: (message: RawMessage) => Promise<void> | void,
): Promise<void> {
  if (about.kind === 'task') {
    for (const message of await ofTask(bus, about)) await onMessage(message);
    return;
  }
  const isBefore = ({ storedAt = '' }: RawMessage) => storedAt < about.to;
  if (about.kind === 'site') return walkSite(bus, about, onMessage);
  await walkStream(bus, {
    stream: streams.journal,
    subject: subjects.events(),
    since: about.from,
    onMessage: (message) => (isBefore(message) ? onMessage(message) : false),
  });
}

/**
 * What a site did in its time, and what its tasks rest on: the items upstream and why they were assigned, whenever that was. In
 * the log's order, for which it is read from its beginning.
 */
async function walkSite(
  bus: Bus,
  { site, from, to }: Extract<Subject, { kind: 'site' }>,
  onMessage: (message: RawMessage) => Promise<void> | void,
): Promise<void> {
  const around = new Set<string>();
  const own = `ev.*.${site}.>`;
  const isBefore = ({ storedAt = '' }: RawMessage) => storedAt < to;
  const note = (message: RawMessage) => {
    for (const subject of upstreamOf(message)) around.add(subject);
  };
  await walkStream(bus, {
    stream: streams.journal,
    subject: own,
    since: from,
    onMessage: (message) => (isBefore(message) ? note(message) : false),
  });
  await walkStream(bus, {
    stream: streams.journal,
    subject: subjects.events(),
    onMessage(message) {
      if (!isBefore(message)) return false;
      const isOwn = message.subject.split('.')[2] === site && (message.storedAt ?? '') >= from;
      return isOwn || around.has(message.subject) ? onMessage(message) : undefined;
    },
  });
}

/** The items that a task is about, and why they were assigned. */
function upstreamOf(message: RawMessage): string[] {
  const entry = tryDecode(message);
  if (entry instanceof UnreadableEntry) return [];
  return entry.events.flatMap((event) =>
    'sourceId' in event && 'itemId' in event && event.itemId !== undefined
      ? [subjects.event('item', event.sourceId, event.itemId), subjects.event('routing', event.sourceId, event.itemId)]
      : [],
  );
}

async function firstOf(bus: Bus, about: Subject): Promise<RawMessage | null> {
  let first: RawMessage | null = null;
  if (about.kind === 'task') return (await ofTask(bus, about))[0] ?? null;
  await walkStream(bus, {
    stream: streams.journal,
    subject: about.kind === 'site' ? `ev.*.${about.site}.>` : subjects.events(),
    since: about.from,
    ahead: 1,
    onMessage(message) {
      if ((message.storedAt ?? '') < about.to) first = message;
      return false;
    },
  });
  return first;
}

/** A task's own entries, and those of the items that it is about: what was seen upstream, and why it was assigned. */
async function ofTask(bus: Bus, { site, taskId }: { site: string; taskId: string }): Promise<RawMessage[]> {
  const task = await under(bus, subjects.event('repost', site, taskId));
  const around = new Set(task.flatMap(upstreamOf));
  const others = await Promise.all([...around].map((subject) => under(bus, subject)));
  return [...task, ...others.flat()].sort((one, other) => one.seq - other.seq);
}

async function under(bus: Bus, subject: string): Promise<RawMessage[]> {
  const found: RawMessage[] = [];
  await walkStream(bus, { stream: streams.journal, subject, onMessage: (message) => void found.push(message) });
  return found;
}

/** Everything in the events that may be the name of a kept file. */
function hashesIn(events: AnyEvent[]): string[] {
  return [...JSON.stringify(events).matchAll(/"([0-9a-f]{64})"/g)].map(([, hash]) => hash!);
}

/**
 * A proof as text, a file a level: `<index above> <left> <right>`; `.` is the next hash that the level below came to, `-` no right
 * side.
 */
function textsOf(levels: readonly Level[], positions: readonly number[]): string[] {
  let known = positions.map((position) => position - 1);
  const written = (side: Buffer | null | undefined) => (side === undefined ? '-' : (side?.toString('hex') ?? '.'));
  return levels.map((level) => {
    let next = 0;
    const above: number[] = [];
    const lines = level.map(({ left, right }) => {
      const parent = Math.floor(known[next]! / 2);
      next += (left === null ? 1 : 0) + (right === null ? 1 : 0);
      above.push(parent);
      return `${parent} ${written(left)} ${written(right)}\n`;
    });
    known = above;
    return lines.join('');
  });
}
