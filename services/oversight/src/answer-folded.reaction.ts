import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { CorrectionEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { correction } from './correction.ts';
import { foldedInto } from './correction-cases.ts';
import { CorrectionDesk } from './correction-desk.ts';

const mostFolded = 10_000;

/** When a report is answered, then so are those that were folded into it; and one that is folded into an answered one at once. */
@Controller()
export class AnswerFolded {
  constructor(
    private readonly journal: Journal,
    private readonly desk: CorrectionDesk,
    private readonly clock: Clock,
  ) {}

  @Reaction('correction', 'answer-folded')
  async react(@Payload() entry: Entry<CorrectionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'correction.folded') await this.#follow(entry, event, event.into);
      if (event.type !== 'correction.answered') continue;
      await this.desk.reach(entry.position);
      const { correctionId } = event;
      for (const each of await this.desk.cases.list(foldedInto(correctionId), { limit: mostFolded }))
        await this.#follow(entry, each, correctionId);
    }
  }

  async #follow(entry: Entry, { correctionId, site }: { correctionId: string; site: string }, into: string) {
    const read = async (id: string) => {
      const { events } = await this.journal.read({ aggregate: 'correction', site, id });
      return (events as CorrectionEvent[]).reduce(correction.evolve, correction.initial);
    };
    const [own, other] = await Promise.all([read(correctionId), read(into)]);
    // Taken out again meanwhile, it is answered by itself.
    if (own.status === 'new' || own.status === 'spam' || own.stage !== 'folded' || own.into !== into) return;
    if (other.status !== 'answered' || other.answer === null) return;
    await carryOut(this.journal, correction, {
      type: 'correction.answer',
      id: `${correctionId}/folded/${entry.position}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      correctionId,
      site,
      outcome: 'folded',
      answer: other.answer.answer,
    });
  }
}
