import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Bus,
  carryOut,
  causedBy,
  EvidenceStore,
  Journal,
  Later,
  PublicFiles,
  publishPublic,
  Reaction,
  type Entry,
} from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { Following } from './following.ts';
import { PublicPages } from './public-pages.ts';
import { repost } from './repost.ts';

/**
 * When a repost was approved and the time to take it back is over, then exactly that version is handed to the public
 * side, and that is written down. The attempt is in the log before the call: from then on nothing can be taken back.
 */
@Controller()
export class PublishRepost {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly pages: PublicPages,
    private readonly evidence: EvidenceStore,
    private readonly publicFiles: PublicFiles,
    private readonly following: Following,
  ) {}

  @Reaction('repost', 'publish-repost')
  async react(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    for (const event of entry.events) {
      const at = dueOf(event);
      if (at === null) continue;
      const ms = Date.parse(at) - Date.parse(this.clock.now());
      if (ms > 0) throw new Later(ms);
      await this.#publish(entry, event);
    }
  }

  async #publish(entry: Entry<RepostEvent>, { taskId, site }: RepostEvent): Promise<void> {
    const past = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const task = (past.events as RepostEvent[]).reduce(repost.evolve, repost.initial);
    // Taken back, approved anew, or out already: what came later has an entry of its own.
    if (task.status !== 'approved' || isOld(entry, past.events as RepostEvent[])) return;
    const document = await this.pages.documentOf({ taskId, site });
    const attempt = task.attempts + 1;
    const head = { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...causedBy(entry) };
    const id = `${taskId}/start/${task.approval.approvedAt}/${attempt}`;
    const started = await carryOut(this.journal, repost, {
      type: 'repost.start_publication',
      id,
      ...head,
      taskId,
      site,
      attempt,
    });
    // Taken back in this very moment, or another process is at it.
    if (!started.changed) return;

    await this.#makePublic(document.files);
    const publicPosition = await publishPublic(this.bus, document);
    await carryOut(this.journal, repost, {
      type: 'repost.record_published',
      id: `${taskId}/published/${task.approval.approvedAt}`,
      ...head,
      at: this.clock.now(),
      taskId,
      site,
      url: document.url,
      publicPosition,
    });
    // What the source changed while this was going out is owed from now on.
    const { itemId } = task.approval;
    const sourceId = sourceOf(past.events as RepostEvent[], itemId);
    const now = await this.following.newest(sourceId, itemId);
    if (now.contentHash !== task.approval.contentHash) await this.following.follow(now, causedBy(entry));
  }

  /** Before the page that shows them; what is there already is not copied again. */
  async #makePublic(files: readonly { hash: string }[]): Promise<void> {
    for (const { hash } of files) {
      const kept = await this.evidence.read(hash);
      if (!kept?.intact) throw new Error(`reposts: file ${hash} is not what was kept`);
      await this.publicFiles.keep(kept.bytes);
    }
  }
}

const sourceOf = (events: readonly RepostEvent[], itemId: string): string =>
  events.flatMap((event) => ('sourceId' in event && event.itemId === itemId ? [event.sourceId] : []))[0]!;

/** From when on an event asks for an attempt; null: it does not. */
function dueOf(event: RepostEvent): string | null {
  if (event.type === 'repost.approved') return event.heldUntil ?? event.approvedAt;
  if (event.type === 'repost.publication_failed') return event.nextAttemptAt;
  return event.type === 'repost.publication_retried' ? event.retriedAt : null;
}

/** An entry that asks for an attempt, and something later of the same task asks for one as well. */
function isOld({ events }: Entry<RepostEvent>, all: readonly RepostEvent[]): boolean {
  const last = all.findLast((event) => dueOf(event) !== null);
  return !events.some((event) => JSON.stringify(event) === JSON.stringify(last));
}
