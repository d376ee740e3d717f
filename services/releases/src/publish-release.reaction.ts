import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, causedBy, Journal, publishPublic, Reaction, type Entry } from '@tongsheng/bus';
import type { ReleaseEvent } from '@tongsheng/contracts';
import { releaseDocument } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { release } from './release.ts';
import { Sites } from './sites.ts';

/** When a release was signed, then exactly what was signed is handed to the public side, and that is written down. */
@Controller()
export class PublishRelease {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: Sites,
  ) {}

  @Reaction('release', 'publish-release')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      // A part of a linked release goes out with it, and not before.
      if (event.type !== 'release.signed' || event.linked) continue;
      const { releaseId, site, contentHash, signedAt } = event;
      const document = releaseDocument({
        releaseId,
        site: this.sites.get(site),
        draft: event,
        contentHash,
        // The public's first, however often it was rewritten before; what is signed is not rewritten.
        revision: 1,
        postedAt: signedAt,
      });
      const publicPosition = await publishPublic(this.bus, document);
      await carryOut(this.journal, release, {
        type: 'release.record_published',
        id: `${site}/${releaseId}/published`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'releases' },
        ...causedBy(entry),
        releaseId,
        site,
        url: document.url,
        publicPosition,
      });
    }
  }
}
