import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { AlarmEvent, IncidentCommand } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { incident } from './incident.ts';
import { Office } from './office.ts';

/** When something else is found standing in a page of ours, then an incident: what is done from here on is written down. */
@Controller()
export class OpenIncidents {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly office: Office,
  ) {}

  @Reaction('alarm', 'open-incidents')
  async react(@Payload() entry: Entry<AlarmEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'alarm.raised' || event.site === null) continue;
      const { about, site, alarmId } = event;
      if (about.kind !== 'page' || about.drift !== 'replaced') continue;
      const at = this.clock.now();
      const command: IncidentCommand = {
        type: 'incident.open',
        id: `${alarmId}/incident`,
        at,
        actor: { kind: 'service', id: 'duty', name: '系统核验' },
        ...causedBy(entry),
        incidentId: alarmId,
        site,
        facts: {
          kind: 'attack',
          severity: 'major',
          title: about.title,
          noticed: `复看时发现《${about.title}》的页面上是别的内容，疑似被篡改。核验所见：${about.detail || '正文不符'}`,
          noticedAt: about.driftedAt,
          url: about.url,
          evidence: [],
        },
        origin: { from: 'finding', finding: '页面复看' },
        ...this.office.reportBy(site, at),
      };
      await carryOut(this.journal, incident, command);
    }
  }
}
