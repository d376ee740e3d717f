import { Controller } from '@nestjs/common';
import { cannotTell, type Trouble } from '@tongsheng/cms';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Later, Reaction, type Entry } from '@tongsheng/bus';
import type { PublicDocument, RepostEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { Following } from './following.ts';
import { pageOf, PublicPages } from './public-pages.ts';
import { nextAttemptAt } from './publication-schedule.ts';
import { repost } from './repost.ts';
import { SitePublisher } from './site-publisher.ts';
import { isTrouble, type Published } from './sites/site-kind.ts';
import { Turns } from './turns.ts';

/** Of one site: a batch that is approved in one go is no flood to whoever publishes it. */
export const pagesAtOnce = 4;

/** By then another process has surely ended its attempt, in ms. */
export const lookAgainMs = 60_000;

/**
 * When a repost was approved and the time to take it back is over, then exactly that version is handed to whoever
 * publishes the site, and that is written down. The attempt is in the log before the call: from then on nothing can be
 * taken back, and whoever finds an attempt without an end looks first whether the page is there.
 */
@Controller()
export class PublishRepost {
  readonly #turns = new Turns(pagesAtOnce);

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly pages: PublicPages,
    private readonly publisher: SitePublisher,
    private readonly following: Following,
  ) {}

  @Reaction('repost', 'publish-repost')
  async react(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    for (const event of entry.events) {
      const at = dueOf(event);
      if (at === null) continue;
      const ms = Date.parse(at) - Date.parse(this.clock.now());
      if (ms > 0) throw new Later(ms);
      await this.#turns.take(event.site, () => this.#publish(entry, event));
    }
  }

  async #publish(entry: Entry<RepostEvent>, { taskId, site }: RepostEvent): Promise<void> {
    const past = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const task = (past.events as RepostEvent[]).reduce(repost.evolve, repost.initial);
    // Approved anew, or tried again: what came later has an entry of its own.
    if (isOld(entry, past.events as RepostEvent[])) return;
    const cause = causedBy(entry);
    // Out already, by a process that may have died before it looked at the source once more.
    if (task.status === 'published' || task.status === 'verified')
      return this.#catchUp(past.events as RepostEvent[], task.approval, cause);
    if (task.status !== 'approved') return;
    const document = await this.pages.documentOf({ taskId, site });
    const attempt = task.attempts + 1;
    const head = { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...cause };
    const id = `${taskId}/start/${task.approval.approvedAt}/${attempt}`;
    const started = await carryOut(this.journal, repost, {
      type: 'repost.start_publication',
      id,
      ...head,
      taskId,
      site,
      attempt,
    });
    // Taken back in this very moment, or another process is at it. Should that one die, this entry is all that remembers.
    if (!started.changed) throw new Later(lookAgainMs);

    const answer = await this.#handOver(document, past.events as RepostEvent[]);
    if (isTrouble(answer)) {
      const { code, detail, outcome } = answer;
      const at = this.clock.now();
      this.log.warn('publish.failed', { taskId, site, attempt, code, outcome });
      await carryOut(this.journal, repost, {
        type: 'repost.fail_publication',
        id: `${id}/failed`,
        ...head,
        at,
        taskId,
        site,
        attempt,
        code: code.slice(0, 64),
        detail: detail.slice(0, 1_000),
        nextAttemptAt: nextAttemptAt({ taskId, attempt, at, trouble: answer }),
      });
      return;
    }
    const { url, remoteId, publicPosition } = answer;
    await carryOut(this.journal, repost, {
      type: 'repost.record_published',
      id: `${taskId}/published/${task.approval.approvedAt}`,
      ...head,
      at: this.clock.now(),
      taskId,
      site,
      url,
      publicPosition,
      ...(remoteId !== undefined && { remoteId }),
    });
    await this.#catchUp(past.events as RepostEvent[], task.approval, cause);
  }

  /** What the source changed, or took back, while this was going out is owed from now on. */
  async #catchUp(
    events: readonly RepostEvent[],
    { itemId, contentHash }: { itemId: string; contentHash: string },
    cause: ReturnType<typeof causedBy>,
  ): Promise<void> {
    const known = { itemId, sourceId: sourceOf(events, itemId) };
    await this.following.catchUp(known, { contentHash }, cause, events[0]!.site);
  }

  /** One attempt. What any earlier one may have left behind is found first, so that no page is there twice. */
  async #handOver(document: PublicDocument, before: readonly RepostEvent[]): Promise<Published | Trouble> {
    const { onUnknown, calls } = await this.publisher.of(document.site);
    const page = pageOf(before);
    // Our portal keeps its pages itself.
    const known = page?.publicPosition === null ? page : null;
    const isFirst = !before.some(({ type }) => type === 'repost.publication_started');
    if (isFirst || onUnknown === 'same_key' || wasLookedFor(before)) return calls.publish(document, known);
    const found = await calls.find(document, known);
    return isTrouble(found) ? found : calls.publish(document, found);
  }
}

/** A person looked for what an attempt may have left, because the site could not be asked, and has it sent again. */
function wasLookedFor(events: readonly RepostEvent[]): boolean {
  const retried = events.findLastIndex(({ type }) => type === 'repost.publication_retried');
  const later = events.slice(retried + 1);
  if (retried < 0 || later.some(({ type }) => type === 'repost.publication_started')) return false;
  const failed = events.slice(0, retried).findLast((event) => event.type === 'repost.publication_failed');
  return failed?.type === 'repost.publication_failed' && failed.code === cannotTell;
}

export const sourceOf = (events: readonly RepostEvent[], itemId: string): string =>
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
