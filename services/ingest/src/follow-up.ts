import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  Bus,
  carryOut,
  EvidenceStore,
  followJournal,
  Journal,
  reasonOf,
  type Entry as LogEntry,
  type Following,
} from '@tongsheng/bus';
import { versionsOf, type ItemCommand, type ItemEvent, type ItemVersion, type Source } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { textOf } from '@tongsheng/web';
import { DateTime, Duration } from 'luxon';
import { Files } from './files.ts';
import { absenceOf, nextFollowUp } from './follow-up-schedule.ts';
import { sha256 } from './identity.ts';
import { item } from './item.ts';
import { Reader } from './reader.ts';
import { adapterOf } from './sources/index.ts';
import { plainEntry, type Entry } from './sources/source.ts';
import { Watcher } from './watcher.ts';
import { Web } from './web.ts';
import { Witness } from './witness.ts';

/** When items are looked at again, and how far apart two looks at a lost page must be; ISO 8601 durations. */
export class FollowUpTimes {
  constructor(
    readonly schedule: readonly string[],
    readonly patience: string,
  ) {}
}

/** What is known of an item whose page is followed. */
type Followed = {
  itemId: string;
  sourceId: string;
  firstSeenAt: string;
  version: number;
  keptVersion: number;
  /** Some file of that version could not be had. */
  incomplete: boolean;
  obliged: boolean;
  missingSince: string | null;
  lastLookAt: string | null;
  /** In milliseconds of the wall clock; Infinity: never again. */
  dueAt: number;
};

const tickMs = 1_000;
const parallelItems = 4;

/**
 * Looks again at what some site owes: keeps its images and attachments, makes a version of a changed page, and tells
 * when a page is lost. What is to be done is made of the log at every start, so that nothing is forgotten by a crash.
 */
