import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { DeliveryEvent, ReleaseEvent } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import { LRUCache } from 'lru-cache';
import type { Parcel } from './channels/channel.ts';
import { Registered } from './registered.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** Releases that many channels get at the same moment are read once. */
const keptAtMost = 200;

/** What a delivery hands over, made from the log alone: exactly the content that was signed. */
@Injectable()
export class Parcels {
  /** What is signed never changes, so that it may be kept. */
  readonly #signed = new LRUCache<string, Signed>({ max: keptAtMost });

  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
  ) {}

  /** @throws when that content was never signed, or its site is not registered. */
  async of({ deliveryId, releaseId, site: siteId, channelId, contentHash }: Requested): Promise<Parcel> {
    const signed = await this.#release(siteId, releaseId, contentHash);
    const site = this.registered.site(siteId);
    if (!signed || !site) throw new Error(`delivery: ${releaseId} of ${siteId} is not signed, or its site is unknown`);
    const { kind, documentNumber, rumor, files, signedAt } = signed;
    const own = signed.variants[channelId] ?? {};
    return {
      deliveryId,
      releaseId,
      site: siteId,
      siteName: site.name,
      kind,
      title: own.title ?? signed.title,
      documentNumber,
      summary: own.summary ?? signed.summary,
      html: own.html ?? signed.html,
      cover: own.cover ?? signed.cover,
      files,
      rumor: rumor && { claim: rumor.claim, verdict: rumor.verdict },
      url: pageUrl(site, kind, releaseId),
      contentHash,
      signedAt,
      attemptedAt: signedAt,
    };
  }

  async #release(site: string, id: string, contentHash: string): Promise<Signed | undefined> {
    const key = `${site}/${id}/${contentHash}`;
    const known = this.#signed.get(key);
    if (known) return known;
    const past = await this.journal.read({ aggregate: 'release', site, id });
    const signed = (past.events as ReleaseEvent[]).find(
      (event): event is Signed => event.type === 'release.signed' && event.contentHash === contentHash,
    );
    if (signed) this.#signed.set(key, signed);
    return signed;
  }
}
