import { CheckpointEvent, type CommandHead } from '@tongsheng/contracts';
import { endorse, publicBytes, signStatement, type SigningKey } from './signing.ts';
import { blockSize, leafOf, markBytes, Tree } from './tree.ts';

/** How many entries a checkpoint remembers one by one, and how many it covers at most. */
const most = { marked: 2 ** 16, covered: 2 ** 19 };

/** Who signs, in the log. */
export const notary = 'oversight';

export const checkpointIds = 'checkpoint-';

/** The envelope of a checkpoint says nothing of its own, so that nothing in it can be changed unseen. */
export const checkpointCommand = (size: number, at: string): CommandHead => ({
  id: `${checkpointIds}${size}`,
  at,
  actor: { kind: 'service', id: notary },
});

/**
 * What has to be known of the log in order to sign it: how far checkpoints cover it, and what came since. Told of each entry
 * once and in order; its owner reads, appends and keeps the time.
 */
export class Ledger {
  readonly #tree: Tree;
  #blocks: { index: number; root: string }[] = [];
  #marks: Buffer[] = [];
  #covered = 0;
  #newest = 0;
  #keyId: string | null = null;

  constructor() {
    this.#tree = new Tree((root, index) => this.#blocks.push({ index, root: root.toString('hex') }));
  }

  /** How many entries it knows. The one behind them is wanted next. */
  get size(): number {
    return this.#tree.size;
  }

  get covered(): number {
    return this.#covered;
  }

  /** Whether something stands uncovered that is not a checkpoint itself. */
  get isOpen(): boolean {
    return this.#newest > this.#covered;
  }

  /** Entries that no checkpoint covers yet. */
  get uncovered(): number {
    return Math.max(0, this.size - this.#covered);
  }

  /** So many that a checkpoint is due although more are known to follow. */
  get isFull(): boolean {
    return this.uncovered >= most.covered;
  }

  /** What the log's own checkpoints say, before anything else is read: the tree goes on behind their blocks. */
  recall(events: readonly CheckpointEvent[]): void {
    for (const event of events) {
      if (event.type !== 'checkpoint.signed') continue;
      for (const block of event.blocks) this.#tree.addBlock(Buffer.from(block, 'hex'));
    }
    this.learn(events);
  }

  /** The next entry. */
  add(entryHash: Buffer, isCheckpoint: boolean): void {
    const leaf = leafOf(entryHash);
    this.#tree.add(leaf);
    if (this.uncovered > 0 && this.#marks.length <= most.marked) this.#marks.push(leaf.subarray(0, markBytes));
    if (!isCheckpoint) this.#newest = this.size;
  }

  /** Checkpoints and keys that stand in the log, whoever wrote them. */
  learn(events: readonly CheckpointEvent[]): void {
    for (const event of events) {
      if (event.type === 'checkpoint.key_introduced') {
        this.#keyId = event.keyId;
        continue;
      }
      this.#covered = event.size;
      this.#marks = this.uncovered > 0 ? this.#marks.slice(-this.uncovered) : [];
      this.#blocks = this.#blocks.filter(({ index }) => index >= Math.floor(event.size / blockSize));
    }
  }

  /**
   * What to append now: the key when it is new, and the checkpoint.
   * @param keys the first signs, the others vouch for it
   * @param at UTC with milliseconds
   */
  sign([key, ...others]: readonly [SigningKey, ...SigningKey[]], at: string): CheckpointEvent[] {
    const statement = { size: this.size, root: this.#tree.root().toString('hex'), signedAt: at };
    const said: CheckpointEvent[] = [
      ...(this.#keyId === key.keyId ? [] : [introduced(key, others, this.#keyId, at)]),
      {
        type: 'checkpoint.signed',
        ...statement,
        blocks: this.#blocks.map(({ root }) => root),
        marks: this.#marks.length > most.marked ? '' : Buffer.concat(this.#marks).toString('base64'),
        keyId: key.keyId,
        signature: signStatement(key, statement),
      },
    ];
    // In the one spelling that a verifier makes of it again.
    return said.map((each) => CheckpointEvent.parse(each));
  }
}

function introduced(
  key: SigningKey,
  others: readonly SigningKey[],
  before: string | null,
  at: string,
): CheckpointEvent {
  const publicKey = publicBytes(key).toString('base64');
  const by = others.find(({ keyId }) => keyId === before);
  return {
    type: 'checkpoint.key_introduced',
    keyId: key.keyId,
    algorithm: key.algorithm,
    publicKey,
    endorsedBy: by ? { keyId: by.keyId, signature: endorse(by, publicKey) } : null,
    introducedAt: at,
  };
}
