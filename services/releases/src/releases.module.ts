import { Module } from '@nestjs/common';
import { AdoptSubmissions } from './adopt-submissions.reaction.ts';
import { AnswerDoor } from './answer-door.ts';
import { AnswerLinks } from './answer-links.ts';
import { AnswerRumors } from './answer-rumors.reaction.ts';
import { CarryRecalls } from './carry-recalls.reaction.ts';
import { ArrangeSubmissions } from './arrange-submissions.reaction.ts';
import { FollowParts } from './follow-parts.reaction.ts';
import { LinkedPages } from './linked-pages.ts';
import { LookAtAdoptions } from './look-at-adoptions.reaction.ts';
import { Negotiating } from './negotiating.ts';
import { OpenPages } from './open-pages.reaction.ts';
import { PageProof } from './page-proof.ts';
import { ProveRecalls } from './prove-recalls.ts';
import { PublicCopies } from './public-copies.ts';
import { Places } from './public-places.ts';
import { PublishRelease } from './publish-release.reaction.ts';
import { RecallPlanner } from './recall-planner.ts';
import { Rehearsal } from './rehearsal.ts';
import { ReleasesController } from './releases.controller.ts';
import { ReviewBook } from './review-book.ts';
import { SealPages } from './seal-pages.reaction.ts';
import { Channels, Sites } from './sites.ts';
import { Submissions } from './submissions.ts';
import { TellOffices } from './tell-offices.reaction.ts';

@Module({
  controllers: [
    ReleasesController,
    PublishRelease,
    FollowParts,
    SealPages,
    OpenPages,
    AnswerRumors,
    CarryRecalls,
    ArrangeSubmissions,
    AdoptSubmissions,
    LookAtAdoptions,
    TellOffices,
  ],
  providers: [
    Sites,
    ReviewBook,
    Channels,
    LinkedPages,
    Rehearsal,
    Places,
    PublicCopies,
    RecallPlanner,
    PageProof,
    ProveRecalls,
    Submissions,
    Negotiating,
    AnswerLinks,
    AnswerDoor,
  ],
})
export class ReleasesModule {}
