import { createHash } from 'node:crypto';
import {
  detectorsOf,
  type Detector,
  type Evidence,
  type Source,
  type SourceLook,
  type SourceStatus,
} from '@tongsheng/contracts';
import type { Clock, Log } from '@tongsheng/runtime';
import type { WebAnswer } from '@tongsheng/web';
import { DateTime } from 'luxon';
import type { HealthReports, Trouble } from './health-reports.ts';
import { keysOf } from './identity.ts';
import type { Observed } from './observation.ts';
import { nextLook, type Pace } from './pace.ts';
import { Unreadable, type Reader } from './reader.ts';
import { rhythmOf } from './rhythm.ts';
import { adapterOf } from './sources/index.ts';
import type { Arrival, Entry, Read } from './sources/source.ts';
import type { DocumentResult } from './worker.ts';
import type { Memory, Teller, Told } from './teller.ts';
import type { Urgency } from './turns.ts';
import type { Marks, Web } from './web.ts';
import type { Witness } from './witness.ts';

export type WatchTools = {
  clock: Clock;
  log: Log;
  web: Web;
  reader: Reader;
  teller: Teller;
  witness: Witness;
  reports: HealthReports;
  /** 0 to 1. */
  jitter(): number;
};

/** What one document showed of an item. */
export type Shown = { title: string; link: string | null; at: string | null; noticedAt: string };

const looksKept = 20;
/** Validators are not believed for ever: once a day everything is read, whatever the server says. */
const fullReadSeconds = 24 * 3_600;
const pagesOfBurst = 5;
const sitemapsOfIndex = 50;
const parallelEntries = 16;
const slowMs = 3_000;
/** A list that holds less than half of what it held has lost something, or its selectors have. */
const shrunk = 0.5;
const looksOfDoubt = 3;

/** One detector of a source: looks at it in turn, tells what is new, and knows how it is. */
export class Watch {
  readonly source: Source;
  readonly detector: Detector;
  readonly looks: SourceLook[] = [];
  /** What its last document showed, by item. */
  shown = new Map<string, Shown>();
  /** Good looks since it was opened. */
  goodLooks: { at: string }[] = [];
  websub: SourceStatus['detectors'][number]['websub'] = null;
  /** What was said last of what it lacks beside the other detectors. */
  lackingSaid: string | null = null;
  /** Told when a document names a hub. */
  onHub: ((hub: { hub: string; topic: string } | null) => void) | null = null;
  /** Told after every good look. */
  onRead: (() => Promise<void>) | null = null;

