import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, EvidenceStore, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import { detectorsOf, Refusal, type Source, type SourceReadNow, type SourceStatus } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { HealthReports } from './health-reports.ts';
import { Memory, recall } from './memory.ts';
import { Reader } from './reader.ts';
import * as figures from './source-figures.ts';
import { Teller } from './teller.ts';
import { lackingOf, Watch, type WatchTools } from './watch.ts';
import { Web } from './web.ts';
import { Witness } from './witness.ts';

/** Between two requests to one host, at the most; less where its sources could not be read in time otherwise. */
const politeMs = 2_000;

type Listener = (source: Source, watches: readonly Watch[]) => void;
type Watched = { source: Source; memory: Memory; watches: Watch[] };

/** Keeps a watch on every registered source, by each of its detectors. */
@Injectable()
export class Watcher implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #watched = new Map<string, Watched>();
  readonly #perHost = new Map<string, number>();
  readonly #listeners = new Set<Listener>();
  readonly #tools: WatchTools;
  #sources!: LiveTable<'source'>;
  #opening: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    evidence: EvidenceStore,
    private readonly clock: Clock,
    private readonly log: Log,
    web: Web,
    reader: Reader,
  ) {
    this.#tools = {
      clock,
      log,
      web,
      reader,
      teller: new Teller(journal, clock),
      witness: new Witness(evidence),
      reports: new HealthReports(journal, clock),
      jitter: Math.random,
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('configuration.unreadable', { reason: reasonOf(error) });
    this.#sources = await LiveTable.open(this.bus, 'source', onFailure);
    const { memories, whole } = await recall(this.bus, this.journal, { now: this.clock.now(), onFailure });
    this.#tellFigures();
    // Of a source that is registered from now on, nothing can have been told before.
    this.#sources.onChange((_, source) => this.#open(source, () => new Memory(true)));
    for (const source of this.#sources.all())
      this.#open(source, () => memories.get(source.sourceId) ?? new Memory(whole));
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await this.#sources.close();
    await this.#opening;
    await Promise.all([...this.#watched.values()].flatMap(({ watches }) => watches.map((watch) => watch.stop())));
  }

  get(sourceId: string): Source | undefined {
    return this.#watched.get(sourceId)?.source;
  }

  watchesOf(sourceId: string): readonly Watch[] {
    return this.#watched.get(sourceId)?.watches ?? [];
  }

  /** Told of a source's watches whenever it is opened anew. */
  onOpened(listener: Listener): void {
    this.#listeners.add(listener);
    for (const { source, watches } of this.#watched.values()) listener(source, watches);
  }

  /** @throws Refusal */
  async status(sourceId: string): Promise<SourceStatus> {
    const { watches } = await this.#mustHave(sourceId);
    return { sourceId, detectors: watches.map((watch) => watch.status) };
  }

  /** @throws Refusal */
  async readNow(sourceId: string): Promise<SourceReadNow> {
    const { watches } = await this.#mustHave(sourceId);
    const looks = await Promise.all(watches.filter(({ pulled }) => pulled).map((watch) => watch.look()));
    return { sourceId, looks };
  }

  async #mustHave(sourceId: string): Promise<Watched> {
    await this.#opening;
    const watched = this.#watched.get(sourceId);
    if (!watched) throw new Refusal('registration_missing', `no source ${sourceId}`);
    return watched;
  }

  #tellFigures(): void {
    const each = (value: (source: Source, watches: readonly Watch[]) => number) => () =>
      [...this.#watched.values()]
        .map(({ source, watches }) => ({ source, watches: watches.filter(({ pulled }) => pulled) }))
        .filter(({ source, watches }) => !source.paused && watches.length > 0)
        .map(({ source, watches }) => ({ labels: { source: source.sourceId }, value: value(source, watches) }));
    const now = () => Date.parse(this.clock.now());
    figures.lookAge.tell(
      each((_, watches) => Math.min(...watches.map(({ wellAt }) => Math.max(0, now() - Date.parse(wellAt)) / 1_000))),
    );
    figures.lookInterval.tell(each(({ pollSeconds }) => pollSeconds));
    figures.failures.tell(each((_, watches) => Math.min(...watches.map(({ status }) => status.failures))));
  }

  /** One after the other, because a registration may follow another one at once. */
  #open(source: Source, remember: () => Memory): void {
    this.#opening = this.#opening
      .then(() => this.#reopen(source, remember))
      .catch((error: unknown) =>
        this.log.error('source.not_opened', { sourceId: source.sourceId, reason: reasonOf(error) }),
      );
  }

  async #reopen(source: Source, remember: () => Memory): Promise<void> {
    if (this.#stopped) return;
    const { sourceId } = source;
    const before = this.#watched.get(sourceId);
    await Promise.all((before?.watches ?? []).map((watch) => watch.stop()));
    const memory = before?.memory ?? remember();
    const spacing = () => this.spacingMs(source);
    const watches = detectorsOf(source).map((detector) => new Watch(source, detector, memory, spacing, this.#tools));
    if (watches.length > 1) for (const watch of watches) watch.onRead = () => this.#compare(watch, watches);
    if (before) this.#count(before.source, -1);
    this.#count(source, 1);
    this.#watched.set(sourceId, { source, memory, watches });
    for (const listener of this.#listeners) listener(source, watches);
    for (const watch of watches) watch.start();
  }

  async #compare(watch: Watch, all: readonly Watch[]): Promise<void> {
    const others = all.filter((each) => each !== watch);
    const missing = lackingOf(watch, others);
    const said = missing.map(({ title }) => title).join('\n');
    if (said === watch.lackingSaid) return;
    await this.#tools.reports.lacking(watch.source.sourceId, watch.detector.url, missing);
    watch.lackingSaid = said;
  }

  /** All sources of a host must fit into a quarter of their interval; without that need it is asked every two seconds. */
  spacingMs({ url, pollSeconds }: Source): number {
    return Math.min(politeMs, (pollSeconds * 250) / ((this.#perHost.get(new URL(url).host) ?? 0) + 1));
  }

  #count({ url }: Source, by: 1 | -1): void {
    const { host } = new URL(url);
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + by);
  }
}
