import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Reaction, type Entry } from '@tongsheng/bus';
import { quarterNamed, warningShares, type InspectionEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

/** When a quarter runs out without the result of its inspection, then an alarm; when that is public, its end. */
@Controller()
export class RaiseInspectionAlarms {
  constructor(private readonly alarming: Alarming) {}

  @Reaction('inspection', 'raise-inspection-alarms')
  async react(@Payload() entry: Entry<InspectionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'inspection.warned') await this.#warn(entry, event, event.share);
      if (event.type === 'inspection.quarter_ended' && event.missed) await this.#warn(entry, event, 100);
      if (event.type === 'inspection.published' && event.stage === 'results')
        for (const share of warningShares) await this.alarming.close(entry, keyOf(event, share), 'published');
    }
  }

  async #warn(entry: Entry, of: { site: string; inspectionId: string }, share: (typeof warningShares)[number]) {
    const { inspectionId } = of;
    const { startsAt, dueAt } = quarterNamed(inspectionId);
    await this.alarming.raise(entry, keyOf(of, share), { kind: 'inspection', inspectionId, share, startsAt, dueAt });
    for (const less of warningShares.filter((each) => each < share))
      await this.alarming.close(entry, keyOf(of, less), 'superseded');
  }
}

const keyOf = ({ site, inspectionId }: { site: string; inspectionId: string }, share: number) => ({
  alarmId: alarmIdOf('inspection', site, inspectionId, share),
  site,
});
