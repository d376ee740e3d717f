import { Module } from '@nestjs/common';
import { AnswerRumors } from './answer-rumors.reaction.ts';
import { FollowParts } from './follow-parts.reaction.ts';
import { LinkedPages } from './linked-pages.ts';
import { OpenPages } from './open-pages.reaction.ts';
import { PublishRelease } from './publish-release.reaction.ts';
import { ReleasesController } from './releases.controller.ts';
import { SealPages } from './seal-pages.reaction.ts';
import { Sites } from './sites.ts';

@Module({
  controllers: [ReleasesController, PublishRelease, FollowParts, SealPages, OpenPages, AnswerRumors],
  providers: [Sites, LinkedPages],
})
export class ReleasesModule {}
