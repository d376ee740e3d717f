import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, carryOut, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import type { Source } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { item } from './item.ts';
import { BadEntry, observe, withoutSharedIds } from './observation.ts';
import { sourceHealth } from './source-health.ts';
import { readSource, type Marks } from './sources/index.ts';

/** Addresses that may be reached although they are not public. */
export class Allowed {
  readonly hosts: readonly string[];
  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }
}

const longestWaitMs = 30 * 60_000;
/** When to look again: a source that fails is left alone twice as long each time, never beyond half an hour, never for good. */
export function nextLookMs(pollSeconds: number, failures: number): number {
  const pace = pollSeconds * 1_000;
  return Math.min(pace * 2 ** failures, Math.max(longestWaitMs, pace));
}
/** Sources read at the same time, and entries of one source handled beside each other. */
const parallelSources = 8;
const parallelEntries = 16;

type Polled = {
  source: Source;
  timer: NodeJS.Timeout | null;
  marks: Marks | null;
  failures: number;
  known: Map<string, string>;
};

/**
 * Reads every source at its pace and says what it saw. What it remembers (validators, which entries it has told) only
 * saves work: after a restart everything is told again, and the journal answers that it knew.
 */
@Injectable()
export class Poller implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #polled = new Map<string, Polled>();
  readonly #running = new Set<Promise<void>>();
  #sources!: LiveTable<'source'>;
  #free = parallelSources;
  readonly #queue: (() => void)[] = [];
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly allowed: Allowed,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('configuration.unreadable', { reason: reasonOf(error) });
    this.#sources = await LiveTable.open(this.bus, 'source', onFailure);
    this.#sources.onChange((_, source) => this.#watch(source));
    for (const source of this.#sources.all()) this.#watch(source);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#polled.values()) if (timer) clearTimeout(timer);
    await this.#sources.close();
    await Promise.all(this.#running);
  }

  #watch(source: Source): void {
    const before = this.#polled.get(source.sourceId);
    if (before?.timer) clearTimeout(before.timer);
    const polled: Polled = { source, timer: null, marks: null, failures: 0, known: before?.known ?? new Map() };
    this.#polled.set(source.sourceId, polled);
    if (!source.paused) this.#schedule(polled, 0);
  }

  #schedule(polled: Polled, afterMs: number): void {
    if (this.#stopped || this.#polled.get(polled.source.sourceId) !== polled) return;
    polled.timer = setTimeout(() => {
      const run = this.#poll(polled).catch((error: unknown) =>
        this.log.error('source.poll_failed', { sourceId: polled.source.sourceId, reason: reasonOf(error) }),
      );
      this.#running.add(run);
      void run.finally(() => {
        this.#running.delete(run);
        this.#schedule(polled, nextLookMs(polled.source.pollSeconds, polled.failures));
      });
    }, afterMs);
  }

  async #poll(polled: Polled): Promise<void> {
    await this.#turn();
    try {
      const { source } = polled;
      const read = await readSource(source, { allow: this.allowed.hosts, marks: polled.marks });
      if (read.kind === 'trouble') return await this.#failed(polled, read.code, read.detail);
      if (read.kind === 'read') {
        const entries = withoutSharedIds(read.entries);
        const seen = new Set<string>();
        const lanes = Array.from({ length: Math.min(parallelEntries, entries.length) }, async () => {
          for (let entry = entries.shift(); entry && !this.#stopped; entry = entries.shift())
            await this.#tell(polled, entry, seen);
        });
        await Promise.all(lanes);
        if (read.trouble) return await this.#failed(polled, read.trouble.code, read.trouble.detail);
        // Validators are kept only after every entry was told; a crash in between reads the whole feed again.
        if (!this.#stopped) polled.marks = read.marks;
      }
      polled.failures = 0;
      await this.#report(polled, { type: 'source.report_success' });
    } finally {
      this.#free++;
      this.#queue.shift()?.();
    }
  }

  /** `seen`: the items of this look. Of several entries of one item the first counts; told in turn, they would revise each other for ever. */
  async #tell(polled: Polled, entry: Parameters<typeof observe>[1], seen: Set<string>): Promise<void> {
    const { sourceId } = polled.source;
    try {
      const { itemId, key, publication, content } = observe(sourceId, entry);
      if (seen.has(itemId)) return;
      seen.add(itemId);
      if (polled.known.get(itemId) === content.contentHash) return;
      await carryOut(this.journal, item, {
        type: 'item.observe',
        id: `observe/${itemId}/${content.contentHash.slice(0, 16)}/${this.clock.now()}`,
        ...this.#head(),
        itemId,
        sourceId,
        key,
        publication,
        content,
      });
      polled.known.set(itemId, content.contentHash);
    } catch (error) {
      if (!(error instanceof BadEntry)) throw error;
      const key = (entry.id ?? entry.link ?? entry.title).slice(0, 2_000);
      const title = entry.title.slice(0, 500);
      const detail = error.message.slice(0, 1_000);
      await this.#report(polled, { type: 'source.reject_entry', key, title, code: error.code, detail }, key);
    }
  }

  async #failed(polled: Polled, code: string, detail: string): Promise<void> {
    polled.failures = Math.min(polled.failures + 1, 12);
    await this.#report(polled, { type: 'source.report_failure', code, detail: detail.slice(0, 1_000) });
  }

  /** `about` tells reports of one moment apart: several entries may be turned away within a millisecond. */
  async #report(polled: Polled, report: ReportBody, about = ''): Promise<void> {
    const { sourceId } = polled.source;
    const at = this.clock.now();
    const id = `${sourceId}/${report.type}/${createHash('sha256').update(about).digest('hex').slice(0, 16)}/${at}`;
    await carryOut(this.journal, sourceHealth, { ...report, id, ...this.#head(), sourceId });
  }

  #head() {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'ingest' } };
  }

  async #turn(): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#free--;
  }
}

type ReportBody =
  | { type: 'source.report_success' }
  | { type: 'source.report_failure'; code: string; detail: string }
  | { type: 'source.reject_entry'; key: string; title: string; code: string; detail: string };
