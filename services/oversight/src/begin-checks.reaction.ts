import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { checkIdOf, isSelfCheck, selfCheckIdOf, type InspectionEvent, type SiteCheckEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { InspectedSites } from './inspected-sites.ts';
import { siteCheck } from './site-check.ts';

/** When a site is drawn, or comes in another way, then its check by machine begins; a self-check begins anew when its week is over. */
@Controller()
export class BeginChecks {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: InspectedSites,
  ) {}

  @Reaction('inspection', 'begin-site-checks')
  async react(@Payload() entry: Entry<InspectionEvent>): Promise<void> {
    for (const event of entry.events)
      for (const site of comingIn(event)) await this.#begin(entry, site, checkIdOf(event.inspectionId));
  }

  @Reaction('site_check', 'go-on-checking')
  async again(@Payload() entry: Entry<SiteCheckEvent>): Promise<void> {
    for (const { type, site, checkId } of entry.events)
      if (type === 'site_check.ended' && isSelfCheck(checkId))
        await this.#begin(entry, site, selfCheckIdOf(this.clock.now()));
  }

  async #begin(entry: Entry, site: string, checkId: string): Promise<void> {
    await carryOut(this.journal, siteCheck, {
      type: 'site_check.begin',
      id: `${site}/${checkId}/begin`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      site,
      checkId,
      registered: this.sites.forCheck(site),
    });
  }
}

function comingIn(event: InspectionEvent): string[] {
  if (event.type === 'inspection.drawn') return event.chosen;
  if (event.type === 'inspection.enlarged') return event.added;
  if (event.type === 'inspection.included') return [event.included.siteId];
  return event.type === 'inspection.replaced' && event.replacement !== null ? [event.replacement] : [];
}
