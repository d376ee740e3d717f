import { holes, type Shift } from '@tongsheng/contracts';

/** A cell as a table has it; spreadsheets know times. */
export type Cell = string | number | boolean | Date | null | undefined;
export type Table = readonly (readonly Cell[])[];

/** What is wrong with a line, and what to do; `row` is its number in the table, from 1. */
export type ImportProblem = { row: number; code: ProblemCode; values: Record<string, string> };
export type ProblemCode =
  | 'columns'
  | 'unknownPerson'
  | 'ambiguousPerson'
  | 'unknownSubstitute'
  | 'unknownSite'
  | 'noBegin'
  | 'noEnd'
  | 'endsFirst'
  | 'samePerson'
  | 'overlapsRow'
  | 'overlapsShift';

export type Planned = { row: number; week: number; shift: Shift };
export type Hole = { site: string; from: string; to: string };
export type Plan = { planned: Planned[]; problems: ImportProblem[]; holes: Hole[] };

type Known = {
  people: readonly { personId: string; name: string }[];
  sites: readonly { siteId: string; name: string }[];
  /** Registered before. What was imported before is imported again under the same name, and is no overlap. */
  shifts: readonly Shift[];
};

const weekMs = 7 * 24 * 3_600_000;
const beijingMs = 8 * 3_600_000;
const columns = { person: 0, substitute: 1, begin: 2, end: 3, site: 4 } as const;
const headWords = /当班人|值班人|姓名|person/i;
const allSites = new Set(['', '*', '全部', '全部站点', '所有站点', 'all']);

/**
 * What a table of five columns (person, substitute, begin, end, site) would register, repeated for so many weeks: every
 * line that is wrong, with its number, and every hole between the first shift and the last. Nothing is registered here.
 */
export function planOf(table: Table, weeks: number, known: Known): Plan {
  const problems: ImportProblem[] = [];
  const first: Planned[] = [];
  const say = (row: number, code: ProblemCode, values: Record<string, string> = {}) =>
    void problems.push({ row, code, values });
  for (const [i, cells] of table.entries()) {
    const row = i + 1;
    const texts = cells.map(textOf);
    if (texts.every((text) => text === '')) continue;
    if (i === 0 && headWords.test(texts.join(' '))) continue;
    if (texts.length < 4) {
      say(row, 'columns', { n: String(texts.length) });
      continue;
    }
    const [name = '', substitute = '', , , siteName = ''] = texts;
    const person = personOf(name, known.people);
    if (person === null) say(row, 'unknownPerson', { name });
    if (person === 'many') say(row, 'ambiguousPerson', { name });
    const second = substitute === '' ? undefined : personOf(substitute, known.people);
    if (second === null) say(row, 'unknownSubstitute', { name: substitute });
    if (second === 'many') say(row, 'ambiguousPerson', { name: substitute });
    const site = siteOf(siteName, known.sites);
    if (site === null) say(row, 'unknownSite', { name: siteName });
    const from = instantOf(cells[columns.begin]);
    const to = instantOf(cells[columns.end], from);
    if (from === null) say(row, 'noBegin', { text: texts[columns.begin] ?? '' });
    if (to === null) say(row, 'noEnd', { text: texts[columns.end] ?? '' });
    if (from !== null && to !== null && from >= to) say(row, 'endsFirst');
    if (typeof person === 'object' && person && typeof second === 'object' && second?.personId === person.personId)
      say(row, 'samePerson', { name });
    if (problems.some((each) => each.row === row)) continue;
    const { personId } = person as { personId: string };
    const substituteId = (second as { personId: string } | undefined)?.personId ?? null;
    const shift = { site: site!, personId, substituteId, from: from!, to: to!, cancelled: false };
    first.push({ row, week: 0, shift: { shiftId: shiftIdOf(shift), ...shift } });
  }
  const planned = Array.from({ length: weeks }, (_, week) => first.map((each) => later(each, week))).flat();
  problems.push(...overlapsOf(planned, known.shifts));
  return { planned, problems, holes: holesOf(planned, known.shifts) };
}

const textOf = (cell: Cell): string =>
  cell === null || cell === undefined
    ? ''
    : cell instanceof Date
      ? (instantAt(cell.getTime()) ?? '')
      : String(cell).trim();

function personOf(name: string, people: Known['people']) {
  const byId = people.find(({ personId }) => personId === name);
  if (byId) return byId;
  const named = people.filter((each) => each.name === name);
  return named.length > 1 ? ('many' as const) : (named[0] ?? null);
}