  readonly #tools: WatchTools;
  readonly #memory: Memory;
  readonly #spacingMs: () => number;
  readonly #marks = new Map<string, Marks & { bodyHash: string; readAt: string }>();
  #failures = 0;
  #retryAfter: number | null = null;
  /** When it brought something last; its first look is as good as news, because what came before is not known. */
  #newsAt: string | null = null;
  #reported: string | null | undefined = undefined;
  #doubts = 0;
  #nextAt: string | null = null;
  #pace: Pace = 'usual';
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<SourceLook> | null = null;
  #stopped = false;
  /** What the document that is being read shows. */
  #filling = new Map<string, Shown>();
  #quiet: boolean | null = null;
  /** What the last document's entries were, by their prints. */
  #prints = new Map<string, Told>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: Source, detector: Detector, memory: Memory, spacingMs: () => number, tools: WatchTools) {
    this.source = source;
    this.detector = detector;
    this.#memory = memory;
    this.#spacingMs = spacingMs;
    this.#tools = tools;
  }

  get pulled(): boolean {
    return adapterOf(this.detector.kind).arrives === 'pull';
  }

  start(): void {
    if (this.pulled && !this.source.paused) this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running?.catch(() => {});
  }

  /** Looks at once, or joins the look that is under way. */
  look(): Promise<SourceLook> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#running ??= this.#timed((at) => this.#fetch(this.detector.url, at)).finally(() => {
      this.#running = null;
      this.#scheduleNext();
    });
    return this.#running;
  }

  /** Something came by itself: a push, a webhook, a message. */
  arrived(arrival: Arrival, answer: WebAnswer): Promise<SourceLook> {
    return this.#timed((at) => this.#take(arrival, answer, at, { page: 0, partial: true }));
  }

  /** An entry that came by itself and can't be used. */
  async reject(entry: { key: string; title: string; code: string; detail: string }): Promise<void> {
    await this.#tools.reports.rejected(this.source.sourceId, entry, null);
  }

  /** What it listens to is not there. */
  async failed(trouble: Trouble): Promise<void> {
    await this.#failed(this.#tools.clock.now(), trouble, null);
  }

  get status(): SourceStatus['detectors'][number] {
    const { kind, url } = this.detector;
    const state = this.source.paused ? 'paused' : !this.pulled ? 'push' : this.#running ? 'reading' : 'waiting';
    const nextAt = state === 'waiting' ? this.#nextAt : null;
    const { looks, websub } = this;
    return { kind, url, state, nextAt, pace: this.#pace, failures: this.#failures, looks, websub };
  }

  /** A source that was slow lets those of its host that are not go first. */
  get #urgency(): Urgency {
    return (this.looks[0]?.ms ?? 0) > slowMs ? 'patient' : 'urgent';
  }

  #schedule(seconds: number): void {
    if (this.#stopped) return;
    this.#nextAt = DateTime.fromISO(this.#tools.clock.now(), { zone: 'utc' }).plus({ seconds }).toISO();
    this.#timer = setTimeout(() => {
      this.look().catch((error: unknown) => {
        const { sourceId } = this.source;
        this.#tools.log.error('source.look_failed', { sourceId, reason: String(error) });
      });
    }, seconds * 1_000);
  }

  #scheduleNext(): void {
    if (!this.pulled || this.source.paused) return;
    const { clock, jitter } = this.#tools;
    const now = clock.now();
    const { seconds, pace } = nextLook({
      pollSeconds: this.source.pollSeconds,
      zone: this.source.zone,
      now,
      failures: this.#failures,
      silentSeconds: this.#newsAt === null ? null : secondsBetween(this.#newsAt, now),
      retryAfterSeconds: this.#retryAfter,
      pushed: this.websub?.state === 'active',
      jitter: jitter(),
    });
    this.#pace = pace;
    this.#schedule(seconds);
  }

  /** One after the other: a push may come while a look is under way. */
  #timed(work: (at: string) => Promise<SourceLook>): Promise<SourceLook> {
    const mine = this.#last.then(async () => {
      const begun = performance.now();
      const look = await work(this.#tools.clock.now());
      return this.#remember({ ...look, ms: Math.round(performance.now() - begun) });
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  #remember(look: SourceLook): SourceLook {
    this.looks.unshift(look);
    this.looks.length = Math.min(this.looks.length, looksKept);
    return look;
  }

  /** One address of this detector: the document itself, a further page of it, a sitemap of an index. */
  async #fetch(url: string, at: string, page = 0): Promise<SourceLook> {
    const known = this.#marks.get(url);
    const marks = known && secondsBetween(known.readAt, at) < fullReadSeconds ? known : null;
    const { accept } = adapterOf(this.detector.kind);
    const fetched = await this.#tools.web.get(url, {
      accept,
      marks,
      urgency: this.#urgency,
      spacingMs: this.#spacingMs(),
    });
    if (fetched.kind === 'trouble') {
      this.#retryAfter = fetched.retryAfterSeconds;
      return this.#failed(at, fetched, fetched.answer);
    }
    this.#retryAfter = null;
    if (fetched.kind === 'unchanged') return this.#unchanged(at, fetched.answer);
    const bodyHash = createHash('sha256').update(fetched.answer.bytes).digest('hex');
    if (marks?.bodyHash === bodyHash) return this.#unchanged(at, fetched.answer);
    const look = await this.#take(fetched.arrival, fetched.answer, at, { page, partial: false });
    // What the hub kept from us: looking is as often as ever until it pushes again.
    if (look.told > 0 && this.websub?.state === 'active') this.websub = { ...this.websub, state: 'unreliable' };
    // Validators are kept only after every entry was told; a crash in between reads the whole document again.
    if (!this.#stopped && look.outcome === 'read' && look.trouble === null)
      this.#marks.set(url, { ...fetched.marks, bodyHash, readAt: at });
    return look;
  }

  async #unchanged(at: string, { status, bytes }: WebAnswer): Promise<SourceLook> {
    await this.#good(at);
    await this.#reportRhythm(at);
    await this.onRead?.();
    const size = bytes.length > 0 ? bytes.length : null;
    return { ...blankLook(at), outcome: 'unchanged', status, bytes: size, entries: this.shown.size };
  }

  /** Reads a document and tells what is new in it. `partial`: it holds only what is new. */
  async #take(
    arrival: Arrival,
    answer: WebAnswer,
    at: string,
    how: { page: number; partial: boolean },
  ): Promise<SourceLook> {
    const { page, partial } = how;
    const { reader, reports } = this.#tools;
    const { sourceId, zone } = this.source;
    const evidence = this.#keeping(answer, this.#tools.clock.now());
    let read: DocumentResult;
    try {
      const reading = { detector: this.detector, zone, now: at };
      const observe = this.#readsPages
        ? undefined
        : { issuer: this.source.issuer, known: new Set(this.#prints.keys()) };
      read = await reader.run({ do: 'document', arrival, reading, ...(observe && { observe }) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      read = { ok: false, code: error.code, detail: error.message };
    }
    if (!read.ok) return this.#failed(at, read, answer);

    if (page === 0) this.#filling = partial ? new Map(this.shown) : new Map();
    const told = await this.#tellAll(read, at, evidence.keep);
    for (const each of read.skipped) await reports.rejected(sourceId, each, await evidence.keep());
    const further = await this.#readOn(read, page, at);
    if (page === 0) this.onHub?.(read.websub);

    const { status, bytes } = answer;
    const facts = {
      ...blankLook(at),
      status,
      bytes: bytes.length,
      charset: read.charset,
      entries: read.entries.length + further.entries,
      told: told + further.told,
      snapshot: evidence.kept(),
    };
    // What is doubted is not believed: the next look is compared with what there was.
    const trouble =
      read.trouble ?? further.trouble ?? (page === 0 && !partial ? this.#doubtful(read.entries.length) : null);
    if (trouble) {
      if (page === 0) this.shown = new Map([...this.shown, ...this.#filling]);
      return { ...(await this.#failed(at, trouble, answer)), ...facts, outcome: 'read', trouble };
    }
    if (page === 0) {
      this.shown = this.#filling;
      await this.#good(at);
      await this.#reportRhythm(at);
      await this.onRead?.();
    }
    return { ...facts, outcome: 'read', trouble: null };
  }

  /** Further pages of a list when its first one is all new, so that a burst is read to its end; sitemaps of an index always. */
  async #readOn(
    { next, entries }: Extract<Read, { ok: true }>,
    page: number,
    at: string,
  ): Promise<{ entries: number; told: number; trouble: Trouble | null }> {
    const index = this.detector.kind === 'sitemap';
    const burst = this.shown.size > 0 && entries.length > 0 && this.#overlap() === 0;
    const wanted = index ? next.slice(0, page === 0 ? sitemapsOfIndex : 0) : burst && page < pagesOfBurst ? next : [];
    const sum = { entries: 0, told: 0, trouble: null as Trouble | null };
    for (const url of wanted) {
      if (this.#stopped) break;
      const look = await this.#fetch(url, at, page + 1);
      sum.entries += look.entries;
      sum.told += look.told;
      sum.trouble ??= look.trouble;
    }
    return sum;
  }

  /** Whether texts stand on the entries' own pages. */
  get #readsPages(): boolean {
    return adapterOf(this.detector.kind).textOnPages || this.source.fullText;
  }

  /** @returns how many entries were new or changed. */
  async #tellAll(
    { entries, prints, observed }: Extract<DocumentResult, { ok: true }>,
    at: string,
    evidence: () => Promise<Evidence>,
  ): Promise<number> {
    const known = this.#prints;
    if (!this.#readsPages) this.#prints = new Map();
    let next = 0;
    let told = 0;
    const tell = async (i: number): Promise<boolean> => {
      const entry = entries[i]!;
      const print = prints[i];
      if (print === undefined) return this.#tellByPage(entry, at, evidence);
      const item = known.get(print) ?? (await this.#tell(observed[i]!, at, evidence));
      if (item === null) return false;
      this.#prints.set(print, { itemId: item.itemId, changed: false });
      this.#show(item.itemId, entry, at);
      return item.changed;
    };
    const lane = async () => {
      while (next < entries.length && !this.#stopped) if (await tell(next++)) told++;
    };
    await Promise.all(Array.from({ length: Math.min(parallelEntries, entries.length) }, lane));
    return told;
  }

  /** Entries whose text stands on their own pages: read where one is new or has another title; the others are re-read later. */
  async #tellByPage(entry: Entry, at: string, ofList: () => Promise<Evidence>): Promise<boolean> {
    const { teller, reader } = this.#tools;
    const keys = keysOf(entry, () => '');
    const itemId = await teller.find(this.source, keys, this.#memory);
    const before = itemId === null ? undefined : this.shown.get(itemId);
    if (itemId !== null && (before === undefined || before.title === entry.title || entry.title === '')) {
      this.#show(itemId, entry, at);
      return false;
    }
    const page = entry.link === null ? null : await this.#page(entry.link, entry, at);
    if (page?.observed) return (await this.#tell(page.observed, at, page.evidence))?.changed ?? false;
    // Its page can't be read now: what the list says is told, because the clock runs; the text follows.
    const [observed] = await reader.run({ do: 'observe', entries: [entry], issuer: this.source.issuer });
    return (await this.#tell(observed!, at, ofList))?.changed ?? false;
  }

  /** The page of an entry. Null: it could not be had. */
  async #page(
    link: string,
    entry: Entry,
    at: string,
  ): Promise<{ observed: Observed | null; evidence: () => Promise<Evidence> } | null> {
    const { web, reader } = this.#tools;
    const fetched = await web.get(link, {
      accept: 'text/html, */*;q=0.5',
      urgency: 'patient',
      spacingMs: this.#spacingMs(),
    });
    if (fetched.kind !== 'arrived') return null;
    const seenAt = this.#tools.clock.now();
    const result = await reader.readPage(this.source, fetched.arrival, entry, at);
    return result?.read.ok ? { observed: result.observed, evidence: this.#keeping(fetched.answer, seenAt).keep } : null;
  }

  /** @returns the item that it is, or null where it can be none. */
  async #tell(observed: Observed, at: string, evidence: () => Promise<Evidence>): Promise<Told | null> {
    const { teller, reports } = this.#tools;
    if (!observed.ok) {
      await reports.rejected(this.source.sourceId, observed, await evidence());
      return null;
    }
    const { observation } = observed;
    const { kind, url: via } = this.detector;
    const others = detectorsOf(this.source).flatMap(({ url }) => (url === via ? [] : [url]));
    const told = await teller.tell(this.source, observation, this.#memory, { detector: kind, via, others, evidence });
    const { title, link } = observation.content;
    this.#show(told.itemId, { title, link, published: observation.publication }, at);
    if (told.changed) this.#newsAt = at;
    return told;
  }

  #show(itemId: string, { title, link, published }: Pick<Entry, 'title' | 'link' | 'published'>, at: string): void {
    const noticedAt = this.shown.get(itemId)?.noticedAt ?? at;
    this.#filling.set(itemId, { title, link, at: published.at, noticedAt });
  }

  /** How many of the items that the last document showed are still there. */
  #overlap(): number {
    return [...this.shown.keys()].filter((itemId) => this.#filling.has(itemId)).length;
  }

  /** Less than half of what a list held, or nothing of it: said for some looks, then it is how the list is. */
  #doubtful(count: number): Trouble | null {
    const { size } = this.shown;
    if (this.detector.kind !== 'list' || size < 4) return null;
    const trouble =
      count < size * shrunk
        ? { code: 'list_shrank', detail: `${count} rows instead of ${size}` }
        : this.#overlap() === 0
          ? { code: 'list_replaced', detail: `none of ${size} rows is left, nor on further pages` }
          : null;
    this.#doubts = trouble ? this.#doubts + 1 : 0;
    return this.#doubts > looksOfDoubt ? null : trouble;
  }

  async #good(at: string): Promise<void> {
    this.#failures = 0;
    this.#newsAt ??= at;
    this.goodLooks = [...this.goodLooks, { at }].slice(-2);
    if (this.#reported === null) return;
    await this.#tools.reports.succeeded(this.source.sourceId, this.detector.url);
    this.#reported = null;
  }

  async #failed(at: string, { code, detail }: Trouble, answer: WebAnswer | null): Promise<SourceLook> {
    this.#failures++;
    // What was received is kept when the trouble is new; a night of the same error is one answer, not 500.
    const evidence =
      answer && this.#reported !== code ? await this.#keeping(answer, this.#tools.clock.now()).keep() : null;
    await this.#tools.reports.failed(this.source.sourceId, this.detector.url, { code, detail }, evidence);
    this.#reported = code;
    const status = answer?.status ?? null;
    const trouble = { code, detail: detail.slice(0, 1_000) };
    const snapshot = evidence?.snapshot ?? null;
    return { ...blankLook(at), outcome: 'trouble', status, bytes: answer?.bytes.length ?? null, trouble, snapshot };
  }

  async #reportRhythm(at: string): Promise<void> {
    const dates = [...this.shown.values()].map((shown) => shown.at ?? shown.noticedAt);
    const rhythm = rhythmOf(dates, at);
    if (!rhythm || rhythm.quiet === this.#quiet) return;
    await this.#tools.reports.rhythm(this.source.sourceId, rhythm);
    this.#quiet = rhythm.quiet;
  }

  /** An answer that is stored once, and only if something is to be proven by it. */
  #keeping(answer: WebAnswer, seenAt: string) {
    let keeping: Promise<Evidence> | null = null;
    let snapshot: string | null = null;
    return {
      keep: async (): Promise<Evidence> => {
        keeping ??= this.#tools.witness.keep(answer, seenAt);
        const evidence = await keeping;
        snapshot = evidence.snapshot;
        return evidence;
      },
      kept: () => snapshot,
    };
  }
}

const blankLook = (at: string): Omit<SourceLook, 'outcome'> => ({
  at,
  ms: 0,
  status: null,
  bytes: null,
  charset: null,
  entries: 0,
  told: 0,
  trouble: null,
  snapshot: null,
});

const secondsBetween = (from: string, to: string) => DateTime.fromISO(to).diff(DateTime.fromISO(from)).as('seconds');

/** What a detector lacks of what the others have brought: noticed before its last two good looks, and not too old for it. */
export function lackingOf(mine: Watch, others: readonly Watch[]): { title: string; link: string | null }[] {
  const since = mine.goodLooks.length < 2 ? null : mine.goodLooks[0]!.at;
  const oldest = [...mine.shown.values()].map((shown) => shown.at ?? shown.noticedAt).sort()[0];
  if (since === null || oldest === undefined) return [];
  return others.flatMap((other) =>
    [...other.shown]
      .filter(
        ([itemId, shown]) =>
          !mine.shown.has(itemId) && shown.noticedAt < since && (shown.at ?? shown.noticedAt) >= oldest,
      )
      .map(([, { title, link }]) => ({ title: title.slice(0, 500), link })),
  );
}
