import { Injectable } from '@nestjs/common';
import { Journal, type Past } from '@tongsheng/bus';
import {
  Refusal,
  type ItemDetail,
  type ItemEvent,
  type ItemRow,
  type KeptFile,
  type RoutingEffect,
  type RoutingEvent,
} from '@tongsheng/contracts';
import { renderOriginal, showPublication } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import { timelineOf } from './details.ts';
import { patternOf, readCursor, searchItems } from './item-search.ts';
import { Models } from './models.ts';
import { servesSite } from './permissions.ts';
import type { Named } from './proofs.ts';
import { RepostTasks } from './repost-tasks.ts';
import type { Caller } from './sessions.ts';

export type ItemQuery = {
  source?: string | undefined;
  show: 'all' | RoutingEffect | 'withdrawn';
  q: string;
  before?: string | undefined;
  limit: number;
};
type Address = { sourceId: string; itemId: string };

const mostWords = 10;

/** Items found and opened: rows from the read model, the rest straight from the log. */
@Injectable()
export class ItemDetails {
  constructor(
    private readonly models: Models,
    private readonly tasks: RepostTasks,
    private readonly journal: Journal,
  ) {}

  async search({ source, show, q, before, limit }: ItemQuery) {
    const { reader } = this.models.items;
    const words = q.split(/\s+/u).filter(Boolean).slice(0, mostWords).map(patternOf);
    const set = show === 'all' && source ? `source:${source}` : show;
    const elsewhere = show !== 'all' && source !== undefined;
    const { found, searched, next } = await searchItems({
      read: (range) => reader.listJson(set, { ...range, reverse: true }),
      words,
      fits: ({ sourceId }) => !elsewhere || sourceId === source,
      selective: words.length > 0 || elsewhere,
      limit,
      from: before ? readCursor(before) : null,
    });
    const rows = found.map(({ row, excerpt }) => ({ ...this.models.shownItem(row), excerpt }));
    return { rows, searched, next };
  }

  /** @throws Refusal not_found */
  async item(address: Address, caller: Caller): Promise<ItemDetail> {
    const [past, routing, stored] = await Promise.all([
      this.#past(address),
      this.journal.read({ aggregate: 'routing', site: address.sourceId, id: address.itemId }),
      this.models.items.reader.get(address.itemId),
    ]);
    if (!stored) throw new Refusal('stale_view', `item ${address.itemId} is in the log, not yet in the view`);
    const tasks = await this.tasks.ofItem(address.itemId, stored.firstSeenAt);
    const row = this.models.shownItem(stored);
    const { files, failed } = filesOf(past.events as ItemEvent[]) ?? { files: [], failed: [] };
    return {
      row,
      versions: versionsIn(past, row),
      files,
      failedFiles: failed,
      tasks: tasks
        .filter(({ site }) => servesSite(caller, site))
        .map(({ site, taskId, state, dueAt }) => ({ site, taskId, state, dueAt })),
      routing: routing.events as RoutingEvent[],
      timeline: timelineOf([...past.entries, ...routing.entries]),
    };
  }

  /** What an item's events name as their proof. @throws Refusal not_found */
  async evidence(address: Address, snapshot: string): Promise<Named> {
    const { events } = await this.#past(address);
    for (const event of events as ItemEvent[])
      if ('evidence' in event && event.evidence?.snapshot === snapshot) return event.evidence;
    throw new Refusal('not_found', `item ${address.itemId} names no evidence ${snapshot}`);
  }

  /** A file that was kept of any version. @throws Refusal not_found */
  async file(address: Address, hash: string): Promise<KeptFile> {
    const { events } = await this.#past(address);
    for (const event of events as ItemEvent[])
      if (event.type === 'item.files_kept') for (const file of event.files) if (file.hash === hash) return file;
    throw new Refusal('not_found', `item ${address.itemId} has no file ${hash}`);
  }

  async #past({ sourceId, itemId }: Address): Promise<Past> {
    const past = await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    if (past.events.length === 0) throw new Refusal('not_found', `no item ${itemId} of ${sourceId}`);
    return past;
  }
}

const filesOf = (events: ItemEvent[]) => events.findLast((event) => event.type === 'item.files_kept');

function versionsIn({ entries }: Past, { sourceName, publication }: ItemRow): ItemDetail['versions'] {
  return entries.flatMap(({ events, position, hash: entryHash }) =>
    (events as ItemEvent[]).flatMap((event) => {
      if (event.type !== 'item.published' && event.type !== 'item.revised') return [];
      const { title, link, html, author, categories, contentHash, documentNumber, issuer, column, attachments } = event;
      return {
        title,
        link,
        html,
        author,
        categories,
        contentHash,
        documentNumber,
        issuer,
        column,
        attachments,
        version: event.version,
        seenAt: event.type === 'item.published' ? event.firstSeenAt : event.seenAt,
        text: textOf(html),
        page: renderOriginal({ title, sourceName, html, published: showPublication(publication) }),
        evidence: event.evidence ?? null,
        position,
        entryHash,
      };
    }),
  );
}
