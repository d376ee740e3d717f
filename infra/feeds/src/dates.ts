import { DateTime } from 'luxon';

/** When a source says that it published: the instant, how exact it is, and its own words. */
export type FeedDate = { at: string | null; precision: 'second' | 'minute' | 'day' | 'none'; text: string | null };

const none = (text: string): FeedDate => ({ at: null, precision: 'none', text: text || null });

/** Zone names of RFC 822 and of Chinese sites. `CST` is China's here, never America's. */
const zones: Record<string, string> = {
  CST: '+08:00',
  GMT: '+00:00',
  UT: '+00:00',
  UTC: '+00:00',
  Z: '+00:00',
  EST: '-05:00',
  EDT: '-04:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

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
 * time stays a day; with `now`, an instant, also what only makes sense at a moment. What can't be read is `none`, with the words kept. Never guesses through `Date.parse`.
 */
export function readDate(raw: string, zone: string, now?: string): FeedDate {
  const text = toHalfWidth(raw).replace(/\s+/g, ' ').trim().slice(0, 200);
  if (text === '') return none('');
  const parts =
    iso(text) ??
    chinese(text) ??
    rfc822(text) ??
    compact(text) ??
    epoch(text) ??
    (now ? relative(text, zone, now) : null);
  if (!parts) return none(text);
  const { zone: ownZone, ...fields } = parts;
  const time = DateTime.fromObject(fields, { zone: ownZone ?? zone });
  const at = time.toUTC().toISO();
  // Beyond the years of four digits an instant has another spelling, and no document its date.
  if (at === null || !/^[1-9]\d{3}-/.test(at)) return none(text);
  const precision = fields.hour === undefined ? 'day' : fields.second === undefined ? 'minute' : 'second';
  return { at, precision, text };
}

const toHalfWidth = (text: string) =>
  text.replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ');

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));

function build(year: string, month: string, day: string, time: string | undefined, zone?: string): Parts | null {
  const clock = /(上午|下午|AM|PM)?\s*(\d{1,2})[:时](\d{1,2})?(?:[:分](\d{1,2})?(?:[.,]\d+)?)?秒?\s*(AM|PM)?/i.exec(
    time ?? '',
  );
  const parts: Parts = { year: Number(year), month: Number(month), day: Number(day), zone: zone && toOffset(zone) };
  if (!clock) return parts;
  const half = (clock[1] ?? clock[5] ?? '').toUpperCase();
  let hour = Number(clock[2]);
  if ((half === '下午' || half === 'PM') && hour < 12) hour += 12;
  if ((half === '上午' || half === 'AM') && hour === 12) hour = 0;
  const second = number(clock[4]);
  return { ...parts, hour, minute: number(clock[3]) ?? 0, ...(second !== undefined && { second }) };
}

function toOffset(zone: string): string | undefined {
  const name = zone.toUpperCase();
  if (zones[name]) return `UTC${zones[name]}`;
  const offset = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  return offset ? `UTC${offset[1]}${offset[2]!.padStart(2, '0')}:${offset[3] ?? '00'}` : undefined;
}

function iso(text: string): Parts | null {
  const found =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]?\s*((?:上午|下午)?\s*\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?))?\s*(Z|[+-]\d{1,2}:?\d{0,2}|[A-Z]{2,4})?$/i.exec(
      text,
    );
  return found ? build(found[1]!, found[2]!, found[3]!, found[4], found[5]) : null;
}

function chinese(text: string): Parts | null {
  const found = /(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?(.*)$/.exec(text);
  return found ? build(found[1]!, found[2]!, found[3]!, found[4]) : null;
}

function rfc822(text: string): Parts | null {
  const found =
    /^(?:\p{L}+,?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[A-Za-z]*[ -](\d{2,4})(?:\s+(\d{1,2}:\d{1,2}(?::\d{1,2})?))?\s*([A-Za-z]{1,4}|[+-]\d{2}:?\d{2})?/u.exec(
      text,
    );
  if (!found) return null;
  const month = months.indexOf(found[2]!.toLowerCase()) + 1;
  const year = found[3]!.length === 2 ? `${Number(found[3]) > 68 ? 19 : 20}${found[3]}` : found[3]!;
  return month === 0 ? null : build(year, String(month), found[1]!, found[4], found[5]);
}

function compact(text: string): Parts | null {
  const found = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$/.exec(text);
  if (!found) return null;
  const time = found[4] === undefined ? undefined : [found[4], found[5], found[6]].filter(Boolean).join(':');
  return build(found[1]!, found[2]!, found[3]!, time);
}

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
  const ago = /^(\d{1,4})\s*(秒|分钟|小时|天)\s*前$/.exec(text);
  if (ago || text === '刚刚') {
    const time = ago ? here.minus({ [units[ago[2]!]!]: Number(ago[1]) }) : here;
    const { year, month, day, hour, minute } = time;
    return ago?.[2] === '天' ? { year, month, day } : { year, month, day, hour, minute };
  }
  const named = /^(今天|昨天|前天)(.*)$/.exec(text);
  if (named) {
    const { year, month, day } = here.minus({ days: days[named[1]!]! });
    return build(String(year), String(month), String(day), named[2]);
  }
  const yearless = /^(\d{1,2})[-/.月](\d{1,2})日?(?:\s+(.*))?$/.exec(text);
  if (!yearless) return null;
  const [, month = '', day = '', time] = yearless;
  // The newest such day that is not still to come; tomorrow's may be a clock that differs.
  const thisYear = DateTime.fromObject({ year: here.year, month: Number(month), day: Number(day) }, { zone });
  const year = thisYear.isValid && thisYear <= here.plus({ days: 1 }) ? here.year : here.year - 1;
  return build(String(year), month, day, time);
}

/** Seconds or milliseconds since 1970, as some systems put into feeds. */
function epoch(text: string): Parts | null {
  if (!/^\d{10}(\d{3})?$/.test(text)) return null;
  const time = DateTime.fromMillis(text.length === 13 ? Number(text) : Number(text) * 1_000, { zone: 'utc' });
  const { year, month, day, hour, minute, second } = time;
  return { year, month, day, hour, minute, second, zone: 'UTC+00:00' };
}
