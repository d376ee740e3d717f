import { digestOf } from '@tongsheng/bus';

/** Entries of a block: who proves one of them reads these again, and the roots of all others. A power of two. */
export const blockSize = 1_024;
const blockHeight = Math.log2(blockSize);

/** What a checkpoint remembers of each leaf, so that it can be told which one is another; what it proves, the root does. */
export const markBytes = 6;

const leafBytes = Buffer.alloc(33, 0x00);
const nodeBytes = Buffer.alloc(65, 0x01);

/** RFC 6962, section 2.1, of the hash of an entry. The prefixes keep a leaf from passing for a node. */
export function leafOf(entryHash: Buffer): Buffer {
  entryHash.copy(leafBytes, 1);
  return digestOf(leafBytes);
}

export function nodeOf(left: Buffer, right: Buffer): Buffer {
  left.copy(nodeBytes, 1);
  right.copy(nodeBytes, 33);
  return digestOf(nodeBytes);
}

/** The root of what a list of whole subtrees, the largest first, make together. */
const rootOf = (subtrees: Buffer[]): Buffer =>
  subtrees.length === 0 ? digestOf('') : subtrees.reduceRight((right, left) => nodeOf(left, right));

/** A Merkle tree that grows at its end, of which only the edge is kept: a hash for each bit that is set in its size. */
export class Tree {
  /** Whole subtrees at the edge, by height; their sizes are the bits of `size`. */
  readonly #edge: (Buffer | undefined)[] = [];
  readonly #onBlock: (root: Buffer, index: number) => void;
  #size = 0;

  /** @param onBlock told of each block that is filled */
  constructor(onBlock: (root: Buffer, index: number) => void = () => {}) {
    this.#onBlock = onBlock;
  }

  get size(): number {
    return this.#size;
  }

  add(leaf: Buffer): void {
    this.#carry(leaf, 0);
    this.#size++;
  }

  /** Goes on behind a block that was filled before. The size must be whole blocks. */
  addBlock(root: Buffer): void {
    this.#carry(root, blockHeight);
    this.#size += blockSize;
  }

  root(): Buffer {
    return rootOf(this.#edge.filter((each) => each !== undefined).reverse());
  }

  #carry(node: Buffer, from: number): void {
    let height = from;
    for (let left = this.#edge[height]; left; left = this.#edge[height]) {
      node = nodeOf(left, node);
      this.#edge[height++] = undefined;
      if (height === blockHeight) this.#onBlock(node, Math.floor(this.#size / blockSize));
    }
    this.#edge[height] = node;
  }
}

/**
 * One step of a proof of many leaves at once: the pairs of a level, from left to right. `null` is what the level below came
 * to, taken in order; a hash is one that the reader can't make; a pair without a right side is handed on as it is.
 */
export type Level = { left: Buffer | null; right: Buffer | null | undefined }[];

/**
 * What is needed to get from some leaves to the root: for one leaf as many hashes as the tree is high, and no more than two
 * a leaf for all.
 * @param wanted indices of the leaves, rising
 * @param nodeAt the hash of the whole subtree of a height that begins at `index · 2^height`; asked only for those that lie
 *   within the tree, and for the ragged one at its end
 */
export async function proofOf(
  wanted: readonly number[],
  size: number,
  nodeAt: (height: number, index: number) => Promise<Buffer>,
): Promise<Level[]> {
  const levels: Level[] = [];
  let known = [...wanted];
  let width = size;
  for (let height = 0; width > 1; height++) {
    const level: Level = [];
    const above: number[] = [];
    for (let i = 0; i < known.length; i++) {
      const index = known[i]!;
      const isRight = index % 2 === 1;
      const sibling = isRight ? index - 1 : index + 1;
      above.push(Math.floor(index / 2));
      if (isRight) level.push({ left: await nodeAt(height, sibling), right: null });
      else if (sibling >= width) level.push({ left: null, right: undefined });
      else if (known[i + 1] === sibling) {
        level.push({ left: null, right: null });
        i++;
      } else level.push({ left: null, right: await nodeAt(height, sibling) });
    }
    levels.push(level);
    known = above;
    width = Math.ceil(width / 2);
  }
  return levels;
}

/** Where a proof leads from these leaves. */
export function rootBy(levels: readonly Level[], leaves: readonly Buffer[]): Buffer {
  let known = [...leaves];
  for (const level of levels) {
    let next = 0;
    known = level.map(({ left, right }) => {
      const first = left ?? known[next++]!;
      if (right === undefined) return first;
      return nodeOf(first, right ?? known[next++]!);
    });
  }
  if (known.length !== 1) throw new Error('the proof does not lead to one root');
  return known[0]!;
}
