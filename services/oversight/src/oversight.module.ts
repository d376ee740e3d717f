import { Module } from '@nestjs/common';
import { PublishReport } from './publish-report.reaction.ts';
import { ReportCounter } from './report-counter.ts';
import { ReportPrinter } from './report-printer.ts';
import { ReportsController } from './reports.controller.ts';
import { Reports } from './reports.ts';
import { Balances, BalancesController } from './balances.ts';
import { BeginChecks } from './begin-checks.reaction.ts';
import { ExpectInspection } from './expect-inspection.reaction.ts';
import { ExpectReport } from './expect-report.reaction.ts';
import { InspectedSites } from './inspected-sites.ts';
import { InspectionsController } from './inspections.controller.ts';
import { LookAtSites } from './look-at-sites.reaction.ts';
import { AnswerFolded } from './answer-folded.reaction.ts';
import { CorrectionDesk } from './correction-desk.ts';
import { CorrectionIntakeController } from './correction-intake.controller.ts';
import { CorrectionsController } from './corrections.controller.ts';
import { MailAnswers } from './mail-answers.reaction.ts';
import { MoveDeadlines } from './move-deadlines.reaction.ts';
import { CheckpointsController, Notary } from './notary.ts';
import { ComplianceController, Oversight } from './oversight.ts';
import { ProbeSites } from './probe-sites.reaction.ts';
import { PublishInspection } from './publish-inspection.reaction.ts';
import { RegisteredSites } from './registered-sites.ts';

@Module({
  controllers: [
    ComplianceController,
    CheckpointsController,
    BalancesController,
    InspectionsController,
    BeginChecks,
    ProbeSites,
    LookAtSites,
    PublishInspection,
    ExpectInspection,
    CorrectionsController,
    CorrectionIntakeController,
    MoveDeadlines,
    AnswerFolded,
    MailAnswers,
    ReportsController,
    PublishReport,
    ExpectReport,
  ],
  providers: [
    RegisteredSites,
    Oversight,
    Notary,
    Balances,
    InspectedSites,
    CorrectionDesk,
    Reports,
    ReportCounter,
    ReportPrinter,
  ],
})
export class OversightModule {}
