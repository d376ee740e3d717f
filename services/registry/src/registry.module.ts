import { Module } from '@nestjs/common';
import { RegistrationsController } from './registrations.controller.ts';
import { Seeding } from './seed.ts';

@Module({ controllers: [RegistrationsController], providers: [Seeding] })
export class RegistryModule {}
