import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { DeliveryEvent, ReleaseEvent } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import type { Parcel } from './channels/channel.ts';
import { Registered } from './registered.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** What a delivery hands over, made from the log alone: exactly the content that was signed. */
@Injectable()
export class Parcels {
  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
  ) {}

  /** @throws when that content was never signed, or its site is not registered. */
  async of({ deliveryId, releaseId, site: siteId, contentHash }: Requested): Promise<Omit<Parcel, 'attemptedAt'>> {
    const past = await this.journal.read({ aggregate: 'release', site: siteId, id: releaseId });
    const signed = (past.events as ReleaseEvent[]).find(
      (event): event is Signed => event.type === 'release.signed' && event.contentHash === contentHash,
    );
    const site = this.registered.site(siteId);
    if (!signed || !site) throw new Error(`delivery: ${releaseId} of ${siteId} is not signed, or its site is unknown`);
    const { kind, title, summary, html, rumor, signedAt } = signed;
    return {
      deliveryId,
      releaseId,
      site: siteId,
      siteName: site.name,
      kind,
      title,
      summary,
      html,
      rumor: rumor && { claim: rumor.claim, verdict: rumor.verdict },
      url: pageUrl(site, kind, releaseId),
      contentHash,
      signedAt,
    };
  }
}
