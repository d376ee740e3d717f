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
  /** {@link stride} for each. */
  words: Uint32Array;
  /** How many of them are open. */
  open: number;
  /** Its reposts, counted; without what is overdue. */
  sum: Counts;
};

export const stride = 6;
/** source, column, person; outcome and time; duty, kind and the first stage; the other stages; limit in seconds. */
const word = { source: 0, column: 1, person: 2, code: 3, stages: 4, limit: 5 } as const;
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

type Month = { tally: Tally; days: Map<string, Map<number, Sheet>>; open: number };

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
    if (!month) this.#months.set(name, (month = { tally: noTally(), days: new Map(), open: 0 }));
    let sheets = month.days.get(day);
    if (!sheets) month.days.set(day, (sheets = new Map()));
    const number = this.sites.numberOf(site);
    const old = sheets.get(number);
    if (old) this.#count(month.tally, old, null, -1);
    month.open -= old?.open ?? 0;
    if (lines.length === 0) {
      sheets.delete(number);
      if (sheets.size === 0) month.days.delete(day);
      return;
    }
    const sheet = this.#pack(number, this.days.numberOf(day), lines);
    sheets.set(number, sheet);
    month.open += sheet.open;
    this.#count(month.tally, sheet, null, 1);
  }

  /** What is due from the first to the last day, added up; what is open is overdue or not at a moment. */
  tally(from: string, to: string, filter: Filter, atMs: number): Tally {
    const tally = noTally();
    const isAll = filter.sites === null && isUnfiltered(filter);
    for (const [, month] of this.#within(from, to)) {
      const days = [...month.days].filter(([day]) => day >= from && day <= to);
      const isWhole = isAll && days.length === month.days.size;
      if (isWhole) mergeTally(tally, month.tally);
      if (isWhole && month.open === 0) continue;
      for (const [, sheets] of days) {
        for (const sheet of chosen(sheets, filter.sites)) {
          if (!isWhole) this.#count(tally, sheet, isUnfiltered(filter) ? null : filter, 1);
          if (sheet.open > 0) this.#countOpen(tally, sheet, filter, atMs);
        }
      }
    }
    return tally;
  }

  /** The same for each site's day alone. The counts are good until the next one is asked for. */
  *bySheet(from: string, to: string, filter: Filter, atMs: number): Generator<{ sheet: Sheet; counts: Counts }> {
    const counts = noCounts();
    for (const [, { days }] of this.#within(from, to)) {
      for (const [day, sheets] of days) {
        if (day < from || day > to) continue;
        for (const sheet of chosen(sheets, filter.sites)) {
          if (isUnfiltered(filter)) counts.set(sheet.sum);
          else countSheet(counts.fill(0), sheet, filter);
          if (sheet.open > 0)
            for (const at of openOf(sheet, filter))
              if (dutyAt(sheet, at) === 0) countOverdue(counts, overdueAt(sheet.due[at]!, limitAt(sheet, at), atMs));
          yield { sheet, counts };
        }
      }
    }
  }

  /** The obligations of a day that fit, by when they are due. */
  behind(day: string, filter: Filter, wanted: (sheet: Sheet, at: number) => boolean): Found[] {
    const sheets = this.#months.get(monthOf(day))?.days.get(day);
    if (!sheets) return [];
    const found: Found[] = [];
    for (const sheet of chosen(sheets, filter.sites))
      for (let at = 0; at < sheet.length; at++)
        if (fits(sheet, at, filter) && wanted(sheet, at)) found.push({ sheet, at });
    return found;
  }

  /** The days of a period on which anything is due, in order. */
  daysWithin(from: string, to: string): string[] {
    return this.#within(from, to)
      .flatMap(([, { days }]) => [...days.keys()])
      .filter((day) => day >= from && day <= to)
      .sort();
  }

  #within(from: string, to: string): [string, Month][] {
    return [...this.#months].filter(([name]) => name >= monthOf(from) && name <= monthOf(to));
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
      sum: noSum(),
    };
    for (const [at, line] of read.entries()) {
      const { outcome, duty, kind, spentMs, stages } = line;
      sheet.due[at] = line.dueMs;
      sheet.position[at] = line.position;
      const outcomeNumber = countedOutcomes.indexOf(outcome as (typeof countedOutcomes)[number]);
      const code = codeOf(outcomeNumber, spentMs, spentMs === null ? 0 : bucketOf(spentMs));
      const [first = noStage, ...others] = stages.map((bucket) => bucket ?? noStage);
      const base = at * stride;
      sheet.words[base + word.source] = this.sources.numberOf(line.sourceId);
      sheet.words[base + word.column] = this.columns.numberOf(line.column);
      sheet.words[base + word.person] = line.person === '' ? uint32 : this.people.numberOf(line.person);
      sheet.words[base + word.code] =
        code |
        (dutyKind.options.indexOf(duty) << dutyShift) |
        (itemKind.options.indexOf(kind) << kindShift) |
        (first << stageShift);
      sheet.words[base + word.stages] = [0, 1, 2, 3].reduce((all, i) => all | ((others[i] ?? noStage) << (8 * i)), 0);
      sheet.words[base + word.limit] = Math.min(uint32, Math.round(line.limitMs / 1_000));
      if (outcome === 'open') sheet.open++;
      if (duty === 'repost') count(sheet.sum, code, 1);
    }
    return sheet;
  }

  #count(tally: Tally, sheet: Sheet, filter: Filter | null, sign: 1 | -1): void {
    const { words, length } = sheet;
    const ofSite = (tally.bySite[sheet.site] ??= noCounts());
    const ofDay = (tally.byDay[sheet.day] ??= noCounts());
    for (let at = 0; at < length; at++) {
      if (filter && !fits(sheet, at, filter)) continue;
      const base = at * stride;
      const code = words[base + word.code]!;
      const duty = (code >> dutyShift) & 3;
      if (duty !== 0) {
        count(duty === 1 ? tally.updates : tally.retracts, code, sign);
        continue;
      }
      count(tally.total, code, sign);
      count(ofSite, code, sign);
      count(ofDay, code, sign);
      count((tally.bySource[words[base + word.source]!] ??= noCounts()), code, sign);
      count((tally.byColumn[words[base + word.column]!] ??= noCounts()), code, sign);
      count((tally.byKind[(code >> kindShift) & 15] ??= noCounts()), code, sign);
      const person = words[base + word.person]!;
      if (person !== uint32) count((tally.byPerson[person] ??= noCounts()), code, sign);
      const first = (code >> stageShift) & 255;
      if (first !== noStage) tally.stages[first]! += sign;
      const others = words[base + word.stages]!;
      for (let i = 0; i < 4; i++) {
        const bucket = (others >>> (8 * i)) & 255;
        if (bucket !== noStage) tally.stages[(i + 1) * buckets + bucket]! += sign;
      }
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
      const base = at * stride;
      for (const counts of [
        tally.total,
        tally.bySite[sheet.site],
        tally.byDay[sheet.day],
        tally.bySource[sheet.words[base + word.source]!],
        tally.byColumn[sheet.words[base + word.column]!],
        tally.byKind[kindAt(sheet, at)],
        tally.byPerson[sheet.words[base + word.person]!],
      ])
        if (counts) countOverdue(counts, bits);
    }
  }
}

