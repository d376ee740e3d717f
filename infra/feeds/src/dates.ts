import { DateTime } from 'luxon';
import { build, type Parts } from './date-parts.ts';
import { fromChineseNumerals, monthOf } from './date-words.ts';
import { relative } from './relative-dates.ts';

/** When a source says that it published: the instant, how exact it is, and its own words. */
export type FeedDate = { at: string | null; precision: 'second' | 'minute' | 'day' | 'none'; text: string | null };

const none = (text: string): FeedDate => ({ at: null, precision: 'none', text: text || null });

/**
 * Reads a date as Chinese and foreign sites write it. A time without a zone is the source's own zone; a day without a
 * time stays a day, and so does a month or a year; with `now`, an instant, also what only makes sense at a moment. What
 * can't be read is `none`, with the words kept. Never guesses through `Date.parse`.
 */
export function readDate(raw: string, zone: string, now?: string): FeedDate {
  const text = toHalfWidth(raw.slice(0, 2_000)).replace(/\s+/g, ' ').trim().slice(0, 200);
  if (text === '') return none('');
  const bare = withoutWords(text);
  const parts = anyForm(bare) ?? (now ? relative(bare, zone, now) : null) ?? amongWords(bare);
  if (!parts) return none(text);
  const { zone: ownZone = isKorean.test(text) ? 'Asia/Seoul' : zone, ...fields } = parts;
  // Asking the machine for its own language takes longer than anything else here.
  const time = DateTime.fromObject(fields, { zone: ownZone, locale: 'en' });
  // Beyond the years of four digits an instant has another spelling, and no document its date.
  if (!time.isValid || time.year < 1_000 || time.year > 9_998) return none(text);
  const at = new Date(time.toMillis()).toISOString();
  const precision = fields.hour === undefined ? 'day' : fields.second === undefined ? 'minute' : 'second';
  return { at, precision, text };
}

/** Who dates in Korean does so by Korea's clock, whatever zone the source was given. */
const isKorean = /[년월일]|오[전후]/;

const toHalfWidth = (text: string) =>
  text.replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ');

const label =
  /^[[【(〔]?\s*(?:(?:发布|发文|成文|公开|更新|印发|来稿)?(?:时间|日期|于)|published|posted|updated|date)?\s*:?\s*/i;
const weekday = /\(?(?:星期|周|礼拜|週)[一二三四五六日天]\)?,?/;

/** Without the words that stand around a date: a label, brackets, the day of the week; with the years that everybody counts. */
function withoutWords(text: string): string {
  const bare = text
    .replace(label, '')
    .replace(weekday, ' ')
    .replace(/[\]】)〕]+$/, '')
    .replace(/(?:中华|中華)?民[国國]\s*(\d{1,3})\s*年/, (_, year: string) => `${1911 + Number(year)}年`)
    .replace(/(\d\s*[点時时])半/, '$130分');
  return bare.replace(/\s+/g, ' ').trim();
}

/** `来源：办公厅 2017-07-31 09:30`: a whole date behind words that hold no other figures. */
function amongWords(text: string): Parts | null {
  const at = /^[^\d]*[^\d\s.-](?=\s*\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})/u.exec(text);
  return at && /\p{Script=Han}/u.test(at[0]) ? anyForm(text.slice(at[0].length).trim()) : null;
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
    after.replace(/^[T\s](\d{2})(\d{2})?(\d{2})?(?=$|[Z+-])/i, (_, h, m = '00', s) => ` ${h}:${m}${s ? `:${s}` : ''}`),
  );
}

/** `2003-335`, the day of the year. */
function ordinal(text: string): Parts | null {
  const found = /^(\d{4})-?(\d{3})(?:T(.*))?$/i.exec(text);
  if (!found) return null;
  const date = DateTime.fromObject(
    { year: Number(found[1]), ordinal: Number(found[2]) },
    { zone: 'utc', locale: 'en' },
  );
  return date.isValid ? build(String(date.year), date.month, String(date.day), found[3]) : null;
}

