import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';
import { pageSubject } from './troubles.ts';

/**
 * When what was taken down can be read again, or something else stands in a page of ours, then an alarm; when the page is
 * as it should be, its end. What was merely changed or is missing waits in the queue of pages that drifted: a site that is
 * down for a moment, or rebuilt, would call people for each of its pages.
 */
@Controller()
export class RaisePageAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('repost', 'raise-page-alarms')
  async onRepost(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    const isDrift = entry.events.some(({ type }) => type === 'repost.drifted');
    const isEnd = entry.events.some(({ type }) => type === 'repost.verified' || type === 'repost.withdrawn');
    const isOther = entry.events.some(({ type }) => type === 'repost.published' || type === 'repost.merged');
    if (!isDrift && !isEnd && !isOther) return;
    const { site, id } = entry;
    const { entries } = await this.journal.read({ aggregate: 'repost', site, id });
    const eventsOf = (some: readonly Entry[]) => some.flatMap(({ events }) => events as RepostEvent[]);
    if (isDrift) {
      // What has been mended meanwhile wakes nobody.
      const about = pageSubject(eventsOf(entries));
      if (about) await this.alarming.raise(entry, keyOf(site, about), about);
      return;
    }
    const before = pageSubject(eventsOf(entries.filter(({ position }) => position < entry.position)));
    if (before) await this.alarming.close(entry, keyOf(site, before), isEnd ? 'mended' : 'published');
  }
}

/** It may happen more than once: each time is an alarm of its own. */
const keyOf = (site: string, { taskId, driftedAt }: { taskId: string; driftedAt: string }) => ({
  alarmId: alarmIdOf('page', site, taskId, driftedAt),
  site,
});
