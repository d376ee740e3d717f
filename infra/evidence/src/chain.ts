import { decodeHeader, encodeEntry, hashEntry, recordOf, type Stored } from '@tongsheng/bus';
import { CheckpointEvent, checkpointAddress, subjects, type CheckpointSigned } from '@tongsheng/contracts';
import { checkpointCommand, checkpointIds, notary } from './ledger.ts';
import { isEndorsed, isStatementSigned, publicKeyOf, type PublicKey, type Statement } from './signing.ts';
import { leafOf, markBytes, Tree } from './tree.ts';

/** A break in the log, where it shows. */
export type Break = { position: number; wrong: string };

export type ChainOptions = {
  /** Ids of keys that the house says are its own. The first key of a log is taken at its word when none is named. */
  trusted?: readonly string[];
  /** Checkpoints that were kept elsewhere, by rising size: the log must still lead to them. */
  anchors?: readonly Pick<Statement, 'size' | 'root'>[];
};

/** Sign-ins and refusals are appended as they happen, not on top of one another. */
const unchained = subjects.events('access').replace('>', '');
type Introduced = Extract<CheckpointEvent, { type: 'checkpoint.key_introduced' }>;
/** Where the checkpoints stand. */
export const checkpointSubject = subjects.event(
  checkpointAddress.aggregate,
  checkpointAddress.site,
  checkpointAddress.id,
);

/** A message of the log, with its position. */
export type Placed = Stored & { seq: number };

/** Leaves that wait for a checkpoint to say where it ends, at most: a checkpoint lies no further behind what it covers. */
const mostWaiting = 2 ** 24;
const hashBytes = 32;

/**
 * Checks a log message by message, in order: no position is missing, each entry follows from the one before it of its
 * aggregate, nothing stands beside what is hashed, and each checkpoint is signed and names the root that the entries make.
 */
export class Chain {
  readonly #lasts = new Map<string, { hash: string; position: number }>();
  readonly #keys = new Map<string, PublicKey>();
  readonly #trusted: ReadonlySet<string> | null;
  readonly #anchors: Pick<Statement, 'size' | 'root'>[];
  readonly #tree: Tree;
  #blocks: string[] = [];
  #waiting = Buffer.allocUnsafe(hashBytes * 1_024);
  #waits = 0;
  #position = 0;
  #key: PublicKey | null = null;
  #checkpoint: CheckpointSigned | null = null;

  constructor({ trusted, anchors = [] }: ChainOptions = {}) {
    this.#trusted = trusted && trusted.length > 0 ? new Set(trusted) : null;
    this.#anchors = [...anchors].sort((one, other) => one.size - other.size);
    this.#tree = new Tree((root) => this.#blocks.push(root.toString('hex')));
  }

  get entries(): number {
    return this.#tree.size + this.#waits;
  }

  get position(): number {
    return this.#position;
  }

  get aggregates(): number {
    return this.#lasts.size;
  }

  /** The newest checkpoint so far. */
  get checkpoint(): CheckpointSigned | null {
    return this.#checkpoint;
  }

