/** So many at a time under one name; who comes later waits, in order. */
export class Turns {
  readonly #lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  constructor(private readonly atMost: number) {}

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(name) ?? { running: 0, waiting: [] };
    this.#lines.set(name, line);
    if (line.running < this.atMost) line.running++;
    // Who leaves hands the place on, so that nobody can slip in between.
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next) next();
      else if (--line.running === 0) this.#lines.delete(name);
    }
  }
}
