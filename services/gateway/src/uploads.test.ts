import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { EvidenceStore } from '@tongsheng/bus';
import { uploads, type UploadPurpose } from '@tongsheng/contracts';
import { archiveBombs, pngOf } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import type { Models } from './models.ts';
import { Uploads } from './uploads.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);
const kept = new Map<string, Buffer>();
const keys = new Map<string, string>();
const door = new Uploads(
  {
    async keepStream(hash: string, open: () => Readable) {
      kept.set(hash, Buffer.concat(await open().toArray()));
    },
  } as unknown as EvidenceStore,
  {
    redis: {
      set: async (key: string, value: string) => void keys.set(key, value),
      get: async (key: string) => keys.get(key) ?? null,
    },
  } as unknown as Models,
);
const bring = (bytes: Buffer | string, name: string, purpose: UploadPurpose = 'picture') =>
  door.keep(Readable.from([Buffer.from(bytes)]), { name, purpose, personId: 'comms' });

describe('a file that somebody brings', () => {
  it('is kept under its hash, as what its bytes say that it is', async () => {
    const file = await bring(png, '现场照片.jpg');
    const hash = createHash('sha256').update(png).digest('hex');
    expect(file).toEqual({ hash, name: '现场照片.png', bytes: png.length, mediaType: 'image/png' });
    expect(kept.get(hash)).toEqual(png);
    expect(await door.broughtBy('comms', hash)).toEqual(file);
    expect(await door.broughtBy('somebody', hash)).toBeNull();
  });
  it.each([
    ['a page that is called a picture', '<html><body>公告</body></html>', '图.jpg', 'picture', 'file_not_picture'],
    [
      'a drawing that is a program',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '图.svg',
      'picture',
      'file_not_picture',
    ],
    ['a document where a picture is wanted', '%PDF-1.7\n', '图.png', 'picture', 'file_not_picture'],
    ['a text that is called a recording', 'mp3', '声.mp3', 'recording', 'file_not_recording'],
    ['a program', Buffer.from('4d5a90000300000004000000ffff', 'hex'), '表.exe', 'attachment', 'file_type_refused'],
    ['a web page', '<!doctype html><script>1</script>', '附件.html', 'attachment', 'file_type_refused'],
    ['bytes that are called text', Buffer.from([0x61, 0, 1, 2]), '附件.txt', 'attachment', 'file_type_refused'],
    ['nothing', '', '空.png', 'picture', 'file_empty'],
  ] as const)('is refused by name: %s', async (_, bytes, name, purpose, code) => {
    await expect(bring(Buffer.from(bytes), name, purpose)).rejects.toMatchObject({ code });
  });
  it('is refused when it is too large, before it is kept', async () => {
    const before = kept.size;
    const large = async function* () {
      yield png;
      for (let n = 0; n < 25; n++) yield Buffer.alloc(2 ** 20);
    };
    const bringing = door.keep(Readable.from(large()), { name: '大.png', purpose: 'picture', personId: 'comms' });
    await expect(bringing).rejects.toMatchObject({
      code: 'file_too_large',
      params: { maxBytes: uploads.picture.maxBytes },
    });
    expect(kept.size).toBe(before);
  });
  it('is text when it is called so and has nothing else in it, and loses an ending that it is not', async () => {
    expect(await bring('税号,金额\n1,2\n', '明细.csv', 'attachment')).toMatchObject({
      name: '明细.csv',
      mediaType: 'text/plain',
    });
    const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');
    expect(await bring(zip, '../表\r\n.exe', 'attachment')).toMatchObject({ name: '..表.zip' });
  });
  it('is refused by name and not kept when it would harm whoever opens it', async () => {
    const before = kept.size;
    const bomb = archiveBombs.find(({ code }) => code === 'archive_nested')!;
    await expect(bring(Buffer.from(bomb.make()), '材料.zip', 'attachment')).rejects.toMatchObject({ code: bomb.code });
    await expect(bring(pngOf(50_000, 50_000), '图.png')).rejects.toMatchObject({ code: 'picture_too_many_pixels' });
    expect(kept.size).toBe(before);
  });
});
