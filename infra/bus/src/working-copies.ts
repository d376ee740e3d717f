import { workingCopy, workingCopiesBucket, type WorkingCopy } from '@tongsheng/contracts';
import type { KV } from 'nats';
import type { Bus } from './connection.ts';

type Place = { personId: string; site: string; releaseId: string };

/**
 * The unsaved text of each person in each draft, the newest only. It is no decision and belongs to no history, so that it
 * stands beside the journal; and what people wrote must outlive Redis, so that it stands in JetStream.
 */
export class WorkingCopies {
  readonly #bus: Bus;
  #opened: Promise<KV> | null = null;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  async keep(personId: string, copy: WorkingCopy): Promise<void> {
    const { site, releaseId } = copy;
    await (await this.#open()).put(keyOf({ personId, site, releaseId }), JSON.stringify(copy));
  }

  async read(place: Place): Promise<WorkingCopy | null> {
    const entry = await (await this.#open()).get(keyOf(place));
    if (!entry || entry.operation !== 'PUT') return null;
    return workingCopy.parse(entry.json());
  }

  /** All that a person has not saved yet. */
  async of(personId: string): Promise<WorkingCopy[]> {
    const kv = await this.#open();
    const copies: WorkingCopy[] = [];
    for await (const key of await kv.keys(`${personId}.>`)) {
      const entry = await kv.get(key);
      if (entry?.operation === 'PUT') copies.push(workingCopy.parse(entry.json()));
    }
    return copies;
  }

  async drop(place: Place): Promise<void> {
    await (await this.#open()).purge(keyOf(place));
  }

  /** The bucket exists since start-up; this only binds to it. A failed try is tried again. */
  #open(): Promise<KV> {
    this.#opened ??= this.#bus.js.views.kv(workingCopiesBucket, { bindOnly: true }).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }
}

const keyOf = ({ personId, site, releaseId }: Place) => `${personId}.${site}.${releaseId}`;
