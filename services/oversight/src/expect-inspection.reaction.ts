import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { quarterOf, type InspectionEvent, type SiteRegistered } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { InspectedSites, supervisorOf } from './inspected-sites.ts';
import { inspection } from './inspection.ts';

/** When there is a site that supervises, then the inspection of this quarter is expected; when a quarter is over, that of the next. */
@Controller()
export class ExpectInspection {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: InspectedSites,
  ) {}

  @Reaction('site', 'expect-first-inspection')
  async first(@Payload() entry: Entry<SiteRegistered>): Promise<void> {
    const known = [...entry.events, ...this.sites.all()].sort((one, other) => (one.siteId < other.siteId ? -1 : 1));
    const site = supervisorOf(known);
    if (site !== null) await this.#expect(entry, site, this.clock.now());
  }

  /** What fell due while everything was down is told as missed, quarter by quarter. */
  @Reaction('inspection', 'expect-next-inspection')
  async next(@Payload() entry: Entry<InspectionEvent>): Promise<void> {
    for (const event of entry.events)
      if (event.type === 'inspection.quarter_ended') await this.#expect(entry, event.site, event.fellDueAt);
  }

  async #expect(entry: Entry, site: string, at: string): Promise<void> {
    const { inspectionId, startsAt, dueAt } = quarterOf(at);
    await carryOut(this.journal, inspection, {
      type: 'inspection.expect',
      id: `${site}/${inspectionId}/expect`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      site,
      inspectionId,
      startsAt,
      dueAt,
    });
  }
}
