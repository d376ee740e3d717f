import { followPublic, readPublic, type Bus, type Following } from '@tongsheng/bus';
import type { PublicDocument } from '@tongsheng/contracts';
import type { Log } from '@tongsheng/runtime';
import type { Catalogue } from './catalogue.ts';

const keptBodies = 200;

/** The PUBLIC stream as the portal sees it: an index in memory, and the last bodies that were asked for. */
export class PublicLog {
  readonly #bus: Bus;
  readonly #catalogue: Catalogue;
  readonly #log: Log;
  readonly #bodies = new Map<number, PublicDocument>();
  #following: Following | null = null;
  caughtUp = false;

  constructor(bus: Bus, catalogue: Catalogue, log: Log) {
    this.#bus = bus;
    this.#catalogue = catalogue;
    this.#log = log;
  }

  /** Follows from the beginning. The stream is made by the back office; until it is there, the portal waits. */
  async start(stopped: () => boolean): Promise<void> {
    while (!this.#following && !stopped()) {
      try {
        this.#following = await followPublic(this.#bus, {
          onDocument: (document, position) => this.#catalogue.add(document, position),
          onUnreadable: (reason, position) => this.#log.error('public.unreadable', { position, reason }),
          onFailure: (error) => this.#log.error('public.follow_failed', { reason: String(error) }),
        });
      } catch (error) {
        this.#log.info('public.waiting', { reason: String(error) });
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
    await this.#following?.caughtUp;
    this.caughtUp = true;
  }

  async read(position: number): Promise<PublicDocument> {
    const known = this.#bodies.get(position);
    const document = known ?? (await readPublic(this.#bus, position));
    // Asked for last, forgotten last.
    this.#bodies.delete(position);
    this.#bodies.set(position, document);
    const oldest = this.#bodies.keys().next();
    if (this.#bodies.size > keptBodies && !oldest.done) this.#bodies.delete(oldest.value);
    return document;
  }

  async stop(): Promise<void> {
    await this.#following?.stop();
  }
}
