import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import {
  parseReportId,
  Refusal,
  ReportCommand,
  ReportCountingQuery,
  ReportFileQuery,
  type Receipt,
  type ReportCounting,
  type ReportFile,
  type ReportPeriod,
} from '@tongsheng/contracts';
import type { RepostFigures } from './count-report.ts';
import { dayOf } from './days.ts';
import { Oversight } from './oversight.ts';
import { ReportCounter } from './report-counter.ts';
import { periodOf } from './report-period.ts';
import { ReportPrinter } from './report-printer.ts';
import { report } from './report.ts';
import { Reports } from './reports.ts';

@Controller()
export class ReportsController {
  constructor(
    private readonly journal: Journal,
    private readonly reports: Reports,
    private readonly counter: ReportCounter,
    private readonly printer: ReportPrinter,
    private readonly oversight: Oversight,
  ) {}

  @Commands('report')
  async handle(@Payload({ schema: ReportCommand }) command: ReportCommand): Promise<Receipt> {
    return carryOut(this.journal, report, await this.#informed(command));
  }

  @Query('report.file')
  async file(@Payload({ schema: ReportFileQuery }) { site, reportId, format }: ReportFileQuery): Promise<ReportFile> {
    const row = await this.reports.read(site, reportId);
    const { hash, name, mediaType } = await this.printer.print(row, this.reports.site(site), format);
    return { hash, name, mediaType };
  }

  @Query('report.counting')
  counting(@Payload({ schema: ReportCountingQuery }) { site, reportId }: ReportCountingQuery): ReportCounting {
    return { share: this.counter.share(`${site}/${reportId}`) };
  }

  /** What deciding needs to know of others than the report itself. */
  async #informed(command: ReportCommand): Promise<ReportCommand> {
    const { site, reportId, at } = command;
    if (command.type === 'report.open') {
      this.reports.site(site);
      const name = parseReportId(reportId);
      if (!name) throw new Refusal('command_invalid', `reportId: ${reportId} names no year, quarter or month`);
      return { ...command, ...periodOf(name, this.printer.paper.zone) };
    }
    if (command.type !== 'report.compute') return command;
    const row = await this.reports.read(site, reportId);
    const figures = await this.counter.count(`${site}/${reportId}`, {
      of: row,
      sites: this.reports.sites(),
      repostsOf: (sites) => this.#reposts(sites, row.period, at),
    });
    return { ...command, ...figures };
  }

  async #reposts(sites: string[], { from, to }: ReportPeriod, now: string): Promise<RepostFigures> {
    const day = dayOf(this.printer.paper.zone);
    const ledger = await this.oversight.ledger(undefined);
    if ('building' in ledger) throw new Refusal('stale_view', 'the figures are being built');
    const last = Math.min(Date.parse(to) - 1, Date.parse(now));
    const query = { from: day(Date.parse(from)), to: day(last), now, sites };
    const { total } = await ledger.view(query, this.oversight.names(), now);
    const { onTime, late, overdue, exempted } = total;
    // What still has time is not due yet.
    return { due: onTime + late + overdue + exempted, onTime, late, overdue, exempted };
  }
}
