import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, carryOut, followJournal, Journal, reasonOf, type Following } from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { decodeText, safeFetch } from '@tongsheng/web';
import { PublicPages } from './public-pages.ts';
import { repost } from './repost.ts';
import { checkPage } from './sites/portal.ts';

/** Addresses that may be fetched although they are not public: our own portal on a closed network. */
export class Allowed {
  readonly hosts: readonly string[];
  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }
}

/** Waits before each look, in ms; the last one repeats until the page is there. */
const looks = [0, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
const parallel = 4;

type Waiting = { taskId: string; site: string; url: string; tries: number; timer: NodeJS.Timeout | null };

/**
 * Looks at every published page from outside until it is found and matches, and only then says `verified`. What waits
 * is read from the log at the start, so that a crash forgets no page.
 */
@Injectable()
export class VerifyReposts implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #waiting = new Map<string, Waiting>();
  readonly #ready: Waiting[] = [];
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
    private readonly allowed: Allowed,
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
    for (const waiting of this.#waiting.values()) this.#wait(waiting);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#waiting.values()) if (timer) clearTimeout(timer);
    await this.#following?.stop();
  }

  #learn(event: RepostEvent): void {
    const { taskId, site } = event;
    if (event.type === 'repost.published') {
      const waiting: Waiting = { taskId, site, url: event.url, tries: 0, timer: null };
      this.#waiting.set(taskId, waiting);
      if (this.#live) this.#wait(waiting);
    }
    if (event.type === 'repost.verified') this.#waiting.delete(taskId);
  }

  #wait(waiting: Waiting): void {
    if (this.#stopped || !this.#waiting.has(waiting.taskId)) return;
    waiting.timer = setTimeout(
      () => {
        this.#ready.push(waiting);
        void this.#next();
      },
      looks[Math.min(waiting.tries++, looks.length - 1)]!,
    );
  }

  async #next(): Promise<void> {
    if (this.#looking >= parallel) return;
    const waiting = this.#ready.shift();
    if (!waiting || this.#stopped) return;
    this.#looking++;
    try {
      await this.#look(waiting);
    } catch (error) {
      this.log.error('verify.failed', { taskId: waiting.taskId, reason: reasonOf(error) });
    } finally {
      this.#looking--;
      this.#wait(waiting);
      void this.#next();
    }
  }

  async #look({ taskId, site, url, tries }: Waiting): Promise<void> {
    const fetched = await safeFetch(url, { allow: this.allowed.hosts, maxBytes: 5 * 2 ** 20 });
    const head = { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, taskId, site };
    const fail = async (reason: string) => {
      // The portal needs a moment; the first looks say nothing.
      if (tries < 4) return;
      const id = `${taskId}/unverified/${head.at}`;
      await carryOut(this.journal, repost, {
        type: 'repost.record_verification_failed',
        id,
        ...head,
        reason: reason.slice(0, 500),
      });
    };
    if (!fetched.ok) return fail(`${fetched.code}: ${fetched.detail}`);

    const approved = await this.pages.documentOf({ taskId, site });
    const checks = checkPage(decodeText(fetched.bytes, fetched.contentType).text, approved);
    const wrong = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    if (wrong.length > 0) return fail(`the page differs in: ${wrong.join(', ')}`);

    const pageHash = createHash('sha256').update(fetched.bytes).digest('hex');
    await carryOut(this.journal, repost, {
      type: 'repost.record_verified',
      id: `${taskId}/verified`,
      ...head,
      url,
      evidence: { status: fetched.status, pageHash, bytes: fetched.bytes.length, checks },
    });
    this.#waiting.delete(taskId);
  }
}