  /** The keys that the log named, in order. */
  get keys(): PublicKey[] {
    return [...this.#keys.values()];
  }

  /** @returns what is wrong with this one, or null. */
  add(message: Placed): Break | null {
    const { seq: position, subject } = message;
    const expected = this.#position + 1;
    const record = recordOf(message);
    const hash = record.hash.toString('hex');
    const before = this.#lasts.get(subject);
    this.#lasts.set(subject, { hash, position });
    this.#position = position;
    if (position < expected)
      return { position, wrong: `the entry stands after the one at ${expected - 1}: the order is another` };
    if (position > expected) {
      const gone = position - expected;
      return {
        position: expected,
        wrong: gone === 1 ? 'the entry is gone' : `${gone} entries are gone, up to ${position - 1}`,
      };
    }
    const broken =
      this.#follows(message, record, before) ?? (subject === checkpointSubject ? this.#weigh(message, record) : null);
    return broken ?? this.#keep(leafOf(record.hash));
  }

  /** To be asked when nothing more comes. @returns what is wrong with the end, or null */
  end(): Break | null {
    const broken = this.#fold(this.#waits);
    const missed = this.#anchors.at(-1);
    if (broken || !missed) return broken;
    return {
      position: this.#position + 1,
      wrong: `the log ends here, and a checkpoint that was kept elsewhere covers ${missed.size}: its end was cut off`,
    };
  }

  /** The root over everything; right only after `end`. */
  root(): string {
    return this.#tree.root().toString('hex');
  }

  #follows(
    { seq: position, subject }: Placed,
    { previousHash, id, storedAs, onTopOf, stray }: ReturnType<typeof recordOf>,
    before: { hash: string; position: number } | undefined,
  ): Break | null {
    if (stray) return { position, wrong: `${subject} carries ${stray}, which nothing of ours writes: it was put in` };
    // In a cluster a decision may have been stored without its id (`publishOnTop`); what merely happened never is.
    if (storedAs !== decoded(id) && !(storedAs === '' && onTopOf !== ''))
      return { position, wrong: `${subject} was stored under another id (${storedAs}) than the one that it carries` };
    if (id.startsWith(checkpointIds) && subject !== checkpointSubject)
      return { position, wrong: `a checkpoint stands under ${subject}, where none belongs: it was changed` };
    if (subject.startsWith(unchained)) return null;
    if (previousHash !== (before?.hash ?? '')) {
      if (!before)
        return { position, wrong: `${subject} begins with an entry that has one before it: that one is gone` };
      return {
        position,
        wrong: `${subject} does not follow from its entry at ${before.position}: one of them was changed, or one between them is gone`,
      };
    }
    const last = before?.position ?? 0;
    if (onTopOf === '' ? id === '' : onTopOf === String(last)) return null;
    return {
      position,
      wrong: `${subject} was written on top of position ${onTopOf}, but its entry before it stands at ${last}`,
    };
  }

