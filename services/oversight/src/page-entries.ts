import { Parser } from 'htmlparser2';
import { DateTime } from 'luxon';

/** What a list page or home page shows: its newest date, how many entries it has, and where it leads. */
export type PageEntries = { newest: string | null; entries: number; links: string[] };

type Row = { text: string; links: number };

const rowElements = new Set('li tr dd dt p div article section'.split(' '));
const unseen = new Set(['script', 'style', 'template', 'noscript']);
/** An entry is a line with a link and a date; what is larger is a part of the page. */
const entry = { links: 3, characters: 400 };
/** A link that says more than the name of a column. */
const titleLength = 8;
/** The tokenizer takes quadratic time over tags that are nested without end. */
const deepest = 500;

const full = /(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)/g;
const short = /(?<![\d/.-])(\d{1,2})[-/月](\d{1,2})日?(?![\d/.-])/g;

/**
 * Reads a page for its entries. A date counts only in a line with a link: the day that a page's head shows is nobody's
 * news. Days to come are no news either. `today`: a day of Beijing.
 */
export function pageEntries(html: string, url: string, today: string): PageEntries {
  const links = new Set<string>();
  const dated: string[] = [];
  const undated: string[] = [];
  let titles = 0;
  const rows: Row[] = [{ text: '', links: 0 }];
  const open: string[] = [];
  let hidden = 0;
  let inLink: string | null = null;

  const finish = (row: Row, around: Row | undefined) => {
    const isEntry = row.links > 0 && row.links <= entry.links && row.text.length <= entry.characters;
    const whole = isEntry ? daysOf(row.text, today) : [];
    if (whole.length > 0) return void dated.push(whole.sort().at(-1)!);
    const half = isEntry ? shortDaysOf(row.text, today) : [];
    if (half.length > 0) return void undated.push(half.sort().at(-1)!);
    if (!around) return;
    around.text += ` ${row.text.slice(0, entry.characters + 1)}`;
    around.links += row.links;
  };
  const parser = new Parser({
    onopentag(name, { href, datetime }) {
      if (open.length >= deepest) return parser.reset();
      open.push(name);
      if (unseen.has(name)) hidden++;
      if (rowElements.has(name)) rows.push({ text: '', links: 0 });
      if (name === 'time' && datetime) rows.at(-1)!.text += ` ${datetime.slice(0, 10)} `;
      const target = name === 'a' && href !== undefined ? addressOf(href, url) : null;
      if (target === null) return;
      links.add(target);
      inLink = '';
      rows.at(-1)!.links++;
    },
    ontext(text) {
      if (hidden > 0) return;
      rows.at(-1)!.text += text;
      if (inLink !== null) inLink += text;
    },
    onclosetag(name) {
      open.pop();
      if (unseen.has(name)) hidden--;
      if (name === 'a' && inLink !== null) {
        if (inLink.trim().length >= titleLength) titles++;
        inLink = null;
      }
      if (rowElements.has(name) && rows.length > 1) finish(rows.pop()!, rows.at(-1));
    },
  });
  parser.end(html);
  while (rows.length > 0) finish(rows.pop()!, rows.at(-1));
  // Months and days alone are read only where no entry says its year.
  const known = dated.length > 0 ? dated : undated;
  const newest = known.reduce<string | null>((last, day) => (last === null || day > last ? day : last), null);
  return { newest, entries: known.length > 0 ? known.length : titles, links: [...links] };
}

function addressOf(href: string, base: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const target = new URL(href, base);
  target.hash = '';
  return target.protocol === 'http:' || target.protocol === 'https:' ? target.href : null;
}

const dayOf = (year: number, month: number, day: number): string | null => {
  const date = DateTime.fromObject({ year, month, day }, { zone: 'utc' });
  return date.isValid ? date.toISODate() : null;
};

const daysOf = (text: string, today: string): string[] =>
  [...text.matchAll(full)]
    .map(([, year, month, day]) => dayOf(Number(year), Number(month), Number(day)))
    .filter((day) => day !== null && day <= today) as string[];

/** A day without its year is the last one of that name. */
const shortDaysOf = (text: string, today: string): string[] =>
  [...text.matchAll(short)].flatMap(([, month, day]) => {
    const year = Number(today.slice(0, 4));
    const found = [year, year - 1].map((each) => dayOf(each, Number(month), Number(day)));
    return found.filter((each): each is string => each !== null && each <= today).slice(0, 1);
  });
