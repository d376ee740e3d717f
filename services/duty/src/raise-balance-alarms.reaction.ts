import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Reaction, type Entry } from '@tongsheng/bus';
import { accountIdOf, type BalanceEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

/** When what was taken in is not where it must be, then an alarm; and its end. Each time is an alarm of its own. */
@Controller()
export class RaiseBalanceAlarms {
  constructor(private readonly alarming: Alarming) {}

  @Reaction('balance', 'raise-balance-alarms')
  async react(@Payload() entry: Entry<BalanceEvent>): Promise<void> {
    for (const event of entry.events) {
      const { account, site, since } = event;
      const key = { alarmId: alarmIdOf('balance', accountIdOf(account), since), site };
      if (event.type === 'balance.restored') {
        await this.alarming.close(entry, key, 'mended');
        continue;
      }
      const { name, missing, doubled, uneven } = event;
      await this.alarming.raise(entry, key, {
        kind: 'balance',
        account: account.kind,
        accountId: account.id,
        name,
        missing,
        doubled,
        titles: uneven.slice(0, 5).map(({ title }) => title),
        since,
      });
    }
  }
}
