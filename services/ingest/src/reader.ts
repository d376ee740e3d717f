import { setFlagsFromString } from 'node:v8';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Source } from '@tongsheng/contracts';
import { readingClock } from '@tongsheng/feeds';
import { Piscina } from 'piscina';
import type { Arrival, Entry } from './sources/source.ts';
import type { PageResult, Results, Task } from './worker.ts';

/** What a stranger's document may cost the thread that reads it: work in ms, and memory in MiB. */
const limits = { ms: 5_000, mb: 192 };

/**
 * Nearly all that reading makes is nobody's a moment later. With the small nursery of our processes a third of its time
 * went into copying that (measured); the next thread that starts gets a larger one, in MiB.
 */
setFlagsFromString('--max-semi-space-size=16');

/** A document could not be read at all. The thread that tried is gone; the next one starts fresh. */
export class Unreadable extends Error {
  readonly code: 'too_slow' | 'too_large' | 'unreadable';
  constructor(code: Unreadable['code'], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** Reads documents in a thread of its own, so that none of them can hold up the clock, the log or another source. */
@Injectable()
export class Reader implements OnModuleDestroy {
  readonly #pool = new Piscina({
    filename: new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 30_000,
    resourceLimits: { maxOldGenerationSizeMb: limits.mb },
  });
  #last: Promise<unknown> = Promise.resolve();

  /** One after the other, so that the limit is for reading and not for waiting. @throws Unreadable */
  run<T extends Task>(task: T): Promise<Results[T['do']]> {
    const mine = this.#last.then(() => this.#perform(task));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #perform<T extends Task>(task: T): Promise<Results[T['do']]> {
    const clock = new AbortController();
    const stop = readingClock(
      () => this.#pool.threads[0],
      limits.ms,
      () => clock.abort(),
    );
    try {
      return (await this.#pool.run(task, { signal: clock.signal })) as Results[T['do']];
    } catch (error) {
      if (clock.signal.aborted) throw new Unreadable('too_slow', `not read within ${limits.ms} ms of work`);
      const { code, message } = error as { code?: string; message?: string };
      if (code === 'ERR_WORKER_OUT_OF_MEMORY')
        throw new Unreadable('too_large', `reading it took more than ${limits.mb} MiB`);
      throw new Unreadable('unreadable', message ?? String(error), { cause: error });
    } finally {
      stop();
    }
  }

  /** An item's own page, as the text of an entry or by itself; null where it can't be read. */
  async readPage(
    { zone, article, issuer }: Source,
    arrival: Arrival,
    entry: Entry | null,
    now: string,
  ): Promise<PageResult | null> {
    const source = { zone, ...(article && { article }), ...(issuer && { issuer }) };
    try {
      return await this.run({ do: 'page', arrival, source, now, entry });
    } catch (error) {
      if (error instanceof Unreadable) return null;
      throw error;
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
