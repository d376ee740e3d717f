import { DateTime } from 'luxon';
import { fromChineseNumerals, monthOf, zoneOf } from './date-words.ts';

/** When a source says that it published: the instant, how exact it is, and its own words. */
export type FeedDate = { at: string | null; precision: 'second' | 'minute' | 'day' | 'none'; text: string | null };

const none = (text: string): FeedDate => ({ at: null, precision: 'none', text: text || null });

type Parts = {
  year: number;
  month: number;
  day: number;
  hour?: number;
  minute?: number;
  second?: number;
  zone?: string | undefined;
};

/**
 * Reads a date as Chinese and foreign sites write it. A time without a zone is the source's own zone; a day without a
 * time stays a day, and so does a month or a year; with `now`, an instant, also what only makes sense at a moment. What
 * can't be read is `none`, with the words kept. Never guesses through `Date.parse`.
 */
export function readDate(raw: string, zone: string, now?: string): FeedDate {
  const text = toHalfWidth(raw.slice(0, 2_000)).replace(/\s+/g, ' ').trim().slice(0, 200);
  if (text === '') return none('');
  const bare = withoutWords(text);
  const parts =
    forms.reduce<Parts | null>((found, form) => found ?? form(bare), null) ?? (now ? relative(bare, zone, now) : null);
  if (!parts) return none(text);
  const { zone: ownZone, ...fields } = parts;
  // Asking the machine for its own language takes longer than anything else here.
  const time = DateTime.fromObject(fields, { zone: ownZone ?? zone, locale: 'en' });
  // Beyond the years of four digits an instant has another spelling, and no document its date.
  if (!time.isValid || time.year < 1_000 || time.year > 9_998) return none(text);
  const at = new Date(time.toMillis()).toISOString();
  const precision = fields.hour === undefined ? 'day' : fields.second === undefined ? 'minute' : 'second';
  return { at, precision, text };
}

const toHalfWidth = (text: string) =>
  text.replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ');

const label =
  /^[[【(]?\s*(?:(?:发布|发文|成文|公开|更新|印发|来稿)?(?:时间|日期|于)|published|posted|updated|date)?\s*:?\s*/i;
const weekday = /\(?(?:星期|周|礼拜)[一二三四五六日天]\)?,?/;

/** Without the words that stand around a date: a label, brackets, the day of the week, what follows in Chinese. */
function withoutWords(text: string): string {
  const bare = text
    .replace(label, '')
    .replace(weekday, ' ')
    .replace(/[\]】)]+$/, '');
  return bare.replace(/\s+/g, ' ').trim();
}

const dayHalf = '上午|下午|晚上|傍晚|中午|凌晨|早上|오전|오후|AM|PM|a\\.m\\.|p\\.m\\.';
const clockForm = new RegExp(
  `^(${dayHalf})?\\s*(\\d{1,2})\\s*[:时h点]\\s*(?:(\\d{1,2})\\s*(?:[:分m]\\s*(?:(\\d{1,2})(?:[.,]\\d+)?\\s*(?:秒|s)?)?)?)?\\s*(${dayHalf})?`,
  'i',
);

/** A time of day at the beginning of a text, and what follows it, which may be a zone. */
function readTime(text: string): { hour: number; minute: number; second?: number; rest: string } | null {
  const found = clockForm.exec(text);
  if (!found) return null;
  const [whole, before, hours = '', minutes = '0', seconds, after] = found;
  const half = (before ?? after ?? '').toLowerCase().replaceAll('.', '');
  let hour = Number(hours);
  if (['下午', '晚上', '傍晚', '오후', 'pm'].includes(half) && hour < 12) hour += 12;
  if (half === '中午' && hour < 11) hour += 12;
  if (['上午', '凌晨', '早上', '오전', 'am'].includes(half) && hour === 12) hour = 0;
  // A leap second has no place in luxon's minutes.
  const second = seconds === undefined ? undefined : Math.min(Number(seconds), 59);
  return {
    hour,
    minute: Number(minutes),
    ...(second !== undefined && { second }),
    rest: text.slice(whole.length).trim(),
  };
}

