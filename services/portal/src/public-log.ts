import { setTimeout as wait } from 'node:timers/promises';
import { followPublic, readPublic, reasonOf, type Bus, type Following } from '@tongsheng/bus';
import type { PublicDocument } from '@tongsheng/contracts';
import type { Log } from '@tongsheng/runtime';

/** What the world may see, as the portal reads it: all of it in order, and one document by its position. */
export interface PublicLog {
  /** Resolves once everything that is public now has been told; goes on telling. Told twice is possible. */
  follow(onDocument: (document: PublicDocument, position: number) => void): Promise<void>;
  read(position: number): Promise<PublicDocument>;
  close(): Promise<void>;
}

const pause = 1_000;

/** The PUBLIC stream. What breaks is begun again from the start, for as long as the portal runs. */
export class BusLog implements PublicLog {
  readonly #bus: Bus;
  readonly #log: Log;
  #following: Following | null = null;
  #closed = false;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  async follow(onDocument: (document: PublicDocument, position: number) => void): Promise<void> {
    while (!this.#closed) {
      const broken = Promise.withResolvers<unknown>();
      try {
        this.#following = await followPublic(this.#bus, {
          onDocument,
          onUnreadable: (reason, position) => this.#log.error('public.unreadable', { position, reason }),
          onFailure: broken.resolve,
        });
        await this.#following.caughtUp;
        void broken.promise.then((error) => this.#again(onDocument, error));
        return;
      } catch (error) {
        this.#log.warn('public.not_followed', { reason: reasonOf(error) });
        await wait(pause);
      }
    }
  }

  async #again(onDocument: (document: PublicDocument, position: number) => void, error: unknown): Promise<void> {
    if (this.#closed) return;
    this.#log.error('public.follow_broken', { reason: reasonOf(error) });
    await wait(pause);
    await this.follow(onDocument);
  }

  read(position: number): Promise<PublicDocument> {
    return readPublic(this.#bus, position);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#following?.stop();
  }
}
