import type { SubmissionCounts, SubmissionFigures, SubmissionRow } from '@tongsheng/contracts';

const none: SubmissionFigures = {
  offered: 0,
  answered: 0,
  inTime: 0,
  agreed: 0,
  declined: 0,
  withdrawn: 0,
  adopted: 0,
  overdue: 0,
};

/** What each site offered and was offered, and what became of it; sites without any are left out. */
export function countSubmissions(
  rows: readonly SubmissionRow[],
  isAsked: (site: string) => boolean,
  now: string,
): SubmissionCounts['rows'] {
  const counts = new Map<string, SubmissionCounts['rows'][number]>();
  const add = (site: string, way: 'out' | 'in', row: SubmissionRow) => {
    if (!isAsked(site)) return;
    const before = counts.get(site) ?? { site, out: none, in: none };
    counts.set(site, { ...before, [way]: counted(before[way], row, now) });
  };
  for (const row of rows) {
    add(row.site, 'out', row);
    if (row.to.kind === 'site') add(row.to.site, 'in', row);
  }
  return [...counts.values()].sort((one, other) => (one.site < other.site ? -1 : 1));
}

function counted(before: SubmissionFigures, row: SubmissionRow, now: string): SubmissionFigures {
  const { state, answeredAt, answerDueAt } = row;
  const waits = answeredAt === null && state !== 'withdrawn' && state !== 'adopted';
  const one = (is: boolean) => (is ? 1 : 0);
  return {
    offered: before.offered + 1,
    answered: before.answered + one(answeredAt !== null),
    inTime: before.inTime + one(answeredAt !== null && answeredAt <= answerDueAt),
    agreed: before.agreed + one(state === 'agreed' || row.agreedHash !== null),
    declined: before.declined + one(state === 'declined'),
    withdrawn: before.withdrawn + one(state === 'withdrawn'),
    adopted: before.adopted + one(state === 'adopted'),
    overdue: before.overdue + one(waits && answerDueAt < now),
  };
}