/** `2017年7月31日`, also in Korean, whose clock is Korea's, and in characters. */
function chinese(text: string): Parts | null {
  const found = /(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日号일]?)?(.*)$/.exec(text);
  if (found) return build(found[1]!, found[2]!, found[3] ?? '1', found[4]);
  const monthInside =
    /^(?:[日一二三四五六],\s*)?(\d{1,2})[ -]+(\d{1,2}|[一二三四五六七八九十]{1,3})月[ ,-]+(\d{2,4})(?!\d)(.*)$/.exec(
      text,
    );
  if (monthInside) {
    const [, day = '', month = '', year = '', after] = monthInside;
    return build(fullYear(year), /\d/.test(month) ? month : fromChineseNumerals(month), day, after);
  }
  const written =
    /([一二三四五六七八九〇零○Oo]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?(.*)$/.exec(
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
  `^(?:\\p{L}+\\.?,?\\s*)?(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?[ ,-]+(?:de |of )?(${word})[ ,-]+(?:de )?(\\d{2,4})(?!\\d)(.*)$`,
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

/** `07/31/2017 9:30 PM`: America's order, unless the first number can be no month; with dots or spaces Europe's. */
function slashed(text: string): Parts | null {
  const found = /^(?:\p{L}{2,9}\.?,?\s+)?(\d{1,2})([/. -])(\d{1,2})\2(\d{4}|(?<=\/)\d{2})(?!\d)(.*)$/u.exec(text);
  if (!found) return null;
  const [, one = '', point = '', two = '', year = '', after] = found;
  const dayIsFirst = Number(one) > 12 || point === '.' || point === ' ';
  return dayIsFirst ? build(fullYear(year), two, one, after) : build(fullYear(year), one, two, after);
}

function compact(text: string): Parts | null {
  const found =
    /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{0,2})?$/i.exec(text);
  if (!found) return null;
  const time = found[4] === undefined ? '' : [found[4], found[5], found[6]].filter(Boolean).join(':');
  return build(found[1]!, found[2]!, found[3]!, `${time} ${found[7] ?? ''}`);
}

/** `2017`, `201707` and `July 2017`: all that some archives know. */
function vague(text: string): Parts | null {
  const found = /^((?:19|20)\d{2})(?:年|(0[1-9]|1[0-2]))?$/.exec(text);
  if (found) return build(found[1]!, found[2] ?? 1, 1);
  const month = /^(\p{L}{3,12})\.?,? (\d{4})$/u.exec(text);
  return month && withMonth(month[1]!, (number) => build(month[2]!, number, 1));
}

/** What ISO 8601 of 1988 let off: `03-12-31`, `031231`, `03335`, `-0312`; and its weeks. */
function shortened(text: string): Parts | null {
  const day = /^(\d{2})-?(\d{2})-?(\d{2})(?!\d)(.*)$/.exec(text);
  if (day) return build(fullYear(day[1]!), day[2]!, day[3]!, day[4]);
  const month = /^-(\d{2})-?(\d{2})$/.exec(text);
  if (month) return build(fullYear(month[1]!), month[2]!, 1);
  const number = /^(\d{2})-?(\d{3})$/.exec(text);
  if (number) return ordinal(`${fullYear(number[1]!)}${number[2]}`);
  const week = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?(?:T(.*))?$/i.exec(text);
  if (!week) return null;
  const [, weekYear, weekNumber, weekday = '1', time] = week;
  const first = DateTime.fromObject(
    { weekYear: Number(weekYear), weekNumber: Number(weekNumber) },
    { zone: 'utc', locale: 'en' },
  ).plus({ days: Number(weekday) - 1 });
  return first.isValid ? build(first.year, first.month, first.day, time) : null;
}

/** Seconds or milliseconds since 1970, as some systems put into feeds. */
function epoch(text: string): Parts | null {
  if (!/^\d{10}(\d{3})?$/.test(text)) return null;
  const time = DateTime.fromMillis(text.length === 13 ? Number(text) : Number(text) * 1_000, { zone: 'utc' });
  const { year, month, day, hour, minute, second, millisecond } = time;
  return { year, month, day, hour, minute, second, millisecond, zone: 'UTC+00:00' };
}

const forms = [iso, chinese, named, slashed, ordinal, compact, epoch, vague, shortened] as const;

const anyForm = (text: string) => forms.reduce<Parts | null>((found, form) => found ?? form(text), null);
