import { lengthOf, picturesOf, type ChannelLimits } from '@tongsheng/contracts';
import { DateTime } from 'luxon';
import type { Handed, Parcel, Prepared } from './channel.ts';

/** Thrown where one of several steps ends the attempt; a value outside. */
export class Halted extends Error {
  constructor(readonly handed: Handed) {
    super(handed.detail);
  }
}

/** What an attempt of several steps came to. */
export async function settled(work: Promise<Handed>): Promise<Handed> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Halted) return error.handed;
    throw error;
  }
}

/** What making ready came to; only what is wrong with the content itself is for good. */
export async function readied(work: Promise<string>): Promise<Prepared> {
  try {
    return { ready: true, detail: await work };
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    const { outcome, detail, trouble } = error.handed;
    return { ready: false, detail, trouble: trouble ?? (outcome === 'rejected_permanent' ? 'content' : 'network') };
  }
}

/** What the platform will not take is not begun with. @throws Halted */
export function mustFit({ title, html, files }: Pick<Parcel, 'title' | 'html' | 'files'>, limits: ChannelLimits): void {
  const refuse = (detail: string) => new Halted({ outcome: 'rejected_permanent', trouble: 'content', detail });
  const { text, pictures } = limits;
  for (const [what, limit, value] of [
    ['title', text.title, title],
    ['text', text.body, html],
  ] as const) {
    const length = limit ? lengthOf(value, limit.unit) : 0;
    if (limit && length > limit.max) throw refuse(`the ${what} has ${length} ${limit.unit}, ${limit.max} are taken`);
  }
  if (!pictures) return;
  const shown = picturesOf(html).map((hash) => files.find((file) => file.hash === hash));
  if (shown.length > pictures.max) throw refuse(`${shown.length} pictures in the text, ${pictures.max} are taken`);
  for (const file of shown) {
    if (!file) throw refuse('the text shows a picture that is not among its files');
    if (!pictures.types.includes(file.mediaType)) throw refuse(`${file.name} is ${file.mediaType}`);
    if (file.bytes > pictures.maxBytes)
      throw refuse(`${file.name} has ${file.bytes} bytes, ${pictures.maxBytes} are taken`);
  }
}

const picture = /(<img\b[^>]*?\ssrc=")(?:[^"]*\/)?files\/([0-9a-f]{64})(")/g;

/** The text with its pictures at the addresses that the platform gave them. */
export const withPictures = (html: string, addresses: ReadonlyMap<string, string>): string =>
  html.replace(picture, (all, before: string, hash: string, after: string) => {
    const address = addresses.get(hash);
    return address === undefined ? all : before + address.replaceAll('&', '&amp;').replaceAll('"', '&quot;') + after;
  });

/** Until a platform's counters begin anew. */
export function secondsToMidnight(at: string, zone = 'Asia/Shanghai'): number {
  const now = DateTime.fromISO(at, { zone });
  return Math.ceil(now.plus({ days: 1 }).startOf('day').diff(now).as('seconds'));
}
