import { Controller } from '@nestjs/common';
import type { Trouble } from '@tongsheng/cms';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Later, Reaction, type Entry } from '@tongsheng/bus';
import type { PublicDocument, RepostEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { Following } from './following.ts';
import { lastPageOf, PublicPages } from './public-pages.ts';
import { nextAttemptAt } from './publication-schedule.ts';
import { lookAgainMs, pagesAtOnce, sourceOf } from './publish-repost.reaction.ts';
import { repost } from './repost.ts';
import { SitePublisher } from './site-publisher.ts';
import { isTrouble, type Published, type Removed } from './sites/site-kind.ts';
import { Turns } from './turns.ts';

/**
 * When it was decided that a repost is taken down and the time to take that back is over, then whoever published it is
 * told to, and that is written down. The attempt is in the log before the call; whoever finds an attempt without an end
 * looks first whether the page is still there. That nobody can read it any more is another's to prove, from outside.
 */
@Controller()
export class RemoveRepost {
  readonly #turns = new Turns(pagesAtOnce);

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly pages: PublicPages,
    private readonly publisher: SitePublisher,
    private readonly following: Following,
  ) {}

  @Reaction('repost', 'remove-repost')
  async react(@Payload() entry: Entry<RepostEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'repost.withdrawn' && event.url !== null) await this.#bringBack(entry, event);
      const at = dueOf(event);
      if (at === null) continue;
      const ms = Date.parse(at) - Date.parse(this.clock.now());
      if (ms > 0) throw new Later(ms);
      await this.#turns.take(event.site, () => this.#remove(entry, event));
    }
  }

  async #remove(entry: Entry<RepostEvent>, { taskId, site }: RepostEvent): Promise<void> {
    const events = await this.#eventsOf(site, taskId);
    const task = events.reduce(repost.evolve, repost.initial);
    if (task.status !== 'retracting' || isOld(entry, events)) return;
    const page = lastPageOf(events);
    const askedAt = askedOf(events);
    if (!page || askedAt === null) throw new Error(`reposts: ${taskId} of ${site} comes down and was never out`);
    const { document } = await this.pages.outOf({ taskId, site });
    const attempt = task.attempts + 1;
    const head = { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...causedBy(entry) };
    const id = `${taskId}/remove/${askedAt}/${attempt}`;
    const started = await carryOut(this.journal, repost, {
      type: 'repost.start_removal',
      id,
      ...head,
      taskId,
      site,
      attempt,
    });
    // Taken back in this very moment, or another process is at it. Should that one die, this entry is all that remembers.
    if (!started.changed) throw new Later(lookAgainMs);

    const answer = await this.#takeDown(document, page, { askedAt, before: events });
    if (isTrouble(answer)) {
      const { code, detail, outcome } = answer;
      const at = this.clock.now();
      this.log.warn('remove.failed', { taskId, site, attempt, code, outcome });
      await carryOut(this.journal, repost, {
        type: 'repost.fail_removal',
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
    await carryOut(this.journal, repost, {
      type: 'repost.record_removed',
      id: `${id}/removed`,
      ...head,
      at: this.clock.now(),
      taskId,
      site,
      url: page.url,
      publicPosition: answer.publicPosition,
    });
  }

  /** One attempt. Where an earlier one may have done it, the page is looked for first. */
  async #takeDown(
    document: PublicDocument,
    page: Published,
    { askedAt, before }: { askedAt: string; before: readonly RepostEvent[] },
  ): Promise<Removed | Trouble> {
    const { onUnknown, calls } = await this.publisher.of(document.site, page);
    const last = before.findLast(({ type }) => type === 'repost.removal_started' || type === 'repost.published')!;
    if (last.type === 'repost.published' || onUnknown === 'same_key') return calls.remove(document, page, askedAt);
    const found = await calls.find(document, page);
    if (found === null) return { publicPosition: null };
    return isTrouble(found) ? found : calls.remove(document, found, askedAt);
  }

  /** While it came down its source may have had it again, and another source may have it still. */
  async #bringBack(entry: Entry<RepostEvent>, { taskId, site }: RepostEvent): Promise<void> {
    const events = await this.#eventsOf(site, taskId);
    const task = events.reduce(repost.evolve, repost.initial);
    if (task.status !== 'withdrawn') return;
    for (const { itemId } of task.members) {
      const sourceId = sourceOf(events, itemId);
      await this.following.bringBack({ itemId, sourceId }, causedBy(entry), site);
    }
  }

  async #eventsOf(site: string, id: string): Promise<RepostEvent[]> {
    return (await this.journal.read({ aggregate: 'repost', site, id })).events as RepostEvent[];
  }
}

/** From when on an event asks for an attempt; null: it does not. */
function dueOf(event: RepostEvent): string | null {
  if (event.type === 'repost.retract_decided') return event.heldUntil;
  if (event.type === 'repost.removal_failed') return event.nextAttemptAt;
  return event.type === 'repost.removal_retried' ? event.retriedAt : null;
}

/** When a person said last that it comes down. */
function askedOf(events: readonly RepostEvent[]): string | null {
  const last = events.findLast(
    (event) => event.type === 'repost.retract_decided' || event.type === 'repost.removal_retried',
  );
  if (last?.type === 'repost.retract_decided') return last.decidedAt;
  return last?.type === 'repost.removal_retried' ? last.retriedAt : null;
}

/** An entry that asks for an attempt, and something later of the same task asks for one as well. */
function isOld({ events }: Entry<RepostEvent>, all: readonly RepostEvent[]): boolean {
  const last = all.findLast((event) => dueOf(event) !== null);
  return !events.some((event) => JSON.stringify(event) === JSON.stringify(last));
}
