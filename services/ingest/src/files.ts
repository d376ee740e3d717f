import { Injectable } from '@nestjs/common';
import { EvidenceStore } from '@tongsheng/bus';
import { Refusal, type Content, type KeptFile } from '@tongsheng/contracts';
import { measureBytes } from '@tongsheng/files';
import { fileTypeFromBuffer } from 'file-type';
import { Parser } from 'htmlparser2';
import { fileNameOf } from './sources/source.ts';
import { Web } from './web.ts';

export type Wanted = { url: string; name: string };
export type Kept = { files: KeptFile[]; failed: { url: string; code: string; detail: string }[] };

/** One file, all files of an item in bytes, and how many. */
const limits = { file: 32 * 2 ** 20, item: 128 * 2 ** 20, count: 100 };

/** Fetches the images and attachments of an item, measures them, and keeps them by their hash. */
@Injectable()
export class Files {
  constructor(
    private readonly web: Web,
    private readonly store: EvidenceStore,
  ) {}

  async keep(content: Pick<Content, 'html' | 'attachments'>, spacingMs: number): Promise<Kept> {
    const wanted = filesOf(content);
    const kept: Kept = { files: [], failed: [] };
    let total = 0;
    for (const [i, { url, name }] of wanted.entries()) {
      const refuse = (code: string, detail: string) => kept.failed.push({ url, code, detail: detail.slice(0, 300) });
      if (i >= limits.count || total >= limits.item) {
        refuse('too_large', `more than ${limits.count} files or ${limits.item} bytes in one item`);
        continue;
      }
      const fetched = await this.web.get(url, { urgency: 'patient', spacingMs, maxBytes: limits.file });
      if (fetched.kind === 'trouble') refuse(fetched.code, fetched.detail);
      if (fetched.kind !== 'arrived') continue;
      const { bytes } = fetched.answer;
      const mediaType = await mediaTypeOf(bytes);
      if (mediaType === 'text/html') {
        refuse('not_a_file', 'a web page stands where the file should be');
        continue;
      }
      total += bytes.length;
      const bomb = await bombIn(bytes, mediaType);
      if (bomb) {
        refuse(bomb.code, bomb.message);
        continue;
      }
      kept.files.push({ url, name, hash: await this.store.keep(bytes), bytes: bytes.length, mediaType });
    }
    return kept;
  }
}

/** What an item shows or offers beside its text: attachments first, then the images of its text. */
export function filesOf({ html, attachments }: Pick<Content, 'html' | 'attachments'>): Wanted[] {
  const wanted = new Map(attachments.map(({ url, name }) => [url, { url, name: name || fileNameOf(url) }]));
  const parser = new Parser({
    onopentag(tag, { src, alt }) {
      if (tag !== 'img' || !src || wanted.has(src) || !/^https?:/.test(src) || !URL.canParse(src)) return;
      wanted.set(src, { url: src, name: alt || fileNameOf(src) });
    },
  });
  parser.end(html);
  return [...wanted.values()];
}

/** Why the bytes would harm whoever opens them; null when they would not. */
const bombIn = (bytes: Uint8Array, mediaType: string): Promise<Refusal | null> =>
  measureBytes(bytes, mediaType).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    },
  );

/** By what the bytes are; text has no marks of its own and is told from pages and from other bytes. */
async function mediaTypeOf(bytes: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(bytes);
  if (found) return found.mime;
  const beginning = Buffer.from(bytes.subarray(0, 1_024));
  if (beginning.includes(0)) return 'application/octet-stream';
  const text = beginning.toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'text/html';
  return text.startsWith('<svg') ? 'image/svg+xml' : 'text/plain';
}
