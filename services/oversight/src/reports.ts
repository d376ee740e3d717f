import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import { foldReport, Refusal, type ReportEvent, type ReportRow, type Site } from '@tongsheng/contracts';
import { RegisteredSites } from './registered-sites.ts';

/** Reports as the log has them, and the sites that they are about. */
@Injectable()
export class Reports {
  constructor(
    private readonly journal: Journal,
    private readonly registered: RegisteredSites,
  ) {}

  sites(): Site[] {
    return this.registered.all();
  }

  /** @throws Refusal registration_missing */
  site(siteId: string): Site {
    return this.registered.must(siteId);
  }

  /** @throws Refusal report_missing */
  async read(site: string, reportId: string): Promise<ReportRow> {
    const { events } = await this.journal.read({ aggregate: 'report', site, id: reportId });
    const row = (events as ReportEvent[]).reduce(foldReport, null);
    if (!row) throw new Refusal('report_missing', `no report ${reportId} of ${site}`);
    return row;
  }
}
