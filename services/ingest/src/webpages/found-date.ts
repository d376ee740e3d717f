import { readDate, type FeedDate } from '@tongsheng/feeds';

const none: FeedDate = { at: null, precision: 'none', text: null };

/** A date as it stands among other words, the surest form first. */
const forms: readonly RegExp[] = [
  /\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:[\sT]*(?:上午|下午)?\s*\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2})?)?/,
  /(?:今天|昨天|前天)(?:\s*\d{1,2}[:：]\d{1,2})?/,
  /\d{1,4}\s*(?:秒|分钟|小时|天)\s*前|刚刚/,
  /(?<![\d-])\d{1,2}[-/.月]\d{1,2}日?(?![\d-])(?:\s*\d{1,2}[:：]\d{1,2})?/,
];
/** Day and month stand apart, as on a calendar leaf: `31 2017-07`, `07-31 2017`. */
const leaf = /(?<!\d)(\d{1,2})\s+(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?!\s*[-/.\d])/;
const yearLast = /(?<!\d)(\d{1,2})[-/.](\d{1,2})\s+(\d{4})(?!\d)/;

/** The first date in a text, read as Chinese sites write dates. */
export function findDate(text: string, zone: string, now: string): FeedDate {
  const short = text.slice(0, 2_000);
  const apart = leaf.exec(short);
  if (apart) return readDate(`${apart[2]}-${apart[3]}-${apart[1]}`, zone, now);
  const last = yearLast.exec(short);
  if (last) return readDate(`${last[3]}-${last[1]}-${last[2]}`, zone, now);
  for (const form of forms) {
    const found = form.exec(short);
    const date = found && readDate(found[0].replaceAll('：', ':'), zone, now);
    if (date?.at) return date;
  }
  return none;
}
