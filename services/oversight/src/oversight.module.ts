import { Module } from '@nestjs/common';
import { ComplianceController, Oversight } from './oversight.ts';

@Module({ controllers: [ComplianceController], providers: [Oversight] })
export class OversightModule {}
