import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Bus,
  carryOut,
  causedBy,
  EvidenceStore,
  Journal,
  PublicFiles,
  publishPublic,
  Reaction,
  type Entry,
} from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { PublicPages } from './public-pages.ts';
import { repost } from './repost.ts';

/** When a repost was approved, then exactly that version is handed to the public side, and that is written down. */
@Controller()
export class PublishRepost {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly pages: PublicPages,
    private readonly evidence: EvidenceStore,
    private readonly publicFiles: PublicFiles,
  ) {}

  @Reaction('repost', 'publish-repost')
  async react(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'repost.approved') continue;
      const { taskId, site } = event;
      const document = await this.pages.documentOf({ taskId, site });
      await this.#makePublic(document.files);
      const publicPosition = await publishPublic(this.bus, document);
      await carryOut(this.journal, repost, {
        type: 'repost.record_published',
        id: `${taskId}/published`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'reposts' },
        ...causedBy(entry),
        taskId,
        site,
        url: document.url,
        publicPosition,
      });
    }
  }

  /** Before the page that shows them; what is there already is not copied again. */
  async #makePublic(files: readonly { hash: string }[]): Promise<void> {
    for (const { hash } of files) {
      const kept = await this.evidence.read(hash);
      if (!kept?.intact) throw new Error(`reposts: file ${hash} is not what was kept`);
      await this.publicFiles.keep(kept.bytes);
    }
  }
}