/** A day with whatever follows it: nothing, a time, a time and a zone. Null where it is followed by something else. */
function build(year: string, month: string | number, day: string, after = ''): Parts | null {
  const parts: Parts = { year: Number(year), month: Number(month), day: Number(day) };
  const text = after.replace(/^[T,\s]+/, '').trim();
  if (text === '') return parts;
  const time = readTime(text);
  if (!time) {
    const zone = zoneOf(text);
    return zone ? { ...parts, zone } : /^[\p{Script=Han}|(（\-—–]/u.test(text) ? parts : null;
  }
  const { rest, ...clock } = time;
  const zone = rest === '' ? undefined : zoneOf(rest.split(' ')[0]!.replace(/[()]/g, ''));
  if (rest !== '' && zone === undefined && !/^[\p{Script=Han}|([（\-—–,]/u.test(rest)) return null;
  return { ...parts, ...clock, ...(zone && { zone }) };
}

/** `2017-07-31T09:30:00+08:00` and its shorter and looser kin (ISO 8601, W3CDTF, SQL). */
function iso(text: string): Parts | null {
  const found = /^(?:\p{L}{2,9},?\s+)?(\d{4})\s*[-/.]\s*(\d{1,2})(?:\s*[-/.]\s*(\d{1,2}))?(?!\d)(.*)$/u.exec(text);
  if (!found) return null;
  const [, year = '', month = '', day, after = ''] = found;
  if (day === undefined && after.trim() !== '') return null;
  return build(
    year,
    month,
    day ?? '1',
    after.replace(/^(?:T|\s)(\d{2})(\d{2})(\d{2})?(?=$|\D)/, (_, h, m, s) => ` ${h}:${m}${s ? `:${s}` : ''}`),
  );
}

/** `2003-335`, the day of the year. */
function ordinal(text: string): Parts | null {
  const found = /^(\d{4})-?(\d{3})(?:T(.*))?$/.exec(text);
  if (!found) return null;
  const date = DateTime.fromObject({ year: Number(found[1]), ordinal: Number(found[2]) }, { zone: 'utc' });
  return date.isValid ? build(String(date.year), date.month, String(date.day), found[3]) : null;
}

function chinese(text: string): Parts | null {
  const found = /(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日号일]?)?(.*)$/.exec(text);
  if (found) return build(found[1]!, found[2]!, found[3] ?? '1', found[4]);
  const written =
    /([一二三四五六七八九〇零○]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?(.*)$/.exec(
      text,
    );
  if (!written) return null;
  const [, year = '', month = '', day = '一', after] = written;
  return build(fromChineseNumerals(year), fromChineseNumerals(month), fromChineseNumerals(day), after);
}

const fullYear = (year: string) => (year.length > 2 ? year : `${Number(year) > 68 ? 19 : 20}${year.padStart(2, '0')}`);
const word = '[\\p{L}]{3,12}\\.?';

/** `Mon, 31 Jul 2017 09:30:00 +0800` (RFC 822, RFC 850, and looser), in the languages that feeds are written in. */
const dayFirst = new RegExp(
  `^(?:\\p{L}+\\.?,?\\s*)?(\\d{1,2})(?:st|nd|rd|th|\\.)?[ ,-]+(?:de )?(${word})[ ,-]+(?:de )?(\\d{2,4})(?!\\d)(.*)$`,
  'u',
);
/** `July 31, 2017 9:30 PM`. */
const monthFirst = new RegExp(
  `^(?:\\p{L}+\\.?,?\\s+)?(${word})\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})(?!\\d)(.*)$`,
  'u',
);
/** `Mon Jul 31 09:30:00 PST 2017` (asctime, `date`). */
const yearLast = new RegExp(
  `^(?:\\p{L}+\\.?,?\\s+)?(${word})\\s+(\\d{1,2}),?\\s+(\\d{1,2}:\\d{1,2}(?::\\d{1,2})?)\\s*([\\p{L}+:\\d-]*?)\\s*(\\d{4})$`,
  'u',
);
/** `2004-július-13T9:15-05:00`, `2017 Jul 31`. */
const yearFirst = new RegExp(`^(\\d{4})[ .-]+(${word})[ .-]+(\\d{1,2})(?!\\d)(.*)$`, 'u');

function named(text: string): Parts | null {
  const last = yearLast.exec(text);
  if (last) return withMonth(last[1]!, (month) => build(last[5]!, month, last[2]!, `${last[3]} ${last[4]}`));
  const day = dayFirst.exec(text);
  if (day) return withMonth(day[2]!, (month) => build(fullYear(day[3]!), month, day[1]!, day[4]));
  const first = monthFirst.exec(text);
  if (first) return withMonth(first[1]!, (month) => build(first[3]!, month, first[2]!, first[4]));
  const year = yearFirst.exec(text);
  return year && withMonth(year[2]!, (month) => build(year[1]!, month, year[3]!, year[4]));
}

function withMonth(name: string, use: (month: number) => Parts | null): Parts | null {
  const month = monthOf(name);
  return month === 0 ? null : use(month);
}

/** `07/31/2017 9:30 PM`: America's order, unless the first number can be no month. */
function slashed(text: string): Parts | null {
  const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)(.*)$/.exec(text);
  if (!found) return null;
  const [, one = '', two = '', year = '', after] = found;
  return Number(one) > 12 ? build(year, two, one, after) : build(year, one, two, after);
}

function compact(text: string): Parts | null {
  const found =
    /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2}):?(\d{2})(?::?(\d{2}))?)?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{0,2})?$/i.exec(text);
  if (!found) return null;
  const time = found[4] === undefined ? '' : [found[4], found[5], found[6]].filter(Boolean).join(':');
  return build(found[1]!, found[2]!, found[3]!, `${time} ${found[7] ?? ''}`);
}

