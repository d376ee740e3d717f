import {
  reportFields,
  reportForm,
  sitesUnder,
  type ReportKind,
  type ReportPeriod,
  type Site,
} from '@tongsheng/contracts';
import type { ProjectionReader, SheetsRead } from '@tongsheng/projections';
import { mayHold, Tally } from './report-marks.ts';

/** What was owed to be reposted and what became of it, as the compliance page counts it. */
export type RepostFigures = { due: number; onTime: number; late: number; overdue: number; exempted: number };

export type Counted = { figures: { field: string; value: string }[]; position: number };

export type CountOptions = {
  /** Of the marks, which stand at least where the log stood when it was asked for. */
  marks: Pick<ProjectionReader<never, never>, 'changedSheets' | 'sheets'>;
  of: { site: string; kind: ReportKind; template: string; period: ReportPeriod };
  /** All that are registered; a table of supervision and a bulletin are about a site and those under it. */
  sites: readonly Site[];
  repostsOf(sites: string[]): Promise<RepostFigures>;
  /** Told how much is read, 0 to 1. */
  onShare(share: number): void;
};

/** Adds up what is known of a form's entries, and says the position of the log that they stand at. */
export async function countReport({ marks, of, sites, repostsOf, onShare }: CountOptions): Promise<Counted> {
  const covered = of.kind === 'work' ? sites.filter(({ siteId }) => siteId === of.site) : sitesUnder(of.site, sites);
  const names = covered.map(({ siteId }) => siteId);
  const ours = new Set(names);
  const { lines, position } = await readSheets(
    marks,
    (sheet) => mayHold(sheet, of.period, (site) => ours.has(site)),
    onShare,
  );
  const tally = new Tally(of.period);
  for (const text of lines) tally.add(text);
  const own = sites.find(({ siteId }) => siteId === of.site);
  const known: Record<string, string> = {
    ...tally.figures(),
    ...inWords(await repostsOf(names)),
    ...(own && { site_name: own.name, home_page: own.baseUrl }),
    sites: String(covered.length),
  };
  const { published_own = '0', published_reposts = '0' } = known;
  known['published_total'] = String(Number(published_own) + Number(published_reposts));
  const asked = reportFields(reportForm(of.template)).filter(({ from }) => from === 'log');
  const figures = asked.flatMap(({ id: field }) => {
    const { [field]: value } = known;
    return value === undefined ? [] : [{ field, value }];
  });
  return { figures, position };
}

/** Sheets that are asked for at once. */
const atOnce = 250;

/** The lines of some sheets as they all stood at one position: what changes while they are read is read again. */
async function readSheets(
  marks: CountOptions['marks'],
  isAsked: (sheet: string) => boolean,
  onShare: (share: number) => void,
): Promise<{ lines: Iterable<string>; position: number }> {
  const linesOf = new Map<string, string[]>();
  let read: SheetsRead | null = null;
  for (;;) {
    const changed = await marks.changedSheets(read);
    if (changed.afresh) linesOf.clear();
    const names = changed.names.filter(isAsked);
    if (read && !changed.afresh && names.length === 0) break;
    for (let i = 0; i < names.length; i += atOnce) {
      const some = names.slice(i, i + atOnce);
      const sheets = await marks.sheets(changed, some);
      for (const [j, name] of some.entries())
        linesOf.set(
          name,
          sheets[j]!.map(([, text]) => text),
        );
      if (!read) onShare((i + some.length) / names.length);
    }
    read = changed;
  }
  onShare(1);
  return { lines: [...linesOf.values()].flat(), position: read.position };
}

function inWords({ due, onTime, late, overdue, exempted }: RepostFigures): Record<string, string> {
  const owed = due - exempted;
  return {
    reposts_due: String(due),
    reposts_on_time: String(onTime),
    reposts_late: String(late),
    reposts_overdue: String(overdue),
    reposts_exempted: String(exempted),
    reposts_rate: owed === 0 ? '无应转载' : ((onTime * 100) / owed).toFixed(2),
    published_reposts: String(onTime + late),
  };
}
