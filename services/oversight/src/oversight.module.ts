import { Module } from '@nestjs/common';
import { CheckpointsController, Notary } from './notary.ts';
import { ComplianceController, Oversight } from './oversight.ts';

@Module({ controllers: [ComplianceController, CheckpointsController], providers: [Oversight, Notary] })
export class OversightModule {}
