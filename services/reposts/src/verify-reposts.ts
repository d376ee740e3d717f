import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  Bus,
  carryOut,
  encodeAnswer,
  EvidenceStore,
  followJournal,
  Journal,
  reasonOf,
  type Following,
} from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { decodeText, safeFetch, type Fetched } from '@tongsheng/web';
import { DateTime, Duration } from 'luxon';
import { PublicPages } from './public-pages.ts';
import { repost } from './repost.ts';
import { SitePublisher } from './site-publisher.ts';

/** Fetches a page as a citizen would. `allow`: hosts that may be asked although they are not public, as our own portal on a closed network. */
export class Visitor {
  constructor(readonly allow: readonly string[]) {}

  visit(url: string): Promise<Fetched> {
    return safeFetch(url, { allow: this.allow, maxBytes: 5 * 2 ** 20 });
  }
}

/** When a page that was verified is looked at again, after its publication; ISO 8601 durations. */
export class Rechecks {
  constructor(readonly schedule: readonly string[]) {}
}

/** Waits before each look at a page that is not verified, in ms; the last one repeats until the page is there. */
const looks = [0, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
/** One bad look at a page that was good may be the network; this long after it, a second one decides, in ms. */
const doubtMs = 5_000;
const parallel = 4;
const longestTimerMs = 2 ** 31 - 1;

type Page = {
  taskId: string;
  site: string;
  url: string;
  /** Null where another system publishes the site. */
  publicPosition: number | null;
  publishedAt: string;
  verified: boolean;
  /** Looks since it was published or found wrong. */
  tries: number;
  timer: NodeJS.Timeout | null;
};
type Found = {
  /** Null: it is there, and right. */
  wrong: string | null;
  evidence: Extract<RepostEvent, { type: 'repost.verified' }>['evidence'] | null;
};

/**
 * Looks at every published page from outside, as a citizen would: until it is found and matches, and only then says
 * `verified`; and later again, because what the public can read is what counts, not what was sent. What is to be looked
 * at is read from the log at the start, so that a crash forgets no page.
 */
@Injectable()
export class VerifyReposts implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #pages = new Map<string, Page>();
  readonly #ready: Page[] = [];
  #following: Following | null = null;
  #looking = 0;
  /** Everything that was in the log at the start is known. */
  #live = false;
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly pages: PublicPages,
    private readonly publisher: SitePublisher,
    private readonly evidence: EvidenceStore,
    private readonly visitor: Visitor,
    private readonly rechecks: Rechecks,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#following = await followJournal(this.bus, {
      aggregate: 'repost',
      onFailure: (error) => this.log.error('verify.follow_failed', { reason: reasonOf(error) }),
      onUnreadable: (error, { seq }) => this.log.error('verify.unreadable', { position: seq, reason: error.message }),
      onEntry: ({ events }) => {
        for (const event of events as RepostEvent[]) this.#learn(event);
      },
    });
    await this.#following.caughtUp;
    this.#live = true;
    for (const page of this.#pages.values()) this.#schedule(page);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#pages.values()) if (timer) clearTimeout(timer);
    await this.#following?.stop();
  }

  #learn(event: RepostEvent): void {
    const { taskId, site } = event;
    if (event.type === 'repost.published') {
      const { url, publicPosition, publishedAt } = event;
      const page: Page = { taskId, site, url, publicPosition, publishedAt, verified: false, tries: 0, timer: null };
      this.#pages.set(taskId, page);
      if (this.#live) this.#schedule(page);
    }
    const page = this.#pages.get(taskId);
    // What is being brought up to date is looked at again when it is out.
    if (event.type === 'repost.update_due' && page) {
      if (page.timer) clearTimeout(page.timer);
      this.#pages.delete(taskId);
    }
    if (!page || (event.type !== 'repost.verified' && event.type !== 'repost.drifted')) return;
    page.verified = event.type === 'repost.verified';
    page.tries = 0;
    if (this.#live) this.#schedule(page);
  }

  /** Its next look: soon while it is not verified, then at the moments of the schedule; after the last one it is left alone. */
  #schedule(page: Page, inMs = this.#waitOf(page)): void {
    if (page.timer) clearTimeout(page.timer);
    page.timer = null;
    if (this.#stopped || this.#pages.get(page.taskId) !== page) return;
    if (inMs === null) return void this.#pages.delete(page.taskId);
    page.timer = setTimeout(
      () => {
        // A timer reaches 24 days.
        if (inMs > longestTimerMs) return this.#schedule(page);
        this.#ready.push(page);
        void this.#next();
      },
      Math.min(inMs, longestTimerMs),
    );
  }

  #waitOf({ verified, tries, publishedAt }: Page): number | null {
    if (!verified) return looks[Math.min(tries, looks.length - 1)]!;
    const now = Date.parse(this.clock.now());
    const moments = this.rechecks.schedule.map((each) =>
      DateTime.fromISO(publishedAt).plus(Duration.fromISO(each)).toMillis(),
    );
    const next = moments.find((moment) => moment > now);
    return next === undefined ? null : next - now;
  }

  async #next(): Promise<void> {
    if (this.#looking >= parallel) return;
    const page = this.#ready.shift();
    if (!page || this.#stopped) return;
    this.#looking++;
    let again: number | null | undefined;
    try {
      again = await (page.verified ? this.#recheck(page) : this.#verify(page));
    } catch (error) {
      this.log.error('verify.failed', { taskId: page.taskId, reason: reasonOf(error) });
      again = doubtMs;
    } finally {
      this.#looking--;
      page.tries++;
      this.#schedule(page, again);
      void this.#next();
    }
  }

  async #verify(page: Page): Promise<undefined> {
    const { taskId, site, url, tries } = page;
    const { wrong, evidence } = await this.#look(page);
    const head = this.#head(page);
    if (wrong === null && evidence) {
      const id = `${taskId}/verified/${head.at}`;
      await carryOut(this.journal, repost, { type: 'repost.record_verified', id, ...head, url, evidence });
      page.verified = true;
      return;
    }
    // The portal needs a moment; the first looks say nothing.
    if (tries < 3) return;
    const [id, reason] = [`${taskId}/unverified/${head.at}`, wrong!.slice(0, 500)];
    await carryOut(this.journal, repost, {
      type: 'repost.record_verification_failed',
      id,
      ...head,
      taskId,
      site,
      reason,
    });
  }

  /** @returns when to look again, where that is not the schedule's to say. */
  async #recheck(page: Page): Promise<number | undefined> {
    const { taskId, url } = page;
    const { wrong, evidence } = await this.#look(page);
    const head = this.#head(page);
    if (wrong === null && evidence) {
      page.tries = -1;
      const id = `${taskId}/rechecked/${head.at}`;
      await carryOut(this.journal, repost, { type: 'repost.record_recheck', id, ...head, url, evidence });
      return;
    }
    if (page.tries === 0) return doubtMs;
    const id = `${taskId}/drifted/${head.at}`;
    const [reason, snapshot] = [wrong!.slice(0, 500), evidence?.snapshot ?? null];
    await carryOut(this.journal, repost, { type: 'repost.record_drift', id, ...head, reason, snapshot });
    page.verified = false;
    page.tries = -1;
    return;
  }

  async #look({ taskId, site, url, publicPosition }: Page): Promise<Found> {
    const fetched = await this.visitor.visit(url);
    if (!fetched.ok) {
      const { answer } = fetched;
      const wrong = `${fetched.code}: ${fetched.detail}`;
      return { wrong, evidence: answer ? await this.#keep(answer, []) : null };
    }
    const approved = await this.pages.documentOf({ taskId, site });
    const { check } = await this.publisher.of(site, { publicPosition });
    const checks = check(decodeText(fetched.bytes, fetched.contentType).text, approved);
    const differing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    const wrong = differing.length === 0 ? null : `the page differs in: ${differing.join(', ')}`;
    return { wrong, evidence: await this.#keep(fetched, checks) };
  }

  async #keep(
    { status, headers, bytes }: { status: number; headers: { name: string; value: string }[]; bytes: Uint8Array },
    checks: NonNullable<Found['evidence']>['checks'],
  ): Promise<NonNullable<Found['evidence']>> {
    const message = encodeAnswer({ status, reason: STATUS_CODES[status] ?? '', headers, body: bytes });
    const snapshot = await this.evidence.keep(message);
    const pageHash = createHash('sha256').update(bytes).digest('hex');
    return { status, pageHash, bytes: bytes.length, snapshot, checks };
  }

  #head({ taskId, site }: Page) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, taskId, site };
  }
}
