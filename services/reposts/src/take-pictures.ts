import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { chromiumAt, NoShot, sweepProfiles, takeShot } from '@tongsheng/browser';
import { carryOut, EvidenceStore, Journal, reasonOf } from '@tongsheng/bus';
import { Refusal, type RepostCommand } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { openGuardedProxy } from '@tongsheng/web';
import { repost } from './repost.ts';
import type { Watched } from './watched.ts';
import { Watchlist } from './watchlist.ts';

/** The machine's browser, where there is one. `allow`: as for whoever fetches pages. */
export class Camera {
  readonly #executable: string | null;
  constructor(
    named: string | undefined,
    readonly allow: readonly string[],
  ) {
    this.#executable = chromiumAt(named);
  }

  get isThere(): boolean {
    return this.#executable !== null;
  }

  /** A picture of a page that may be anybody's by now: of what is not public, the browser reaches the page's own host alone. @throws NoShot */
  async take(url: string) {
    if (!this.#executable) throw new NoShot('crashed', 'no browser');
    const { hostname, port, protocol } = new URL(url);
    const own = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
    const proxy = await openGuardedProxy({ allow: this.allow.filter((each) => each === own) });
    try {
      const shot = await takeShot(this.#executable, url, proxy.host);
      if (proxy.refused.includes(own)) throw new NoShot('unreachable', `${own} may not be reached`);
      return shot;
    } finally {
      await proxy.close();
    }
  }
}

const lookMs = 300;
const atOnce = 20;
/** Older profiles are nobody's: a picture is taken or given up long before. */
const leftMs = 600_000;
const largest = 5 * 2 ** 20;
/** A picture that was not taken by then shows another moment. */
const lateMs = 3_600_000;

type Taken = Extract<RepostCommand, { type: 'repost.record_picture' }>;

/**
 * Takes pictures of what looks found, one after the other, after that was said: nothing waits for a picture, and a browser
 * that fails fails alone. Of what a picture is owed stands in the watchlist.
 */
@Injectable()
export class TakePictures implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | null = null;
  #taking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly evidence: EvidenceStore,
    private readonly camera: Camera,
    private readonly watchlist: Watchlist,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.camera.isThere) return;
    await sweepProfiles(leftMs).catch((error: unknown) => this.#trouble(error));
    await this.watchlist.open(() => {});
    this.#look();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#taking;
  }

  #look(): void {
    this.#taking = this.#takeAll()
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), lookMs);
      });
  }

  async #takeAll(): Promise<void> {
    for (const page of await this.watchlist.pictures(atOnce)) {
      if (this.#stopped) return;
      await this.#take(page).catch((error: unknown) => this.#trouble(error));
    }
  }

  async #take({ taskId, site, url, picture: owed }: Watched): Promise<void> {
    if (!owed) return;
    const head = { actor: { kind: 'service' as const, id: 'reposts' }, taskId, site };
    const id = `${taskId}/picture/${owed.of}/${owed.at}`;
    // The list tells a little later that it was taken.
    const { receipts } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    if (receipts.has(id)) return;
    const taken = await this.#shot(url, owed.at);
    const what = { type: 'repost.record_picture' as const, id, ...head, url, of: owed.of, ...taken };
    await carryOut(this.journal, repost, { ...what, at: this.clock.now() });
  }

  async #shot(url: string, at: string): Promise<Pick<Taken, 'picture' | 'because'>> {
    if (Date.parse(this.clock.now()) - Date.parse(at) > lateMs) return { picture: null, because: 'too_late' };
    try {
      const { bytes, width, height, whole } = await this.camera.take(url);
      if (bytes.length > largest) return { picture: null, because: 'too_large' };
      const hash = await this.evidence.keep(bytes);
      return { picture: { hash, width, height, bytes: bytes.length, whole }, because: null };
    } catch (error) {
      if (!(error instanceof NoShot)) throw error;
      this.log.warn('picture.failed', { url, code: error.code, reason: error.message });
      return { picture: null, because: error.code };
    }
  }

  #trouble(error: unknown): void {
    // While the list is being built again nothing is lost.
    if (error instanceof Refusal && error.code === 'stale_view') return;
    this.log.warn('picture.trouble', { reason: reasonOf(error) });
  }
}
