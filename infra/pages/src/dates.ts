import type { Publication } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

const beijing = (instant: string) => DateTime.fromISO(instant, { zone: 'Asia/Shanghai' });

export const showDay = (instant: string) => beijing(instant).toFormat('yyyy-MM-dd');
export const showTime = (instant: string) => beijing(instant).toFormat('yyyy-MM-dd HH:mm');

/** What a source said about its date, as exact as it said it: never a midnight that nobody said. `null` when it said no date. */
export function statedDate({ at, precision }: Publication): string | null {
  if (at === null || precision === 'none') return null;
  if (precision === 'day') return showDay(at);
  return precision === 'minute' ? showTime(at) : beijing(at).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** The same for machines, as ISO 8601: a day, or a moment with its offset. */
export function statedMoment(publication: Publication): string | null {
  const { at, precision } = publication;
  if (at === null || precision === 'none') return null;
  return precision === 'day' ? showDay(at) : beijing(at).toISO({ suppressMilliseconds: true });
}

/** The same for a reader: where there is no date, the source's own words, or that it gave none. */
export const showPublication = (publication: Publication): string =>
  statedDate(publication) ?? publication.text ?? '未标注';
