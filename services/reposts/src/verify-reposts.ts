import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { carryOut, Journal, reasonOf } from '@tongsheng/bus';
import { Refusal, type RepostCommand } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { Looks, type Look } from './looks.ts';
import { repost } from './repost.ts';
import { Camera } from './take-pictures.ts';
import type { Watched } from './watched.ts';
import { Watchlist } from './watchlist.ts';

/** Waits before each look at a page that is not proven, in ms; the last one repeats until it is. */
const looks = [0, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
/** Looks at what has just gone out or been taken down that say nothing: the public side needs a moment. */
const silentLooks = 3;
/** One bad look at a page that was good may be the network; this long after it, a second one decides, in ms. */
const doubtMs = 5_000;
/** What was said stands in the watchlist soon; should that take very long, saying it again is harmless. In ms. */
const settlingMs = 30_000;
const parallel = 16;
/** Looks at one host at a time: it has others to serve. */
const perHost = 4;
const dueAtOnce = 500;

/** A page that is due, for as long as this process is at it. */
type Held = { page: Watched; tries: number; timer: NodeJS.Timeout | null };

/**
 * Looks at every page from outside, as a citizen would: at what went out until it is found and matches, and only then says
 * `verified`; at what was taken down until nobody can read it, and only then says `withdrawn`; and later again, because
 * what the public can read is what counts, not what was sent. What is due when stands in the watchlist, so that a crash
 * forgets no page.
 */
@Injectable()
export class VerifyReposts implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #held = new Map<string, Held>();
  readonly #ready: Held[] = [];
  readonly #busy = new Map<string, number>();
  #looking = 0;
  #asking: Promise<void> | null = null;
  #askAgain = false;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly looks: Looks,
    private readonly watchlist: Watchlist,
    private readonly camera: Camera,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.watchlist.open(() => this.#ask());
    this.#ask();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const { timer } of this.#held.values()) if (timer) clearTimeout(timer);
    await this.#asking;
    await this.watchlist.close();
  }

  /** Asks what is due: now, and then regularly. */
  #ask(): void {
    if (this.#stopped) return;
    if (this.#asking) return void (this.#askAgain = true);
    if (this.#timer) clearTimeout(this.#timer);
    this.#asking = this.#takeDue()
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => {
        this.#asking = null;
        if (this.#stopped) return;
        this.#timer = setTimeout(() => this.#ask(), this.#askAgain ? 0 : this.watchlist.lookMs);
        this.#askAgain = false;
      });
  }

  async #takeDue(): Promise<void> {
    // What is being looked at stands first; it must not hide what comes after it.
    const due = await this.watchlist.due(Date.parse(this.clock.now()), dueAtOnce + this.#held.size);
    for (const page of due) {
      const held = this.#held.get(keyOf(page));
      if (held?.page.turn === page.turn) continue;
      if (held?.timer) clearTimeout(held.timer);
      const now: Held = { page, tries: 0, timer: null };
      this.#held.set(keyOf(page), now);
      this.#ready.push(now);
    }
    this.#next();
  }

  #next(): void {
    while (this.#looking < parallel && !this.#stopped) {
      const free = this.#ready.findIndex(({ page }) => (this.#busy.get(hostOf(page)) ?? 0) < perHost);
      const [held] = free < 0 ? [] : this.#ready.splice(free, 1);
      if (!held) return;
      void this.#at(held);
    }
  }

  async #at(held: Held): Promise<void> {
    const host = hostOf(held.page);
    this.#looking++;
    this.#busy.set(host, (this.#busy.get(host) ?? 0) + 1);
    let again: number | null = doubtMs;
    try {
      again = await this.#lookAt(held);
    } catch (error) {
      this.log.error('verify.failed', { taskId: held.page.taskId, reason: reasonOf(error) });
    }
    held.tries++;
    this.#looking--;
    const others = this.#busy.get(host)! - 1;
    if (others === 0) this.#busy.delete(host);
    else this.#busy.set(host, others);
    this.#wait(held, again);
    this.#next();
  }

  #wait(held: Held, inMs: number | null): void {
    if (this.#stopped || this.#held.get(keyOf(held.page)) !== held) return;
    held.timer = setTimeout(() => {
      if (inMs === null) return void this.#held.delete(keyOf(held.page));
      this.#ready.push(held);
      this.#next();
    }, inMs ?? settlingMs);
  }

  /** @returns when to look again, in ms; null: what was found has been said. */
  async #lookAt(held: Held): Promise<number | null> {
    const { page, tries } = held;
    // What was brought up to date, taken down or said meanwhile is another matter.
    if ((await this.watchlist.page(page))?.turn !== page.turn) return null;
    const look = await (page.want === 'present' ? this.looks.forPresence(page) : this.looks.forAbsence(page));
    if (look.is === 'right') return this.#say(page, proof(page, look, this.#picture));
    const wait = looks[Math.min(tries + 1, looks.length - 1)]!;
    if (page.proven) {
      // That nobody answers is no sign of its return.
      if (look.is === 'unsure') return Math.max(wait, doubtMs);
      if (tries === 0) return doubtMs;
      return this.#say(page, drift(look, this.#picture));
    }
    if (tries >= silentLooks) await this.#say(page, failure(look));
    return wait;
  }

  get #picture(): Picture {
    return this.camera.isThere ? 'coming' : 'no_browser';
  }

  async #say({ taskId, site }: Watched, what: Said): Promise<null> {
    const at = this.clock.now();
    const head = { at, actor: { kind: 'service' as const, id: 'reposts' }, taskId, site };
    await carryOut(this.journal, repost, { ...what, id: `${taskId}/${what.type}/${at}`, ...head });
    return null;
  }

  #trouble(error: unknown): void {
    // While the watchlist is being built again nothing is lost: what is due is looked at when it is back.
    if (error instanceof Refusal && error.code === 'stale_view') return;
    this.log.warn('verify.trouble', { reason: reasonOf(error) });
  }
}

type Told = Extract<
  RepostCommand,
  {
    type:
      | 'repost.record_verified'
      | 'repost.record_recheck'
      | 'repost.record_withdrawn'
      | 'repost.record_drift'
      | 'repost.record_verification_failed';
  }
>;
type Said = Told extends infer T
  ? T extends Told
    ? Omit<T, 'id' | 'at' | 'actor' | 'taskId' | 'site'>
    : never
  : never;

type Picture = 'coming' | 'no_browser';

function proof({ want, proven, url }: Watched, { evidence }: Extract<Look, { is: 'right' }>, picture: Picture): Said {
  if (proven) return { type: 'repost.record_recheck', url, evidence };
  const type = want === 'present' ? 'repost.record_verified' : 'repost.record_withdrawn';
  return { type, url, evidence: { ...evidence, picture } };
}

const drift = ({ reason, kind, changes, evidence }: Extract<Look, { is: 'wrong' }>, picture: Picture): Said => ({
  type: 'repost.record_drift',
  reason: reason.slice(0, 500),
  snapshot: evidence?.snapshot ?? null,
  kind,
  changes,
  picture,
});

const failure = ({ reason }: Extract<Look, { is: 'wrong' | 'unsure' }>): Said => ({
  type: 'repost.record_verification_failed',
  reason: reason.slice(0, 500),
});

const keyOf = ({ site, taskId }: Watched) => `${site}/${taskId}`;
const hostOf = ({ url }: Watched) => (URL.canParse(url) ? new URL(url).host : url);
