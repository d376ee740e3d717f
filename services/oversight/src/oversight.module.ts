import { Module } from '@nestjs/common';
import { BeginChecks } from './begin-checks.reaction.ts';
import { ExpectInspection } from './expect-inspection.reaction.ts';
import { InspectedSites } from './inspected-sites.ts';
import { InspectionsController } from './inspections.controller.ts';
import { LookAtSites } from './look-at-sites.reaction.ts';
import { CheckpointsController, Notary } from './notary.ts';
import { ComplianceController, Oversight } from './oversight.ts';
import { ProbeSites } from './probe-sites.reaction.ts';
import { PublishInspection } from './publish-inspection.reaction.ts';

@Module({
  controllers: [
    ComplianceController,
    CheckpointsController,
    InspectionsController,
    BeginChecks,
    ProbeSites,
    LookAtSites,
    PublishInspection,
    ExpectInspection,
  ],
  providers: [Oversight, Notary, InspectedSites],
})
export class OversightModule {}
