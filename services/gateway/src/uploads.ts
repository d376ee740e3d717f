import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { EvidenceStore } from '@tongsheng/bus';
import {
  Refusal,
  releaseFile,
  unmeasurable,
  uploads,
  type ReleaseFile,
  type UploadPurpose,
} from '@tongsheng/contracts';
import { measureFile } from '@tongsheng/files';
import { fileTypeFromFile } from 'file-type';
import { Models } from './models.ts';

const refused = {
  picture: 'file_not_picture',
  recording: 'file_not_recording',
  attachment: 'file_type_refused',
} as const satisfies Record<UploadPurpose, string>;

/** How long whoever brought a file may look at it before a draft names it, in seconds. */
const ownForSeconds = 86_400;
/** Of what is too large so much is still read, so that its sender hears why; then the line is cut. */
const heardOut = 2;

/** Files that people bring: kept under their hash, as what their bytes say they are. */
@Injectable()
export class Uploads {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly models: Models,
  ) {}

  /**
   * @throws Refusal file_empty, file_too_large, file_not_picture, file_not_recording, file_type_refused, and what
   *   `measureFile` says
   */
  async keep(
    bytes: Readable,
    wanted: { name: string; purpose: UploadPurpose; personId: string },
  ): Promise<ReleaseFile> {
    const { name, purpose, personId } = wanted;
    const { maxBytes, types } = uploads[purpose];
    const folder = await mkdtemp(join(tmpdir(), 'tongsheng-upload-'));
    try {
      const path = join(folder, 'file');
      const { hash, size } = await received(bytes, path, maxBytes);
      if (size === 0) throw new Refusal('file_empty', `${name} is empty`);
      if (size > maxBytes) throw new Refusal('file_too_large', `${name} has more than ${maxBytes} bytes`, { maxBytes });
      const mediaType = await mediaTypeOf(path, name);
      if (mediaType !== null && unmeasurable.has(mediaType) && purpose === 'attachment')
        throw new Refusal('archive_unmeasured', `${name} is ${mediaType}`);
      const endings = mediaType === null ? undefined : types[mediaType];
      if (mediaType === null || endings === undefined)
        throw new Refusal(refused[purpose], `${name} is ${mediaType ?? 'of no known kind'}`, { found: mediaType });
      await measureFile(path, mediaType);
      await this.evidence.keepStream(hash, () => createReadStream(path));
      const file = { hash, name: properName(name, endings), bytes: size, mediaType };
      await this.models.redis.set(keyOf(personId, hash), JSON.stringify(file), {
        expiration: { type: 'EX', value: ownForSeconds },
      });
      return file;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What this person brought lately under that hash. */
  async broughtBy(personId: string, hash: string): Promise<ReleaseFile | null> {
    const json = await this.models.redis.get(keyOf(personId, hash));
    return json === null ? null : releaseFile.parse(JSON.parse(json));
  }
}

const keyOf = (personId: string, hash: string) => `upload:${personId}:${hash}`;

/** Writes what arrives, as much as may be, and hashes it on the way. */
async function received(bytes: Readable, path: string, maxBytes: number): Promise<{ hash: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    bytes,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > maxBytes * heardOut) return;
        if (size > maxBytes) continue;
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  );
  return { hash: hash.digest('hex'), size };
}

/** By its first bytes. Text has no mark of its own: it is text when it is called so and has nothing else in it. */
async function mediaTypeOf(path: string, name: string): Promise<string | null> {
  const found = await fileTypeFromFile(path);
  if (found) return found.mime;
  return /\.(?:txt|csv)$/i.test(name) && (await isText(path)) ? 'text/plain' : null;
}

async function isText(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    return buffer
      .subarray(0, bytesRead)
      .every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  } finally {
    await file.close();
  }
}

/** The name that it came with, ended as what it is: nothing that is a ZIP is called `.exe`. */
function properName(name: string, endings: readonly [string, ...string[]]): string {
  const base = name.replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '').trim() || 'file';
  const ending = /\.([a-z0-9]{1,5})$/i.exec(base)?.[1]?.toLowerCase();
  if (ending && endings.includes(ending)) return base;
  return `${base.replace(/\.[a-z0-9]{1,5}$/i, '')}.${endings[0]}`;
}