function siteOf(name: string, sites: Known['sites']): string | null {
  if (allSites.has(name.toLowerCase())) return '*';
  return sites.find((each) => each.siteId === name || each.name === name)?.siteId ?? null;
}

const dateTime = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?$/;
const timeOnly = /^(次日\s*)?(\d{1,2})[:：](\d{2})$/;

/**
 * Beijing time as people write it, `2026-12-01 08:30` or `2026/12/1 8:30`; of an end also `20:30`, of the day of its
 * begin, or of the next where that is earlier; `24:00` is the end of a day. A spreadsheet's own time has no zone, and reads
 * as if it were UTC. Null: no such time.
 */
export function instantOf(cell: Cell, begin: string | null = null): string | null {
  // A day is a number there, and its minutes are fractions of it.
  if (cell instanceof Date) return instantAt(Math.round(cell.getTime() / 60_000) * 60_000 - beijingMs);
  const text = textOf(cell);
  const short = timeOnly.exec(text);
  if (short && begin !== null) {
    const [, next, hour, minute] = short;
    const day = new Date(Date.parse(begin) + beijingMs).toISOString().slice(0, 10);
    const at = timeAt(day, Number(hour), Number(minute));
    if (at === null) return null;
    return instantAt(next || at <= Date.parse(begin) ? at + weekMs / 7 : at);
  }
  const [, year, month, date, hour, minute] = dateTime.exec(text) ?? [];
  if (year === undefined) return null;
  const day = `${year}-${month!.padStart(2, '0')}-${date!.padStart(2, '0')}`;
  const at = timeAt(day, Number(hour), Number(minute));
  return at === null ? null : instantAt(at);
}

/** Null: no moment that a roster could mean. */
const instantAt = (ms: number): string | null => (ms >= 0 && ms < endOfTime ? new Date(ms).toISOString() : null);
const endOfTime = Date.parse('9990-01-01T00:00:00.000Z');

function timeAt(day: string, hour: number, minute: number): number | null {
  const midnight = Date.parse(`${day}T00:00:00.000+08:00`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight + beijingMs).toISOString().startsWith(day);
  if (!isDay || hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return null;
  return midnight + (hour * 60 + minute) * 60_000;
}

/** The same line imported again is the same shift. */
const shiftIdOf = ({ site, personId, from }: Pick<Shift, 'site' | 'personId' | 'from'>): string =>
  `${from.slice(0, 16).replaceAll(/[-:]/g, '')}-${site === '*' ? 'all' : site}-${personId}`.slice(0, 64);

function later({ row, shift }: Planned, week: number): Planned {
  const moved = (at: string) => new Date(Date.parse(at) + week * weekMs).toISOString();
  const at = { ...shift, from: moved(shift.from), to: moved(shift.to) };
  return { row, week, shift: { ...at, shiftId: shiftIdOf(at) } };
}

function overlapsOf(planned: readonly Planned[], shifts: readonly Shift[]): ImportProblem[] {
  const found: ImportProblem[] = [];
  const told = new Set<string>();
  const say = (row: number, code: ProblemCode, values: Record<string, string>) => {
    const key = `${row} ${code} ${Object.values(values).join(' ')}`;
    if (!told.has(key)) found.push({ row, code, values });
    told.add(key);
  };
  const meet = (one: Shift, other: Shift) => one.site === other.site && one.from < other.to && other.from < one.to;
  const ids = new Set(planned.map(({ shift }) => shift.shiftId));
  for (const [i, { row, shift }] of planned.entries()) {
    const before = planned.slice(0, i).find((other) => meet(other.shift, shift));
    if (before) say(row, 'overlapsRow', { row: String(before.row) });
    const known = shifts.find((each) => !each.cancelled && !ids.has(each.shiftId) && meet(each, shift));
    if (known) say(row, 'overlapsShift', { from: known.from, to: known.to });
  }
  return found;
}

/** Of each site that the table names, between its first shift and its last, whoever else is registered there. */
function holesOf(planned: readonly Planned[], shifts: readonly Shift[]): Hole[] {
  const all = [...shifts, ...planned.map(({ shift }) => shift)];
  return [...new Set(planned.map(({ shift }) => shift.site))].flatMap((site) => {
    const own = planned.filter(({ shift }) => shift.site === site).map(({ shift }) => shift);
    const from = own.reduce((least, each) => (each.from < least ? each.from : least), own[0]!.from);
    const to = own.reduce((most, each) => (each.to > most ? each.to : most), own[0]!.to);
    return holes(all, site, { from, to }).map((hole) => ({ site, ...hole }));
  });
}
