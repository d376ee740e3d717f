/** 发文字号: who, year, number, and its canonical spelling. */
export type DocumentNumber = { code: string; year: number; number: number; text: string };

const open = '[〔［\\[（(【〈<]';
const close = '[〕］\\])）】〉>]';
const han = '\\p{Script=Han}';
const digits = '\\d{1,5}';
/** `税总发〔2017〕84号`, `财税 [2016] 36 号`, `〔2017〕84-86号`. */
const bracketed = new RegExp(
  `(${han}{2,20}?)${open}((?:19|20)\\d{2})${close}第?(${digits})(?:[-—~至]${digits})?号`,
  'gu',
);
/** `国家税务总局公告2017年第11号`, `财政部 税务总局公告2023年第12号`. */
const announced = new RegExp(`(${han}{2,30}?(?:公告|通告|令|公报))((?:19|20)\\d{2})年第(${digits})号`, 'gu');
/** `国家税务总局令第42号`, `主席令第六十三号`: no year of its own. */
const ordered = new RegExp(`(${han}{2,30}?令)第(${digits}|[〇零一二三四五六七八九十百千]{1,8})号`, 'gu');

/** Words before a number that are not part of its code. */
const lead =
  /^.*?(?:根据|按照|依据|印发|转发|关于|以及|(?<!共)和|与|及|的|见|附|文号|字号|号为|即|是|经|由|在|以|于)(?=\p{Script=Han}{2,})/u;

/** Half-width digits and brackets, no spaces: numbers are typed in every way that keyboards allow. */
function plain(text: string): string {
  return text
    .replaceAll(/[\uFF10-\uFF19]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replaceAll(/[\s\u00A0\u3000\u200B]+/gu, '');
}

/** All numbers in a text, in their order, each once. */
export function readDocumentNumbers(text: string): DocumentNumber[] {
  if (!text.includes('号')) return [];
  const source = plain(text.slice(0, 200_000));
  const found: (DocumentNumber & { at: number })[] = [];
  for (const match of source.matchAll(bracketed)) {
    const [, code = '', year = '', number = ''] = match;
    const name = code.replace(lead, '');
    found.push({
      ...named(name, Number(year), Number(number), `${name}〔${year}〕${Number(number)}号`),
      at: match.index,
    });
  }
  for (const match of source.matchAll(announced)) {
    const [, code = '', year = '', number = ''] = match;
    const name = code.replace(lead, '');
    found.push({
      ...named(name, Number(year), Number(number), `${name}${year}年第${Number(number)}号`),
      at: match.index,
    });
  }
  for (const match of source.matchAll(ordered)) {
    const [, code = '', written = ''] = match;
    const name = code.replace(lead, '');
    const number = /^\d/.test(written) ? Number(written) : chineseNumber(written);
    found.push({ ...named(name, 0, number, `${name}第${number}号`), at: match.index });
  }
  found.sort((a, b) => a.at - b.at);
  return [...new Map(found.map(({ at: _at, ...each }) => [each.text, each])).values()];
}

const named = (code: string, year: number, number: number, text: string): DocumentNumber => ({
  code,
  year,
  number,
  text,
});

/**
 * The document's own number, not one that it cites: as labelled by the site, else at the end of its title or on the line
 * under it. A title that speaks about another document (`解读`, `《…》`) has that one's number in it, not its own.
 */
export function documentNumberOf(
  title: string,
  { text = '', labelled = '' }: { text?: string; labelled?: string } = {},
): DocumentNumber | null {
  const byLabel = readDocumentNumbers(labelled)[0];
  if (byLabel) return byLabel;
  if (/解读|问答|答记者问|图解|说明|辟谣/.test(title)) return null;
  const own = plain(title).replaceAll(/《[^》]*》(?:[（(][^）)]*[）)])?/g, '');
  const inTitle = readDocumentNumbers(own).at(-1);
  if (
    inTitle &&
    plain(title)
      .replace(/[）)】\]\s]+$/u, '')
      .endsWith('号')
  )
    return inTitle;
  // Under the title a number stands by itself on its line.
  for (const line of text.split('\n').slice(0, 8)) {
    if (line.length > longestLine) continue;
    const short = plain(line).replace(/^[（(]?(?:文号|发文字号|字号)?[:：]?/, '');
    const [first] = readDocumentNumbers(short);
    if (first && short.length <= first.text.length + 6) return first;
  }
  return null;
}

/** A line that holds a number and hardly anything else is shorter, spaces and all. */
const longestLine = 100;

const values: Record<string, number> = { 〇: 0, 零: 0, 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const units: Record<string, number> = { 十: 10, 百: 100, 千: 1_000 };

/** `六十三` is 63. */
function chineseNumber(text: string): number {
  let total = 0;
  let digit: number | null = null;
  for (const char of text) {
    const unit = units[char];
    if (unit === undefined) digit = values[char] ?? 0;
    else {
      total += (digit ?? 1) * unit;
      digit = null;
    }
  }
  return total + (digit ?? 0);
}
