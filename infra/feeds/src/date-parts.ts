import { zoneOf } from './date-words.ts';

/** A date as it is written, before anything is made of it. */
export type Parts = {
  year: number;
  month: number;
  day: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  zone?: string | undefined;
};

const dayHalf =
  '上午|下午|晚上|傍晚|中午|凌晨|早上|早晨|清晨|午后|深夜|夜间|晚|早|오전|오후|[AP]M(?![a-z])|[ap]\\.m\\.';
const second = '(?:\\s*[:分.]\\s*(?:(\\d{1,2})(?:[.,](\\d*))?(?:\\s*秒|s(?![a-z]))?)?|m(?![a-z]))?';
const clockForm = new RegExp(
  `^(${dayHalf})?\\s*(\\d{1,2})\\s*[:时時h点.]\\s*(?:(\\d{1,2})${second})?\\s*(${dayHalf})?`,
  'i',
);
const afternoon = ['下午', '晚上', '傍晚', '午后', '深夜', '夜间', '晚', '오후', 'pm'];
const morning = ['上午', '凌晨', '早上', '早晨', '清晨', '早', '오전', 'am'];

/** A time of day at the beginning of a text, and what follows it, which may be a zone. */
function readTime(
  text: string,
): (Pick<Parts, 'second' | 'millisecond'> & { hour: number; minute: number; rest: string }) | null {
  const found = clockForm.exec(text);
  if (!found) return null;
  const [whole, before, hours = '', minutes = '0', seconds, fraction, after] = found;
  const half = (before ?? after ?? '').toLowerCase().replaceAll('.', '');
  let hour = Number(hours);
  if (afternoon.includes(half) && hour < 12) hour += 12;
  if (half === '中午' && hour < 11) hour += 12;
  if (morning.includes(half) && hour === 12) hour = 0;
  return {
    hour,
    minute: Number(minutes),
    // A leap second has no place in luxon's minutes.
    ...(seconds !== undefined && { second: Math.min(Number(seconds), 59) }),
    ...(fraction && { millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')) }),
    rest: text.slice(whole.length).trim(),
  };
}

/**
 * A day with whatever follows it: nothing, a time, a time and a zone. Null where it is followed by what is neither; a
 * time in a zone that nobody knows may be half a day off, and only its day is taken.
 */
export function build(year: string | number, month: string | number, day: string | number, after = ''): Parts | null {
  const parts: Parts = { year: Number(year), month: Number(month), day: Number(day) };
  const text = after.replace(/^(?:[T,\s]|[-–—](?=\s)|at\s+(?=\d))+/i, '').trim();
  if (text === '') return parts;
  const time = readTime(text);
  if (!time) {
    const zone = zoneOf(text);
    return zone ? { ...parts, zone } : /^[\p{Script=Han}|(（\-—–]/u.test(text) ? parts : null;
  }
  const { rest, ...clock } = time;
  if (rest === '') return { ...parts, ...clock };
  const zone = zoneOf(/^\(?([^\s()[]*)/.exec(rest)![1]!);
  if (zone) return { ...parts, ...clock, zone };
  if (/^[\p{Script=Han}|([（\-—–,]/u.test(rest)) return { ...parts, ...clock };
  return /^\p{L}/u.test(rest) ? parts : null;
}
