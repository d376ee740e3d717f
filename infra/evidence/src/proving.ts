import { recordOf, walkStream, type Bus } from '@tongsheng/bus';
import { streams, subjects, type CheckpointSigned } from '@tongsheng/contracts';
import { BrokenLog } from './verify.ts';
import { blockSize, leafOf, nodeOf, proofOf, rootBy, type Level } from './tree.ts';

const height = Math.log2(blockSize);

/** The nodes over a row of leaves or blocks, level by level; a lone one at the end is handed on. */
function rows(leaves: Buffer[]): Buffer[][] {
  const found = [leaves];
  for (let row = leaves; row.length > 1;) {
    const above: Buffer[] = [];
    for (let i = 0; i < row.length; i += 2) above.push(row[i + 1] ? nodeOf(row[i]!, row[i + 1]!) : row[i]!);
    found.push(above);
    row = above;
  }
  return found;
}

/**
 * What leads from some entries to the root of a checkpoint. Only the blocks that hold one of them are read; of all others
 * the checkpoints know the root.
 * @param positions rising, none behind what the last checkpoint covers
 * @param leaves what the caller has read at these positions
 * @throws BrokenLog when the log no longer leads to the checkpoint
 */
export async function prove(
  bus: Bus,
  checkpoints: readonly CheckpointSigned[],
  positions: readonly number[],
  leaves: readonly Buffer[],
): Promise<Level[]> {
  const { size, root } = checkpoints.at(-1)!;
  const blocks: Buffer[] = checkpoints.flatMap((each) => each.blocks).map((block) => Buffer.from(block, 'hex'));
  const indices = positions.map((position) => position - 1);
  const wanted = new Map<number, number[]>();
  for (const index of indices) {
    const block = Math.floor(index / blockSize);
    wanted.set(block, [...(wanted.get(block) ?? []), index]);
  }
  // The one at the end is not filled yet, so that nobody knows its root.
  const whole = Math.floor(size / blockSize);
  if (size % blockSize > 0 && !wanted.has(whole)) wanted.set(whole, []);

  const siblings = new Map<string, Buffer>();
  await readBlocks(
    bus,
    [...wanted.keys()].sort((one, other) => one - other),
    size,
    (block, read) => {
      const made = rows(read);
      blocks[block] ??= made.at(-1)![0]!;
      let known = new Set(wanted.get(block));
      for (let level = 0; level < height; level++) {
        for (const index of known) {
          const sibling = index % 2 === 0 ? index + 1 : index - 1;
          const node = made[level]?.[sibling - (block * blockSize) / 2 ** level];
          if (node && !known.has(sibling)) siblings.set(`${level}:${sibling}`, node);
        }
        known = new Set([...known].map((index) => Math.floor(index / 2)));
      }
    },
  );
  const above = rows(blocks);
  const levels = await proofOf(indices, size, (level, index) => {
    const node = level < height ? siblings.get(`${level}:${index}`) : above[level - height]?.[index];
    if (!node) throw new Error(`there is no node ${index} at height ${level}`);
    return Promise.resolve(node);
  });
  if (rootBy(levels, leaves).toString('hex') !== root)
    throw new BrokenLog({
      position: positions[0]!,
      wrong: 'the log does not lead to its checkpoint any more; `log verify` tells where it was changed',
    });
  return levels;
}

/** Reads whole blocks, runs of them in one go. */
async function readBlocks(
  bus: Bus,
  blocks: readonly number[],
  size: number,
  onBlock: (block: number, leaves: Buffer[]) => void,
): Promise<void> {
  for (let i = 0; i < blocks.length;) {
    let end = i;
    while (blocks[end + 1] === blocks[end]! + 1) end++;
    const last = Math.min(size, (blocks[end]! + 1) * blockSize);
    let leaves: Buffer[] = [];
    await walkStream(bus, {
      stream: streams.journal,
      subject: subjects.events(),
      from: blocks[i]! * blockSize + 1,
      onMessage(message): void | false {
        if (message.seq > last) return false;
        leaves.push(leafOf(recordOf(message).hash));
        if (message.seq % blockSize !== 0 && message.seq !== last) return;
        onBlock(Math.floor((message.seq - 1) / blockSize), leaves);
        leaves = [];
        if (message.seq === last) return false;
      },
    });
    i = end + 1;
  }
}
