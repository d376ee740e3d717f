import type { Journal } from '@tongsheng/bus';
import {
  Refusal,
  type ComplianceQuery,
  type ComplianceTask,
  type ComplianceTasks,
  type ComplianceTasksQuery,
  type ComplianceView,
} from '@tongsheng/contracts';
import type { ProjectionReader, SheetsRead } from '@tongsheng/projections';
import { findBehind, taskOf } from './behind.ts';
import { Book, lastAt, type Found } from './book.ts';
import type { Compliance, complianceIn } from './compliance.ts';
import { figuresOf, type Names } from './figures.ts';

type Model = ReturnType<typeof complianceIn>;

/** Sheets that are asked for at once. */
const atOnce = 500;
/** How long a question waits for what has changed to be read, in ms. */
const patienceMs = 4_000;

/** Answers from the sheets of a model: they are held in memory, and before each answer those are read again that changed. */
export class Ledger {
  readonly #reader: ProjectionReader<'repost', Compliance>;
  readonly #model: Model;
  readonly #journal: Journal;
  readonly #zone: string;
  #book = new Book();
  #read: SheetsRead | null = null;
  #reading: Promise<void> | null = null;

  constructor(reader: ProjectionReader<'repost', Compliance>, model: Model, journal: Journal, zone: string) {
    this.#reader = reader;
    this.#model = model;
    this.#journal = journal;
    this.#zone = zone;
  }

  async view(query: ComplianceQuery, names: Names, at: string): Promise<ComplianceView> {
    const position = await this.#fresh();
    return figuresOf(this.#book, query, names, { at, zone: this.#zone, position });
  }

  async tasks(query: ComplianceTasksQuery, names: Names, at: string): Promise<ComplianceTasks> {
    const position = await this.#fresh();
    const book = this.#book;
    const { found, count } = findBehind(book, query, names, at);
    const rows = await this.#rowsOf(found, position);
    const tasks = found.flatMap((each, i): ComplianceTask[] => {
      const row = rows[i];
      const task = row && taskOf(row, book, each);
      return task ? [{ ...task, sourceName: task.sourceName || names.source(task.sourceId) }] : [];
    });
    return { tasks, count, position };
  }

  /** Reads all that there is. Once at the start; afterwards every question brings it up to date. */
  read(): Promise<void> {
    this.#reading ??= this.#readOn().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** @throws Refusal stale_view when there is more to read than a person waits for. */
  async #fresh(): Promise<number> {
    // Whatever is under way may have begun before what was asked for was written.
    if (this.#reading) await this.#inTime(this.#reading);
    await this.#inTime(this.read());
    return this.#read!.position;
  }

  async #inTime(reading: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Refusal('stale_view', `${this.#model.name} is being read`, { view: this.#model.name })),
      patienceMs,
    );
    await Promise.race([reading, late.promise]).finally(() => clearTimeout(timer));
  }

  async #readOn(): Promise<void> {
    const changed = await this.#reader.changedSheets(this.#read);
    const book = changed.afresh ? new Book() : this.#book;
    for (let i = 0; i < changed.names.length; i += atOnce) {
      const names = changed.names.slice(i, i + atOnce);
      const sheets = await this.#reader.sheets(changed, names);
      for (const [j, name] of names.entries()) {
        const [site, day] = name.split('|') as [string, string];
        book.put(site, day, sheets[j]!);
      }
    }
    this.#book = book;
    this.#read = { generation: changed.generation, position: changed.position };
  }

  /** Their tasks: recent ones from the model, older ones folded from the log, as far as the model is. */
  async #rowsOf(found: readonly Found[], until: number): Promise<(Compliance | null)[]> {
    const firsts = await Promise.all(found.map(({ sheet, at }) => this.#journal.at(sheet.position[at]!)));
    const kept = await this.#reader.rows(firsts.map((entry) => (entry ? `${entry.site}/${entry.id}` : '')));
    return Promise.all(
      firsts.map(async (first, i) => {
        if (kept[i] || !first) return kept[i] ?? null;
        // To look for what there is not, the server goes through all of the log that is left.
        const last = Math.min(until, lastAt(found[i]!.sheet, found[i]!.at));
        const entries = [first, ...(await this.#journal.readable(first, last, first.position + 1))];
        let row: Compliance | null = null;
        for (const entry of entries)
          for (const event of entry.events)
            if (this.#model.follows.some((name) => name === entry.aggregate))
              row = this.#model.apply(row, event as Parameters<Model['apply']>[1], entry);
        return row;
      }),
    );
  }
}