/** `2017` and `201707`: all that some archives know. */
function vague(text: string): Parts | null {
  const found = /^((?:19|20)\d{2})(\d{2})?$/.exec(text);
  return found && build(found[1]!, found[2] ?? '1', '1');
}

/** Seconds or milliseconds since 1970, as some systems put into feeds. */
function epoch(text: string): Parts | null {
  if (!/^\d{10}(\d{3})?$/.test(text)) return null;
  const time = DateTime.fromMillis(text.length === 13 ? Number(text) : Number(text) * 1_000, { zone: 'utc' });
  const { year, month, day, hour, minute, second } = time;
  return { year, month, day, hour, minute, second, zone: 'UTC+00:00' };
}

const forms = [iso, chinese, named, slashed, ordinal, compact, epoch, vague] as const;

const units: Record<string, 'seconds' | 'minutes' | 'hours' | 'days'> = {
  秒: 'seconds',
  分钟: 'minutes',
  小时: 'hours',
  天: 'days',
};
const days: Record<string, number> = { 今天: 0, 昨天: 1, 前天: 2 };

/** `3小时前`, `昨天 12:30`, `07-31`: what only the moment of reading makes a date of. */
function relative(text: string, zone: string, now: string): Parts | null {
  const here = DateTime.fromISO(now, { zone });
  const ago = /^(\d{1,4})\s*(秒|分钟|小时|天)\s*(?:以?前)$/.exec(text);
  if (ago || text === '刚刚') {
    const time = ago ? here.minus({ [units[ago[2]!]!]: Number(ago[1]) }) : here;
    const { year, month, day, hour, minute } = time;
    return ago?.[2] === '天' ? { year, month, day } : { year, month, day, hour, minute };
  }
  const spoken = /^(今天|昨天|前天)(.*)$/.exec(text);
  if (spoken) {
    const { year, month, day } = here.minus({ days: days[spoken[1]!]! });
    return build(String(year), month, String(day), spoken[2]);
  }
  const yearless = /^(\d{1,2})[-/.月](\d{1,2})日?(?:\s+(.*))?$/.exec(text);
  if (!yearless) return null;
  const [, month = '', day = '', time] = yearless;
  // The newest such day that is not still to come; tomorrow's may be a clock that differs.
  const thisYear = DateTime.fromObject({ year: here.year, month: Number(month), day: Number(day) }, { zone });
  const year = thisYear.isValid && thisYear <= here.plus({ days: 1 }) ? here.year : here.year - 1;
  return build(String(year), month, day, time);
}
