import { Module } from '@nestjs/common';
import { RegistrationsController } from './registrations.controller.ts';
import { Sealing } from './sealing.ts';
import { Seeding } from './seed.ts';

@Module({ controllers: [RegistrationsController], providers: [Sealing, Seeding] })
export class RegistryModule {}
