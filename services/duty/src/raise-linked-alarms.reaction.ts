import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { reminderMinutes, type LinkedEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type Because } from './alarming.ts';
import { Office } from './office.ts';
import { linkedSubject } from './troubles.ts';

/**
 * When what must not be missing is not ready 30 and 10 minutes before its moment, or the moment went by without it, then an
 * alarm; when it went out, was planned anew or cancelled, its end.
 */
@Controller()
export class RaiseLinkedAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly office: Office,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('linked', 'raise-linked-alarms')
  async react(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) {
      switch (event.type) {
        case 'linked.reminded':
        case 'linked.stopped':
          await this.#told(entry, event);
          break;
        case 'linked.planned':
          await this.#endAll(entry, event, 'superseded');
          break;
        case 'linked.committed':
          await this.#endAll(entry, event, 'published');
          break;
        case 'linked.cancelled':
          await this.#endAll(entry, event, 'withdrawn');
          break;
        case 'linked.waived':
        case 'linked.part_signed':
        case 'linked.part_pulled':
        case 'linked.sealed':
        case 'linked.rehearsed':
        case 'linked.press_told':
        case 'linked.opened':
      }
    }
  }

  async #told(
    entry: Entry,
    event: Extract<LinkedEvent, { type: 'linked.reminded' | 'linked.stopped' }>,
  ): Promise<void> {
    const { site, linkedId, t0 } = event;
    const past = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const nameOf = ({ kind, id }: { kind: 'page' | 'channel'; id: string }) =>
      kind === 'page' ? (this.office.site(id)?.name ?? id) : this.office.channelName(id);
    const about = linkedSubject(past.events as LinkedEvent[], event, nameOf);
    const minutes = event.type === 'linked.stopped' ? 0 : event.minutes;
    if (about) await this.alarming.raise(entry, keyOf(site, linkedId, t0, minutes), about);
    for (const earlier of reminderMinutes)
      if (earlier > minutes)
        await this.alarming.close(entry, keyOf(site, linkedId, t0, earlier), about ? 'superseded' : 'mended');
  }

  /** Of every moment that it ever had. */
  async #endAll(entry: Entry, { site, linkedId }: LinkedEvent, because: Because): Promise<void> {
    const { entries } = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const before = entries
      .filter(({ position }) => position < entry.position)
      .flatMap(({ events }) => events as LinkedEvent[]);
    for (const event of before) {
      if (event.type !== 'linked.reminded' && event.type !== 'linked.stopped') continue;
      const minutes = event.type === 'linked.stopped' ? 0 : event.minutes;
      await this.alarming.close(entry, keyOf(site, linkedId, event.t0, minutes), because);
    }
  }
}

/** Each moment has alarms of its own; 0: that it went by. */
const keyOf = (site: string, linkedId: string, t0: string, minutes: number) => ({
  alarmId: alarmIdOf('linked', site, linkedId, t0, minutes),
  site,
});
