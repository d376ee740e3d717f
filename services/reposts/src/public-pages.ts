import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import { versionsOf, type ItemEvent, type PublicDocument, type RepostEvent } from '@tongsheng/contracts';
import { repostDocument } from '@tongsheng/pages';
import { Configuration } from './configuration.ts';

type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Bound = Extract<RepostEvent, { type: 'repost.bound' }>;
type Edited = Extract<RepostEvent, { type: 'repost.edited' }>;
type Approved = Extract<RepostEvent, { type: 'repost.approved' }>;

/** The public document of an approved task, made from the log alone: the same each time it is asked for. */
@Injectable()
export class PublicPages {
  constructor(
    private readonly journal: Journal,
    private readonly configuration: Configuration,
  ) {}

  /** @throws when the task was not approved, or its site or item is not in the log. */
  async documentOf({ taskId, site: siteId }: { taskId: string; site: string }): Promise<PublicDocument> {
    const task = await this.journal.read({ aggregate: 'repost', site: siteId, id: taskId });
    const events = task.events as RepostEvent[];
    const queued = events.find((event): event is Queued => event.type === 'repost.queued');
    const approved = events.findLast((event): event is Approved => event.type === 'repost.approved');
    const site = this.configuration.site(siteId);
    if (!queued || !approved || !site)
      throw new Error(`reposts: ${taskId} of ${siteId} is not approved, or its site is unknown`);

    const chosen = approved.itemId ?? queued.itemId;
    const obliged = events.find(
      (event): event is Queued | Bound =>
        (event.type === 'repost.queued' || event.type === 'repost.bound') && event.itemId === chosen,
    );
    if (!obliged) throw new Error(`reposts: ${taskId} of ${siteId} does not owe item ${chosen}`);
    const item = await this.journal.read({ aggregate: 'item', site: obliged.sourceId, id: chosen });
    const version = versionsOf(item.events as ItemEvent[]).find((event) => event.version === approved.version);
    if (!version) throw new Error(`reposts: version ${approved.version} of item ${chosen} is not in the log`);

    const kept = (item.events as ItemEvent[]).findLast(
      (event) => event.type === 'item.files_kept' && event.version === approved.version,
    );
    const ours = events.find(
      (event): event is Edited => event.type === 'repost.edited' && event.contentHash === approved.edit,
    );
    if (approved.edit !== undefined && !ours)
      throw new Error(`reposts: the text that was approved for ${taskId} is not in the log`);
    const { sourceName: name, link, publication, firstSeenAt } = obliged;
    const { column } = queued;
    return repostDocument({
      taskId,
      site,
      column,
      version: version.version,
      contentHash: ours?.contentHash ?? version.contentHash,
      title: version.title,
      html: ours?.html ?? version.html,
      source: { name, link: version.link ?? link, publication, firstSeenAt },
      files: kept?.type === 'item.files_kept' ? kept.files : [],
      postedAt: approved.approvedAt,
    });
  }
}
