import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, causedBy, erasePublic, Journal, publishPublic, Reaction, type Entry } from '@tongsheng/bus';
import type { RecallEvent, ReleaseEvent } from '@tongsheng/contracts';
import { columnOf, pageUrl, releaseDocument, withdrawnDocument } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { PublicCopies } from './public-copies.ts';
import { Places } from './public-places.ts';
import { recall } from './recall.ts';
import { release } from './release.ts';
import { Sites } from './sites.ts';

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;
type Withdrawn = Extract<ReleaseEvent, { type: 'release.withdrawn' }>;

/**
 * When a release was signed, then exactly what was signed is handed to the public side, and that is written down. A
 * correction stands at the same addresses, with the date of the first version; what was taken back says so there.
 */
@Controller()
export class PublishRelease {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: Sites,
    private readonly places: Places,
    private readonly copies: PublicCopies,
  ) {}

  @Reaction('release', 'publish-release')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'release.withdrawn') await this.#withdraw(entry, event);
      // A part of a linked release goes out with it, and not before.
      if (event.type === 'release.signed' && !event.linked) await this.#publish(entry, event);
    }
  }

  async #publish(entry: Entry<ReleaseEvent>, event: Signed): Promise<void> {
    const { releaseId, site, contentHash, signedAt, version = 1 } = event;
    const places = version > 1 ? await this.places.of(site, releaseId) : null;
    const documents = (places?.sites ?? [site]).map((siteId) =>
      releaseDocument({
        releaseId,
        site: this.sites.get(siteId),
        draft: event,
        contentHash,
        // The public's own count, however often it was rewritten before: what is signed is not rewritten.
        revision: version,
        postedAt: places?.postedAt ?? signedAt,
        ...(version > 1 && { correctedAt: signedAt }),
      }),
    );
    await this.copies.make(documents);
    const positions = [];
    for (const document of documents) positions.push(await publishPublic(this.bus, document));
    await carryOut(this.journal, release, {
      type: 'release.record_published',
      id: version > 1 ? `${site}/${releaseId}/published/${version}` : `${site}/${releaseId}/published`,
      ...this.#head(entry),
      releaseId,
      site,
      url: documents[0]!.url,
      publicPosition: positions[0]!,
      ...(version > 1 && { version }),
    });
  }

  async #withdraw(entry: Entry<ReleaseEvent>, event: Withdrawn): Promise<void> {
    const { releaseId, site, version, killed, publicReason, withdrawnAt } = event;
    const places = await this.places.of(site, releaseId);
    if (!places) throw new Error(`releases: ${releaseId} of ${site} was taken back and was never out`);
    const { kind, contentHash } = places.versions.at(-1)!;
    const { postedAt } = places;
    const erased = { messages: 0, refused: null as string | null };
    for (const siteId of places.sites) {
      const of = this.sites.get(siteId);
      const place = { documentId: releaseId, site: siteId, siteName: of.name, kind, column: columnOf(kind) };
      const facts = { url: pageUrl(of, kind, releaseId), postedAt, version, contentHash };
      const document = withdrawnDocument({ ...place, ...facts }, withdrawnAt, publicReason);
      await publishPublic(this.bus, document);
      if (!killed) continue;
      const { messages, refused } = await erasePublic(this.bus, document, siteId === site ? places.sealed : []);
      erased.messages += messages;
      erased.refused ??= refused;
    }
    if (killed) await this.#recordErased(entry, event, erased);
  }

  async #recordErased(
    entry: Entry<ReleaseEvent>,
    { releaseId, site }: Withdrawn,
    erased: { messages: number; refused: string | null },
  ): Promise<void> {
    const past = await this.journal.read({ aggregate: 'recall', site, id: releaseId });
    const { current } = (past.events as RecallEvent[]).reduce(recall.evolve, recall.initial);
    if (!current) return;
    await carryOut(this.journal, recall, {
      type: 'recall.record_erased',
      id: `${site}/${releaseId}/erased`,
      ...this.#head(entry),
      releaseId,
      site,
      round: current.round,
      ...erased,
    });
  }

  #head(entry: Entry) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'releases' }, ...causedBy(entry) };
  }
}
