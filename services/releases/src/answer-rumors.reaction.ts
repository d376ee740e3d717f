import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { Refusal, type ReleaseEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { rumorCase } from './rumor-case.ts';

/**
 * When a rebuttal is written, then the rumor case that it answers knows it; when it is public, then the case is told: its
 * clock stops here and not at the signature.
 */
@Controller()
export class AnswerRumors {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  @Reaction('release', 'answer-rumors')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'release.drafted' && event.rumor?.rumorCaseId) await this.#begin(entry, event);
      if (event.type !== 'release.published') continue;
      const { site, releaseId, url } = event;
      const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
      const signed = (past.events as ReleaseEvent[]).findLast((each) => each.type === 'release.signed');
      const rumorCaseId = signed?.type === 'release.signed' ? signed.rumor?.rumorCaseId : null;
      if (!rumorCaseId) continue;
      await carryOut(this.journal, rumorCase, {
        type: 'rumor.record_rebutted',
        id: `${rumorCaseId}/rebutted/${releaseId}`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'releases' },
        ...causedBy(entry),
        rumorCaseId,
        site,
        releaseId,
        url,
      });
    }
  }

  async #begin(
    entry: Entry,
    { site, releaseId, rumor, by, byName }: Extract<ReleaseEvent, { type: 'release.drafted' }>,
  ) {
    const rumorCaseId = rumor!.rumorCaseId!;
    try {
      await carryOut(this.journal, rumorCase, {
        type: 'rumor.begin_rebuttal',
        id: `${rumorCaseId}/begun/${releaseId}`,
        at: this.clock.now(),
        actor: { kind: 'person', id: by, name: byName },
        ...causedBy(entry),
        rumorCaseId,
        site,
        releaseId,
      });
    } catch (error) {
      // Of a case that nobody assessed, or that was answered already, the draft is a release like any other.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
