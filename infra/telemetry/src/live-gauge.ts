import { Counter, Gauge, type LabelValues } from 'prom-client';

type Sample<L extends string> = { labels: LabelValues<L>; value: number };
type Read<L extends string> = () => Iterable<Sample<L>> | Promise<Iterable<Sample<L>>>;

const unread = new Counter({
  name: 'tongsheng_scrape_failures_total',
  help: 'Figures that could not be read when they were asked for',
  labelNames: ['metric'],
});

/**
 * A figure that is looked up when somebody scrapes and costs nothing in between. Several parts of a process may tell
 * theirs; of those with the same labels the largest counts, which is the one to worry about.
 */
export class LiveGauge<L extends string = never> {
  readonly #reads = new Set<Read<L>>();

  constructor({ name, help, labels }: { name: string; help: string; labels: readonly L[] }) {
    const gather = (): Promise<Sample<L>[]> => this.#gather(name);
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      async collect() {
        const samples = await gather();
        this.reset();
        for (const { labels: of, value } of samples) this.set(of, value);
      },
    });
  }

  /** Tells these samples at every scrape, until what is answered is called. */
  tell(read: Read<L>): () => void {
    this.#reads.add(read);
    return () => void this.#reads.delete(read);
  }

  /** One sample. */
  tellOne(labels: LabelValues<L>, read: () => number): () => void {
    return this.tell(() => [{ labels, value: read() }]);
  }

  async #gather(metric: string): Promise<Sample<L>[]> {
    const told = await Promise.all(
      [...this.#reads].map(async (read) => {
        try {
          return [...(await read())];
        } catch {
          // What can't be read is missing from the answer, and an alert speaks of that.
          unread.inc({ metric });
          return [];
        }
      }),
    );
    const largest = new Map<string, Sample<L>>();
    for (const sample of told.flat()) {
      const key = JSON.stringify(sample.labels);
      const known = largest.get(key);
      if (!known || known.value < sample.value) largest.set(key, sample);
    }
    return [...largest.values()];
  }
}
