import { Module } from '@nestjs/common';
import { Poller } from './poller.ts';

@Module({ providers: [Poller] })
export class IngestModule {}
