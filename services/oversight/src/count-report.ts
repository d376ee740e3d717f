import { tryDecode, UnreadableEntry, walkStream, type Bus, type Journal } from '@tongsheng/bus';
import {
  reportFields,
  reportForm,
  sitesUnder,
  streams,
  subjects,
  type ReportKind,
  type ReportPeriod,
  type Site,
} from '@tongsheng/contracts';
import { countedFrom, isCountedType, Tally } from './report-tally.ts';

/** What was owed to be reposted and what became of it, as the compliance page counts it. */
export type RepostFigures = { due: number; onTime: number; late: number; overdue: number; exempted: number };

export type Counted = { figures: { field: string; value: string }[]; position: number };

export type CountOptions = {
  bus: Bus;
  journal: Pick<Journal, 'position'>;
  of: { site: string; kind: ReportKind; template: string; period: ReportPeriod };
  /** All that are registered; a table of supervision and a bulletin are about a site and those under it. */
  sites: readonly Site[];
  repostsOf(sites: string[]): Promise<RepostFigures>;
  /** Told how much is read, 0 to 1. */
  onShare(share: number): void;
};

/** Reads the log for the figures that it knows of a form's entries, and says the position that they stand at. */
export async function countReport(options: CountOptions): Promise<Counted> {
  const { bus, journal, of, sites, repostsOf, onShare } = options;
  const covered = of.kind === 'work' ? sites.filter(({ siteId }) => siteId === of.site) : sitesUnder(of.site, sites);
  const names = covered.map(({ siteId }) => siteId);
  const ours = new Set(names);
  const tally = new Tally(of.period, (site) => ours.has(site));
  const asked = reportFields(reportForm(of.template)).filter(({ from }) => from === 'log');
  const isAsked = new Set(asked.map(({ id }) => id));
  const position = await journal.position();
  const parts = Object.entries(countedFrom).filter(([, figures]) => figures.some((figure) => isAsked.has(figure)));
  // What happened at one site the server picks out; of a nation most is another's.
  const [only] = names.length === 1 ? names : [];
  // One part of the log after the other: what they say of one another is not among the figures.
  for (const [i, [aggregate]] of parts.entries()) {
    const subject = only === undefined ? subjects.events(aggregate) : subjects.event(aggregate, only, '*');
    await readPart(bus, subject, position, tally, (share) => onShare((i + share) / parts.length));
  }
  const own = sites.find(({ siteId }) => siteId === of.site);
  const known: Record<string, string> = {
    ...tally.figures(),
    ...inWords(await repostsOf(names)),
    ...(own && { site_name: own.name, home_page: own.baseUrl }),
    sites: String(covered.length),
  };
  const { published_own = '0', published_reposts = '0' } = known;
  known['published_total'] = String(Number(published_own) + Number(published_reposts));
  const figures = asked.flatMap(({ id: field }) => {
    const { [field]: value } = known;
    return value === undefined ? [] : [{ field, value }];
  });
  return { figures, position };
}

async function readPart(
  bus: Bus,
  subject: string,
  end: number,
  tally: Tally,
  onShare: (share: number) => void,
): Promise<void> {
  let all = 0;
  let read = 0;
  await walkStream(bus, {
    stream: streams.journal,
    subject,
    from: 1,
    onMessage(message) {
      if (message.seq > end) return false;
      all ||= (message.left ?? 0) + 1;
      onShare(Math.min(1, ++read / all));
      // Most of what happened is no part of a figure, and most of the time goes into reading what happened.
      if (!isCountedType(message.headers?.get('ce-type') ?? '')) return undefined;
      const entry = tryDecode(message);
      // What nobody can read is shown under health; a form is not held back by it.
      if (!(entry instanceof UnreadableEntry)) for (const event of entry.events) tally.add(event);
      return undefined;
    },
  });
  onShare(1);
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
