import { dutyKind, itemKind, type DutyKind, type ItemKind } from '@tongsheng/contracts';
import { monthOf } from './days.ts';
import { bucketOf, buckets } from './histogram.ts';
import { readLine } from './line.ts';
import {
  codeOf,
  count,
  countedOutcomes,
  countOverdue,
  isOpenCode,
  mergeTally,
  noCounts,
  noSum,
  noTally,
  overdueAt,
  type Code,
  type Counts,
  type Tally,
} from './tally.ts';

/** Gives names numbers, in the order in which they come. */
export class Register {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** -1: nobody has that name. */
  known(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }
}

/** A site's day, packed: ten million obligations are forty bytes each. */
export type Sheet = {
  site: number;
  day: number;
  length: number;
  /** When each is due, in ms. */
  due: Float64Array;
  /** Of the first entry of its task. */
  position: Float64Array;
  /** {@link stride} for each: every first word, then every second one, so that who asks for one kind of them reads no other. */
  words: Uint32Array;
  /** How many of them are open. */
  open: number;
  /** How many of them are owed after publication. */
  others: number;
  /** Its reposts, counted; without what is overdue. */
  sum: Counts;
};

const stride = 7;
/**
 * source, column, person; outcome and time with duty, kind and the first stage; the other stages; limit in seconds; how far
 * in the log its task's last entry is from the first.
 */
const word = { source: 0, column: 1, person: 2, code: 3, stages: 4, limit: 5, span: 6 } as const;
const dutyShift = 12;
const kindShift = 14;
const stageShift = 18;
const noStage = 255;
const uint32 = 2 ** 32 - 1;

/** What is asked of the book; numbers are those of its registers, -1 of a name that nobody has. */
export type Filter = {
  sites: ReadonlySet<number> | null;
  source: number | null;
  column: number | null;
  person: number | null;
  kind: number | null;
};

export type Found = { sheet: Sheet; at: number };

/** Which obligations are wanted of those that fit. */
export type Wanted = {
  isAmong(sheet: Sheet, at: number): boolean;
  /** How many of a whole sheet are, or of a whole day, where its sum says so; null where it has to be looked through. */
  ofWhole(whole: Pick<Sheet, 'sum' | 'open' | 'others'>): number | null;
};

/** A day of all sites. */
type Day = { sheets: Map<number, Sheet>; columns: Columns | null } & Pick<Sheet, 'open' | 'others'>;

/** The words that few of many are picked by, sheet behind sheet: a loop over neighbours takes a tenth of one over sheets. */
type Columns = {
  sheets: Sheet[];
  /** Where each sheet begins, and behind the last one the end. */
  starts: number[];
  person: Uint32Array;
  source: Uint32Array;
  column: Uint32Array;
};

type Month = {
  /** Of all that is due in it, and by the number of each kind. */
  tally: Tally;
  kinds: Tally[];
  days: Map<string, Day>;
  open: number;
  length: number;
};

/** Every obligation that counts, in memory, by month, day and site; what a page asks is added up from it. */
export class Book {
  readonly sites = new Register();
  readonly days = new Register();
  readonly sources = new Register();
  readonly columns = new Register();
  readonly people = new Register();
  readonly #months = new Map<string, Month>();

  /** Puts a sheet in place of the one before it. A line is its task's first position and what {@link readLine} reads. */
  put(site: string, day: string, lines: readonly (readonly [string, string])[]): void {
    const name = monthOf(day);
    let month = this.#months.get(name);
    if (!month) this.#months.set(name, (month = { tally: noTally(), kinds: [], days: new Map(), open: 0, length: 0 }));
    let ofDay = month.days.get(day);
    if (!ofDay) month.days.set(day, (ofDay = { sheets: new Map(), columns: null, open: 0, others: 0 }));
    const { sheets } = ofDay;
    ofDay.columns = null;
    const number = this.sites.numberOf(site);
    const old = sheets.get(number);
    if (old) this.#enter(month, ofDay, old, -1);
    if (lines.length === 0) {
      sheets.delete(number);
      if (sheets.size === 0) month.days.delete(day);
      return;
    }
    const sheet = this.#pack(number, this.days.numberOf(day), lines);
    sheets.set(number, sheet);
    this.#enter(month, ofDay, sheet, 1);
  }

