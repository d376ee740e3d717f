import type { CorrectionFigures, CorrectionFiguresQuery } from '@tongsheng/contracts';
import type { ProjectionReader } from '@tongsheng/projections';
import { DateTime } from 'luxon';
import { counted, type CorrectionCase } from './correction-cases.ts';

type Reader = Pick<ProjectionReader<'correction', CorrectionCase>, 'count' | 'list'>;
type Counts = CorrectionFigures['total'];

const shownMonths = 12;
const mostOpen = 10_000;
const none: Counts = { received: 0, inTime: 0, late: 0, open: 0, overdue: 0 };
const sum = (all: readonly Counts[]): Counts =>
  all.reduce(
    (one, other) => ({
      received: one.received + other.received,
      inTime: one.inTime + other.inTime,
      late: one.late + other.late,
      open: one.open + other.open,
      overdue: one.overdue + other.overdue,
    }),
    none,
  );

/** Twelve months of Beijing, this one included; what is answered neither in time nor late yet is open. */
export async function correctionFigures(
  reader: Reader,
  { at }: CorrectionFiguresQuery,
  sites: readonly string[],
): Promise<CorrectionFigures> {
  const thisMonth = DateTime.fromISO(at, { zone: 'Asia/Shanghai' }).startOf('month');
  const months = Array.from({ length: shownMonths }, (_, i) => thisMonth.minus({ months: i }));
  const cells = await Promise.all(
    sites.map(async (site) => {
      const waiting = await reader.list(counted(site, 'due'), { max: Date.parse(at), limit: mostOpen });
      const monthly = months.map(async (month) => {
        const [min, max] = [month.toMillis(), month.plus({ months: 1 }).toMillis() - 1];
        const sets = (['in_time', 'late', 'open'] as const).map((what) => counted(site, what));
        const [inTime = 0, late = 0, open = 0] = await reader.count(sets, { min, max });
        const came = ({ receivedAt }: CorrectionCase) => {
          const ms = Date.parse(receivedAt);
          return ms >= min && ms <= max;
        };
        return { received: inTime + late + open, inTime, late, open, overdue: waiting.filter(came).length };
      });
      return { site, monthly: await Promise.all(monthly) };
    }),
  );
  const perSite = cells.map(({ site, monthly }) => ({ site, ...sum(monthly) }));
  return {
    asOf: at,
    total: sum(perSite),
    months: months.map((month, i) => ({
      month: month.toFormat('yyyy-MM'),
      ...sum(cells.map(({ monthly }) => monthly[i]!)),
    })),
    sites: perSite.filter(({ received }) => received > 0),
  };
}
