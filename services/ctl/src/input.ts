import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { safeFetch } from '@tongsheng/web';
import { Failure } from './failure.ts';

export type Input = { bytes: Uint8Array; contentType: string | null; url: string | null };

const isAddress = (source: string) => /^https?:\/\//i.test(source);

/** Bytes of a file, an address, or standard input (`-`). @throws Failure naming what could not be read. */
export async function readInput(source: string, allow: readonly string[]): Promise<Input> {
  if (source === '-') return { bytes: await buffer(process.stdin), contentType: null, url: null };
  if (isAddress(source)) return fetched(source, allow);
  try {
    return { bytes: await readFile(source), contentType: null, url: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[code] ?? code;
    throw new Failure(`${source}: ${why} (${pathToFileURL(source).href})`);
  }
}

async function fetched(address: string, allow: readonly string[]): Promise<Input> {
  const answer = await safeFetch(address, { allow, maxBytes: 32 * 2 ** 20 });
  if (answer.ok) return { bytes: answer.bytes, contentType: answer.contentType, url: answer.url };
  const hint = answer.code === 'address_refused' ? '; WEB_ALLOW=host:port lets an internal address through' : '';
  throw new Failure(`${address}: ${answer.code}: ${answer.detail}${hint}`);
}
