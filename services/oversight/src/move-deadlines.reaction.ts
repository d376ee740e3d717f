import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { CalendarRegistered, CorrectionEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { correction } from './correction.ts';
import { CorrectionDesk } from './correction-desk.ts';

/** When the holidays of a year are entered, or told anew, then every limit that runs over them is counted again. */
@Controller()
export class MoveDeadlines {
  constructor(
    private readonly journal: Journal,
    private readonly desk: CorrectionDesk,
    private readonly clock: Clock,
  ) {}

  @Reaction('calendar', 'move-deadlines')
  async onCalendar(@Payload() entry: Entry<CalendarRegistered>): Promise<void> {
    for (const each of await this.desk.open()) await this.#recount(entry, each);
  }

  /** A report that came while the calendar was being entered may not have stood among the open ones yet. */
  @Reaction('correction', 'check-deadlines')
  async onReport(@Payload() entry: Entry<CorrectionEvent>): Promise<void> {
    for (const event of entry.events)
      if (event.type === 'correction.received' || event.type === 'correction.spam_lifted')
        await this.#recount(entry, event);
  }

  async #recount(
    entry: Entry,
    { correctionId, site, receivedAt, dueAt, ...known }: Case & { unknownYears?: number[] },
  ): Promise<void> {
    const limit = await this.desk.limitOf(receivedAt);
    if (limit.dueAt === dueAt && limit.unknownYears.join() === known.unknownYears?.join()) return;
    await carryOut(this.journal, correction, {
      type: 'correction.move_deadline',
      id: `${correctionId}/deadline/${entry.position}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      correctionId,
      site,
      ...limit,
    });
  }
}

type Case = Pick<
  Extract<CorrectionEvent, { type: 'correction.deadline_moved' }>,
  'correctionId' | 'site' | 'receivedAt' | 'dueAt'
>;
