import { Module } from '@nestjs/common';
import { Alarming } from './alarming.ts';
import { AlarmsController } from './alarms.controller.ts';
import { HandoversController } from './handovers.controller.ts';
import { IncidentsController } from './incidents.controller.ts';
import { Office } from './office.ts';
import { OpenIncidents } from './open-incidents.reaction.ts';
import { PassOn } from './pass-on.ts';
import { RaiseAlarms } from './raise-alarms.reaction.ts';
import { RaiseHandoverAlarms } from './raise-handover-alarms.reaction.ts';
import { RaiseIncidentAlarms } from './raise-incident-alarms.reaction.ts';
import { RaiseLinkedAlarms } from './raise-linked-alarms.reaction.ts';
import { RaisePageAlarms } from './raise-page-alarms.reaction.ts';
import { RaiseCorrectionAlarms } from './raise-correction-alarms.reaction.ts';
import { RaiseDebtAlarms } from './raise-debt-alarms.reaction.ts';
import { RaiseRecallAlarms } from './raise-recall-alarms.reaction.ts';
import { RaiseReportAlarms } from './raise-report-alarms.reaction.ts';
import { RaiseRumorAlarms } from './raise-rumor-alarms.reaction.ts';
import { RaiseBalanceAlarms } from './raise-balance-alarms.reaction.ts';
import { RaiseStoppageAlarms } from './raise-stoppage-alarms.reaction.ts';
import { RaiseSubmissionAlarms } from './raise-submission-alarms.reaction.ts';
import { RaiseInspectionAlarms } from './raise-inspection-alarms.reaction.ts';
import { RaiseDeliveryAlarms } from './raise-delivery-alarms.reaction.ts';
import { TellPeople } from './tell-people.reaction.ts';
import { TryMeansController } from './try-means.controller.ts';

@Module({
  controllers: [
    AlarmsController,
    HandoversController,
    IncidentsController,
    RaiseHandoverAlarms,
    OpenIncidents,
    RaiseIncidentAlarms,
    RaiseAlarms,
    RaiseDeliveryAlarms,
    RaisePageAlarms,
    RaiseRecallAlarms,
    RaiseReportAlarms,
    RaiseRumorAlarms,
    RaiseStoppageAlarms,
    RaiseBalanceAlarms,
    RaiseCorrectionAlarms,
    RaiseSubmissionAlarms,
    RaiseDebtAlarms,
    RaiseLinkedAlarms,
    RaiseInspectionAlarms,
    TellPeople,
    TryMeansController,
  ],
  providers: [Office, Alarming, PassOn],
})
export class DutyModule {}
