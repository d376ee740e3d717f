import { DateTime } from 'luxon';
import { build, type Parts } from './date-parts.ts';
import { fromChineseNumerals } from './date-words.ts';

const units = new Map([
  ['秒', 'seconds'],
  ['分钟', 'minutes'],
  ['小时', 'hours'],
  ['天', 'days'],
  ['日', 'days'],
  ['周', 'weeks'],
  ['星期', 'weeks'],
  ['月', 'months'],
  ['年', 'years'],
] as const);
const withTime = ['秒', '分钟', '小时'];
const days = new Map([
  ['今', 0],
  ['昨', 1],
  ['前', 2],
  ['大前', 3],
]);

/** `3小时前`, `昨天 12:30`, `07-31`: what only the moment of reading makes a date of. */
export function relative(text: string, zone: string, now: string): Parts | null {
  const here = DateTime.fromISO(now, { zone, locale: 'en' });
  return ago(text, here) ?? spoken(text, here) ?? yearless(text, here);
}

const minuteOf = ({ year, month, day, hour, minute }: DateTime): Parts => ({ year, month, day, hour, minute });

function ago(text: string, here: DateTime): Parts | null {
  if (/^刚刚?$/.test(text)) return minuteOf(here);
  if (/^半个?小时(?:以|之)?前$/.test(text)) return minuteOf(here.minus({ minutes: 30 }));
  const found =
    /^(\d{1,4}|[一二两三四五六七八九十]{1,3})\s*个?\s*(秒|分钟|小时|天|日|周|星期|月|年)钟?\s*(?:以|之)?前$/.exec(text);
  const unit = units.get(found?.[2] as '天');
  if (!found || !unit) return null;
  const [, count = '', word = ''] = found;
  const time = here.minus({ [unit]: Number(/\d/.test(count) ? count : fromChineseNumerals(count)) });
  const { year, month, day } = time;
  return withTime.includes(word) ? minuteOf(time) : { year, month, day };
}

function spoken(text: string, here: DateTime): Parts | null {
  const found = /^(今|昨|前|大前)[天日](.*)$/.exec(text);
  if (!found) return null;
  const { year, month, day } = here.minus({ days: days.get(found[1]!)! });
  return build(year, month, day, found[2]);
}

/** The newest such day that is not still to come; tomorrow's may be a clock that differs. */
function yearless(text: string, here: DateTime): Parts | null {
  const found = /^(?:--)?(\d{1,2})[-/.月](\d{1,2})[日号]?(?:\s*(?=[^\d./-])|\s+|$)(.*)$/.exec(text);
  if (!found) return null;
  const [, month = '', day = '', time] = found;
  const thisYear = here.set({ month: Number(month), day: Number(day) }).startOf('day');
  const isPast = thisYear.isValid && thisYear.month === Number(month) && thisYear <= here.plus({ days: 1 });
  return build(isPast ? here.year : here.year - 1, month, day, time);
}
