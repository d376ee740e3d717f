import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { parseReportId, sitesUnder, type ReportEvent, type SiteRegistered } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { periodOf, yearDueNext } from './report-period.ts';
import { ReportPrinter } from './report-printer.ts';
import { report } from './report.ts';
import { Reports } from './reports.ts';

/** When there is a site, then the yearly tables that are due next are there to be filled; when one's time is over or it is approved, the next. */
@Controller()
export class ExpectReport {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly reports: Reports,
    private readonly printer: ReportPrinter,
  ) {}

  @Reaction('site', 'expect-first-report')
  async first(@Payload() entry: Entry<SiteRegistered>): Promise<void> {
    const year = yearDueNext(this.clock.now(), this.printer.paper.zone);
    const sites = [...entry.events, ...this.reports.sites().filter(({ siteId }) => siteId !== entry.id)];
    for (const { siteId } of entry.events) {
      await this.#open(entry, siteId, `work-${year}`);
      if (sitesUnder(siteId, sites).length > 1) await this.#open(entry, siteId, `supervision-${year}`);
    }
    // Who was there before may now have somebody under it.
    for (const { siteId } of sites)
      if (sitesUnder(siteId, sites).some((under) => under.siteId === entry.id && siteId !== entry.id))
        await this.#open(entry, siteId, `supervision-${year}`);
  }

  @Reaction('report', 'expect-next-report')
  async next(@Payload() entry: Entry<ReportEvent>): Promise<void> {
    for (const event of entry.events) {
      const isOver = event.type === 'report.approved' || (event.type === 'report.reminded' && event.days === 0);
      const name = parseReportId(event.reportId);
      if (isOver && (name?.kind === 'work' || name?.kind === 'supervision'))
        await this.#open(entry, event.site, `${name.kind}-${name.year + 1}`);
    }
  }

  async #open(entry: Entry, site: string, reportId: string): Promise<void> {
    const name = parseReportId(reportId)!;
    await carryOut(this.journal, report, {
      type: 'report.open',
      id: `${site}/${reportId}/open`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight', name: '系统' },
      ...causedBy(entry),
      site,
      reportId,
      ...periodOf(name, this.printer.paper.zone),
    });
  }
}