  /** An entry of the checkpoints themselves. */
  #weigh({ seq, subject, data }: Placed, { hash, previousHash }: ReturnType<typeof recordOf>): Break | null {
    const events = checkpointsIn(data);
    const last = events?.at(-1);
    if (!events || last?.type !== 'checkpoint.signed')
      return { position: seq, wrong: 'what should be a checkpoint is none' };
    const { body, headers } = encodeEntry(notary, checkpointCommand(last.size, last.signedAt), events, previousHash);
    if (hashEntry({ subject, data: body, headers }) !== hash.toString('hex'))
      return { position: seq, wrong: 'the checkpoint is not written as checkpoints are: it was changed' };
    for (const event of events) {
      const broken = event.type === 'checkpoint.signed' ? this.#reaches(event, seq) : this.#introduce(event, last, seq);
      if (broken) return broken;
    }
    return null;
  }

  #introduce(
    { keyId, algorithm, publicKey, endorsedBy, introducedAt }: Introduced,
    { signedAt }: CheckpointSigned,
    position: number,
  ): Break | null {
    const key = readKey(publicKey);
    if (key?.keyId !== keyId || key.algorithm !== algorithm || introducedAt !== signedAt)
      return { position, wrong: `the key ${keyId} is not the one that is named` };
    const by = endorsedBy && this.#keys.get(endorsedBy.keyId);
    const isVouched = by ? isEndorsed(by, publicKey, endorsedBy.signature) : this.#key === null && !this.#trusted;
    if (!isVouched && !this.#trusted?.has(keyId))
      return { position, wrong: `nobody vouches for the key ${keyId}; if it is the house's own, name it with --key` };
    this.#keys.set(keyId, key);
    this.#key = key;
    return null;
  }

  #reaches(event: CheckpointSigned, position: number): Break | null {
    if (this.#key?.keyId !== event.keyId)
      return { position, wrong: `the checkpoint is by the key ${event.keyId}, which does not sign here` };
    if (!isStatementSigned(this.#key, event))
      return { position, wrong: 'the signature of the checkpoint is not right' };
    if (event.size < this.#tree.size || event.size > this.entries) {
      const can = `${this.#tree.size} to ${this.entries}`;
      return { position, wrong: `the checkpoint covers ${event.size} entries; here it can cover ${can}` };
    }
    const strange = this.#strange(event);
    const from = this.#tree.size + 1;
    const broken = this.#fold(event.size - this.#tree.size);
    if (broken) return broken;
    if (this.root() !== event.root) {
      if (strange !== null)
        return { position: strange, wrong: `the entry is not the one that the checkpoint at ${position} covers` };
      const wrong = `from here to ${event.size} something was changed, put in, taken out or moved: the checkpoint at ${position} covers another log`;
      return { position: from, wrong };
    }
    if (this.#blocks.splice(0).join() !== event.blocks.join())
      return { position, wrong: 'the checkpoint names other blocks than there are' };
    if (strange !== null) return { position, wrong: 'the checkpoint remembers other entries than it covers' };
    this.#checkpoint = event;
    return null;
  }

  /** The first position whose entry is not the one that the checkpoint remembers. */
  #strange({ size, marks }: CheckpointSigned): number | null {
    const count = size - this.#tree.size;
    const remembered = Buffer.from(marks, 'base64');
    if (remembered.length !== count * markBytes) return null;
    for (let i = 0; i < count; i++) {
      const leaf = i * hashBytes;
      const mark = i * markBytes;
      if (this.#waiting.compare(remembered, mark, mark + markBytes, leaf, leaf + markBytes) !== 0)
        return this.#tree.size + i + 1;
    }
    return null;
  }

  #keep(leaf: Buffer): Break | null {
    if (this.#waits * hashBytes === this.#waiting.length) {
      if (this.#waits >= mostWaiting) {
        const broken = this.#fold(mostWaiting / 2);
        if (broken) return broken;
      } else {
        this.#waiting = Buffer.concat([this.#waiting, Buffer.allocUnsafe(this.#waiting.length)]);
      }
    }
    leaf.copy(this.#waiting, this.#waits * hashBytes);
    this.#waits++;
    return null;
  }

  /** Puts so many of the waiting leaves into the tree, and looks at the anchors on the way. */
  #fold(count: number): Break | null {
    for (let i = 0; i < count; i++) {
      this.#tree.add(Buffer.from(this.#waiting.subarray(i * hashBytes, (i + 1) * hashBytes)));
      for (let anchor = this.#anchors[0]; anchor?.size === this.#tree.size; anchor = this.#anchors[0]) {
        this.#anchors.shift();
        if (this.root() === anchor.root) continue;
        const wrong = `up to ${anchor.size} this is another log than the one whose checkpoint was kept elsewhere`;
        return { position: (this.#checkpoint?.size ?? 0) + 1, wrong };
      }
    }
    this.#waiting.copyWithin(0, count * hashBytes, this.#waits * hashBytes);
    this.#waits -= count;
    return null;
  }
}

/** The events of an entry of the checkpoints, or null when they are something else. */
export function checkpointsIn(data: Uint8Array | string): CheckpointEvent[] | null {
  try {
    const body: unknown = JSON.parse(typeof data === 'string' ? data : Buffer.from(data).toString());
    return (Array.isArray(body) ? body : [body]).map((each) => CheckpointEvent.parse(each));
  } catch {
    return null;
  }
}

function readKey(publicKey: string): PublicKey | null {
  try {
    return publicKeyOf(Buffer.from(publicKey, 'base64'));
  } catch {
    return null;
  }
}

function decoded(header: string): string {
  try {
    return decodeHeader(header);
  } catch {
    return header;
  }
}
