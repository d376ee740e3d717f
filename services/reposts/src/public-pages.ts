import { Injectable } from '@nestjs/common';
import { Journal, type Entry } from '@tongsheng/bus';
import { versionsOf, type ItemEvent, type PublicDocument, type RepostEvent } from '@tongsheng/contracts';
import { repostDocument } from '@tongsheng/pages';
import { Configuration } from './configuration.ts';
import type { Published } from './sites/site-kind.ts';

type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Bound = Extract<RepostEvent, { type: 'repost.bound' }>;
type Edited = Extract<RepostEvent, { type: 'repost.edited' }>;
type Approved = Extract<RepostEvent, { type: 'repost.approved' }>;
type Found = Extract<RepostEvent, { type: 'repost.verified' }>['evidence'];

type Task = { taskId: string; site: string };

/** The page that the public has of a task, as whoever published it named it; null where it has none, or not any more. */
export function pageOf(events: readonly RepostEvent[]): Published | null {
  const last = events.findLast(({ type }) => type === 'repost.published' || type === 'repost.removed');
  return last?.type === 'repost.published' ? lastPageOf(events) : null;
}

/** The page that it had last, taken down or not. */
export function lastPageOf(events: readonly RepostEvent[]): Published | null {
  const last = events.findLast((event) => event.type === 'repost.published');
  if (last?.type !== 'repost.published') return null;
  const { url, publicPosition, remoteId } = last;
  return { url, publicPosition, ...(remoteId !== undefined && { remoteId }) };
}

/** The public documents of a task, made from the log alone: the same each time they are asked for. */
@Injectable()
export class PublicPages {
  constructor(
    private readonly journal: Journal,
    private readonly configuration: Configuration,
  ) {}

  /** As it was approved last. @throws when the task was not approved, or its site or item is not in the log. */
  async documentOf(task: Task): Promise<PublicDocument> {
    return this.#documentOf(task, await this.#entriesOf(task), Infinity);
  }

  /** As it went out last, whatever was approved since then, and what was found of it outside so far. @throws as above. */
  async outOf(task: Task): Promise<{ document: PublicDocument; found: readonly Found[] }> {
    const entries = await this.#entriesOf(task);
    const last = entries.findLastIndex(({ events }) => events.some(({ type }) => type === 'repost.published'));
    const found = entries
      .slice(last)
      .flatMap(({ events }) => events)
      .flatMap((event) =>
        event.type === 'repost.verified' || event.type === 'repost.rechecked' ? [event.evidence] : [],
      );
    const before = entries.slice(0, last + 1);
    const sent = before.findLast(({ events }) => events.some(({ type }) => type === 'repost.publication_started'));
    // What was kept since then is not on the page.
    return { document: await this.#documentOf(task, before, (sent ?? before.at(-1)!).position), found };
  }

  async #entriesOf({ taskId, site }: Task): Promise<Entry<RepostEvent>[]> {
    const { entries } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    return entries as Entry<RepostEvent>[];
  }

  /** @param until position of the log behind which no files were kept for it. */
  async #documentOf(
    { taskId, site: siteId }: Task,
    entries: readonly Entry<RepostEvent>[],
    until: number,
  ): Promise<PublicDocument> {
    const events = entries.flatMap((entry) => entry.events);
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

    const kept = item.entries
      .filter(({ position }) => position < until)
      .flatMap((entry) => entry.events as ItemEvent[])
      .findLast((event) => event.type === 'item.files_kept' && event.version === approved.version);
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
