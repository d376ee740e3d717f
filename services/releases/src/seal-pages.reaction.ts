import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, causedBy, Journal, newSealKey, Reaction, sealPublic, type Entry } from '@tongsheng/bus';
import { Refusal, type LinkedEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { linkedRelease } from './linked-release.ts';
import { LinkedPages } from './linked-pages.ts';
import { PublicCopies } from './public-copies.ts';

/**
 * When all parts of a linked release are signed, then their pages on all its sites are handed to the public side, sealed,
 * and that is written down with the key. What is signed or planned anew is sealed anew.
 */
@Controller()
export class SealPages {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly pages: LinkedPages,
    private readonly copies: PublicCopies,
  ) {}

  @Reaction('linked', 'seal-pages')
  async react(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    if (!entry.events.some(({ type }) => type === 'linked.part_signed' || type === 'linked.planned')) return;
    const { linkedId, site } = entry.events[0]!;
    const past = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const linked = (past.events as LinkedEvent[]).reduce(linkedRelease.evolve, linkedRelease.initial);
    if (linked.status !== 'planned' && linked.status !== 'stopped') return;
    const { plan, signed, sealed } = linked;
    if (sealed || plan.parts.length === 0 || plan.parts.some(({ releaseId }) => signed[releaseId] === undefined))
      return;

    const seal = { site, key: newSealKey() };
    const pages = [];
    const made = await this.pages.of(plan, signed);
    await this.copies.mustBeThere(made.map(({ document }) => document));
    for (const { target, document } of made) {
      const publicPosition = await sealPublic(this.bus, seal, document);
      pages.push({ target, url: document.url, publicPosition });
    }
    try {
      await carryOut(this.journal, linkedRelease, {
        type: 'linked.record_sealed',
        id: `${linkedId}/sealed/${entry.position}`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'releases' },
        ...causedBy(entry),
        linkedId,
        site,
        sealKey: seal.key,
        contents: signed,
        pages,
      });
    } catch (error) {
      // Changed meanwhile: that change has an entry of its own, and a seal.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