function countSheet(counts: Counts, sheet: Sheet, filter: Filter): void {
  for (let at = 0; at < sheet.length; at++)
    if (dutyAt(sheet, at) === 0 && fits(sheet, at, filter)) count(counts, codeAt(sheet, at), 1);
}

function* openOf(sheet: Sheet, filter: Filter): Generator<number> {
  for (let at = 0; at < sheet.length; at++) if (isOpenCode(codeAt(sheet, at)) && fits(sheet, at, filter)) yield at;
}

export const codeAt = ({ words }: Sheet, at: number): Code => words[at * stride + word.code]! & 0xfff;
export const dutyAt = ({ words }: Sheet, at: number): number => (words[at * stride + word.code]! >> dutyShift) & 3;
export const limitAt = ({ words }: Sheet, at: number): number => words[at * stride + word.limit]! * 1_000;
export const sourceAt = ({ words }: Sheet, at: number): number => words[at * stride + word.source]!;
const kindAt = ({ words }: Sheet, at: number): number => (words[at * stride + word.code]! >> kindShift) & 15;

const isUnfiltered = ({ source, column, person, kind }: Filter) =>
  source === null && column === null && person === null && kind === null;

function fits({ words }: Sheet, at: number, { source, column, person, kind }: Filter): boolean {
  const base = at * stride;
  return (
    (source === null || words[base + word.source] === source) &&
    (column === null || words[base + word.column] === column) &&
    (person === null || words[base + word.person] === person) &&
    (kind === null || ((words[base + word.code]! >> kindShift) & 15) === kind)
  );
}

function* chosen(sheets: ReadonlyMap<number, Sheet>, sites: ReadonlySet<number> | null): Generator<Sheet> {
  if (sites === null) yield* sheets.values();
  else
    for (const site of sites) {
      const sheet = sheets.get(site);
      if (sheet) yield sheet;
    }
}

export const dutyNumber = (duty: DutyKind): number => dutyKind.options.indexOf(duty);
export const kindNumber = (kind: ItemKind): number => itemKind.options.indexOf(kind);
