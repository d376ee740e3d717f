import { Module } from '@nestjs/common';
import { Clusters } from './clusters.ts';
import { Configuration } from './configuration.ts';
import { Edits } from './edits.ts';
import { Following } from './following.ts';
import { ItemTasksController } from './item-tasks.controller.ts';
import { LookAgain } from './look-again.ts';
import { Looks } from './looks.ts';
import { PublicPages } from './public-pages.ts';
import { PublishRepost } from './publish-repost.reaction.ts';
import { QueueReposts } from './queue-reposts.reaction.ts';
import { RegroupReposts } from './regroup-reposts.reaction.ts';
import { RemoveRepost } from './remove-repost.reaction.ts';
import { RepostsController } from './reposts.controller.ts';
import { RouteItems } from './route-items.reaction.ts';
import { SimilarClusters } from './similar-clusters.ts';
import { Simulations } from './simulation.ts';
import { SitePublisher } from './site-publisher.ts';
import { TakePictures } from './take-pictures.ts';
import { Tasks } from './tasks.ts';
import { VerifyReposts } from './verify-reposts.ts';
import { Watchlist } from './watchlist.ts';

@Module({
  controllers: [
    ItemTasksController,
    LookAgain,
    RepostsController,
    RouteItems,
    QueueReposts,
    RegroupReposts,
    PublishRepost,
    RemoveRepost,
  ],
  providers: [
    Configuration,
    Clusters,
    Tasks,
    Edits,
    Following,
    SimilarClusters,
    Simulations,
    PublicPages,
    SitePublisher,
    Looks,
    Watchlist,
    VerifyReposts,
    TakePictures,
  ],
})
export class RepostsModule {}