  /**
   * What is due from the first to the last day, added up; what is open is overdue or not at a moment. Only to be read: of a
   * month it may be the book's own.
   */
  tally(from: string, to: string, filter: Filter, atMs: number): Readonly<Tally> {
    const months = this.#within(from, to);
    const tally = noTally();
    const isAsked = asks(from, to, filter);
    for (const month of months) {
      if (isNarrow(filter)) {
        for (const day of daysOf(month, from, to))
          eachFitting(day, filter, (sheet, at) => this.#countAt(tally, sheet, at, 1));
      } else {
        // What is less is counted: what is asked for, or what is not.
        let { length } = month;
        if (filter.sites !== null || ![...month.days.keys()].every((day) => day >= from && day <= to)) {
          length = 0;
          eachSheet(month, isAsked, (sheet) => (length += sheet.length));
        }
        const isMost = length * 2 > month.length;
        const known = filter.kind === null ? month.tally : (month.kinds[filter.kind] ?? noTally());
        if (months.length === 1 && length === month.length && month.open === 0) return known;
        if (isMost) mergeTally(tally, known);
        const isCounted = (day: string, site: number) => isAsked(day, site) !== isMost;
        if (!isMost || length < month.length)
          eachSheet(month, isCounted, (sheet) => this.#count(tally, sheet, filter, isMost ? -1 : 1));
      }
      if (month.open > 0)
        eachSheet(month, isAsked, (sheet) => void (sheet.open > 0 && this.#countOpen(tally, sheet, filter, atMs)));
    }
    return tally;
  }

  /** The same for each site's day alone. The counts are good until the next ones are told. */
  bySheet(
    { from, to, filter, atMs }: { from: string; to: string; filter: Filter; atMs: number },
    tell: (sheet: Sheet, counts: Counts) => void,
  ): void {
    const counts = noCounts();
    const overdue = (sheet: Sheet, at: number) =>
      countOverdue(counts, overdueAt(sheet.due[at]!, limitAt(sheet, at), atMs));
    if (isNarrow(filter)) {
      let last: Sheet | null = null;
      for (const month of this.#within(from, to))
        for (const day of daysOf(month, from, to))
          eachFitting(day, filter, (sheet, at) => {
            if (dutyAt(sheet, at) !== 0) return;
            if (last !== null && last !== sheet) tell(last, counts);
            if (last !== sheet) counts.fill(0);
            last = sheet;
            count(counts, codeAt(sheet, at), 1);
            if (isOpenCode(codeAt(sheet, at))) overdue(sheet, at);
          });
      if (last !== null) tell(last, counts);
      return;
    }
    for (const month of this.#within(from, to))
      eachSheet(month, asks(from, to, filter), (sheet) => {
        if (isUnfiltered(filter)) counts.set(sheet.sum);
        else countSheet(counts.fill(0), sheet, filter);
        if (sheet.open > 0) for (const at of openOf(sheet, filter)) if (dutyAt(sheet, at) === 0) overdue(sheet, at);
        tell(sheet, counts);
      });
  }

  /** How many obligations of a day fit and are wanted. */
  countBehind(day: string, filter: Filter, wanted: Wanted): number {
    const month = this.#months.get(monthOf(day));
    const ofDay = month?.days.get(day);
    if (!month || !ofDay) return 0;
    let all = 0;
    if (!isUnfiltered(filter)) {
      eachFitting(ofDay, filter, (sheet, at) => void (wanted.isAmong(sheet, at) && all++));
      return all;
    }
    const sum = month.tally.byDay[this.days.known(day)] ?? noSum();
    const known = filter.sites === null ? wanted.ofWhole({ ...ofDay, sum }) : null;
    if (known !== null) return known;
    for (const sheet of chosen(ofDay, filter)) {
      const ofSheet = wanted.ofWhole(sheet);
      if (ofSheet !== null) all += ofSheet;
      else for (let at = 0; at < sheet.length; at++) if (wanted.isAmong(sheet, at)) all++;
    }
    return all;
  }

  /** These obligations themselves, in no particular order. */
  behind(day: string, filter: Filter, { isAmong }: Wanted): Found[] {
    const found: Found[] = [];
    const ofDay = this.#months.get(monthOf(day))?.days.get(day);
    if (ofDay) eachFitting(ofDay, filter, (sheet, at) => void (isAmong(sheet, at) && found.push({ sheet, at })));
    return found;
  }

  /** The days of a period on which anything is due, in order. */
  daysWithin(from: string, to: string): string[] {
    return this.#within(from, to)
      .flatMap(({ days }) => [...days.keys()])
      .filter((day) => day >= from && day <= to)
      .sort();
  }

  #within(from: string, to: string): Month[] {
    return [...this.#months].filter(([name]) => name >= monthOf(from) && name <= monthOf(to)).map(([, month]) => month);
  }

  #enter(month: Month, day: Day, sheet: Sheet, sign: 1 | -1): void {
    day.open += sign * sheet.open;
    day.others += sign * sheet.others;
    month.open += sign * sheet.open;
    month.length += sign * sheet.length;
    this.#count(month.tally, sheet, everything, sign);
    const kinds = new Set(Array.from({ length: sheet.length }, (_, at) => kindAt(sheet, at)));
    for (const kind of kinds) this.#count((month.kinds[kind] ??= noTally()), sheet, { ...everything, kind }, sign);
  }

  #pack(site: number, day: number, lines: readonly (readonly [string, string])[]): Sheet {
    const read = lines
      .map(([place, text]) => ({ position: Number.parseInt(place, 36), ...readLine(text) }))
      .filter(({ outcome }) => outcome !== 'withdrawn');
    const { length } = read;
    const sheet: Sheet = {
      site,
      day,
      length,
      due: new Float64Array(length),
      position: new Float64Array(length),
      words: new Uint32Array(length * stride),
      open: 0,
      others: 0,
      sum: noSum(),
    };
    for (const [at, line] of read.entries()) {
      const { outcome, duty, kind, spentMs, stages } = line;
      sheet.due[at] = line.dueMs;
      sheet.position[at] = line.position;
      const outcomeNumber = countedOutcomes.indexOf(outcome as (typeof countedOutcomes)[number]);
      const code = codeOf(outcomeNumber, spentMs, spentMs === null ? 0 : bucketOf(spentMs));
      const [first = noStage, ...others] = stages.map((bucket) => bucket ?? noStage);
      const write = (of: keyof typeof word, value: number) => (sheet.words[word[of] * length + at] = value);
      write('source', this.sources.numberOf(line.sourceId));
      write('column', this.columns.numberOf(line.column));
      write('person', line.person === '' ? uint32 : this.people.numberOf(line.person));
      write(
        'code',
        code |
          (dutyKind.options.indexOf(duty) << dutyShift) |
          (itemKind.options.indexOf(kind) << kindShift) |
          (first << stageShift),
      );
      write(
        'stages',
        [0, 1, 2, 3].reduce((all, i) => all | ((others[i] ?? noStage) << (8 * i)), 0),
      );
      write('limit', Math.min(uint32, Math.round(line.limitMs / 1_000)));
      write('span', Math.min(uint32, line.span));
      if (outcome === 'open') sheet.open++;
      if (duty === 'repost') count(sheet.sum, code, 1);
      else sheet.others++;
    }
    return sheet;
  }

  /** Of a sheet all, or of one kind. */
  #count(tally: Tally, sheet: Sheet, { kind }: Filter, sign: 1 | -1): void {
    for (let at = 0; at < sheet.length; at++)
      if (kind === null || kindAt(sheet, at) === kind) this.#countAt(tally, sheet, at, sign);
  }

  #countAt(tally: Tally, sheet: Sheet, at: number, sign: 1 | -1): void {
    const { words, length } = sheet;
    const code = words[word.code * length + at]!;
    const duty = (code >> dutyShift) & 3;
    if (duty !== 0) {
      count(duty === 1 ? tally.updates : tally.retracts, code, sign);
      return;
    }
    count(tally.total, code, sign);
    count((tally.bySite[sheet.site] ??= noCounts()), code, sign);
    count((tally.byDay[sheet.day] ??= noCounts()), code, sign);
    count((tally.bySource[words[word.source * length + at]!] ??= noCounts()), code, sign);
    count((tally.byColumn[words[word.column * length + at]!] ??= noCounts()), code, sign);
    count((tally.byKind[(code >> kindShift) & 15] ??= noCounts()), code, sign);
    const person = words[word.person * length + at]!;
    if (person !== uint32) count((tally.byPerson[person] ??= noCounts()), code, sign);
    const first = (code >> stageShift) & 255;
    if (first !== noStage) tally.stages[first]! += sign;
    const others = words[word.stages * length + at]!;
    for (let stage = 0; stage < 4; stage++) {
      const bucket = (others >>> (8 * stage)) & 255;
      if (bucket !== noStage) tally.stages[(stage + 1) * buckets + bucket]! += sign;
    }
  }

  #countOpen(tally: Tally, sheet: Sheet, filter: Filter, atMs: number): void {
    for (const at of openOf(sheet, filter)) {
      const bits = overdueAt(sheet.due[at]!, limitAt(sheet, at), atMs);
      if (bits === 0) continue;
      const duty = dutyAt(sheet, at);
      if (duty !== 0) {
        countOverdue(duty === 1 ? tally.updates : tally.retracts, bits);
        continue;
      }
      for (const counts of [
        tally.total,
        tally.bySite[sheet.site],
        tally.byDay[sheet.day],
        tally.bySource[sourceAt(sheet, at)],
        tally.byColumn[columnAt(sheet, at)],
        tally.byKind[kindAt(sheet, at)],
        tally.byPerson[personAt(sheet, at)],
      ])
        if (counts) countOverdue(counts, bits);
    }
  }
}

function countSheet(counts: Counts, sheet: Sheet, { kind }: Filter): void {
  for (let at = 0; at < sheet.length; at++)
    if (dutyAt(sheet, at) === 0 && (kind === null || kindAt(sheet, at) === kind)) count(counts, codeAt(sheet, at), 1);
}

function* openOf(sheet: Sheet, filter: Filter): Generator<number> {
  const isFitting = fitting(sheet, filter);
  for (let at = 0; at < sheet.length; at++) if (isOpenCode(codeAt(sheet, at)) && isFitting(at)) yield at;
}

export const codeAt = ({ words, length }: Sheet, at: number): Code => words[word.code * length + at]! & 0xfff;
export const dutyAt = ({ words, length }: Sheet, at: number): number =>
  (words[word.code * length + at]! >> dutyShift) & 3;
export const limitAt = ({ words, length }: Sheet, at: number): number => words[word.limit * length + at]! * 1_000;
export const sourceAt = ({ words, length }: Sheet, at: number): number => words[word.source * length + at]!;
/** The last entry that says anything of its task; the first, where more may follow. */
export const lastAt = ({ words, length, position }: Sheet, at: number): number =>
  position[at]! + words[word.span * length + at]!;
const columnAt = ({ words, length }: Sheet, at: number): number => words[word.column * length + at]!;
const personAt = ({ words, length }: Sheet, at: number): number => words[word.person * length + at]!;
const kindAt = ({ words, length }: Sheet, at: number): number => (words[word.code * length + at]! >> kindShift) & 15;

const everything: Filter = { sites: null, source: null, column: null, person: null, kind: null };

/** Asks for a few of many; of a kind each month knows the counts. */
const isNarrow = ({ source, column, person }: Filter) => source !== null || column !== null || person !== null;
const isUnfiltered = (filter: Filter) => !isNarrow(filter) && filter.kind === null;

/** Says of a place whether it fits. */
const fitting =
  (sheet: Sheet, { source, column, person, kind }: Filter) =>
  (at: number): boolean =>
    (source === null || sourceAt(sheet, at) === source) &&
    (column === null || columnAt(sheet, at) === column) &&
    (person === null || personAt(sheet, at) === person) &&
    (kind === null || kindAt(sheet, at) === kind);

const asks =
  (from: string, to: string, { sites }: Filter) =>
  (day: string, site: number): boolean =>
    day >= from && day <= to && (sites === null || sites.has(site));

const daysOf = ({ days }: Month, from: string, to: string): Day[] =>
  [...days].filter(([day]) => day >= from && day <= to).map(([, each]) => each);

function* chosen({ sheets }: Day, { sites }: Filter): Generator<Sheet> {
  for (const sheet of sheets.values()) if (sites === null || sites.has(sheet.site)) yield sheet;
}

function eachSheet(
  { days }: Month,
  isAsked: (day: string, site: number) => boolean,
  use: (sheet: Sheet) => void,
): void {
  for (const [day, { sheets }] of days) for (const sheet of sheets.values()) if (isAsked(day, sheet.site)) use(sheet);
}

/** The obligations of a day that fit, sheet by sheet. */
function eachFitting(day: Day, filter: Filter, use: (sheet: Sheet, at: number) => void): void {
  const { person, source, column } = filter;
  if (!isNarrow(filter)) {
    for (const sheet of chosen(day, filter))
      for (let at = 0; at < sheet.length; at++)
        if (filter.kind === null || kindAt(sheet, at) === filter.kind) use(sheet, at);
    return;
  }
  const columns = (day.columns ??= columnsOf(day));
  const { sheets, starts } = columns;
  // What leaves fewest leads.
  const [lead, wanted] =
    person !== null ? [columns.person, person] : source !== null ? [columns.source, source] : [columns.column, column];
  for (let i = 0, n = 0; i < lead.length; i++) {
    if (lead[i] !== wanted) continue;
    while (starts[n + 1]! <= i) n++;
    const sheet = sheets[n]!;
    const at = i - starts[n]!;
    if ((filter.sites === null || filter.sites.has(sheet.site)) && fitting(sheet, filter)(at)) use(sheet, at);
  }
}

function columnsOf({ sheets: all }: Day): Columns {
  const sheets = [...all.values()];
  const starts = [0];
  for (const { length } of sheets) starts.push(starts.at(-1)! + length);
  const of = (name: 'person' | 'source' | 'column') => {
    const column = new Uint32Array(starts.at(-1)!);
    for (const [n, { words, length }] of sheets.entries())
      column.set(words.subarray(word[name] * length, (word[name] + 1) * length), starts[n]!);
    return column;
  };
  return { sheets, starts, person: of('person'), source: of('source'), column: of('column') };
}

export const dutyNumber = (duty: DutyKind): number => dutyKind.options.indexOf(duty);
export const kindNumber = (kind: ItemKind): number => itemKind.options.indexOf(kind);
