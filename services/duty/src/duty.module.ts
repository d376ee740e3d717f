import { Module } from '@nestjs/common';
import { AlarmsController } from './alarms.controller.ts';
import { Office } from './office.ts';
import { PassOn } from './pass-on.ts';
import { RaiseAlarms } from './raise-alarms.reaction.ts';
import { TellPeople } from './tell-people.reaction.ts';

@Module({ controllers: [AlarmsController, RaiseAlarms, TellPeople], providers: [Office, PassOn] })
export class DutyModule {}
