import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { warningShares, type ReleaseEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';
import { endsDebt, openDebt } from './troubles.ts';

type Warned = Extract<ReleaseEvent, { type: 'release.debt_warned' }>;

/** When the time to review what was signed urgently runs out, then an alarm; when it was reviewed, its end. */
@Controller()
export class RaiseDebtAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('release', 'raise-debt-alarms')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'release.debt_warned') await this.#warn(entry, event);
      if (endsDebt.has(event.type)) await this.#close(entry, event, warningShares, 'reviewed');
    }
  }

  /** What was reviewed meanwhile, or is said more urgently already, wakes nobody. */
  async #warn(entry: Entry, { site, releaseId, share, fellDueAt }: Warned) {
    const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
    const debt = openDebt(past.events as ReleaseEvent[]);
    if (!debt || fellDueAt < debt.startsAt || debt.warned.some((each) => each > share)) return;
    const { title, startsAt, dueAt } = debt;
    const key = { alarmId: debtAlarm(site, releaseId, startsAt, share), site };
    await this.alarming.raise(entry, key, { kind: 'review_debt', releaseId, share, title, startsAt, dueAt });
    const less = warningShares.filter((each) => each < share);
    await this.#close(entry, { site, releaseId }, less, 'superseded');
  }

  async #close(
    entry: Entry,
    { site, releaseId }: { site: string; releaseId: string },
    shares: readonly number[],
    because: 'reviewed' | 'superseded',
  ) {
    const { entries } = await this.journal.read({ aggregate: 'release', site, id: releaseId });
    const before = entries.filter(({ position }) => position < entry.position);
    for (const event of before.flatMap(({ events }) => events as ReleaseEvent[])) {
      if (event.type !== 'release.signed' || !event.debt) continue;
      for (const share of shares)
        await this.alarming.close(entry, { alarmId: debtAlarm(site, releaseId, event.signedAt, share), site }, because);
    }
  }
}

/** Each urgent signature has alarms of its own. */
const debtAlarm = (site: string, releaseId: string, startsAt: string, share: number) =>
  alarmIdOf('review_debt', site, releaseId, startsAt, share);
