import { Module } from '@nestjs/common';
import { Clockwork } from './clockwork.ts';

@Module({ providers: [Clockwork] })
export class ClockModule {}
