import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { warningShares, type CalendarRegistered, type CorrectionEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type Because } from './alarming.ts';
import { openCorrection } from './troubles.ts';

/**
 * When the time to answer a netizen runs out, then an alarm; when the answer is out, its end. When a limit runs over a year
 * whose holidays nobody has entered, then an alarm too, until they are.
 */
@Controller()
export class RaiseCorrectionAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('correction', 'raise-correction-alarms')
  async react(@Payload() entry: Entry<CorrectionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'correction.warned') await this.#warn(entry, event);
      if (event.type === 'correction.answered') await this.#close(entry, event, warningShares, 'answered');
      if (event.type === 'correction.spam_marked' || event.type === 'correction.deadline_moved')
        await this.#close(entry, event, warningShares, 'lifted');
      if ('unknownYears' in event) for (const year of event.unknownYears) await this.#miss(entry, year);
    }
  }

  @Reaction('calendar', 'close-calendar-alarms')
  async onCalendar(@Payload() entry: Entry<CalendarRegistered>): Promise<void> {
    for (const { year } of entry.events) await this.alarming.close(entry, calendarAlarm(year), 'mended');
  }

  /** What was answered meanwhile, or is said more urgently already, wakes nobody. */
  async #warn(entry: Entry, event: Extract<CorrectionEvent, { type: 'correction.warned' }>) {
    const { site, correctionId, share, fellDueAt } = event;
    const report = openCorrection(await this.#past(event));
    if (!report || fellDueAt > report.dueAt || report.warned.some((each) => each > share)) return;
    const { title, startsAt, dueAt } = report;
    const key = { alarmId: alarmOf(event, dueAt, share), site };
    await this.alarming.raise(entry, key, { kind: 'correction', correctionId, share, title, startsAt, dueAt });
    const less = warningShares.filter((each) => each < share);
    await this.#close(entry, { site, correctionId }, less, 'superseded');
  }

  /** Each limit that it had has alarms of its own; all of those before are over, and of the one that stands unless it is to be answered. */
  async #close(entry: Entry, key: Key, shares: readonly number[], because: Because) {
    const { site, correctionId: id } = key;
    const { entries } = await this.journal.read({ aggregate: 'correction', site, id });
    const before = entries.filter(({ position }) => position <= entry.position);
    const past = before.flatMap(({ events }) => events as CorrectionEvent[]);
    const limits = [...new Set(past.flatMap((event) => ('dueAt' in event ? [event.dueAt] : [])))];
    const standing = because === 'lifted' ? openCorrection(past)?.dueAt : undefined;
    for (const dueAt of limits.filter((each) => each !== standing))
      for (const share of shares)
        await this.alarming.close(entry, { alarmId: alarmOf(key, dueAt, share), site }, because);
  }

  /** It may have been entered in the very moment in which it was missed. */
  async #miss(entry: Entry, year: number) {
    const isKnown = async () =>
      (await this.journal.read({ aggregate: 'calendar', site: 'registry', id: String(year) })).position > 0;
    if (await isKnown()) return;
    await this.alarming.raise(entry, calendarAlarm(year), { kind: 'calendar', year, since: entry.envelope.time });
    if (await isKnown()) await this.alarming.close(entry, calendarAlarm(year), 'mended');
  }

  async #past({ site, correctionId: id }: Key): Promise<CorrectionEvent[]> {
    return (await this.journal.read({ aggregate: 'correction', site, id })).events as CorrectionEvent[];
  }
}

type Key = Pick<CorrectionEvent, 'site' | 'correctionId'>;

const alarmOf = ({ site, correctionId }: Key, dueAt: string, share: number) =>
  alarmIdOf('correction', site, correctionId, dueAt, share);

const calendarAlarm = (year: number) => ({ alarmId: alarmIdOf('calendar', year), site: null });
