import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { warningShares, type SubmissionEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type Because } from './alarming.ts';
import { openSubmission } from './troubles.ts';

/**
 * When the time to answer an offer runs out, then an alarm for who owes the answer, and once it is over for who waits for
 * it too; an office outside has no duty officer of ours, so that who waits is told from the first. When it is answered,
 * their end.
 */
@Controller()
export class RaiseSubmissionAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('submission', 'raise-submission-alarms')
  async react(@Payload() entry: Entry<SubmissionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'submission.warned') await this.#warn(entry, event);
      const because = ends[event.type];
      if (because) await this.#close(entry, event, warningShares, because);
    }
  }

  /** What was answered meanwhile, or is said more urgently already, wakes nobody. */
  async #warn(
    entry: Entry,
    { site: from, submissionId, share, fellDueAt }: Extract<SubmissionEvent, { type: 'submission.warned' }>,
  ) {
    const past = await this.journal.read({ aggregate: 'submission', site: from, id: submissionId });
    const open = openSubmission(past.events as SubmissionEvent[]);
    if (!open || fellDueAt < open.startsAt || open.warned.some((each) => each > share)) return;
    const { sites, warned: _warned, ...facts } = open;
    for (const site of share === 100 ? sites : sites.slice(0, 1)) {
      const key = { alarmId: submissionAlarm(site, submissionId, open.startsAt, share), site };
      await this.alarming.raise(entry, key, { kind: 'submission', ...facts, share });
    }
    const less = warningShares.filter((each) => each < share);
    await this.#close(entry, { site: from, submissionId }, less, 'superseded');
  }

  async #close(
    entry: Entry,
    { site: from, submissionId }: { site: string; submissionId: string },
    shares: readonly number[],
    because: Because,
  ) {
    const { entries } = await this.journal.read({ aggregate: 'submission', site: from, id: submissionId });
    const before = entries.filter(({ position }) => position <= entry.position);
    const past = before.flatMap(({ events }) => events as SubmissionEvent[]);
    const offered = past.find((event) => event.type === 'submission.offered');
    if (!offered) return;
    const sites = offered.to.kind === 'site' ? [from, offered.to.site] : [from];
    // What begins with this very event is not what ends with it.
    const begun = startsOf(past).filter((startsAt) => because === 'superseded' || startsAt !== startOf(entry));
    for (const startsAt of begun)
      for (const site of sites)
        for (const share of shares) {
          const alarmId = submissionAlarm(site, submissionId, startsAt, share);
          await this.alarming.close(entry, { alarmId, site }, because);
        }
  }
}

const ends: Partial<Record<SubmissionEvent['type'], Because>> = {
  'submission.countered': 'answered',
  'submission.agreed': 'answered',
  'submission.declined': 'answered',
  'submission.withdrawn': 'withdrawn',
  'submission.adopted': 'published',
};

/** Each limit that began has alarms of its own. */
const submissionAlarm = (site: string, submissionId: string, startsAt: string, share: number) =>
  alarmIdOf('submission', site, submissionId, startsAt, share);

const startsOf = (past: readonly SubmissionEvent[]): string[] =>
  past.flatMap((event) =>
    event.type === 'submission.offered'
      ? [event.offeredAt]
      : event.type === 'submission.countered'
        ? [event.counteredAt]
        : [],
  );

const startOf = ({ events }: Entry) => startsOf(events as SubmissionEvent[])[0];
