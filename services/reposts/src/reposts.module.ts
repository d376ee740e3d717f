import { Module } from '@nestjs/common';
import { Configuration } from './configuration.ts';
import { PublicPages } from './public-pages.ts';
import { PublishRepost } from './publish-repost.reaction.ts';
import { QueueReposts } from './queue-reposts.reaction.ts';
import { RepostsController } from './reposts.controller.ts';
import { VerifyReposts } from './verify-reposts.ts';

@Module({
  controllers: [RepostsController, QueueReposts, PublishRepost],
  providers: [Configuration, PublicPages, VerifyReposts],
})
export class RepostsModule {}
