import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleSize, verifyScript } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawOrder, listFile, listHashOf, seedOf } from './draw.ts';

const sites = Array.from({ length: 23 }, (_, at) => `city-${at}`).concat('Province', 'city_a');

describe('a draw', () => {
  it('is repeated by anybody from list, value and the tools of any machine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'draw-'));
    try {
      writeFileSync(join(folder, 'sites.txt'), listFile(sites));
      const count = sampleSize(sites.length, 30);
      const env = { PATH: process.env['PATH'], QUARTER: '2026-Q4', PUBLIC_VALUE: '3,456.78 点', COUNT: String(count) };
      const said = execFileSync('sh', ['-c', verifyScript], { cwd: folder, env, encoding: 'utf8' }).trim().split('\n');
      const listHash = listHashOf(sites);
      const seed = seedOf('2026-Q4', listHash, '3,456.78 点');
      expect(said).toEqual([`list ${listHash}`, `seed ${seed}`, ...drawOrder(seed, sites).slice(0, count)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const anySites = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), { minLength: 1, maxLength: 60 });
  it('depends on the list and the seed alone, and holds every site once', () => {
    fc.assert(
      fc.property(anySites, fc.string({ minLength: 1 }), (ids, value) => {
        const seed = seedOf('2026-Q4', listHashOf(ids), value);
        const order = drawOrder(seed, ids);
        expect([...order].sort()).toEqual([...ids].sort());
        expect(drawOrder(seedOf('2026-Q4', listHashOf([...ids].reverse()), value), [...ids].reverse())).toEqual(order);
      }),
    );
  });
  it('never takes less than the share says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 30, max: 100 }), (count, percent) => {
        const size = sampleSize(count, percent);
        expect(size * 100).toBeGreaterThanOrEqual(count * percent);
        expect((size - 1) * 100).toBeLessThan(count * percent);
        expect(size).toBeLessThanOrEqual(count);
      }),
    );
  });
});
