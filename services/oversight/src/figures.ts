import {
  itemKind,
  presetHours,
  stageNames,
  type ComplianceQuery,
  type ComplianceView,
  type HeatCell,
  type Site,
  type StageTime,
} from '@tongsheng/contracts';
import { kindNumber, type Book, type Filter } from './book.ts';
import { before, daysFrom, partOf, unitFor } from './days.ts';
import { buckets, quantile } from './histogram.ts';
import { addAll, figuresOf as figures, noCounts, outcomesOf, rateOf, type Counts } from './tally.ts';

/** What the registry knows; a site, a source or a person that is gone keeps its figures under its id. */
export type Names = {
  sites: readonly Pick<Site, 'siteId' | 'level'>[];
  source(sourceId: string): string;
  person(personId: string): string;
};

/** Who has so few that nobody would look for them; an answer must fit one message of the bus. */
const mostRows = 500;

type Asked = Pick<ComplianceQuery, 'sites' | 'level' | 'sourceId' | 'column' | 'kind' | 'person'>;

export function filterOf(book: Book, asked: Asked, { sites: all }: Names): Filter {
  const { sites, level, sourceId, column, kind, person } = asked;
  const levels = new Map(all.map((each) => [each.siteId, each.level]));
  const named = sites ?? (level === undefined ? null : book.sites.names);
  const chosen = named?.filter((site) => level === undefined || levels.get(site) === level) ?? null;
  return {
    sites: chosen && new Set(chosen.map((site) => book.sites.known(site)).filter((number) => number >= 0)),
    source: sourceId === undefined ? null : book.sources.known(sourceId),
    column: column === undefined ? null : book.columns.known(column),
    kind: kind === undefined ? null : kindNumber(kind),
    person: person === undefined ? null : book.people.known(person),
  };
}

/** Every figure of the page. `at`: the moment by which something is overdue. */
export function figuresOf(
  book: Book,
  query: ComplianceQuery,
  names: Names,
  { at, zone, position }: { at: string; zone: string; position: number },
): ComplianceView {
  const { from, to, limit, unit = unitFor(from, to) } = query;
  const filter = filterOf(book, query, names);
  const atMs = Date.parse(at);
  const tally = book.tally(from, to, filter, atMs);
  const earlier = before(from, to);
  const past = book.tally(earlier.from, earlier.to, filter, atMs);
  const read = (counts: Counts) => figures(counts, limit);
  /** Of each that anything was due from, the busiest first. */
  const rows = <Key extends string>(key: Key, of: readonly Counts[], nameOf: (number: number) => string) =>
    [...of.keys()]
      .flatMap((number) => (of[number] ? [{ [key]: nameOf(number), number, ...read(of[number]) }] : []))
      .filter(({ due }) => due > 0)
      .sort((one, other) => other.due - one.due)
      .slice(0, mostRows) as ({ [name in Key]: string } & { number: number } & ReturnType<typeof figures>)[];
  const plain = <Row extends { number: number }>({ number: _number, ...row }: Row) => row;

  const bySite = rows('site', tally.bySite, (number) => book.sites.names[number]!);
  const parts = [...new Set(daysFrom(from, to).map((day) => partOf(day, unit)))];
  const byPart = new Map(parts.map((part) => [part, noCounts()]));
  tally.byDay.forEach((counts, number) => {
    // A day outside the period is there where all that was due on it is gone: it counts nothing.
    const part = byPart.get(partOf(book.days.names[number]!, unit));
    if (part) addAll(part, counts);
  });
  return {
    asOf: at,
    from,
    to,
    zone,
    total: read(tally.total),
    before: { ...earlier, total: read(past.total) },
    bySite: bySite.map((row) => {
      const then = past.bySite[row.number];
      return { ...plain(row), rateBefore: then ? rateOf(read(then)) : null };
    }),
    byLevel: levelsOf(book, tally.bySite, names).map(([level, counts]) => ({ level, ...read(counts) })),
    bySource: rows('sourceId', tally.bySource, (number) => book.sources.names[number]!)
      .filter(({ sourceId }) => sourceId !== '')
      .map((row) => ({ ...plain(row), sourceName: names.source(row.sourceId) })),
    byColumn: rows('column', tally.byColumn, (number) => book.columns.names[number]!).map(plain),
    byKind: rows('kind', tally.byKind, (number) => itemKind.options[number]!).map((row) => ({
      ...plain(row),
      kind: itemKind.parse(row.kind),
    })),
    byPerson: rows('personId', tally.byPerson, (number) => book.people.names[number]!).map((row) => ({
      ...plain(row),
      personName: names.person(row.personId),
    })),
    presets: presetHours.map((hours) => ({ hours, ...figures(tally.total, hours) })),
    unit,
    trend: parts.map((part) => ({ part, ...read(byPart.get(part)!) })),
    heat: heatOf(book, query, filter, { atMs, parts, unit, sites: bySite.map(({ site }) => site) }),
    updates: figures(tally.updates),
    retracts: figures(tally.retracts),
    stages: stagesOf(tally.stages),
    position,
  };
}

function levelsOf(book: Book, bySite: readonly Counts[], { sites }: Names): [Site['level'], Counts][] {
  const levels = new Map<Site['level'], Counts>();
  for (const { siteId, level } of sites) {
    const counts = bySite[book.sites.known(siteId)];
    if (!counts) continue;
    const sum = levels.get(level) ?? noCounts();
    levels.set(level, sum);
    addAll(sum, counts);
  }
  return [...levels].filter(([, counts]) => outcomesOf(counts).due > 0);
}

function heatOf(
  book: Book,
  { from, to, limit }: ComplianceQuery,
  filter: Filter,
  { atMs, parts, unit, sites }: { atMs: number; parts: string[]; unit: ComplianceView['unit']; sites: string[] },
): ComplianceView['heat'] {
  const cells = new Map<number, (HeatCell | null)[]>();
  const columns = new Map(parts.map((part, i) => [part, i]));
  const columnOf: number[] = [];
  for (const { sheet, counts } of book.bySheet(from, to, filter, atMs)) {
    const { due, onTime, late, overdue, open, exempted } = outcomesOf(counts, limit);
    if (due === 0) continue;
    let row = cells.get(sheet.site);
    if (!row) cells.set(sheet.site, (row = parts.map(() => null)));
    const column = (columnOf[sheet.day] ??= columns.get(partOf(book.days.names[sheet.day]!, unit))!);
    const cell = (row[column] ??= [0, 0, 0, 0, 0]);
    cell[0] += onTime;
    cell[1] += late;
    cell[2] += overdue;
    cell[3] += open - overdue;
    cell[4] += exempted;
  }
  return sites.map((site) => ({ site, cells: cells.get(book.sites.known(site)) ?? parts.map(() => null) }));
}

function stagesOf(stages: Int32Array): StageTime[] {
  return stageNames.flatMap((stage, i) => {
    const counts = stages.subarray(i * buckets, (i + 1) * buckets);
    const tasks = counts.reduce((sum, each) => sum + each, 0);
    const [median, p95] = [quantile(counts, 0.5), quantile(counts, 0.95)];
    return median === null || p95 === null ? [] : [{ stage, tasks, medianSeconds: median, p95Seconds: p95 }];
  });
}
