import { BusClient, Journal, tryDecode, UnreadableEntry, walkStream, type Bus } from '@tongsheng/bus';
import { CheckpointAnswer, checkpointAddress, streams, subjects, type CheckpointSigned } from '@tongsheng/contracts';
import { Chain, type Break, type ChainOptions } from './chain.ts';
import type { PublicKey } from './signing.ts';

export type Verified = {
  entries: number;
  aggregates: number;
  position: number;
  root: string;
  /** The newest checkpoint: what stands behind it, only the entries' own chains hold. */
  checkpoint: CheckpointSigned | null;
  keys: PublicKey[];
  /** Positions of entries that are whole, but that this release can't read; only where reading was asked for. */
  unreadable: number[];
  /** Of an archive: when the list of its files was signed; null where it was not. */
  listSignedAt?: string | null;
};

/** The log is not whole: where it shows first, and what is wrong there. */
export class BrokenLog extends Error {
  readonly position: number;
  constructor({ position, wrong }: Break) {
    super(`position ${position}: ${wrong}`);
    this.position = position;
  }
}

export type VerifyOptions = ChainOptions & {
  /** Reads each entry too, which takes ten times as long: whether it is whole does not depend on it. */
  read?: boolean;
  onProgress?(position: number, end: number): void;
};

const progressEvery = 50_000;
/** Messages of one pull: what they weigh is little, and each pull costs a round trip. */
const ahead = 10_000;

/**
 * Walks the whole log of a server as it stands now.
 * @throws BrokenLog at the first break
 */
export async function verifyLog(bus: Bus, { read = false, onProgress, ...options }: VerifyOptions): Promise<Verified> {
  const chain = new Chain(options);
  const unreadable: number[] = [];
  const end = await walkStream(bus, {
    stream: streams.journal,
    subject: subjects.events(),
    ahead,
    onMessage(message, last) {
      const wrong = chain.add(message);
      if (wrong) throw new BrokenLog(wrong);
      if (read && tryDecode(message) instanceof UnreadableEntry) unreadable.push(message.seq);
      if (chain.entries % progressEvery === 0) onProgress?.(message.seq, last);
    },
  });
  if (chain.position < end)
    throw new BrokenLog({ position: chain.position + 1, wrong: `everything up to ${end} is gone` });
  return { ...finished(chain), unreadable };
}

/** What a walked chain comes to. @throws BrokenLog when its end is not right */
export function finished(chain: Chain): Omit<Verified, 'unreadable'> {
  const wrong = chain.end();
  if (wrong) throw new BrokenLog(wrong);
  const { entries, aggregates, position, checkpoint, keys } = chain;
  return { entries, aggregates, position, checkpoint, keys, root: chain.root() };
}

/** How long a checkpoint may take, in ms. Who signs may still be reading the log. */
const patienceMs = 60_000;

/**
 * Has the running system sign for all that stands in its log now.
 * @throws Refusal checkpoint_no_key; NoAnswer when the service that signs does not run
 */
export async function coverAll(bus: Bus): Promise<CheckpointAnswer | null> {
  const end = await new Journal(bus, 'evidence').position();
  const last = await new Journal(bus, 'evidence').last(checkpointAddress);
  // Nothing but checkpoints since: one more would only ask for another.
  if (end === 0 || last?.position === end) return null;
  return CheckpointAnswer.parse(await new BusClient(bus).ask('checkpoint', { covering: end }, patienceMs));
}
