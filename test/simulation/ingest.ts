import { carryOut, followJournal, reasonOf } from '@tongsheng/bus';
import { detectorsOf, type ItemCommand, type ItemEvent, type Source } from '@tongsheng/contracts';
import { createHash } from 'node:crypto';
import { absenceOf, followUpSchedule, nextFollowUp } from '../../services/ingest/src/follow-up-schedule.ts';
import { HealthReports } from '../../services/ingest/src/health-reports.ts';
import { item } from '../../services/ingest/src/item.ts';
import { Memory, recall } from '../../services/ingest/src/memory.ts';
import { observe } from '../../services/ingest/src/observation.ts';
import { nextLook } from '../../services/ingest/src/pace.ts';
import { plainEntry } from '../../services/ingest/src/sources/source.ts';
import { Teller } from '../../services/ingest/src/teller.ts';
import type { Chance } from './chance.ts';
import type { Started } from './processes.ts';
import type { Publication, Upstreams } from './upstreams.ts';

/** Two looks that miss a page must be so far apart to count as two, in seconds. */
const patienceSeconds = 300;
const followDays = 31;

type Detector = ReturnType<typeof detectorsOf>[number];
type Followed = { itemId: string; sourceId: string; link: string; firstSeenAt: string };

/**
 * The reading of sources: real identities, decisions, pace and follow-up, with documents that need no parser. (What
 * bytes of a feed mean is tested where feeds are read.)
 */
export class Ingest {
  readonly #shell: Started;
  readonly #upstreams: Upstreams;
  readonly #chance: Chance;
  readonly #teller: Teller;
  readonly #reports: HealthReports;
  readonly #followed = new Set<string>();
  readonly #byLink = new Map<string, Publication>();
  #known = 0;

  constructor(shell: Started, upstreams: Upstreams, chance: Chance) {
    this.#shell = shell;
    this.#upstreams = upstreams;
    this.#chance = chance;
    this.#teller = new Teller(shell.journal, shell.clock);
    this.#reports = new HealthReports(shell.journal, shell.clock);
  }

