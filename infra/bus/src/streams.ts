import { buckets, streams, subjects, workingCopiesBucket } from '@tongsheng/contracts';
import { DiscardPolicy, ErrorCode, NatsError, RetentionPolicy, StorageType, type StreamConfig } from 'nats';
import { apiCode, isApiError } from './api-error.ts';
import type { Bus } from './connection.ts';
import { neighbourStreams } from './neighbours.ts';
import { UnfitServer } from './unfit-server.ts';

/** The size fuse of a stream: below the real disk, because a full disk freezes nats-server 2.9. The server reserves it. */
export const defaultMaxBytes = 4 * 2 ** 30;

/** Unsaved text that nobody came back to in a quarter is gone. */
const workingCopiesKeptMs = 92 * 86_400_000;

/** A process that dies of an entry dies of it again within a minute. In ns. */
const triedKept = 86_400 * 1_000_000_000;

/** No subscription of the hub lasts longer without being renewed. In ns. */
const hubKept = 32 * 86_400 * 1_000_000_000;

export type StreamOptions = { replicas?: number; maxBytes?: number; storage?: StorageType };

const ofWorkingCopies = (maxBytes: number) => Math.min(maxBytes, 512 * 2 ** 20);

type Wanted = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

function wantedStreams({
  replicas = 1,
  maxBytes = defaultMaxBytes,
  storage = StorageType.File,
}: StreamOptions): Wanted[] {
  const kept = {
    storage,
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    // Full means "no" to the writer, never "forget" for the reader.
    discard: DiscardPolicy.New,
    max_bytes: maxBytes,
    max_age: 0,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    duplicate_window: 120 * 1_000_000_000,
  };
  /** Of each subject the last word, and that for a while. */
  const newest = { ...kept, max_msgs_per_subject: 1, max_bytes: Math.min(maxBytes, 64 * 2 ** 20) };
  return [
    { ...kept, name: streams.journal, subjects: [subjects.events()], deny_delete: true, deny_purge: true },
    // A text that must not be public any more can be overwritten in here (`erasePublic`); what was decided stays in the journal.
    { ...kept, name: streams.public, subjects: [subjects.publicDocuments()], deny_purge: true },
    { ...newest, name: streams.hub, subjects: [subjects.hubEntries()], max_age: hubKept },
    { ...kept, name: streams.dead, subjects: [subjects.deadLetters()], max_bytes: Math.min(maxBytes, 2 ** 30) },
    { ...newest, name: streams.tried, subjects: [subjects.allTried()], max_age: triedKept },
  ];
}

/** `2.9.10` → [2, 9, 10]; what follows a dash is ignored. */
function parseVersion(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('-')[0]!.split('.').map(Number);
  return [major, minor, patch];
}

export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [parseVersion(version), parseVersion(least)];
  for (let i = 0; i < 3; i++) if (have[i] !== want[i]) return have[i]! > want[i]!;
  return true;
}

/**
 * Creates the streams that are missing and checks the ones that exist.
 * @throws UnfitServer when the server is too old, or a stream was changed so that history could be lost.
 */
export async function ensureStreams(bus: Bus, options: StreamOptions = {}): Promise<void> {
  const { version, jetstream } = bus.nc.info ?? { version: '0', jetstream: false };
  if (!jetstream)
    throw new UnfitServer('bus: nats-server runs without JetStream; start it with `jetstream { store_dir: … }`');
  if (!isAtLeast(version, '2.9.10')) {
    throw new UnfitServer(`bus: nats-server ${version} is too old; 2.9.10 or newer is needed`);
  }
  if ((options.replicas ?? 1) > 1) requireReplicaSafe(version);

  for (const wanted of wantedStreams(options)) {
    const found = await bus.jsm.streams.info(wanted.name).catch((error: unknown) => {
      if (isApiError(error, apiCode.noStream)) return null;
      throw error;
    });
    if (!found) {
      await bus.jsm.streams.add(wanted).catch((error: unknown) => {
        throw notMade(error, wanted.name, wanted.max_bytes ?? 0);
      });
      continue;
    }
    if (found.config.num_replicas > 1) requireReplicaSafe(version);
    checkUnchanged(found.config, wanted);
  }
  const { replicas = 1, maxBytes = defaultMaxBytes, storage = StorageType.File } = options;
  for (const bucket of Object.values(buckets)) {
    await bus.js.views.os(bucket, { storage, replicas, max_bytes: maxBytes }).catch((error: unknown) => {
      throw notMade(error, bucket, maxBytes);
    });
  }
  const small = ofWorkingCopies(maxBytes);
  const kept = { history: 1, ttl: workingCopiesKeptMs, storage, replicas, max_bytes: small };
  await bus.js.views.kv(workingCopiesBucket, kept).catch((error: unknown) => {
    throw notMade(error, workingCopiesBucket, small);
  });
}

