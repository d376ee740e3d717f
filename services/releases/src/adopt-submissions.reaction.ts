import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { LinkedEvent, ReleaseEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { submission } from './submission.ts';
import { Submissions } from './submissions.ts';

/** When the page of the other site is public, then the submission is adopted: together at the agreed moment, or by its own release. */
@Controller()
export class AdoptSubmissions {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly submissions: Submissions,
  ) {}

  @Reaction('linked', 'adopt-linked-submissions')
  async onLinked(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'linked.opened') continue;
      const { site, linkedId: id } = event;
      const past = await this.journal.read({ aggregate: 'linked', site, id });
      const sealed = (past.events as LinkedEvent[]).findLast((each) => each.type === 'linked.sealed');
      const pages = sealed?.type === 'linked.sealed' ? sealed.pages : [];
      for (const { offered, arranged } of await this.submissions.arranged()) {
        const { to, releaseId } = offered;
        if (arranged.linked?.linkedId !== id || arranged.linked.site !== site || to.kind !== 'site') continue;
        const page = pages.find(({ target }) => target === `page/${releaseId}/${to.site}`);
        if (page) await this.#adopted(entry, offered, page.url);
      }
    }
  }

  @Reaction('release', 'adopt-own-submissions')
  async onRelease(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'release.published') continue;
      for (const { offered, arranged } of await this.submissions.arranged())
        if (arranged.adoptedAs?.releaseId === event.releaseId && arranged.adoptedAs.site === event.site)
          await this.#adopted(entry, offered, event.url);
    }
  }

  async #adopted(entry: Entry, { submissionId, site }: { submissionId: string; site: string }, url: string) {
    await carryOut(this.journal, submission, {
      type: 'submission.record_adopted',
      id: `${submissionId}/adopted`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'releases' },
      ...causedBy(entry),
      submissionId,
      site,
      actingSite: site,
      url,
    });
  }
}
