import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, causedBy, Journal, openSealed, publishPublic, Reaction, type Entry } from '@tongsheng/bus';
import { linkedPlan, type LinkedEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { LinkedPages } from './linked-pages.ts';
import { linkedRelease } from './linked-release.ts';
import { PublicCopies } from './public-copies.ts';
import { release } from './release.ts';

type Committed = Extract<LinkedEvent, { type: 'linked.committed' }>;

/**
 * When a linked release is committed, then one message makes all its pages readable. What follows is for readers who
 * know nothing of seals, and for the parts' own records; a crash in between only delays it.
 */
@Controller()
export class OpenPages {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly pages: LinkedPages,
    private readonly copies: PublicCopies,
  ) {}

  @Reaction('linked', 'open-pages')
  async react(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) if (event.type === 'linked.committed') await this.#open(entry, event);
  }

  async #open(entry: Entry<LinkedEvent>, { linkedId, site, parts, committedAt }: Committed): Promise<void> {
    const past = (await this.journal.read({ aggregate: 'linked', site, id: linkedId })).events as LinkedEvent[];
    const sealed = past.findLast((event) => event.type === 'linked.sealed');
    const plan = past.findLast((event) => event.type === 'linked.planned');
    if (sealed?.type !== 'linked.sealed' || plan?.type !== 'linked.planned')
      throw new Error(`releases: ${linkedId} was committed unsealed`);
    const contents = Object.fromEntries(parts.map(({ releaseId, contentHash }) => [releaseId, contentHash]));
    const documents = (await this.pages.of(linkedPlan.parse(plan), contents)).map(({ document }) => document);
    // Only now: the portal could read what it was given earlier. They were looked at when the pages were sealed.
    await this.copies.make(documents);
    const positions = sealed.pages.map(({ publicPosition }) => publicPosition);
    const publicPosition = await openSealed(
      this.bus,
      { site, key: sealed.sealKey },
      { positions, postedAt: committedAt },
    );
    const head = { actor: { kind: 'service' as const, id: 'releases' }, ...causedBy(entry) };
    await carryOut(this.journal, linkedRelease, {
      type: 'linked.record_opened',
      id: `${linkedId}/opened`,
      at: this.clock.now(),
      ...head,
      linkedId,
      site,
      publicPosition,
    });

    for (const document of documents) await publishPublic(this.bus, { ...document, postedAt: committedAt });
    for (const part of parts) {
      const page =
        sealed.pages.find(({ target }) => target === `page/${part.releaseId}/${part.site}`) ?? sealed.pages[0]!;
      await carryOut(this.journal, release, {
        type: 'release.record_published',
        id: `${part.site}/${part.releaseId}/published`,
        at: this.clock.now(),
        ...head,
        releaseId: part.releaseId,
        site: part.site,
        url: page.url,
        publicPosition: page.publicPosition,
      });
    }
  }
}
