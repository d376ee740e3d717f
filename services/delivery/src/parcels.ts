import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { DeliveryEvent, DraftInProgress, PreviewQuery, ReleaseEvent, Site } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import { LRUCache } from 'lru-cache';
import type { Parcel, Sent } from './channels/channel.ts';
import { Registered } from './registered.ts';
import { isAbsent, pastOf } from './standing.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** Releases that many channels get at the same moment are read once. */
const keptAtMost = 200;

type Named = Pick<Parcel, 'deliveryId' | 'releaseId' | 'contentHash' | 'signedAt'> & { site: Site; channelId: string };

const keyOf = (site: string, releaseId: string, contentHash: string) => `${site}/${releaseId}/${contentHash}`;

/** A release as one channel gets it: with what it has of its own, and else what all have. */
function parcelOf(draft: DraftInProgress, { site, channelId, ...named }: Named): Parcel {
  const { kind, documentNumber, rumor, files } = draft;
  const own = draft.variants[channelId] ?? {};
  return {
    ...named,
    site: site.siteId,
    siteName: site.name,
    kind,
    title: own.title ?? draft.title,
    documentNumber,
    summary: own.summary ?? draft.summary,
    html: own.html ?? draft.html,
    cover: own.cover ?? draft.cover,
    files,
    rumor: rumor && { claim: rumor.claim, verdict: rumor.verdict },
    url: pageUrl(site, kind, named.releaseId),
    attemptedAt: named.signedAt,
  };
}

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
  async of({ deliveryId, releaseId, site: siteId, channelId, contentHash, note, embargo }: Requested): Promise<Parcel> {
    const signed = await this.#release(siteId, releaseId, contentHash);
    const site = this.registered.site(siteId);
    if (!signed || !site) throw new Error(`delivery: ${releaseId} of ${siteId} is not signed, or its site is unknown`);
    const { signedAt } = signed;
    const parcel = parcelOf(signed, { deliveryId, releaseId, site, channelId, contentHash, signedAt });
    return { ...parcel, ...(note !== undefined && { note }), ...(embargo && { embargo }) };
  }

  /** What was just read of the log need not be read again. */
  know(signed: Signed): void {
    const { site, releaseId, contentHash } = signed;
    this.#signed.set(keyOf(site, releaseId, contentHash), Promise.resolve(signed));
  }

  /** What it would be if it were signed now. @throws when its site is not registered */
  ofDraft({ site: siteId, releaseId, channelId, draft }: PreviewQuery, at: string): Parcel {
    const site = this.registered.site(siteId);
    if (!site) throw new Error(`delivery: the site ${siteId} is unknown`);
    const contentHash = '0'.repeat(64);
    return parcelOf(draft, { deliveryId: 'preview', releaseId, site, channelId, contentHash, signedAt: at });
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
        const { embargo } = past.requested;
        const was = { ...parcel, deliveryId: id, contentHash, ...(embargo && { embargo }) };
        found ??= { parcel: was, receipt: null, notes };
        // Changed in its place, it has the name that it got first.
        if (receipt) return { ...found, receipt, notes: { ...notes, ...found.notes } };
      }
      id = past.requested.original;
    }
    return found;
  }

  /** Read once however many channels ask at the same moment. */
  #release(site: string, id: string, contentHash: string): Promise<Signed | undefined> {
    const key = keyOf(site, id, contentHash);
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
