import { Injectable } from '@nestjs/common';
import { Bus, followStream, tryDecode, UnreadableEntry } from '@tongsheng/bus';
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
import { Tally } from './report-tally.ts';

/** What was owed to be reposted and what became of it, as the compliance page counts it. */
export type RepostFigures = { due: number; onTime: number; late: number; overdue: number; exempted: number };

/** Reads the log for the figures of a form. */
@Injectable()
export class ReportCounter {
  constructor(private readonly bus: Bus) {}

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
    const position = (await this.bus.jsm.streams.info(streams.journal)).state.last_seq;
    // One part of the log after the other: what they say of one another is not among the figures.
    for (const aggregate of Tally.follows) await this.#read(subjects.events(aggregate), position, tally);
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

  async #read(subject: string, end: number, tally: Tally): Promise<void> {
    const broken = Promise.withResolvers<never>();
    broken.promise.catch(() => {});
    const following = await followStream(this.bus, {
      stream: streams.journal,
      subject,
      from: 1,
      onMessage(message) {
        if (message.seq > end) return;
        const entry = tryDecode(message);
        // What nobody can read is shown under health; a form is not held back by it.
        if (entry instanceof UnreadableEntry) return;
        for (const event of entry.events) tally.add(event);
      },
      onFailure: broken.reject,
    });
    try {
      await Promise.race([following.caughtUp, broken.promise]);
    } finally {
      await following.stop();
    }
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
