import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { AlarmCommand, DrillCommand, drillAlarmId, Refusal, type Receipt } from '@tongsheng/contracts';
import { alarm } from './alarm.ts';
import { Office } from './office.ts';

@Controller()
export class AlarmsController {
  constructor(
    private readonly journal: Journal,
    private readonly office: Office,
  ) {}

  @Commands('alarm')
  handle(@Payload({ schema: AlarmCommand }) command: AlarmCommand): Promise<Receipt> {
    return carryOut(this.journal, alarm, command);
  }

  /** An exercise climbs the ladder that a real alarm would climb at this moment. @throws Refusal ladder_missing */
  @Commands('drill')
  async drill(@Payload({ schema: DrillCommand }) command: DrillCommand): Promise<Receipt> {
    const { id, at, actor, correlationId, site, drillId } = command;
    const head = { id, at, actor, ...(correlationId && { correlationId }), alarmId: drillAlarmId(drillId), site };
    if (command.type === 'drill.end')
      return carryOut(this.journal, alarm, { type: 'alarm.close', ...head, because: 'drilled' });
    const { on, scenario } = command;
    const steps = await this.office.stepsFor(site, on);
    if (steps.length === 0) throw new Refusal('ladder_missing', `nobody is told of ${on} of ${site}`, { on });
    const roster = await this.office.rosterFor(steps, site, at);
    const { id: by, name: byName = by } = actor;
    const about = { kind: 'drill' as const, drillId, on, scenario, by, byName, startedAt: at };
    return carryOut(this.journal, alarm, { type: 'alarm.raise', ...head, about, steps, roster });
  }
}
