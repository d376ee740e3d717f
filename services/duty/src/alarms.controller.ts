import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { AlarmCommand, type Receipt } from '@tongsheng/contracts';
import { alarm } from './alarm.ts';

@Controller()
export class AlarmsController {
  constructor(private readonly journal: Journal) {}

  @Commands('alarm')
  handle(@Payload({ schema: AlarmCommand }) command: AlarmCommand): Promise<Receipt> {
    return carryOut(this.journal, alarm, command);
  }
}
