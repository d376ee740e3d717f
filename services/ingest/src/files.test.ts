import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EvidenceStore } from '@tongsheng/bus';
import { archiveBombs, pngOf, soundArchives } from '@tongsheng/test/support';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Files } from './files.ts';
import { Allowed, Web } from './web.ts';

const served = new Map<string, Uint8Array>();
const upstream = createServer(({ url = '' }, response) => void response.end(served.get(url)));
const kept: Uint8Array[] = [];
let base: string;
let files: Files;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  base = `http://${host}`;
  const store = { keep: async (bytes: Uint8Array) => String(kept.push(bytes)) } as unknown as EvidenceStore;
  files = new Files(new Web(new Allowed([host])), store);
});
beforeEach(() => {
  served.clear();
  kept.length = 0;
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

/** What becomes of an item with these attachments, in this order. */
function keep(attachments: Record<string, Uint8Array>, html = '') {
  for (const [name, bytes] of Object.entries(attachments)) served.set(`/${name}`, bytes);
  const named = Object.keys(attachments).map((name) => ({ url: `${base}/${name}`, name }));
  return files.keep({ html, attachments: named }, 0);
}
const text = Buffer.from('正文');

/** Bombs take their time to make where the machine is busy; in ms. */
const patience = 60_000;

describe('an attachment that harms whoever opens it', { timeout: patience }, () => {
  it.each(archiveBombs)('is named and not kept, and the others are: $name', async ({ make, code }) => {
    expect(await keep({ 'bomb.zip': make(), 'a.txt': text })).toMatchObject({
      files: [{ url: `${base}/a.txt` }],
      failed: [{ url: `${base}/bomb.zip`, code }],
    });
    expect(kept).toEqual([text]);
  });
  it('is found in a picture of the text, too', async () => {
    served.set('/large.png', pngOf(50_000, 50_000));
    served.set('/small.png', pngOf(800, 600));
    expect(await keep({}, `<img src="${base}/large.png"><img src="${base}/small.png">`)).toMatchObject({
      files: [{ url: `${base}/small.png`, mediaType: 'image/png' }],
      failed: [{ url: `${base}/large.png`, code: 'picture_too_many_pixels' }],
    });
  });
});

it.each(soundArchives)('what offices publish is kept as it came: $name', async ({ make }) => {
  const bytes = make();
  expect(await keep({ 'a.zip': bytes })).toMatchObject({ files: [{ bytes: bytes.length }], failed: [] });
  expect(kept).toHaveLength(1);
});