@Injectable()
export class FollowUp implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #items = new Map<string, Followed>();
  readonly #witness: Witness;
  #following: Following[] = [];
  readonly #waiting: string[] = [];
  #lanes = 0;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #resumedAt = '';

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly watcher: Watcher,
    private readonly web: Web,
    private readonly reader: Reader,
    private readonly files: Files,
    private readonly times: FollowUpTimes,
    evidence: EvidenceStore,
  ) {
    this.#witness = new Witness(evidence);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#resumedAt = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus({ hours: 1 }).toISO()!;
    const last = Duration.fromISO(this.times.schedule.at(-1) ?? 'PT0S');
    const since = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus(last).minus({ days: 1 }).toISO()!;
    const onFailure = (error: unknown) => this.log.error('follow_up.failed', { reason: reasonOf(error) });
    const follow = (aggregate: 'item' | 'repost') =>
      followJournal(this.bus, {
        aggregate,
        since,
        onFailure,
        onUnreadable: onFailure,
        onEntry: (entry) => this.#note(entry),
      });
    this.#following = [await follow('item'), await follow('repost')];
    await Promise.all(this.#following.map(({ caughtUp }) => caughtUp));
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#following.map((each) => each.stop()));
    await this.#running;
  }

  #note({ events }: LogEntry): void {
    for (const event of events) {
      if (event.type === 'repost.queued') {
        const { itemId, sourceId, firstSeenAt } = event;
        const known = this.#items.get(itemId) ?? newFollowed(itemId, sourceId, firstSeenAt);
        this.#set({ ...known, obliged: true });
        continue;
      }
      if (!('itemId' in event) || !event.type.startsWith('item.')) continue;
      const known = this.#items.get(event.itemId);
      switch (event.type) {
        case 'item.published':
          this.#set({ ...(known ?? newFollowed(event.itemId, event.sourceId, event.firstSeenAt)), version: 1 });
          break;
        case 'item.revised':
          if (known) this.#set({ ...known, version: event.version });
          break;
        case 'item.files_kept':
          if (known) this.#set({ ...known, keptVersion: event.version, incomplete: event.failed.length > 0 });
          break;
        case 'item.page_seen':
          if (known) this.#set({ ...known, lastLookAt: later(known.lastLookAt, event.seenAt) });
          break;
        case 'item.missing':
          if (known) this.#set({ ...known, missingSince: event.missingAt, lastLookAt: event.missingAt });
          break;
        case 'item.withdrawn':
          if (known) this.#set({ ...known, missingSince: null, lastLookAt: event.withdrawnAt });
          break;
        case 'item.returned':
          if (known) this.#set({ ...known, missingSince: null });
          break;
        default:
          break;
      }
    }
  }

  #set(followed: Followed): void {
    this.#items.set(followed.itemId, { ...followed, dueAt: this.#dueAt(followed) });
  }

  #dueAt({ obliged, firstSeenAt, lastLookAt, missingSince, version, keptVersion }: Followed): number {
    if (!obliged || version === 0) return Infinity;
    if (keptVersion < version) return 0;
    const { schedule, patience } = this.times;
    const second =
      missingSince && DateTime.fromISO(missingSince, { zone: 'utc' }).plus(Duration.fromISO(patience)).toISO();
    // What was looked at before this start is not known; moments of the last hour are made up for, older ones are over.
    const looked = firstSeenAt < this.#resumedAt ? later(lastLookAt, this.#resumedAt) : lastLookAt;
    const next = second ?? nextFollowUp(firstSeenAt, looked, schedule);
    return next ? Date.parse(next) : Infinity;
  }

  /** A few at a time: this is care, not hurry, and hosts are asked politely. */
  #tick(): void {
    const now = Date.parse(this.clock.now());
    const due = [...this.#items.values()].filter(({ dueAt }) => dueAt <= now);
    for (const each of due) {
      each.dueAt = Infinity;
      this.#waiting.push(each.itemId);
    }
    while (this.#lanes < parallelItems && this.#waiting.length > 0) {
      this.#lanes++;
      this.#running = Promise.all([this.#running, this.#lane()]).then(() => {});
    }
  }

  async #lane(): Promise<void> {
    for (let itemId = this.#waiting.shift(); itemId && !this.#stopped; itemId = this.#waiting.shift())
      await this.#care(itemId);
    this.#lanes--;
  }

  async #care(itemId: string): Promise<void> {
    const followed = this.#items.get(itemId);
    if (!followed) return;
    try {
      await this.#look(followed);
    } catch (error) {
      this.log.warn('follow_up.item_failed', { itemId, reason: reasonOf(error) });
    }
    const after = this.#items.get(itemId);
    // A look that failed is made again at the next moment of the schedule, not in an endless hurry.
    if (after)
      this.#set({ ...after, keptVersion: after.version, lastLookAt: later(after.lastLookAt, this.clock.now()) });
  }

  async #look({ itemId, sourceId, keptVersion, incomplete }: Followed): Promise<void> {
    const source = this.watcher.get(sourceId);
    const events = (await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId })).events as ItemEvent[];
    const newest = versionsOf(events).at(-1);
    if (!source || !newest) return;
    if (incomplete || keptVersion < newest.version) await this.#keepFiles(source, newest);
    if (newest.link !== null) await this.#readAgain(source, newest, newest.link, events);
  }

  async #keepFiles(source: Source, { itemId, sourceId, version, html, attachments }: ItemVersion): Promise<void> {
    const { files, failed } = await this.files.keep({ html, attachments }, this.watcher.spacingMs(source));
    if (files.length + failed.length === 0) return;
    await this.#tell({ type: 'item.keep_files', itemId, sourceId, version, files, failed }, `files/${version}`);
  }

  async #readAgain(source: Source, newest: ItemVersion, link: string, events: readonly ItemEvent[]): Promise<void> {
    const at = this.clock.now();
    const { itemId, sourceId } = newest;
    const fetched = await this.web.get(link, {
      accept: 'text/html, */*;q=0.5',
      urgency: 'patient',
      spacingMs: this.watcher.spacingMs(source),
    });
    if (fetched.kind === 'unchanged') return;
    const { answer } = fetched;
    const { key, detector = source.kind } = events[0] as Extract<ItemEvent, { type: 'item.published' }>;
    const ownText = adapterOf(detector).textOnPages || source.fullText;
    const page =
      fetched.kind === 'arrived'
        ? await this.reader.readPage(source, fetched.arrival, entryOf(newest, source, events), at)
        : null;
    const observation = page?.read.ok && page.observed?.ok ? page.observed.observation : null;
    const characters = observation && textOf(observation.content.html).length;
    const readBefore = ownText || events.some((event) => event.type === 'item.page_seen');
    const lost = absenceOf({
      link,
      answeredBy: answer?.url ?? null,
      status: answer?.status ?? null,
      characters,
      knownCharacters: readBefore ? textOf(newest.html).length : null,
    });
    if (lost) {
      const evidence = answer ? { evidence: await this.#witness.keep(answer, at) } : {};
      const patienceSeconds = Duration.fromISO(this.times.patience).as('seconds');
      await this.#tell(
        { type: 'item.report_missing', itemId, sourceId, ...lost, ...evidence, patienceSeconds },
        'lost',
      );
      return;
    }
    if (!observation || !answer) return;
    await this.#tell({ type: 'item.report_present', itemId, sourceId }, 'present');
    const { content, publication } = observation;
    const pageHash = sha256(`${content.title}\n${textOf(content.html)}`);
    const known = ownText ? newest.contentHash : events.findLast((event) => 'pageHash' in event && event.pageHash);
    const knownHash = typeof known === 'object' && 'pageHash' in known ? known.pageHash : known;
    if (knownHash === (ownText ? content.contentHash : pageHash)) return;
    const evidence = await this.#witness.keep(answer, at);
    await this.#tell(
      ownText
        ? { type: 'item.observe', itemId, sourceId, key, publication, content, detector, others: [], evidence }
        : { type: 'item.see_page', itemId, sourceId, pageHash, content, evidence },
      'page',
    );
  }

  async #tell(command: Command, about: string): Promise<void> {
    const at = this.clock.now();
    const id = `follow-up/${command.itemId}/${about}/${at}`;
    await carryOut(this.journal, item, { ...command, id, at, actor: { kind: 'service', id: 'ingest' } });
  }
}

type Command = ItemCommand extends infer C ? (C extends ItemCommand ? Omit<C, 'id' | 'at' | 'actor'> : never) : never;

const newFollowed = (itemId: string, sourceId: string, firstSeenAt: string): Followed => ({
  itemId,
  sourceId,
  firstSeenAt,
  version: 0,
  keptVersion: 0,
  incomplete: false,
  obliged: false,
  missingSince: null,
  lastLookAt: null,
  dueAt: Infinity,
});

/** What the source itself said of the item, without the text that is read from its page. */
function entryOf(
  { title, link, author, categories, attachments, issuer }: ItemVersion,
  source: Source,
  events: readonly ItemEvent[],
): Entry {
  const { publication } = events[0] as Extract<ItemEvent, { type: 'item.published' }>;
  const plain = plainEntry({
    id: null,
    title,
    link,
    published: publication,
    updatedAt: null,
    summary: '',
    contentHtml: '',
    author,
    categories,
    enclosures: [],
  });
  return { ...plain, issuer, attachments: source.kind === 'feed' ? attachments : [] };
}

const later = (one: string | null, other: string) => (one !== null && one > other ? one : other);
