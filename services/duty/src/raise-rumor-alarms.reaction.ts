import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { warningShares, type RumorEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type Because } from './alarming.ts';
import { openRumor } from './troubles.ts';

/** When the time to answer a rumor runs out, then an alarm; when it was answered, or needs no answer, its end. */
@Controller()
export class RaiseRumorAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('rumor', 'raise-rumor-alarms')
  async react(@Payload() entry: Entry<RumorEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'rumor.warned') await this.#warn(entry, event);
      if (event.type === 'rumor.rebutted') await this.#close(entry, event, warningShares, 'published');
      if (event.type === 'rumor.closed' || (event.type === 'rumor.assessed' && event.decision !== 'rebut'))
        await this.#close(entry, event, warningShares, 'lifted');
    }
  }

  /** What was answered meanwhile, or is said more urgently already, wakes nobody. */
  async #warn(entry: Entry, { site, rumorCaseId, share, fellDueAt }: Extract<RumorEvent, { type: 'rumor.warned' }>) {
    const past = await this.journal.read({ aggregate: 'rumor', site, id: rumorCaseId });
    const rumor = openRumor(past.events as RumorEvent[]);
    if (!rumor || fellDueAt < rumor.startsAt || rumor.warned.some((each) => each > share)) return;
    const { claim, startsAt, dueAt } = rumor;
    const key = { alarmId: rumorAlarm(site, rumorCaseId, startsAt, share), site };
    await this.alarming.raise(entry, key, { kind: 'rumor', rumorCaseId, share, claim, startsAt, dueAt });
    const less = warningShares.filter((each) => each < share);
    await this.#close(entry, { site, rumorCaseId }, less, 'superseded');
  }

  async #close(
    entry: Entry,
    { site, rumorCaseId }: { site: string; rumorCaseId: string },
    shares: readonly number[],
    because: Because,
  ) {
    const { entries } = await this.journal.read({ aggregate: 'rumor', site, id: rumorCaseId });
    const before = entries.filter(({ position }) => position <= entry.position);
    for (const startsAt of startsOf(before.flatMap(({ events }) => events as RumorEvent[])))
      for (const share of shares)
        await this.alarming.close(entry, { alarmId: rumorAlarm(site, rumorCaseId, startsAt, share), site }, because);
  }
}

/** Each limit that began has alarms of its own. */
const rumorAlarm = (site: string, rumorCaseId: string, startsAt: string, share: number) =>
  alarmIdOf('rumor', site, rumorCaseId, startsAt, share);

const startsOf = (past: readonly RumorEvent[]): string[] =>
  past.flatMap((event) =>
    event.type === 'rumor.reported'
      ? [event.reportedAt]
      : event.type === 'rumor.assessed' && event.dueAt
        ? [event.assessedAt]
        : [],
  );
