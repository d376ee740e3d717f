import { Module } from '@nestjs/common';
import { AnswerRumors } from './answer-rumors.reaction.ts';
import { CarryRecalls } from './carry-recalls.reaction.ts';
import { FollowParts } from './follow-parts.reaction.ts';
import { LinkedPages } from './linked-pages.ts';
import { OpenPages } from './open-pages.reaction.ts';
import { PageProof } from './page-proof.ts';
import { ProveRecalls } from './prove-recalls.ts';
import { PublicCopies } from './public-copies.ts';
import { Places } from './public-places.ts';
import { PublishRelease } from './publish-release.reaction.ts';
import { RecallPlanner } from './recall-planner.ts';
import { ReleasesController } from './releases.controller.ts';
import { SealPages } from './seal-pages.reaction.ts';
import { Sites } from './sites.ts';

@Module({
  controllers: [ReleasesController, PublishRelease, FollowParts, SealPages, OpenPages, AnswerRumors, CarryRecalls],
  providers: [Sites, LinkedPages, Places, PublicCopies, RecallPlanner, PageProof, ProveRecalls],
})
export class ReleasesModule {}