  async start(): Promise<void> {
    const onFailure = (error: unknown) => this.#shell.log.error('memory.unreadable', { reason: reasonOf(error) });
    const { bus, journal, clock } = this.#shell;
    const { memories, whole } = await recall(bus, journal, { now: clock.now(), onFailure });
    for (const { source } of this.#upstreams.columns) {
      const memory = memories.get(source.sourceId) ?? new Memory(whole);
      const detectors = detectorsOf(source);
      for (const detector of detectors) this.#watch(source, detector, detectors, memory);
    }
    const since = new Date(Date.parse(this.#shell.clock.now()) - followDays * 86_400_000).toISOString();
    const fail = (error: unknown) => this.#shell.log.error('follow_up.failed', { reason: reasonOf(error) });
    await followJournal(this.#shell.bus, {
      aggregate: 'item',
      since,
      onFailure: fail,
      onUnreadable: fail,
      onEntry: ({ events }) => {
        for (const event of events as ItemEvent[]) if (event.type === 'item.published') this.#follow(event);
      },
    });
  }

  /** One detector: a look, a pause as long as the pace says, the next look. */
  #watch(source: Source, detector: Detector, all: readonly Detector[], memory: Memory): void {
    let failures = 0;
    let newsAt = Date.parse(this.#shell.clock.now());
    let seen = -1;
    const prints = new Map<number, string>();
    const next = () => {
      const now = this.#shell.clock.now();
      const { seconds } = nextLook({
        pollSeconds: source.pollSeconds,
        zone: source.zone,
        now,
        failures,
        silentSeconds: (Date.parse(now) - newsAt) / 1_000,
        retryAfterSeconds: null,
        pushed: false,
        jitter: this.#chance.next(),
      });
      setTimeout(() => void look(), seconds * 1_000);
    };
    const look = async () => {
      try {
        if (this.#upstreams.isDown(source.sourceId)) {
          failures++;
          await this.#reports.failed(source.sourceId, detector.url, { code: 'http_error', detail: 'HTTP 503' }, null);
        } else {
          const revision = this.#upstreams.revision(source.sourceId);
          if (revision !== seen && (await this.#read(source, detector, all, memory, prints)))
            newsAt = Date.parse(this.#shell.clock.now());
          seen = revision;
          if (failures > 0) await this.#reports.succeeded(source.sourceId, detector.url);
          failures = 0;
        }
      } catch (error) {
        failures++;
        this.#shell.log.warn('source.look_failed', { reason: reasonOf(error) });
      }
      next();
    };
    setTimeout(() => void look(), this.#chance.between(0, 5_000));
  }

  /** @returns whether anything was new. */
  async #read(
    source: Source,
    detector: Detector,
    all: readonly Detector[],
    memory: Memory,
    prints: Map<number, string>,
  ): Promise<boolean> {
    let any = false;
    for (const publication of this.#upstreams.list(source.sourceId)) {
      const { number, versions, bumpedAt } = publication;
      const print = `${versions.length}/${bumpedAt}`;
      if (prints.get(number) === print) continue;
      const observed = observe(this.#entryOf(publication, detector), source);
      if (!observed.ok) throw new Error(`simulation: ${observed.detail}`);
      const { changed } = await this.#teller.tell(source, observed.observation, memory, {
        detector: detector.kind,
        via: detector.url,
        others: all.map(({ url }) => url).filter((url) => url !== detector.url),
        evidence: async () => this.#evidenceOf(publication),
      });
      prints.set(number, print);
      any ||= changed;
    }
    return any;
  }

  /** What a detector shows of it: a list knows addresses only, and some sources make up their ids anew. */
  #entryOf({ guid, link, versions, date, restless, issuer, documentNumber }: Publication, { kind }: Detector) {
    const { title, html } = versions.at(-1)!;
    const id = kind !== 'feed' || guid === null ? null : restless ? `${guid}/${this.#chance.int(1, 9)}` : guid;
    const tracked = this.#chance.is(0.2) ? `${link}?utm_source=rss` : link;
    const entry = plainEntry({
      id,
      title,
      link: tracked,
      published: date,
      updatedAt: null,
      summary: '',
      contentHtml: html,
      author: null,
      categories: [],
      enclosures: [],
    });
    return { ...entry, issuer, documentNumber };
  }

  #evidenceOf({ link, number }: Publication) {
    const snapshot = createHash('sha256').update(`${number}`).digest('hex');
    const seenAt = this.#shell.clock.now();
    return { url: link, status: 200, snapshot, bodyHash: snapshot, bytes: 100, seenAt };
  }

  /** Its own page is looked at again, ever more seldom. */
  #follow({ itemId, sourceId, link, firstSeenAt }: Extract<ItemEvent, { type: 'item.published' }>): void {
    if (this.#followed.has(itemId) || link === null) return;
    this.#followed.add(itemId);
    this.#lookLater({ itemId, sourceId, link, firstSeenAt });
  }

  #lookLater(followed: Followed, soonMs: number | null = null): void {
    const now = this.#shell.clock.now();
    const next = nextFollowUp(followed.firstSeenAt, now, followUpSchedule);
    if (next === null && soonMs === null) return;
    setTimeout(() => void this.#lookAgain(followed), soonMs ?? Date.parse(next!) - Date.parse(now));
  }

  async #lookAgain(followed: Followed): Promise<void> {
    let soonMs: number | null = null;
    try {
      if (await this.#isMissing(followed)) soonMs = (patienceSeconds + 1) * 1_000;
    } catch (error) {
      this.#shell.log.warn('follow_up.item_failed', { reason: reasonOf(error) });
    }
    this.#lookLater(followed, soonMs);
  }

  /** @returns whether it is lost, and a second look has still to say so. */
  async #isMissing({ itemId, sourceId, link }: Followed): Promise<boolean> {
    const publication = this.#publicationAt(link);
    if (!publication || this.#upstreams.isDown(sourceId)) return false;
    const lost = absenceOf({
      link,
      answeredBy: link,
      status: this.#upstreams.isThere(publication) ? 200 : 404,
      characters: 50,
      knownCharacters: 50,
    });
    const { events } = await this.#shell.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    const state = (events as ItemEvent[]).reduce(item.evolve, item.initial);
    if (!lost && state.missingSince === null) return false;
    const at = this.#shell.clock.now();
    const head = { id: `follow-up/${itemId}/${lost ? 'lost' : 'present'}/${at}`, at, itemId, sourceId };
    const actor = { kind: 'service' as const, id: 'ingest' };
    const command: ItemCommand = lost
      ? { type: 'item.report_missing', ...head, actor, ...lost, patienceSeconds }
      : { type: 'item.report_present', ...head, actor };
    await carryOut(this.#shell.journal, item, command);
    return lost !== null && !state.withdrawn && state.missingSince === null;
  }

  #publicationAt(link: string): Publication | undefined {
    const { publications } = this.#upstreams;
    for (; this.#known < publications.length; this.#known++) {
      const publication = publications[this.#known]!;
      this.#byLink.set(publication.link, publication);
    }
    return this.#byLink.get(link.split('?')[0]!);
  }
}
