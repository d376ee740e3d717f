import { measureBytes } from '@tongsheng/files';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { archiveBombs, pictures, pngOf, soundArchives } from '../vectors/archives.ts';

/** Bombs take their time to make where the machine is busy; in ms. */
const patience = 60_000;

describe('an archive', { timeout: patience }, () => {
  it.each(archiveBombs)('is refused by name: $name', async ({ make, code }) => {
    await expect(measureBytes(make(), 'application/zip')).rejects.toMatchObject({ name: 'Refusal', code });
  });
  it('is one by its first bytes, whatever kind of document it is taken for', async () => {
    const type = 'application/vnd.ms-word.document.macroenabled.12';
    await expect(measureBytes(archiveBombs[1]!.make(), type)).rejects.toMatchObject({ code: 'archive_too_dense' });
  });
  it.each(soundArchives)('is taken: $name', async ({ make }) => {
    await measureBytes(make(), 'application/zip');
  });
  it('of whatever bytes is refused or measured, and never throws otherwise', async () => {
    const sound = soundArchives[1]!.make();
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Uint8Array.from(sound);
        bytes[at] = byte;
        const code = await measureBytes(bytes, 'application/zip').then(
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
  it.each(pictures)('says how large it is before anything draws it: $name', async ({ mediaType, make }) => {
    await measureBytes(make(800, 600), mediaType);
    await expect(measureBytes(make(16_000, 16_000), mediaType)).rejects.toMatchObject({
      code: 'picture_too_many_pixels',
    });
  });
  it.each([
    ['is as large as a bomb', pngOf(50_000, 50_000), 'picture_too_many_pixels'],
    ['is one long line', pngOf(1, 30_000), 'picture_too_many_pixels'],
    ['has no size', pngOf(0, 10), 'picture_unreadable'],
    ['ends before its size', pngOf(9, 9).subarray(0, 12), 'picture_unreadable'],
  ] as const)('is refused when it %s', async (_, bytes, code) => {
    await expect(measureBytes(bytes, 'image/png')).rejects.toMatchObject({ code });
  });
});
