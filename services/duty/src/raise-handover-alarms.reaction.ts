import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { HandoverEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

const lacks = ['not_given', 'not_accepted'] as const;

/** When a shift was not handed over, or not taken over, in time, then an alarm; when it is after all, its end. */
@Controller()
export class RaiseHandoverAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('handover', 'raise-handover-alarms')
  async react(@Payload() entry: Entry<HandoverEvent>): Promise<void> {
    for (const event of entry.events) {
      switch (event.type) {
        case 'handover.overdue':
          await this.#raise(entry, event);
          break;
        case 'handover.given':
          await this.alarming.close(entry, keyOf(event, 'not_given'), 'answered');
          break;
        case 'handover.accepted':
          for (const lack of lacks) await this.alarming.close(entry, keyOf(event, lack), 'answered');
          break;
        case 'handover.waived':
      }
    }
  }

  /** What was made good meanwhile wakes nobody. */
  async #raise(entry: Entry, event: Extract<HandoverEvent, { type: 'handover.overdue' }>): Promise<void> {
    const { site, id } = entry;
    const { entries } = await this.journal.read({ aggregate: 'handover', site, id });
    if (entries.some(({ position }) => position > entry.position)) return;
    const { handoverId, because, shift, next } = event;
    const facts = { handoverId, because, name: shift.name, nextName: next?.name ?? null, endedAt: shift.to };
    await this.alarming.raise(entry, keyOf(event, because), { kind: 'handover', ...facts });
  }
}

const keyOf = ({ site, handoverId }: HandoverEvent, lack: (typeof lacks)[number]) => ({
  alarmId: alarmIdOf('handover', site, handoverId, lack),
  site: site === '*' ? null : site,
});