/** What a neighbour told, and what it is told: kept as the journal is, since both are copies that go on where they end. */
export async function ensureNeighbourStreams(
  bus: Bus,
  names: readonly string[],
  { replicas = 1, maxBytes = defaultMaxBytes }: StreamOptions = {},
): Promise<void> {
  for (const name of names) {
    const its = neighbourStreams(name);
    const subjectsOf = {
      [its.public]: subjects.brought(name, subjects.publicDocuments()),
      [its.entries]: subjects.brought(name, subjects.events()),
      [its.out]: subjects.putOut(name, '>'),
    };
    for (const [stream, subject] of Object.entries(subjectsOf)) {
      const wanted = {
        name: stream,
        subjects: [subject],
        num_replicas: replicas,
        discard: DiscardPolicy.New,
        max_bytes: maxBytes,
        deny_purge: true,
      };
      await bus.jsm.streams.info(stream).catch(async (error: unknown) => {
        if (!isApiError(error, apiCode.noStream)) throw error;
        await bus.jsm.streams.add(wanted).catch((refused: unknown) => {
          throw notMade(refused, stream, maxBytes);
        });
      });
    }
  }
}

/**
 * What of the running streams is no longer as our promises need it: deletion or purging allowed, an age or a count set, or a
 * stream gone; and what is nearly full. Read from the server each time, because anyone who administers it can change them.
 */
export async function streamTroubles(bus: Bus): Promise<string[]> {
  const found = await Promise.all(
    wantedStreams({}).map(async (wanted) => {
      try {
        const { config, state } = await bus.jsm.streams.info(wanted.name);
        checkUnchanged(config, wanted);
        return fullness(wanted.name, state.bytes, config.max_bytes);
      } catch (error) {
        if (error instanceof UnfitServer) return [error.message];
        if (isApiError(error, apiCode.noStream)) return [`bus: stream ${wanted.name} is gone`];
        throw error;
      }
    }),
  );
  return found.flat();
}

/**
 * Gives the streams that exist more room, where they have less; never less, which could forget something. For the administrator:
 * services may change no stream.
 * @returns the names of those that were given more
 * @throws UnfitServer when the server has not so much room
 */
export async function growStreams(bus: Bus, maxBytes: number, neighbours: readonly string[] = []): Promise<string[]> {
  const wanted = new Map(wantedStreams({ maxBytes }).map((each) => [each.name, each.max_bytes!]));
  for (const bucket of Object.values(buckets)) wanted.set(`OBJ_${bucket}`, maxBytes);
  wanted.set(`KV_${workingCopiesBucket}`, ofWorkingCopies(maxBytes));
  for (const stream of neighbours.flatMap((name) => Object.values(neighbourStreams(name))))
    wanted.set(stream, maxBytes);
  const grown: string[] = [];
  for (const [name, bytes] of wanted) {
    const { config } = await bus.jsm.streams.info(name);
    if (config.max_bytes <= 0 || config.max_bytes >= bytes) continue;
    await bus.jsm.streams.update(name, { max_bytes: bytes }).catch((error: unknown) => {
      throw notMade(error, name, bytes);
    });
    grown.push(name);
  }
  return grown;
}

/** From here on it is said that a stream is getting full, as a share of its fuse. */
const nearlyFull = 0.9;

const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
const fullness = (name: string, bytes: number, most: number): string[] =>
  most > 0 && bytes >= most * nearlyFull
    ? [
        `bus: stream ${name} is ${Math.floor((bytes / most) * 100)} % full (${mib(bytes)} of ${mib(most)} MiB); when it is full ` +
          'nothing can be decided: make room on the disk and set NATS_MAX_BYTES higher',
      ]
    : [];

/** On 2.9 several writers win one sequence check when a stream is replicated (measured; fixed by 2.10.27). */
function requireReplicaSafe(version: string): void {
  if (isAtLeast(version, '2.10.27')) return;
  throw new UnfitServer(
    `bus: replicated streams on nats-server ${version} let two editors win the same decision; ` +
      'use one replica, or upgrade every server to 2.10.27 or newer',
  );
}

function checkUnchanged(found: StreamConfig, wanted: Wanted): void {
  const keys = [
    'deny_delete',
    'deny_purge',
    'discard',
    'max_age',
    'max_msgs',
    'max_msgs_per_subject',
    'retention',
  ] as const;
  for (const key of keys) {
    const want = wanted[key] ?? false;
    const have = found[key] ?? false;
    if (have === want || (key === 'deny_delete' && have)) continue;
    throw new UnfitServer(
      `bus: stream ${wanted.name} was changed: ${key} is ${String(have)}, must be ${String(want)}; ` +
        'entries may have been lost, compare with a backup before setting it back',
    );
  }
}

/** Why a stream could not be made, as far as somebody can do something about it. */
function notMade(error: unknown, name: string, maxBytes: number): unknown {
  if (isApiError(error, apiCode.noRoom)) return new UnfitServer(noRoom(name, maxBytes));
  if (error instanceof NatsError && error.code === ErrorCode.PermissionsViolation)
    return new UnfitServer(
      `bus: stream ${name} is not there, and only the administrator makes streams; run \`tongsheng bus streams\` once`,
    );
  return error;
}

const noRoom = (name: string, maxBytes: number) =>
  `bus: nats-server has no room for stream ${name} (${mib(maxBytes)} MiB are reserved for it); ` +
  'free disk space, or set NATS_MAX_BYTES lower';
