import { Injectable } from '@nestjs/common';
import { Journal, type Entry } from '@tongsheng/bus';
import {
  Refusal,
  versionsOf,
  type Draft,
  type ItemEvent,
  type ReleaseDetail,
  type ReleaseEvent,
  type RepostDetail,
  type TimelineEntry,
} from '@tongsheng/contracts';
import { releaseDocument, renderOriginal, renderPreview, repostDocument, showPublication } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { Models } from './models.ts';

/** Tasks and releases opened: the row from the read model, the rest straight from the log. */
@Injectable()
export class Details {
  constructor(
    private readonly models: Models,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal repost_missing */
  async repost(siteId: string, taskId: string): Promise<RepostDetail> {
    const row = await this.models.reposts.reader.get(`${siteId}/${taskId}`);
    const site = this.models.sites.get(siteId);
    if (!row || !site) throw new Refusal('repost_missing', `no repost task ${taskId}`);
    const [item, task] = await Promise.all([
      this.journal.read({ aggregate: 'item', site: row.sourceId, id: row.itemId }),
      this.journal.read({ aggregate: 'repost', site: siteId, id: taskId }),
    ]);
    const versions = versionsOf(item.events as ItemEvent[]);
    const version = versions.find((event) => event.version === row.version) ?? versions.at(-1);
    if (!version) throw new Refusal('repost_missing', `item ${row.itemId} is not in the log`);
    const { publication, firstSeenAt, sourceName, column } = row;
    const { title, link, html, author, categories, contentHash } = version;
    const { documentNumber, issuer, column: itemColumn, attachments } = version;
    const preview = repostDocument({
      taskId,
      site,
      column,
      version: version.version,
      contentHash,
      title,
      html,
      source: { name: sourceName, link: link ?? row.link, publication, firstSeenAt },
      postedAt: row.approvedAt ?? this.clock.now(),
    });
    return {
      row,
      original: {
        title,
        link,
        author,
        categories,
        contentHash,
        documentNumber,
        issuer,
        column: itemColumn,
        attachments,
        version: version.version,
        publication,
        firstSeenAt,
      },
      presence: presenceOf(item.events as ItemEvent[]),
      originalHtml: renderOriginal({ title, sourceName, html, published: showPublication(publication) }),
      previewHtml: renderPreview(preview),
      timeline: timelineOf([...item.entries, ...task.entries]),
    };
  }

  /** @throws Refusal release_missing */
  async release(siteId: string, releaseId: string): Promise<ReleaseDetail> {
    const row = await this.models.releases.reader.get(`${siteId}/${releaseId}`);
    const site = this.models.sites.get(siteId);
    const past = await this.journal.read({ aggregate: 'release', site: siteId, id: releaseId });
    const last = (past.events as ReleaseEvent[]).findLast((event) => event.type === 'release.drafted');
    if (!row || !site || !last) throw new Refusal('release_missing', `no release ${releaseId}`);
    const { kind, title, summary, html, rumor, channels, contentHash, revision } = last;
    const draft: Draft = { kind, title, summary, html, rumor, channels };
    const document = releaseDocument({ releaseId, site, draft, contentHash, revision, postedAt: row.updatedAt });
    return { row, draft, previewHtml: renderPreview(document), timeline: timelineOf(past.entries) };
  }
}

const presences = { 'item.missing': 'missing', 'item.withdrawn': 'withdrawn', 'item.returned': 'present' } as const;

/** By the log itself: who decides about an item must not depend on a view that may be behind. */
export function presenceOf(events: ItemEvent[]): RepostDetail['presence'] {
  const last = events.findLast(({ type }) => type in presences);
  return last ? presences[last.type as keyof typeof presences] : 'present';
}

/** Bodies stay where they are; a timeline says what happened, not what was written. */
const untold = new Set(['type', 'html']);

export function timelineOf(entries: Entry[]): TimelineEntry[] {
  return entries
    .flatMap(({ position, envelope, events }) =>
      events.map((event) => ({
        position,
        at: envelope.time,
        type: event.type,
        actor: envelope.actor,
        facts: Object.fromEntries(Object.entries(event).filter(([name]) => !untold.has(name))),
      })),
    )
    .sort((a, b) => a.position - b.position);
}
