import { Injectable } from '@nestjs/common';
import { BusClient, Journal } from '@tongsheng/bus';
import { closedKeptDays, ItemTasks, type RepostRow } from '@tongsheng/contracts';
import { foldBatch } from '@tongsheng/projections';
import { Clock } from '@tongsheng/runtime';
import { Models } from './models.ts';
import { reposts } from './views/reposts.ts';

const dayMs = 86_400_000;

/** Tasks as the queue's read model has them, and as the log tells of those that have left it. */
@Injectable()
export class RepostTasks {
  constructor(
    private readonly models: Models,
    private readonly journal: Journal,
    private readonly client: BusClient,
    private readonly clock: Clock,
  ) {}

  /** Null where there is no such task. @throws Refusal stale_view */
  async row(site: string, taskId: string): Promise<RepostRow | null> {
    const key = `${site}/${taskId}`;
    const kept = await this.models.reposts.reader.get(key);
    if (kept) return kept;
    const { entries } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    return foldBatch(reposts, new Map(), entries).rows.get(key) ?? null;
  }

  /**
   * Every task of an item that was first seen at some moment; of one site alone, where it is named.
   * @throws Refusal stale_view, NoAnswer
   */
  async ofItem(itemId: string, firstSeenAt: string, site?: string): Promise<RepostRow[]> {
    const set = `item:${itemId}`;
    const kept = (await this.models.reposts.reader.list(set)).filter((row) => site === undefined || row.site === site);
    // No task is closed before its item was seen.
    if (Date.parse(firstSeenAt) + closedKeptDays * dayMs > Date.parse(this.clock.now())) return kept;
    const asked = { itemId, ...(site !== undefined && { site }) };
    const { tasks } = ItemTasks.parse(await this.client.ask('reposts.of_item', asked));
    const known = new Set(kept.map((row) => `${row.site}/${row.taskId}`));
    const left = await Promise.all(
      tasks.filter((each) => !known.has(`${each.site}/${each.taskId}`)).map((each) => this.row(each.site, each.taskId)),
    );
    return [...kept, ...left.filter((row) => row !== null && set in reposts.sets!(row, ''))] as RepostRow[];
  }
}
