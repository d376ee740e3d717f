import { IANAZone } from 'luxon';

/** Zone names that feeds write, in hours from UTC (RFC 822 5.1 and what is in use). `CST` is China's here, never America's. */
const zoneHours = new Map<string, number>(
  Object.entries({
    ut: 0,
    utc: 0,
    gmt: 0,
    z: 0,
    wet: 0,
    bst: 1,
    west: 1,
    cet: 1,
    met: 1,
    mez: 1,
    cest: 2,
    mest: 2,
    mesz: 2,
    eet: 2,
    eest: 3,
    msk: 3,
    msd: 4,
    ist: 5.5,
    cst: 8,
    bjt: 8,
    hkt: 8,
    sgt: 8,
    awst: 8,
    jst: 9,
    kst: 9,
    acst: 9.5,
    aest: 10,
    aedt: 11,
    nzst: 12,
    nzdt: 13,
    ast: -4,
    adt: -3,
    at: -4,
    est: -5,
    edt: -4,
    et: -5,
    cdt: -5,
    ct: -6,
    mst: -7,
    mdt: -6,
    mt: -7,
    pst: -8,
    pdt: -7,
    pt: -8,
    akst: -9,
    akdt: -8,
    hst: -10,
  }),
);

/** `UTC+08:00` for `CST`, `+0800`, `GMT+8` and the military letters of RFC 822; undefined for what is no zone. */
export function zoneOf(written: string): string | undefined {
  const text = written
    .trim()
    .toLowerCase()
    .replace(/^(?:gmt|utc)(?=[+-])/, '')
    // An offset that calls itself UTC too: the more exact word counts.
    .replace(/(?<=^[+-]\d{2}:?\d{2})z$/, '');
  const offset = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(text);
  if (offset) return `UTC${offset[1]}${offset[2]!.padStart(2, '0')}:${offset[3] ?? '00'}`;
  const hours = zoneHours.get(text) ?? military(text);
  if (hours === undefined) return IANAZone.isValidZone(written) && written.includes('/') ? written : undefined;
  const minutes = Math.abs(hours * 60);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `UTC${hours < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** A is an hour west, M twelve; N is an hour east, Y twelve; J is nobody's. */
function military(text: string): number | undefined {
  const west = 'abcdefghiklm'.indexOf(text);
  const east = 'nopqrstuvwxy'.indexOf(text);
  if (text.length !== 1 || (west === -1 && east === -1)) return undefined;
  return west === -1 ? east + 1 : -(west + 1);
}

/** The beginnings of the months' names, in the languages that feeds are dated in. */
const monthNames: readonly string[] = [
  'jan|ene|gen|янв|ιαν|january|januar|január|janvier|enero|gennaio|janeiro|ιανου',
  'feb|fév|fev|фев|φεβ|februar|február|febrer|fevereiro|febbraio|février',
  'mar|mär|mrt|мар|μαρ|μάρ|märz|március|mars|marzo|março|maart',
  'apr|avr|abr|апр|απρ|április|avril|abril|aprile',
  'may|mai|mag|mei|май|мая|μαι|μαϊ|μάι|máj|máu|május|mayo|maggio|maio',
  'jun|jui?n|giu|июн|ιουν|ιούν|június|giugno|junho|junio|juin',
  'jul|juil|lug|июл|ιουλ|ιούλ|július|luglio|julho|julio|juillet',
  'aug|aoû|aou|ago|авг|αυγ|αύγ|augusztus|agosto|août',
  'sep|set|сен|σεπ|szept|september|settembre|setembro|septiembre',
  'oct|okt|ott|out|окт|οκτ|október|ottobre|outubro|octubre|octobre',
  'nov|ноя|νοε|νοέ|november|noviembre|novembro',
  'dec|dez|déc|dic|дек|δεκ|december|dezember|dicembre|diciembre|décembre',
];
const months = monthNames.map((names) => new RegExp(`^(?:${names})`, 'u'));

/** 1 to 12 for a month's name in any of them, 0 for what is none. French `juin` and `juillet` differ late. */
export function monthOf(name: string): number {
  const word = name.toLowerCase().replace(/\.$/, '');
  if (word.startsWith('juil')) return 7;
  return months.findIndex((month) => month.test(word)) + 1;
}

const digitsOf: Record<string, number> = {
  〇: 0,
  零: 0,
  O: 0,
  o: 0,
  '○': 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** `二〇一七` is 2017, `三十一` is 31. */
export function fromChineseNumerals(text: string): string {
  if (!text.includes('十')) return [...text].map((char) => digitsOf[char] ?? '').join('');
  const [tens = '', ones = ''] = text.split('十');
  return String((tens === '' ? 1 : (digitsOf[tens] ?? 0)) * 10 + (ones === '' ? 0 : (digitsOf[ones] ?? 0)));
}
