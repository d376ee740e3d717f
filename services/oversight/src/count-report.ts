import { Injectable } from '@nestjs/common';
import { Bus, Journal, tryDecode, UnreadableEntry, walkStream } from '@tongsheng/bus';
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
import { countedFrom, Tally } from './report-tally.ts';

/** What was owed to be reposted and what became of it, as the compliance page counts it. */
export type RepostFigures = { due: number; onTime: number; late: number; overdue: number; exempted: number };

/** Reads the log for the figures of a form. */
@Injectable()
export class ReportCounter {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
  ) {}

  /**
   * The figures that the log knows of the form's entries, and the position of the log that they stand at.
   * @param sites all that are registered; a table of supervision and a bulletin are about a site and those under it
   */
  async count(
    of: { site: string; kind: ReportKind; template: string; period: ReportPeriod },
    sites: readonly Site[],
    repostsOf: (sites: string[]) => Promise<RepostFigures>,
  ): Promise<{ figures: { field: string; value: string }[]; position: number }> {
    const covered = of.kind === 'work' ? sites.filter(({ siteId }) => siteId === of.site) : sitesUnder(of.site, sites);
    const names = covered.map(({ siteId }) => siteId);
    const ours = new Set(names);
    const tally = new Tally(of.period, (site) => ours.has(site));
    const asked = reportFields(reportForm(of.template)).filter(({ from }) => from === 'log');
    const isAsked = new Set(asked.map(({ id }) => id));
    const position = await this.journal.position();
    // One part of the log after the other: what they say of one another is not among the figures.
    for (const [aggregate, figures] of Object.entries(countedFrom))
      if (figures.some((figure) => isAsked.has(figure))) await this.#read(aggregate, position, tally);
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

  async #read(aggregate: string, end: number, tally: Tally): Promise<void> {
    await walkStream(this.bus, {
      stream: streams.journal,
      subject: subjects.events(aggregate),
      from: 1,
      onMessage(message) {
        if (message.seq > end) return false;
        const entry = tryDecode(message);
        // What nobody can read is shown under health; a form is not held back by it.
        if (!(entry instanceof UnreadableEntry)) for (const event of entry.events) tally.add(event);
        return undefined;
      },
    });
  }
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
