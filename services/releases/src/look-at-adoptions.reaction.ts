import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, EvidenceStore, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { ReleaseEvent, SubmissionCommand, SubmissionEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { decodeText, safeFetch, TooDeep } from '@tongsheng/web';
import { negotiationOf } from './negotiation.ts';
import { isShownOn } from './shown-on.ts';
import { submission } from './submission.ts';
import { Post } from './tell-offices.reaction.ts';

type Claimed = Extract<SubmissionEvent, { type: 'submission.claimed' }>;
type Found = { is: 'there'; snapshot: string } | { is: 'not'; detail: string };

/** When somebody says where the other side published it, then the page is read as a citizen would, and what it shows decides. */
@Controller()
export class LookAtAdoptions {
  constructor(
    private readonly journal: Journal,
    private readonly evidence: EvidenceStore,
    private readonly clock: Clock,
    private readonly post: Post,
  ) {}

  @Reaction('submission', 'look-at-adoptions')
  async react(@Payload() entry: Entry<SubmissionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'submission.claimed') continue;
      const { site, submissionId, url } = event;
      const found = await this.#look(event);
      const head = {
        id: `${submissionId}/looked/${entry.position}`,
        at: this.clock.now(),
        actor: { kind: 'service' as const, id: 'releases' },
        ...causedBy(entry),
        submissionId,
        site,
        actingSite: site,
        url,
      };
      const command: SubmissionCommand =
        found.is === 'there'
          ? { type: 'submission.record_adopted', ...head, snapshot: found.snapshot }
          : { type: 'submission.record_unproven', ...head, detail: found.detail.slice(0, 500) };
      await carryOut(this.journal, submission, command);
    }
  }

  async #look({ site, submissionId: id, url }: Claimed): Promise<Found> {
    const past = (await this.journal.read({ aggregate: 'submission', site, id })).events as SubmissionEvent[];
    const { releaseId } = past.find((event) => event.type === 'submission.offered')!;
    const releases = await this.journal.read({ aggregate: 'release', site, id: releaseId });
    const negotiation = negotiationOf(past, releases.events as ReleaseEvent[]);
    if (!negotiation) return { is: 'not', detail: '报送的稿件已找不到' };
    const page = await safeFetch(url, { allow: this.post.allow, maxBytes: 5 * 2 ** 20 });
    if (!page.ok) return { is: 'not', detail: `网页打不开：${page.code} ${page.detail}` };
    try {
      const shown = isShownOn(decodeText(page.bytes, page.contentType).text, negotiation.text);
      if (!shown) return { is: 'not', detail: '网页能打开，但上面没有这篇稿件的标题或正文' };
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
      return { is: 'not', detail: '网页结构过深，无法读取' };
    }
    return { is: 'there', snapshot: await this.evidence.keep(page.bytes) };
  }
}
