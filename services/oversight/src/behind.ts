import { presetHours, type ComplianceTask, type ComplianceTasksQuery } from '@tongsheng/contracts';
import { codeAt, dutyAt, dutyNumber, limitAt, sourceAt, type Book, type Found, type Wanted } from './book.ts';
import type { Compliance } from './compliance.ts';
import { filterOf, type Names } from './figures.ts';
import { countedOutcomes, isWithin, outcomesOf, overdueAt } from './tally.ts';

/** One page of the obligations behind a figure, by when they are due, and how many there are in all. */
export function findBehind(
  book: Book,
  query: ComplianceTasksQuery,
  names: Names,
  at: string,
): { found: Found[]; count: number } {
  const { from, to, offset, size } = query;
  const filter = filterOf(book, query, names);
  const wanted = wantedBy(query, Date.parse(at));
  const found: Found[] = [];
  let count = 0;
  for (const day of book.daysWithin(from, to)) {
    const inDay = book.countBehind(day, filter, wanted);
    // Only the days of the page are gone through and put in order: a year has ten million.
    if (count + inDay > offset && count < offset + size) {
      const ofDay = book.behind(day, filter, wanted);
      ofDay.sort((one, other) => dueOf(one) - dueOf(other) || positionOf(one) - positionOf(other));
      found.push(...ofDay.slice(Math.max(0, offset - count), Math.max(0, offset + size - count)));
    }
    count += inDay;
  }
  return { found, count };
}

const dueOf = ({ sheet, at }: Found) => sheet.due[at]!;
const positionOf = ({ sheet, at }: Found) => sheet.position[at]!;

/** Whether an obligation is counted in a figure: the same questions that were asked when it was counted. */
function wantedBy({ outcome, duty, limit }: ComplianceTasksQuery, atMs: number): Wanted {
  const number = dutyNumber(duty);
  // What is owed after publication has limits of its own.
  const preset = duty === 'repost' ? limit : undefined;
  const overdueBit = preset === undefined ? 1 : 2 << presetHours.indexOf(preset);
  return {
    isAmong(sheet, at) {
      if (dutyAt(sheet, at) !== number) return false;
      const code = codeAt(sheet, at);
      const own = countedOutcomes[code & 3]!;
      switch (outcome) {
        case 'due':
          return true;
        case 'open':
        case 'exempted':
          return own === outcome;
        case 'on_time':
          return (own === 'on_time' || own === 'late') && isWithin(code, preset);
        case 'late':
          return (own === 'on_time' || own === 'late') && !isWithin(code, preset);
        case 'overdue':
          return own === 'open' && (overdueAt(sheet.due[at]!, limitAt(sheet, at), atMs) & overdueBit) !== 0;
      }
    },
    ofWhole({ sum, open, others }) {
      if (duty !== 'repost') return others === 0 ? 0 : null;
      if (outcome === 'overdue') return open === 0 ? 0 : null;
      const { onTime, ...counts } = outcomesOf(sum, preset);
      return outcome === 'on_time' ? onTime : counts[outcome];
    },
  };
}

/** The obligation of a task that stands on a sheet; null where it is no longer so. */
export function taskOf(row: Compliance, book: Book, { sheet, at }: Found): ComplianceTask | null {
  const [sourceId, outcome] = [book.sources.names[sourceAt(sheet, at)], countedOutcomes[codeAt(sheet, at) & 3]];
  const owed = row.counted.find(
    (each) =>
      each.sourceId === sourceId &&
      each.outcome === outcome &&
      dutyNumber(each.duty) === dutyAt(sheet, at) &&
      Date.parse(each.dueAt) === sheet.due[at],
  );
  if (!owed) return null;
  const { itemId: _item, settledAt: _settled, by, ...facts } = owed;
  const { taskId, site, publishedAt, column, kind, exemption } = row;
  return {
    ...facts,
    taskId,
    site,
    publishedAt,
    column,
    kind,
    byName: by?.name ?? null,
    exemption: facts.outcome === 'exempted' ? exemption : null,
  };
}
