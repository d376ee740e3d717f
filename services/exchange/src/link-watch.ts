import type { LinkState } from '@tongsheng/contracts';

type Watched = Omit<LinkState, 'neighbour'>;
type What = keyof NonNullable<LinkState['behind']>;

/** How one link stands, learned from the looks of those who copy over it. */
export class LinkWatch {
  readonly #now: () => string;
  #state: Watched = { connected: false, since: null, behind: null, lastBroughtAt: null };

  /** @param now UTC with milliseconds */
  constructor(now: () => string) {
    this.#now = now;
  }

  get state(): Watched {
    return this.#state;
  }

  /** @param left what is still to be brought; null: nobody answered */
  looked(what: What, left: number | null): void {
    const connected = left !== null;
    if (connected !== this.#state.connected || this.#state.since === null)
      this.#state = { ...this.#state, connected, since: this.#now() };
    if (left === null) return;
    const behind = { ...(this.#state.behind ?? { documents: 0, entries: 0 }), [what]: left };
    this.#state = { ...this.#state, behind };
  }

  brought(what: What): void {
    const { behind } = this.#state;
    const left = Math.max(0, (behind?.[what] ?? 0) - 1);
    this.#state = {
      ...this.#state,
      lastBroughtAt: this.#now(),
      behind: { documents: 0, entries: 0, ...behind, [what]: left },
    };
  }
}
