import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, causedBy, Journal, publishPublic, Reaction, type Entry } from '@tongsheng/bus';
import type { InspectionEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { InspectedSites } from './inspected-sites.ts';
import { inspectionDocument } from './inspection-page.ts';
import { inspection } from './inspection.ts';

/** When somebody decided that the public is to read it, then what stood in the log at that moment is handed to the public side. */
@Controller()
export class PublishInspection {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: InspectedSites,
  ) {}

  @Reaction('inspection', 'publish-inspection')
  async react(@Payload() entry: Entry<InspectionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'inspection.publishing') continue;
      const { inspectionId, site: siteId, stage, version } = event;
      const { entries } = await this.journal.read({ aggregate: 'inspection', site: siteId, id: inspectionId });
      const site = this.sites.get(siteId);
      if (!site) throw new Error(`oversight: no site ${siteId} is registered`);
      const past = entries.filter(({ position }) => position <= entry.position).flatMap(({ events }) => events);
      const document = inspectionDocument(past as InspectionEvent[], site, event);
      const publicPosition = await publishPublic(this.bus, document);
      await carryOut(this.journal, inspection, {
        type: 'inspection.record_published',
        id: `${siteId}/${inspectionId}/published/${version}`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'oversight' },
        ...causedBy(entry),
        site: siteId,
        inspectionId,
        stage,
        version,
        url: document.url,
        publicPosition,
      });
    }
  }
}
