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

/** An item that some site owes. All else about it is in the log, and read when it is due. */
type Followed = { itemId: string; sourceId: string; firstSeenAt: string; dueAt: string };

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
  #following: Following | null = null;
  readonly #waiting: Followed[] = [];
  #lanes = 0;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

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
    const last = Duration.fromISO(this.times.schedule.at(-1) ?? 'PT0S');
    const since = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus(last).minus({ days: 1 }).toISO()!;
    const onFailure = (error: unknown) => this.log.error('follow_up.failed', { reason: reasonOf(error) });
    this.#following = await followJournal(this.bus, {
      aggregate: 'repost',
      since,
      onFailure,
      onUnreadable: onFailure,
      onEntry: (entry) => this.#note(entry),
    });
    await this.#following.caughtUp;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#following?.stop();
    await this.#running;
  }

  /** What is owed anew is looked at at once; of what was owed before this start, what was owed within a day. */
  #note({ events, envelope }: LogEntry): void {
    for (const event of events) {
      if (event.type !== 'repost.queued' && event.type !== 'repost.bound') continue;
      const { itemId, sourceId, firstSeenAt } = event;
      if (this.#items.has(itemId)) continue;
      const now = DateTime.fromISO(this.clock.now(), { zone: 'utc' });
      const fresh = envelope.time > now.minus({ days: 1 }).toISO()!;
      const dueAt = fresh ? now.toISO()! : nextFollowUp(firstSeenAt, now.toISO()!, this.times.schedule);
      if (dueAt !== null) this.#items.set(itemId, { itemId, sourceId, firstSeenAt, dueAt });
    }
  }

  /** A few at a time: this is care, not hurry, and hosts are asked politely. */
  #tick(): void {
    const now = this.clock.now();
    for (const each of this.#items.values()) {
      if (each.dueAt > now) continue;
      this.#items.delete(each.itemId);
      this.#waiting.push(each);
    }
    while (this.#lanes < parallelItems && this.#waiting.length > 0) {
      this.#lanes++;
      this.#running = Promise.all([this.#running, this.#lane()]).then(() => {});
    }
  }

  async #lane(): Promise<void> {
    for (let each = this.#waiting.shift(); each && !this.#stopped; each = this.#waiting.shift()) await this.#care(each);
    this.#lanes--;
  }

  /** A look that failed is made again at the next moment of the schedule, not in an endless hurry. */
  async #care(followed: Followed): Promise<void> {
    const { itemId, firstSeenAt } = followed;
    let missing = false;
    try {
      missing = await this.#look(followed);
    } catch (error) {
      this.log.warn('follow_up.item_failed', { itemId, reason: reasonOf(error) });
    }
    const now = this.clock.now();
    const { schedule, patience } = this.times;
    const second = DateTime.fromISO(now, { zone: 'utc' }).plus(Duration.fromISO(patience)).toISO();
    const dueAt = missing ? second : nextFollowUp(firstSeenAt, now, schedule);
    if (dueAt !== null) this.#items.set(itemId, { ...followed, dueAt });
  }

  /** @returns whether the page is lost and a second look has still to say so. */
  async #look({ itemId, sourceId }: Followed): Promise<boolean> {
    const source = this.watcher.get(sourceId);
    const events = await this.#eventsOf(sourceId, itemId);
    const newest = versionsOf(events).at(-1);
    if (!source || !newest) return false;
    const kept = events.findLast((event) => event.type === 'item.files_kept');
    if (!kept || kept.version < newest.version || kept.failed.length > 0) await this.#keepFiles(source, newest);
    if (newest.link !== null) await this.#readAgain(source, newest, newest.link, events);
    const after = (await this.#eventsOf(sourceId, itemId)).findLast((event) => absences.has(event.type));
    return after?.type === 'item.missing';
  }

  async #eventsOf(sourceId: string, itemId: string): Promise<ItemEvent[]> {
    return (await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId })).events as ItemEvent[];
  }

  async #keepFiles(source: Source, { itemId, sourceId, version, html, attachments }: ItemVersion): Promise<void> {
    const { files, failed } = await this.files.keep({ html, attachments }, this.watcher.spacingMs(source));
    if (files.length + failed.length === 0) return;
    await this.#tell({ type: 'item.keep_files', itemId, sourceId, version, files, failed }, `files/${version}`);
  }

  async #readAgain(source: Source, newest: ItemVersion, link: string, events: readonly ItemEvent[]): Promise<void> {
    const { itemId, sourceId } = newest;
    const fetched = await this.web.get(link, {
      accept: 'text/html, */*;q=0.5',
      urgency: 'patient',
      spacingMs: this.watcher.spacingMs(source),
    });
    if (fetched.kind === 'unchanged') return;
    const at = this.clock.now();
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

const absences = new Set<ItemEvent['type']>(['item.missing', 'item.withdrawn', 'item.returned']);

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
