import type { Publication } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

const beijing = (instant: string) => DateTime.fromISO(instant, { zone: 'Asia/Shanghai' });

export const showDay = (instant: string) => beijing(instant).toFormat('yyyy-MM-dd');
export const showTime = (instant: string) => beijing(instant).toFormat('yyyy-MM-dd HH:mm');

/** A source's date exactly as exact as the source stated it: never a midnight that nobody said. */
export function showPublication({ at, precision, text }: Publication): string {
  if (at === null || precision === 'none') return text ?? '来源未标注';
  if (precision === 'day') return showDay(at);
  return precision === 'minute' ? showTime(at) : beijing(at).toFormat('yyyy-MM-dd HH:mm:ss');
}
