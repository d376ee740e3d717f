import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Query } from '@tongsheng/bus';
import {
  SourcePreviewQuery,
  sourceReference,
  type SourcePreview,
  type SourceReadNow,
  type SourceStatus,
} from '@tongsheng/contracts';
import { Previews } from './preview.ts';
import { Watcher } from './watcher.ts';

type SourceReference = { sourceId: string };

/** What people ask about sources: how they are, to be read now, how an address could be read. */
@Controller()
export class SourcesController {
  constructor(
    private readonly watcher: Watcher,
    private readonly previews: Previews,
  ) {}

  @Query('source.status')
  status(@Payload({ schema: sourceReference }) { sourceId }: SourceReference): Promise<SourceStatus> {
    return this.watcher.status(sourceId);
  }

  @Query('source.read_now')
  readNow(@Payload({ schema: sourceReference }) { sourceId }: SourceReference): Promise<SourceReadNow> {
    return this.watcher.readNow(sourceId);
  }

  @Query('source.preview')
  preview(@Payload({ schema: SourcePreviewQuery }) query: SourcePreviewQuery): Promise<SourcePreview> {
    return this.previews.of(query);
  }
}
