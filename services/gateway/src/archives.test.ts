import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveBombs, pngOf, soundArchives } from '@tongsheng/test/support';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveLimits, measureArchive } from './archives.ts';
import { measurePicture } from './picture-size.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tongsheng-archives-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return path;
}
const measured = async (bytes: Uint8Array) => measureArchive(await fileOf(bytes), bytes.length);

/** Bombs take their time to make where the machine is busy; in ms. */
const patience = 60_000;

describe('an archive', { timeout: patience }, () => {
  it.each(archiveBombs)('is refused by name: $name', async ({ make, code }) => {
    await expect(measured(make())).rejects.toMatchObject({ name: 'Refusal', code });
  });
  it.each(soundArchives)('is taken: $name', async ({ make }) => {
    const { entries, bytes } = await measured(make());
    expect(entries).toBeLessThan(10);
    expect(bytes).toBeLessThan(archiveLimits.bytes);
  });
  it('of whatever bytes is refused or measured, and never throws otherwise', async () => {
    const sound = soundArchives[1]!.make();
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Uint8Array.from(sound);
        bytes[at] = byte;
        const code = await measured(bytes).then(
          () => 'taken',
          (error: { code: string }) => error.code,
        );
        expect(code).toMatch(/^(?:taken|archive_[a-z_]+)$/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a picture', () => {
  const sized = async (bytes: Uint8Array) => measurePicture(await fileOf(bytes));
  it('says how large it is before anything draws it', async () => {
    expect(await sized(pngOf(8_000, 6_000))).toEqual({ width: 8_000, height: 6_000 });
  });
  it.each([
    ['is as large as a bomb', pngOf(50_000, 50_000), 'picture_too_many_pixels'],
    ['is one long line', pngOf(1, 30_000), 'picture_too_many_pixels'],
    ['has no size', pngOf(0, 10), 'picture_unreadable'],
    ['ends before its size', pngOf(9, 9).subarray(0, 12), 'picture_unreadable'],
  ] as const)('is refused when it %s', async (_, bytes, code) => {
    await expect(sized(bytes)).rejects.toMatchObject({ code });
  });
});
