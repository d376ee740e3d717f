/** A clock is corrected by a little all the time; more than this at once is a step. In ms. */
const slightMs = 1_000;

/**
 * Now, for what must never happen early: when somebody moves the wall clock by more than it drifts, the time that has
 * really passed counts as well, and the later of both decides. After a step back it may be late; never early.
 */
export class SteadyClock {
  #wallMs: number;
  #passedMs: number;
  #stepped = false;

  /** `passed` is a clock that nobody moves, in ms; `onStep` hears by how much the wall clock was moved, once. */
  constructor(
    private readonly wall: () => number,
    private readonly passed: () => number,
    private readonly onStep: (byMs: number) => void,
  ) {
    this.#wallMs = wall();
    this.#passedMs = passed();
  }

  /** Ms since 1970. To be asked often: between two calls a clock drifts by little. */
  now(): number {
    const [wall, passed] = [this.wall(), this.passed()];
    const expected = this.#wallMs + (passed - this.#passedMs);
    const byMs = wall - expected;
    if (Math.abs(byMs) <= slightMs) {
      [this.#wallMs, this.#passedMs, this.#stepped] = [wall, passed, false];
      return wall;
    }
    if (!this.#stepped) this.onStep(byMs);
    this.#stepped = true;
    return Math.floor(Math.min(wall, expected));
  }
}
