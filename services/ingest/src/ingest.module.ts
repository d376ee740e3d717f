import { Module } from '@nestjs/common';
import { Door } from './door.ts';
import { Files } from './files.ts';
import { FollowUp } from './follow-up.ts';
import { Previews } from './preview.ts';
import { PublicStreams } from './public-streams.ts';
import { Reader } from './reader.ts';
import { SourcesController } from './sources.controller.ts';
import { Subscriptions } from './subscriptions.ts';
import { Watcher } from './watcher.ts';
import { Web } from './web.ts';

@Module({
  controllers: [SourcesController],
  providers: [Reader, Web, Watcher, Previews, Files, FollowUp, Subscriptions, PublicStreams, Door],
})
export class IngestModule {}
