import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  warningShares,
  type AlarmSubject,
  type RepostEvent,
  type SourceHealthEvent,
  type SourceRegistered,
} from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type AlarmKey, type Because } from './alarming.ts';
import { Office } from './office.ts';
import { isEscalatedStill, openTask, roundOf, taskSubject } from './troubles.ts';

/** One alarm for each share of a task's time, and one for each patience that a source has exceeded. */
const taskAlarm = (site: string, taskId: string, share: number, round: number) =>
  alarmIdOf('task', site, taskId, share, ...(round === 0 ? [] : [round]));
const sourceAlarm = (sourceId: string, detector: string | undefined, hours: number) =>
  alarmIdOf('source', sourceId, detector ?? '', hours);

type Warned = Extract<RepostEvent, { type: 'repost.warned' }>;
type Escalated = Extract<SourceHealthEvent, { type: 'source.escalated' }>;

/** When time runs out or a source is silent, then an alarm; when that is over, the alarm is too. */
@Controller()
export class RaiseAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly office: Office,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('repost', 'raise-task-alarms')
  async onRepost(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'repost.warned') await this.#warn(entry, event);
      if (event.type === 'repost.published') await this.#closeShares(entry, event, 'published');
      if (event.type === 'repost.merged') await this.#closeShares(entry, event, 'merged');
      if (event.type === 'repost.exempted') await this.#closeShares(entry, event, 'exempted');
      if (event.type === 'repost.removed' || event.type === 'repost.withdrawn')
        await this.#closeShares(entry, event, 'withdrawn');
      if (event.type === 'repost.retract_lifted') await this.#closeShares(entry, event, 'lifted');
      // An update that was owed is no longer the question.
      if (event.type === 'repost.retract_due') await this.#closeShares(entry, event, 'superseded', 1);
    }
  }

  @Reaction('poll', 'raise-source-alarms')
  async onSourceHealth(@Payload() entry: Entry<SourceHealthEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'source.escalated') await this.#escalate(entry, event);
      if (event.type === 'source.recovered')
        await this.#closeSource(entry, event.sourceId, event.detector, 'recovered');
    }
  }

  /** Nobody reads a source that was paused, so it cannot recover: its alarms end with the reading. */
  @Reaction('source', 'end-alarms-of-paused-sources')
  async onSource(@Payload() entry: Entry<SourceRegistered>): Promise<void> {
    for (const { sourceId, paused, also } of entry.events) {
      if (!paused) continue;
      const detectors = [undefined, ...also.map(({ url }) => url)];
      for (const detector of detectors) await this.#closeSource(entry, sourceId, detector, 'paused');
    }
  }

  /** What has been settled meanwhile, or is said more urgently already, wakes nobody: also after an outage of our own. */
  async #warn(entry: Entry, { site, taskId, share }: Warned): Promise<void> {
    const past = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const task = openTask(past.events as RepostEvent[]);
    if (!task) return;
    const round = roundOf(past.events as RepostEvent[]);
    const more = warningShares.filter((each) => each > share && task.warned.includes(each));
    if (more.length === 0) {
      await this.#raise(entry, { alarmId: taskAlarm(site, taskId, share, round), site }, taskSubject(task, share));
    }
    for (const less of warningShares) {
      if (less < share) await this.#close(entry, { alarmId: taskAlarm(site, taskId, less, round), site }, 'superseded');
    }
  }

  async #closeShares(
    entry: Entry,
    { site, taskId }: { site: string; taskId: string },
    because: Because,
    roundsAgo = 0,
  ) {
    const { entries } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const before = entries.filter(({ position }) => position <= entry.position);
    const round = roundOf(before.flatMap(({ events }) => events as RepostEvent[])) - roundsAgo;
    for (const share of warningShares) {
      await this.#close(entry, { alarmId: taskAlarm(site, taskId, share, round), site }, because);
    }
  }

  async #escalate(entry: Entry, event: Escalated): Promise<void> {
    const { sourceId, detector, hours, code, failingSince } = event;
    const past = await this.journal.read({ aggregate: 'poll', site: entry.site, id: entry.id });
    if (!isEscalatedStill(past.events as SourceHealthEvent[], event)) return;
    const name = this.office.sourceName(sourceId);
    const about = { kind: 'source' as const, sourceId, name, detector: detector ?? null, code, failingSince, hours };
    await this.#raise(entry, { alarmId: sourceAlarm(sourceId, detector, hours), site: null }, about);
    if (hours > 1) await this.#close(entry, { alarmId: sourceAlarm(sourceId, detector, 1), site: null }, 'superseded');
  }

  async #closeSource(entry: Entry, sourceId: string, detector: string | undefined, because: Because): Promise<void> {
    for (const hours of [1, 3]) {
      await this.#close(entry, { alarmId: sourceAlarm(sourceId, detector, hours), site: null }, because);
    }
  }

  #raise(entry: Entry, key: AlarmKey, about: AlarmSubject): Promise<void> {
    return this.alarming.raise(entry, key, about);
  }

  #close(entry: Entry, key: AlarmKey, because: Because): Promise<void> {
    return this.alarming.close(entry, key, because);
  }
}
