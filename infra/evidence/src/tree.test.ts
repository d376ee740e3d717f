import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockSize, leafOf, nodeOf, proofOf, rootBy, Tree } from './tree.ts';

const leaves = Array.from({ length: 3 * blockSize }, (_, i) => leafOf(hash('sha256', `entry ${i}`, 'buffer')));

/** RFC 6962, section 2.1, word for word. */
function rootOf(list: Buffer[]): Buffer {
  if (list.length === 1) return list[0]!;
  let split = 1;
  while (split * 2 < list.length) split *= 2;
  return nodeOf(rootOf(list.slice(0, split)), rootOf(list.slice(split)));
}

const size = fc.integer({ min: 1, max: 300 });

describe('the tree', () => {
  it('has the root of RFC 6962, whatever its size', () => {
    fc.assert(
      fc.property(size, (count) => {
        const tree = new Tree();
        for (const leaf of leaves.slice(0, count)) tree.add(leaf);
        expect(tree.root()).toEqual(rootOf(leaves.slice(0, count)));
      }),
    );
  });

  it('goes on behind its blocks as if it had seen all of them', () => {
    const blocks: Buffer[] = [];
    const tree = new Tree((root, index) => (blocks[index] = root));
    for (const leaf of leaves) tree.add(leaf);
    expect(blocks).toHaveLength(3);
    const again = new Tree();
    for (const block of blocks.slice(0, 2)) again.addBlock(block);
    for (const leaf of leaves.slice(2 * blockSize)) again.add(leaf);
    expect(again.root()).toEqual(tree.root());
    expect(again.size).toBe(tree.size);
  });
});

describe('a proof', () => {
  const nodeAt = (count: number) => async (height: number, index: number) =>
    rootOf(leaves.slice(index * 2 ** height, Math.min(count, (index + 1) * 2 ** height)));
  const some = size.chain((count) =>
    fc.record({
      count: fc.constant(count),
      wanted: fc
        .uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 20 })
        .map((each) => each.sort((a, b) => a - b)),
    }),
  );

  it('leads from any leaves to the root', async () => {
    await fc.assert(
      fc.asyncProperty(some, async ({ count, wanted }) => {
        const levels = await proofOf(wanted, count, nodeAt(count));
        expect(
          rootBy(
            levels,
            wanted.map((i) => leaves[i]!),
          ),
        ).toEqual(rootOf(leaves.slice(0, count)));
      }),
    );
  });

  it('needs no more hashes for one leaf than the tree is high', async () => {
    const levels = await proofOf([5], 300, nodeAt(300));
    expect(levels.flatMap((level) => level.flatMap(({ left, right }) => [left, right].filter(Boolean)))).toHaveLength(
      9,
    );
  });

  it('leads elsewhere from another leaf', async () => {
    await fc.assert(
      fc.asyncProperty(some, fc.nat(19), async ({ count, wanted }, which) => {
        const levels = await proofOf(wanted, count, nodeAt(count));
        const others = wanted.map((i, k) => (k === which % wanted.length ? leaves[i + 1]! : leaves[i]!));
        expect(rootBy(levels, others)).not.toEqual(rootOf(leaves.slice(0, count)));
      }),
    );
  });
});
