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
import type { Memory } from './memory.ts';
import type { Observed } from './observation.ts';
import { nextLook, type Pace } from './pace.ts';
import { Unreadable, type Reader } from './reader.ts';
import { rhythmOf } from './rhythm.ts';
import { adapterOf } from './sources/index.ts';
import type { Arrival, Entry } from './sources/source.ts';
import type { Teller, Told } from './teller.ts';
import type { Urgency } from './turns.ts';
import type { Marks, Web } from './web.ts';
import type { Witness } from './witness.ts';
import type { DocumentResult } from './worker.ts';

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

/** What one address held, or with the further pages and sitemaps that it leads to. */
type Found = {
  look: SourceLook;
  shown: ReadonlyMap<string, Shown>;
  next: readonly string[];
  /** What came, in case that something is wrong with it. */
  received: WebAnswer | null;
};

/** A document whose entries are told: since when, by what it is proven, and which items it showed. */
type Telling = { at: string; evidence: () => Promise<Evidence>; shown: Map<string, Shown> };

const looksKept = 20;
/** Validators are not believed for ever: once a day everything is read, whatever the server says. */
const fullReadSeconds = 24 * 3_600;
/** A silence is one after a day at the least: while nothing changes, it is judged as often as this. */
const rhythmSeconds = 3_600;
const pagesOfBurst = 5;
const shownOfPushes = 1_000;
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
  shown: ReadonlyMap<string, Shown> = new Map();
  /** Good looks since it was opened. */
  goodLooks: { at: string }[] = [];
  /** When it was read well last; since it has been watched, where it never was. */
  wellAt: string;
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
  readonly #marks = new Map<string, Marks & Pick<Found, 'shown' | 'next'> & { bodyHash: string; readAt: string }>();
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
  #quiet: boolean | null = null;
  /** By which document its silence was judged last, and when. */
  #judged: { shown: ReadonlyMap<string, Shown>; at: string } | null = null;
  /** Which items the last document's entries were, by their prints. */
  #prints = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: Source, detector: Detector, memory: Memory, spacingMs: () => number, tools: WatchTools) {
    this.source = source;
    this.detector = detector;
    this.#memory = memory;
    this.#spacingMs = spacingMs;
    this.#tools = tools;
    this.wellAt = tools.clock.now();
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
    this.#running ??= this.#timed((at) => this.#pull(at)).finally(() => {
      this.#running = null;
      this.#scheduleNext();
    });
    return this.#running;
  }

  /** Something came by itself: a push, a webhook, a message. */
  arrived(arrival: Arrival, answer: WebAnswer): Promise<SourceLook> {
    const partial = true;
    return this.#timed(async (at) =>
      this.#judge(await this.#take(arrival, answer, at, { page: 0, partial }), at, { partial }),
    );
  }

  /** An entry that came by itself and can't be used. */
  async reject(entry: { key: string; title: string; code: string; detail: string }): Promise<void> {
    await this.#tools.reports.rejected(this.source.sourceId, entry, null);
  }

  /** What it listens to is not there. */
  async failed(trouble: Trouble): Promise<void> {
    await this.#failed(trouble, null);
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

  /** A whole look: the document, what it leads to, and what that says of the source. */
  async #pull(at: string): Promise<SourceLook> {
    this.#retryAfter = null;
    const found = await this.#fetch(this.detector.url, at);
    // What the hub kept from us: looking is as often as ever until it pushes again.
    if (found.look.told > 0 && this.websub?.state === 'active') this.websub = { ...this.websub, state: 'unreliable' };
    return this.#judge(found, at, { partial: false });
  }

  /** One address of this detector: the document itself, a further page of it, a sitemap of an index. */
  async #fetch(url: string, at: string, page = 0): Promise<Found> {
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
      return unread(at, fetched, fetched.answer);
    }
    const { answer } = fetched;
    const bodyHash = createHash('sha256').update(answer.bytes).digest('hex');
    if (marks && (fetched.kind === 'unchanged' || marks.bodyHash === bodyHash)) {
      const bytes = answer.bytes.length > 0 ? answer.bytes.length : null;
      const entries = marks.shown.size;
      const look: SourceLook = { ...blankLook(at), outcome: 'unchanged', status: answer.status, bytes, entries };
      return this.#readOn({ look, shown: marks.shown, next: marks.next, received: null }, page, at);
    }
    if (fetched.kind === 'unchanged')
      return unread(at, { code: 'http_error', detail: 'HTTP 304 to a question that did not ask for it' }, answer);
    const { arrival } = fetched;
    const own = await this.#tools.web.reading(() => this.#take(arrival, answer, at, { page, partial: false }));
    const found = await this.#readOn(own, page, at);
    // Validators are kept only after every entry was told; a crash in between reads the whole document again.
    if (!this.#stopped && found.look.trouble === null)
      this.#marks.set(url, { ...fetched.marks, bodyHash, readAt: at, shown: own.shown, next: own.next });
    return found;
  }

  /** Reads a document and tells what is new in it. `partial`: it holds only what is new. */
  async #take(
    arrival: Arrival,
    answer: WebAnswer,
    at: string,
    { page, partial }: { page: number; partial: boolean },
  ): Promise<Found> {
    const { reader, reports, teller } = this.#tools;
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
    if (!read.ok) return unread(at, read, answer);

    const known = this.#prints;
    if (page === 0 && !partial) this.#prints = new Map();
    const shown = new Map<string, Shown>();
    const told = await this.#tellAll(read, { at, evidence: evidence.keep, known, shown });
    await teller.tellPresence(this.source, read.presence, this.#memory, evidence.keep);
    for (const each of read.skipped) await reports.rejected(sourceId, each, await evidence.keep());
    if (page === 0) this.onHub?.(read.websub);
    const look: SourceLook = {
      ...blankLook(at),
      outcome: 'read',
      status: answer.status,
      bytes: answer.bytes.length,
      charset: read.charset,
      entries: read.entries.length,
      told,
      trouble: read.trouble,
      snapshot: evidence.kept(),
    };
    return { look, shown, next: read.next, received: answer };
  }

  /** Further pages of a list when its first one is all new, so that a burst is read to its end; sitemaps of an index always. */
  async #readOn(own: Found, page: number, at: string): Promise<Found> {
    const index = this.detector.kind === 'sitemap';
    const burst =
      own.look.outcome === 'read' && this.shown.size > 0 && own.shown.size > 0 && !this.#overlaps(own.shown);
    const wanted = index ? (page === 0 ? own.next : []) : burst && page < pagesOfBurst ? own.next : [];
    let found = own;
    for (const url of wanted) {
      if (this.#stopped) break;
      found = both(found, await this.#fetch(url, at, page + 1));
    }
    return found;
  }

  /** What a look says of the source: it is well, or something is wrong with it. */
  async #judge({ look, shown, received }: Found, at: string, { partial }: { partial: boolean }): Promise<SourceLook> {
    if (this.#stopped) return look;
    const trouble = look.trouble ?? (partial || look.outcome !== 'read' ? null : this.#doubtful(look.entries, shown));
    if (trouble) {
      // What a list held when all was well is what the next look is compared with: a burst that could not be read to
      // its end is a burst still, and what is doubted is not believed.
      if (look.outcome !== 'trouble' && this.detector.kind !== 'list') this.shown = new Map([...this.shown, ...shown]);
      const snapshot = await this.#failed(trouble, received);
      return {
        ...look,
        trouble: { ...trouble, detail: trouble.detail.slice(0, 1_000) },
        snapshot: snapshot ?? look.snapshot,
      };
    }
    this.shown = partial ? new Map([...this.shown, ...shown].slice(-shownOfPushes)) : shown;
    await this.#good(at);
    await this.#reportRhythm(at);
    await this.onRead?.();
    return look;
  }

  /** Whether texts stand on the entries' own pages. */
  get #readsPages(): boolean {
    return adapterOf(this.detector.kind).textOnPages || this.source.fullText;
  }

  /** @returns how many entries were new or changed. */
  async #tellAll(
    { entries, prints, observed }: Extract<DocumentResult, { ok: true }>,
    look: Telling & { known: ReadonlyMap<string, string> },
  ): Promise<number> {
    let next = 0;
    let told = 0;
    const tell = async (i: number): Promise<boolean> => {
      const entry = entries[i]!;
      const print = prints[i];
      if (print === undefined) return this.#tellByPage(entry, look);
      const known = look.known.get(print);
      const item = known ? { itemId: known, changed: false } : await this.#tell(observed[i]!, look);
      if (item === null) return false;
      this.#prints.set(print, item.itemId);
      this.#show(item.itemId, entry, look);
      return item.changed;
    };
    const lane = async () => {
      while (next < entries.length && !this.#stopped) if (await tell(next++)) told++;
    };
    await Promise.all(Array.from({ length: Math.min(parallelEntries, entries.length) }, lane));
    return told;
  }

  /** Entries whose text stands on their own pages: read where one is new or has another title; the others are re-read later. */
  async #tellByPage(entry: Entry, look: Telling): Promise<boolean> {
    const { teller, reader } = this.#tools;
    const keys = keysOf(entry, () => '');
    const itemId = await teller.findTold(this.source, keys, this.#memory);
    const before = itemId === null ? undefined : this.shown.get(itemId);
    if (itemId !== null && (before === undefined || before.title === entry.title || entry.title === '')) {
      this.#show(itemId, entry, look);
      return false;
    }
    const page = entry.link === null ? null : await this.#page(entry.link, entry, look.at);
    if (page?.observed)
      return (await this.#tell(page.observed, { ...look, evidence: page.evidence }))?.changed ?? false;
    // Its page can't be read now: what the list says is told, because the clock runs; the text follows.
    const [observed] = await reader.run({ do: 'observe', entries: [entry], issuer: this.source.issuer });
    return (await this.#tell(observed!, look))?.changed ?? false;
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
  async #tell(observed: Observed, look: Telling): Promise<Told | null> {
    const { teller, reports } = this.#tools;
    const { at, evidence } = look;
    if (!observed.ok) {
      await reports.rejected(this.source.sourceId, observed, await evidence());
      return null;
    }
    const { observation } = observed;
    const { kind, url: via } = this.detector;
    const others = detectorsOf(this.source).flatMap(({ url }) => (url === via ? [] : [url]));
    const told = await teller.tell(this.source, observation, this.#memory, { detector: kind, via, others, evidence });
    const { title, link } = observation.content;
    this.#show(told.itemId, { title, link, published: observation.publication }, look);
    if (told.changed) this.#newsAt = at;
    return told;
  }

  #show(
    itemId: string,
    { title, link, published }: Pick<Entry, 'title' | 'link' | 'published'>,
    { at, shown }: Telling,
  ): void {
    const noticedAt = this.shown.get(itemId)?.noticedAt ?? at;
    // Of a thousand sources it is much to keep, and only a list and another detector ask for it.
    const named = this.#readsPages || detectorsOf(this.source).length > 1;
    shown.set(itemId, { title: named ? title : '', link: named ? link : null, at: published.at, noticedAt });
  }

  /** Whether something of what was there last is still there. */
  #overlaps(shown: ReadonlyMap<string, Shown>): boolean {
    return [...this.shown.keys()].some((itemId) => shown.has(itemId));
  }

  /** Less than half of what a list held, or nothing of it: said for some looks, then it is how the list is. */
  #doubtful(count: number, shown: ReadonlyMap<string, Shown>): Trouble | null {
    const { size } = this.shown;
    if (this.detector.kind !== 'list' || size < 4) return null;
    const trouble =
      count < size * shrunk
        ? { code: 'list_shrank', detail: `${count} rows instead of ${size}` }
        : !this.#overlaps(shown)
          ? { code: 'list_replaced', detail: `none of ${size} rows is left, nor on further pages` }
          : null;
    this.#doubts = trouble ? this.#doubts + 1 : 0;
    return this.#doubts > looksOfDoubt ? null : trouble;
  }

  async #good(at: string): Promise<void> {
    this.#failures = 0;
    this.wellAt = at;
    this.#newsAt ??= at;
    this.goodLooks = [...this.goodLooks, { at }].slice(-2);
    if (this.#reported === null) return;
    await this.#tools.reports.succeeded(this.source.sourceId, this.detector.url);
    this.#reported = null;
  }

  /** @returns under which name what was received is kept, if it is. */
  async #failed(trouble: Trouble, received: WebAnswer | null): Promise<string | null> {
    this.#failures++;
    // Kept when the trouble is new; a night of the same error is one answer, not 500.
    const isNew = this.#reported !== trouble.code;
    const evidence = received && isNew ? await this.#keeping(received, this.#tools.clock.now()).keep() : null;
    await this.#tools.reports.failed(this.source.sourceId, this.detector.url, trouble, evidence);
    this.#reported = trouble.code;
    return evidence?.snapshot ?? null;
  }

  async #reportRhythm(at: string): Promise<void> {
    const judged = this.#judged;
    if (judged?.shown === this.shown && secondsBetween(judged.at, at) < rhythmSeconds) return;
    const dates = [...this.shown.values()].map((shown) => shown.at ?? shown.noticedAt);
    const rhythm = rhythmOf(dates, at);
    if (rhythm && rhythm.quiet !== this.#quiet) {
      await this.#tools.reports.rhythm(this.source.sourceId, rhythm);
      this.#quiet = rhythm.quiet;
    }
    this.#judged = { shown: this.shown, at };
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

const unread = (at: string, { code, detail }: Trouble, received: WebAnswer | null): Found => ({
  look: {
    ...blankLook(at),
    outcome: 'trouble',
    status: received?.status ?? null,
    bytes: received?.bytes.length ?? null,
    trouble: { code, detail: detail.slice(0, 1_000) },
  },
  shown: new Map(),
  next: [],
  received,
});

/** A document with one that it leads to. */
const both = (own: Found, further: Found): Found => ({
  ...own,
  look: {
    ...own.look,
    outcome: own.look.outcome === further.look.outcome ? own.look.outcome : 'read',
    entries: own.look.entries + further.look.entries,
    told: own.look.told + further.look.told,
    trouble: own.look.trouble ?? further.look.trouble,
    snapshot: own.look.snapshot ?? further.look.snapshot,
  },
  shown: new Map([...own.shown, ...further.shown]),
  received: own.look.trouble ? own.received : further.look.trouble ? further.received : own.received,
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
