import { streams, subjects } from '@tongsheng/contracts';
import { apiCode, isApiError } from './api-error.ts';
import type { Bus } from './connection.ts';
import { followByAsking } from './follow-by-asking.ts';
import type { Following } from './follow.ts';

/** What the hub of the portal remembers, the newest of each entry. It is all that the portal's user may write. */
export class HubLedger {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** All entries, and each that is written later, by whatever process. An empty one has ended. */
  follow(
    onEntry: (id: string, text: string, position: number) => void,
    onFailure: (error: unknown) => void,
  ): Promise<Following> {
    return followByAsking(this.#bus, {
      stream: streams.hub,
      subject: subjects.hubEntries(),
      onMessage: ({ subject, data, seq }) =>
        onEntry(subject.slice(subjects.hubEntry('').length), new TextDecoder().decode(data), seq),
      onFailure,
    });
  }

  /**
   * @param after the position of the entry that this one follows, 0 for none
   * @returns its position, or null when somebody has written since
   */
  async write(id: string, text: string, after: number): Promise<number | null> {
    const options = { expect: { lastSubjectSequence: after } };
    try {
      const { seq } = await this.#bus.js.publish(subjects.hubEntry(id), new TextEncoder().encode(text), options);
      return seq;
    } catch (error) {
      if (isApiError(error, apiCode.wrongLastSequence)) return null;
      throw error;
    }
  }
}
