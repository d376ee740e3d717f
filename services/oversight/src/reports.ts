import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import { foldReport, Refusal, type ReportEvent, type ReportRow, type Site } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

/** Reports as the log has them, and the sites that they are about. */
@Injectable()
export class Reports implements OnModuleInit, OnModuleDestroy {
  #sites!: LiveTable<'site'>;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('sites.unreadable', { reason: reasonOf(error) });
    this.#sites = await LiveTable.open(this.bus, 'site', onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#sites.close();
  }

  sites(): Site[] {
    return this.#sites.all();
  }

  /** @throws Refusal registration_missing */
  site(siteId: string): Site {
    const site = this.#sites.get(siteId);
    if (!site) throw new Refusal('registration_missing', `no site ${siteId} is registered`);
    return site;
  }

  /** @throws Refusal report_missing */
  async read(site: string, reportId: string): Promise<ReportRow> {
    const { events } = await this.journal.read({ aggregate: 'report', site, id: reportId });
    const row = (events as ReportEvent[]).reduce(foldReport, null);
    if (!row) throw new Refusal('report_missing', `no report ${reportId} of ${site}`);
    return row;
  }
}
