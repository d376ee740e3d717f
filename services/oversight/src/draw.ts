import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** By their bytes, as `LC_ALL=C sort` does it: ids are plain ASCII. */
const byBytes = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** The list as a file: one id a line, in the order of their bytes. */
export const listFile = (siteIds: readonly string[]): string =>
  [...siteIds]
    .sort(byBytes)
    .map((id) => `${id}\n`)
    .join('');

/** Names a list beyond doubt: what `sha256sum` says of its file. */
export const listHashOf = (siteIds: readonly string[]): string => sha256(listFile(siteIds));

/** What the sample is drawn with: the quarter, the list as it was frozen, and a value that nobody knew by then. */
export const seedOf = (quarter: string, listHash: string, publicValue: string): string =>
  sha256(`${quarter}|${listHash}|${publicValue}`);

/** The whole list in the order of the draw: by SHA-256 of `seed|id`. The first of it are the sample. */
export const drawOrder = (seed: string, siteIds: readonly string[]): string[] =>
  siteIds
    .map((id) => `${sha256(`${seed}|${id}`)} ${id}`)
    .sort(byBytes)
    .map((line) => line.slice(65));
