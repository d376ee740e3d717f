import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { carryOut, causedBy, Journal, type Entry } from '@tongsheng/bus';
import type { AlarmCommand, AlarmSubject, Occasion } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { alarm } from './alarm.ts';
import { Office } from './office.ts';

export type AlarmKey = { alarmId: string; site: string | null };
export type Because = Extract<AlarmCommand, { type: 'alarm.close' }>['because'];

/** One alarm for one trouble, however often it is told of. */
export const alarmIdOf = (...parts: (string | number)[]) =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24);

/** Raises alarms by the ladder of the moment, and closes them when what they are about is over. */
@Injectable()
export class Alarming {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly office: Office,
  ) {}

  async raise(entry: Entry, key: AlarmKey, about: AlarmSubject): Promise<void> {
    const steps = await this.office.stepsFor(key.site, occasionOf(about));
    if (steps.length === 0) return;
    const at = this.clock.now();
    const roster = await this.office.rosterFor(steps, key.site, at);
    const id = `${key.alarmId}/raise/${entry.position}`;
    await carryOut(this.journal, alarm, {
      type: 'alarm.raise',
      ...this.#head(entry, id, at),
      ...key,
      about,
      steps,
      roster,
    });
  }

  async close(entry: Entry, key: AlarmKey, because: Because): Promise<void> {
    const id = `${key.alarmId}/close/${entry.position}`;
    await carryOut(this.journal, alarm, {
      type: 'alarm.close',
      ...this.#head(entry, id, this.clock.now()),
      ...key,
      because,
    });
  }

  #head(entry: Entry, id: string, at: string) {
    return { id, at, actor: { kind: 'service' as const, id: 'duty' }, ...causedBy(entry) };
  }
}

function occasionOf(about: AlarmSubject): Occasion {
  switch (about.kind) {
    case 'task':
    case 'rumor':
    case 'correction':
    case 'inspection':
    case 'submission':
    case 'review_debt':
    case 'assignment':
      return `share_${about.share}`;
    case 'report':
      return about.days === 0 ? 'share_100' : about.days <= 3 ? 'share_90' : about.days <= 7 ? 'share_75' : 'share_50';
    case 'source':
      return 'source';
    case 'delivery':
      return 'delivery_lost';
    case 'credential':
    case 'stoppage':
      return 'credential';
    case 'page':
    case 'recall':
      return 'page';
    // A duty that got lost is as bad as one that was missed.
    case 'balance':
      return 'share_100';
    case 'linked':
      return 'linked';
    case 'incident':
      return 'incident';
    case 'handover':
      return 'handover';
    case 'drill':
      return about.on;
    case 'calendar':
      return 'calendar';
  }
}
