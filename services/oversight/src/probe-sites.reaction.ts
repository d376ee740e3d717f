import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { SiteCheckEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { checkOf } from './inspections.controller.ts';
import { siteCheck } from './site-check.ts';
import { Visitor } from './visitor.ts';

/** When the moment of a probe has come, then the home page is asked for, and what came of it is written down. */
@Controller()
export class ProbeSites {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly visitor: Visitor,
  ) {}

  @Reaction('site_check', 'probe-sites')
  async react(@Payload() entry: Entry<SiteCheckEvent>): Promise<void> {
    for (const event of entry.events) if (event.type === 'site_check.probe_due') await this.#probe(entry, event);
  }

  async #probe(entry: Entry, { site, checkId, n }: Extract<SiteCheckEvent, { type: 'site_check.probe_due' }>) {
    const check = await checkOf(this.journal, site, checkId);
    if (!check) throw new Error(`oversight: a probe of ${site} is due and its check ${checkId} is not in the log`);
    const began = performance.now();
    const answer = await this.visitor.probe(check.homeUrl);
    await carryOut(this.journal, siteCheck, {
      type: 'site_check.record_probe',
      id: `${site}/${checkId}/probe/${n}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      site,
      checkId,
      n,
      code: answer.ok ? null : answer.code,
      detail: answer.ok ? '' : answer.detail.slice(0, 500),
      tookMs: Math.round(performance.now() - began),
    });
  }
}
