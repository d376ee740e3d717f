import { nameOfAlarm, type AlarmRow, type DutyFigures, type HandoverRow, type IncidentRow } from '@tongsheng/contracts';
import type { Period } from './duty-book.ts';

/** Figures of what began in a period. What was only an exercise counts in none of them, and is listed by itself. */
export function dutyFigures(
  record: { alarms: readonly AlarmRow[]; incidents: readonly IncidentRow[]; handovers: readonly HandoverRow[] },
  { from, to }: Period,
): DutyFigures {
  const within = (at: string) => from <= at && at < to;
  const begun = record.alarms.filter(({ raisedAt }) => within(raisedAt));
  const real = begun.filter(({ about }) => about.kind !== 'drill');
  const incidents = record.incidents.filter(({ openedAt }) => within(openedAt));
  const reported = incidents.filter(({ reportedAt }) => reportedAt !== null);
  const late = reported.filter(({ reportedAt, dueAt }) => reportedAt! > dueAt);
  const ends = record.handovers.filter(({ shift }) => shift !== null && within(shift.to));
  return {
    from,
    to,
    alarms: {
      raised: real.length,
      endedAlone: real.filter(({ acknowledged, closed }) => closed && !acknowledged).length,
      unanswered: real.filter(({ state }) => state === 'unanswered').length,
      taken: timesOf(real.map(tookMs)),
      closed: timesOf(real.map(({ raisedAt, closed }) => closed && msBetween(raisedAt, closed.at))),
    },
    byPerson: groups(real, ({ acknowledged }) => acknowledged?.byName ?? null).map(([name, rows]) => ({
      name,
      ...timesOf(rows.map(tookMs)),
    })),
    byKind: groups(real, ({ about }) => about.kind).map(([kind, rows]) => ({
      kind,
      raised: rows.length,
      ...timesOf(rows.map(tookMs)),
    })),
    incidents: {
      opened: incidents.length,
      reportedInTime: reported.length - late.length,
      reportedLate: late.length,
      unreported: incidents.length - reported.length,
      reported: timesOf(reported.map(({ openedAt, reportedAt }) => Math.max(0, msBetween(openedAt, reportedAt!)))),
      closed: timesOf(incidents.map(({ openedAt, closed }) => closed && msBetween(openedAt, closed.at))),
    },
    handovers: {
      accepted: ends.filter(({ state }) => state === 'accepted').length,
      overdue: ends.filter(({ overdue }) => overdue !== null).length,
      waiting: ends.filter(({ state }) => state === 'given').length,
    },
    drills: begun.flatMap((row) => {
      const { about, site, raisedAt, acknowledged, told } = row;
      if (about.kind !== 'drill') return [];
      const { drillId, on, byName } = about;
      const called = new Set(told.map(({ personId }) => personId)).size;
      const takenBy = acknowledged?.byName ?? null;
      return [
        { drillId, site, on, scenario: nameOfAlarm(about), byName, at: raisedAt, takenBy, tookMs: tookMs(row), called },
      ];
    }),
  };
}

const msBetween = (from: string, to: string) => Date.parse(to) - Date.parse(from);
const tookMs = ({ raisedAt, acknowledged }: AlarmRow) => acknowledged && msBetween(raisedAt, acknowledged.at);

function groups<Row>(rows: readonly Row[], of: (row: Row) => string | null): [string, Row[]][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = of(row);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), row]);
  }
  return [...found].sort(([, one], [, other]) => other.length - one.length);
}

/** Of what has an end: how many, the middle one, and the one that nine of ten stay below. */
function timesOf(all: readonly (number | null)[]) {
  const sorted = all.filter((each) => each !== null).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { n: sorted.length, medianMs: at(0.5), p90Ms: at(0.9) };
}
