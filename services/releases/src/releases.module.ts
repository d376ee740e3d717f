import { Module } from '@nestjs/common';
import { PublishRelease } from './publish-release.reaction.ts';
import { ReleasesController } from './releases.controller.ts';
import { Sites } from './sites.ts';

@Module({ controllers: [ReleasesController, PublishRelease], providers: [Sites] })
export class ReleasesModule {}
