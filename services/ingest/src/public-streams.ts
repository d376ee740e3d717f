import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, followStream, reasonOf, type Following } from '@tongsheng/bus';
import { subjects } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import type { Watch } from './watch.ts';
import { Watcher } from './watcher.ts';

/** What is older than this was told long ago; a new source begins with what is recent. */
const reachDays = 30;
const retryMs = 30_000;

/** Follows the PUBLIC streams of other deployments, which carry what they publish the moment they do. */
@Injectable()
export class PublicStreams implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #following = new Map<string, { watch: Watch; following: Following | null; timer: NodeJS.Timeout | null }>();
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly watcher: Watcher,
  ) {}

  onApplicationBootstrap(): void {
    this.watcher.onOpened((source, watches) => {
      this.#drop(source.sourceId);
      if (source.paused) return;
      for (const watch of watches) if (watch.detector.kind === 'public') void this.#follow(watch);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const sourceId of this.#following.keys()) this.#drop(sourceId);
  }

  #drop(sourceId: string): void {
    const before = this.#following.get(sourceId);
    this.#following.delete(sourceId);
    if (before?.timer) clearTimeout(before.timer);
    void before?.following?.stop();
  }

  async #follow(watch: Watch): Promise<void> {
    const { sourceId } = watch.source;
    const { stream, url } = watch.detector;
    if (this.#stopped || stream === undefined) return;
    const mine = { watch, following: null as Following | null, timer: null as NodeJS.Timeout | null };
    this.#following.set(sourceId, mine);
    // What the exchange brought stands under the neighbour's name; what JetStream itself mirrors, as it was.
    const neighbour = /^FROM_([A-Z0-9]+)$/.exec(stream)?.[1]?.toLowerCase();
    const within = (subject: string) => (neighbour ? subjects.brought(neighbour, subject) : subject);
    const lastOf = async (name: string, subject: string) =>
      (await this.bus.jsm.streams.getMessage(name, { last_by_subj: subject })).seq;
    const lost = (error: unknown) => {
      this.log.warn('public_stream.lost', { sourceId, stream, reason: reasonOf(error) });
      void watch.failed({ code: 'stream_missing', detail: `stream ${stream}: ${reasonOf(error)}` });
      if (this.#following.get(sourceId) === mine) mine.timer = setTimeout(() => void this.#follow(watch), retryMs);
    };
    try {
      const since = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus({ days: reachDays }).toISO()!;
      mine.following = await followStream(this.bus, {
        stream,
        subject: within(subjects.publicDocuments()),
        since,
        onFailure: lost,
        async onMessage({ subject, seq, data, headers }) {
          // What was sealed follows in plain once it is open.
          if (['sealed', 'key'].includes(subjects.publicKindOf(subject.slice(within('').length)))) return;
          // Only the last word on a page counts: who reads the stream anew would take the ones before for revisions.
          if ((await lastOf(stream, subject)) !== seq) return;
          const told = [...(headers ?? [])].map(([name, values]) => ({ name, value: values.join(', ') }));
          const place = [
            { name: 'nats-stream', value: stream },
            { name: 'nats-sequence', value: String(seq) },
          ];
          const answer = { url, status: 200, headers: [...place, { name: 'nats-subject', value: subject }, ...told] };
          const arrival = { bytes: data, contentType: 'application/json', url, link: null };
          await watch.arrived(arrival, { ...answer, bytes: Buffer.from(data) });
        },
      });
    } catch (error) {
      lost(error);
    }
  }
}
