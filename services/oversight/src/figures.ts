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
import {
  addAll,
  figuresOf as figures,
  mergeTally,
  noCounts,
  noTally,
  outcomesOf,
  rateOf,
  type Counts,
} from './tally.ts';

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
  const parts = partsOf(from, to, unit);
  // Of parts longer than a day each is added up by itself, and the whole from them.
  const tallies = unit === 'day' ? [] : parts.map((part) => book.tally(part.from, part.to, filter, atMs));
  const tally = unit === 'day' ? book.tally(from, to, filter, atMs) : noTally();
  for (const each of tallies) mergeTally(tally, each);
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
  const partTotals = unit === 'day' ? daysOf(book, parts, tally.byDay) : tallies.map(({ total }) => total);
  const sites = bySite.map(({ site }) => book.sites.known(site));
  const cells =
    unit === 'day'
      ? heatOfDays(book, { from, to, filter, atMs, parts, limit })
      : heatOf(
          tallies.map((each) => each.bySite),
          limit,
        );
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
    trend: parts.map(({ part }, i) => ({ part, ...read(partTotals[i] ?? noCounts()) })),
    heat: bySite.map(({ site }, i) => ({ site, cells: cells.get(sites[i]!) ?? parts.map(() => null) })),
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

type Part = { part: string; from: string; to: string };

/** The days, months, quarters or years of a period, in order; the first and the last as far as they lie in it. */
function partsOf(from: string, to: string, unit: ComplianceView['unit']): Part[] {
  const parts: Part[] = [];
  for (const day of daysFrom(from, to)) {
    const part = partOf(day, unit);
    const last = parts.at(-1);
    if (last?.part === part) last.to = day;
    else parts.push({ part, from: day, to: day });
  }
  return parts;
}

function daysOf(book: Book, parts: readonly Part[], byDay: readonly Counts[]): (Counts | undefined)[] {
  return parts.map(({ part }) => byDay[book.days.known(part)]);
}

type Cells = Map<number, (HeatCell | null)[]>;

/** What became of each site's obligations, part by part. */
function heatOf(parts: readonly (readonly Counts[])[], limit: ComplianceQuery['limit']): Cells {
  const cells: Cells = new Map();
  for (const [i, bySite] of parts.entries())
    bySite.forEach((counts, site) => {
      const cell = cellOf(counts, limit);
      if (cell === null) return;
      let row = cells.get(site);
      if (!row) cells.set(site, (row = parts.map(() => null)));
      row[i] = cell;
    });
  return cells;
}

function heatOfDays(
  book: Book,
  asked: Parameters<Book['bySheet']>[0] & { parts: readonly Part[]; limit: ComplianceQuery['limit'] },
): Cells {
  const cells: Cells = new Map();
  const columns = new Map(asked.parts.map(({ part }, i) => [book.days.known(part), i]));
  book.bySheet(asked, ({ site, day }, counts) => {
    const cell = cellOf(counts, asked.limit);
    if (cell === null) return;
    let row = cells.get(site);
    if (!row) cells.set(site, (row = asked.parts.map(() => null)));
    row[columns.get(day)!] = cell;
  });
  return cells;
}

/** Null where nothing was due. */
function cellOf(counts: Counts, limit: ComplianceQuery['limit']): HeatCell | null {
  const { due, onTime, late, overdue, open, exempted } = outcomesOf(counts, limit);
  return due === 0 ? null : [onTime, late, overdue, open - overdue, exempted];
}

function stagesOf(stages: Int32Array): StageTime[] {
  return stageNames.flatMap((stage, i) => {
    const counts = stages.subarray(i * buckets, (i + 1) * buckets);
    const tasks = counts.reduce((sum, each) => sum + each, 0);
    const [median, p95] = [quantile(counts, 0.5), quantile(counts, 0.95)];
    return median === null || p95 === null ? [] : [{ stage, tasks, medianSeconds: median, p95Seconds: p95 }];
  });
}
