import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Query } from '@tongsheng/bus';
import { alarmKeyword, MeansTrial, Refusal, type MeansTried } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { opened } from './means/registered.ts';
import { sayInGroup } from './means/robots.ts';
import { sendText } from './means/sms.ts';
import { Office } from './office.ts';
import { Outside } from './tell-people.reaction.ts';

const words = '【测试】这是一条测试消息，值班告警会送到这里，无需处置。';

/** Whether a means of alarm works, before somebody needs it: a message that says that it is a test. */
@Controller()
export class TryMeansController {
  constructor(
    private readonly office: Office,
    private readonly outside: Outside,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  /** @throws Refusal registration_missing */
  @Query('means.try')
  async try(@Payload({ schema: MeansTrial }) { site, kind, to }: MeansTrial): Promise<MeansTried> {
    const found = await this.office.registeredMeans({ site, kind });
    if (!found) throw new Refusal('registration_missing', `${site} has no ${kind}`);
    const { secrets, allow } = this.outside.relay;
    const means = opened(kind, found, secrets);
    const link = `${this.outside.consoleUrl}/duty`;
    const id = `test-${this.ids.next()}`;
    const send = () => {
      if ('outcome' in means) return means;
      if (means.kind === 'sms') return sendText(means.settings, { phone: to ?? '', text: words, id }, allow);
      const lines = [words, `[${alarmKeyword} ${id}]`];
      return sayInGroup(means, { lines, link, mobiles: [] }, Date.parse(this.clock.now()), allow);
    };
    const { outcome, detail } = await send();
    this.log.info('means.tried', { site, kind, outcome });
    return { outcome, detail: detail.slice(0, 2_000) };
  }
}
