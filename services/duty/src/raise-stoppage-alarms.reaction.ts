import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Reaction, type Entry } from '@tongsheng/bus';
import type { StoppageEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

/** When a channel stands still for too long, then an alarm; and its end. Each time is an alarm of its own. */
@Controller()
export class RaiseStoppageAlarms {
  constructor(private readonly alarming: Alarming) {}

  @Reaction('stoppage', 'raise-stoppage-alarms')
  async react(@Payload() entry: Entry<StoppageEvent>): Promise<void> {
    for (const event of entry.events) {
      const { site, channelId, since } = event;
      const key = { alarmId: alarmIdOf('stoppage', site, channelId, since), site };
      if (event.type === 'stoppage.ended') {
        await this.alarming.close(entry, key, event.because === 'well' ? 'mended' : 'lifted');
        continue;
      }
      const { channelName, urgency, waiting, detail } = event;
      await this.alarming.raise(entry, key, {
        kind: 'stoppage',
        channelId,
        channelName,
        urgency,
        waiting,
        detail,
        since,
      });
    }
  }
}
