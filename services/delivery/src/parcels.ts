import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { DeliveryEvent, ReleaseEvent } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import { LRUCache } from 'lru-cache';
import type { Parcel, Sent } from './channels/channel.ts';
import { Registered } from './registered.ts';
import { isAbsent, pastOf } from './standing.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** Releases that many channels get at the same moment are read once. */
const keptAtMost = 200;

/** What a delivery hands over, made from the log alone: exactly the content that was signed. */
@Injectable()
export class Parcels {
  /** What is signed never changes, so that it may be kept. */
  readonly #signed = new LRUCache<string, Promise<Signed | undefined>>({ max: keptAtMost });

  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
  ) {}

  /** @throws when that content was never signed, or its site is not registered. */
  async of({ deliveryId, releaseId, site: siteId, channelId, contentHash, note }: Requested): Promise<Parcel> {
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
      ...(note !== undefined && { note }),
      signedAt,
      attemptedAt: signedAt,
    };
  }

  /**
   * What an earlier delivery brought there, for what is to be changed or taken away. Where that one surely brought
   * nothing, it is the one before it that counts; null: the channel has nothing.
   */
  async sent(parcel: Parcel, deliveryId: string): Promise<Sent | null> {
    let found: Sent | null = null;
    for (let id: string | undefined = deliveryId; id !== undefined;) {
      const { events } = await this.journal.read({ aggregate: 'delivery', site: parcel.site, id });
      const past = pastOf(events as DeliveryEvent[]);
      if (!past || past.state.status === 'new') break;
      if (!isAbsent(past.state)) {
        const { receipt, notes } = past.state;
        const { contentHash } = past.requested;
        found ??= { parcel: { ...parcel, deliveryId: id, contentHash }, receipt: null, notes };
        // Changed in its place, it has the name that it got first.
        if (receipt) return { ...found, receipt, notes: { ...notes, ...found.notes } };
      }
      id = past.requested.original;
    }
    return found;
  }

  /** Read once however many channels ask at the same moment. */
  #release(site: string, id: string, contentHash: string): Promise<Signed | undefined> {
    const key = `${site}/${id}/${contentHash}`;
    const known = this.#signed.get(key);
    if (known) return known;
    const reading = this.#read(site, id, contentHash);
    this.#signed.set(key, reading);
    const forget = () => void (this.#signed.peek(key) === reading && this.#signed.delete(key));
    reading.then((signed) => signed ?? forget(), forget);
    return reading;
  }

  async #read(site: string, id: string, contentHash: string): Promise<Signed | undefined> {
    const past = await this.journal.read({ aggregate: 'release', site, id });
    return (past.events as ReleaseEvent[]).find(
      (event): event is Signed => event.type === 'release.signed' && event.contentHash === contentHash,
    );
  }
}
