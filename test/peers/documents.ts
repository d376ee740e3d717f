import { createHash } from 'node:crypto';
import type { PublicDocument } from '@tongsheng/contracts';
import { hashA } from '@tongsheng/test/support';

export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const pdf = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
);
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** The bytes of pictures and attachments by their hashes. */
export const kept = new Map([png, pdf].map((bytes) => [sha256(bytes), bytes]));
export const [pngHash, pdfHash] = [...kept.keys()] as [string, string];

let tasks = 0;

/** A repost of a task of its own, with everything that a system could spoil. */
export function repost(more: Partial<PublicDocument> = {}): PublicDocument {
  const documentId = `Task_${++tasks}`;
  const url = `https://tax.example/province/repost/${documentId}`;
  return {
    documentId,
    site: 'province',
    siteName: '省税务局（示例）',
    kind: 'repost',
    column: '税收政策',
    title: `关于“小微企业”减免的公告——2026年第${tasks}号 & <其他>`,
    summary: '',
    html: '<p>第一条 凡 5 &lt; 10 者，"减半"征收——税率3.5%，详见<a href="https://up.example/f?a=1&amp;b=2">办法</a>。</p><p>　　[gallery] 9x9 ...</p><table><tr><td>税率</td><td>3%</td></tr></table>',
    url,
    source: {
      name: '国家税务总局网站（示例）',
      link: 'https://up.example/c/1.html?a=1&b=2',
      publication: { at: '2026-11-22T16:00:00.000Z', precision: 'day', text: '2026-11-23' },
      firstSeenAt: '2026-11-23T01:02:03.000Z',
    },
    files: [],
    verdict: null,
    postedAt: '2026-11-23T04:00:00.000Z',
    version: 1,
    contentHash: hashA,
    ...more,
  };
}

/** The same with a picture and an attachment. */
export function illustrated(): PublicDocument {
  const document = repost();
  const address = (hash: string) => `${document.url}/files/${hash}`;
  const shown = `<p><img src="${address(pngHash)}" alt="图" /></p><p>附件：<a href="${address(pdfHash)}">申报表（样式）</a></p>`;
  return {
    ...document,
    html: document.html + shown,
    files: [
      { hash: pngHash, name: '图', bytes: png.length, mediaType: 'image/png' },
      { hash: pdfHash, name: '申报表（样式）.pdf', bytes: pdf.length, mediaType: 'application/pdf' },
    ],
  };
}
