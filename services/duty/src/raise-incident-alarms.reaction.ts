import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { warningShares, type IncidentEvent, type IncidentSeverity } from '@tongsheng/contracts';
import { Alarming, alarmIdOf, type Because } from './alarming.ts';
import { openIncident } from './troubles.ts';

/**
 * When an incident is grave, or the time to its first report runs out, then an alarm; when it is reported, the end of those
 * that ask for that; when it is over, of all of them.
 */
@Controller()
export class RaiseIncidentAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('incident', 'raise-incident-alarms')
  async react(@Payload() entry: Entry<IncidentEvent>): Promise<void> {
    for (const event of entry.events) {
      switch (event.type) {
        case 'incident.opened':
        case 'incident.graded':
          if (isGrave(event.severity)) await this.#raise(entry, event, null);
          break;
        case 'incident.warned':
          await this.#raise(entry, event, event.share);
          await this.#close(
            entry,
            event,
            warningShares.filter((each) => each < event.share),
            'superseded',
          );
          break;
        case 'incident.reported':
          await this.#close(entry, event, warningShares, 'reported');
          break;
        case 'incident.closed':
          await this.#close(entry, event, [...warningShares, 'grave'], 'mended');
          break;
        case 'incident.noted':
        case 'incident.referred':
        case 'incident.answered':
        case 'incident.reopened':
      }
    }
  }

  /** What was reported or closed meanwhile wakes nobody. */
  async #raise(entry: Entry, { site, incidentId: id }: IncidentEvent, share: 50 | 75 | 90 | 100 | null): Promise<void> {
    const past = await this.journal.read({ aggregate: 'incident', site, id });
    const open = openIncident(past.events as IncidentEvent[]);
    if (!open || (share !== null && open.isReported)) return;
    const { isReported: _reported, ...facts } = open;
    await this.alarming.raise(entry, keyOf(site, id, share ?? 'grave'), { kind: 'incident', ...facts, share });
  }

  async #close(
    entry: Entry,
    { site, incidentId }: IncidentEvent,
    of: readonly (number | 'grave')[],
    because: Because,
  ): Promise<void> {
    for (const each of of) await this.alarming.close(entry, keyOf(site, incidentId, each), because);
  }
}

const isGrave = (severity: IncidentSeverity): boolean => severity === 'major' || severity === 'extreme';

const keyOf = (site: string, incidentId: string, of: number | 'grave') => ({
  alarmId: alarmIdOf('incident', site, incidentId, of),
  site,
});
