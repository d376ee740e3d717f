import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, carryOut, followJournal, Journal, reasonOf, type Following } from '@tongsheng/bus';
import type { RecallCommand, RecallEvent, RecallTarget } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { PageProof, type Proof } from './page-proof.ts';
import { Places } from './public-places.ts';
import { openTargets, recall } from './recall.ts';

type Decided = Extract<RecallEvent, { type: 'recall.decided' }>;
type Waiting = { site: string; releaseId: string; tries: number; timer: NodeJS.Timeout | null; busy: boolean };

/** Waits before each look at what is not proven yet, in ms; the last one repeats. */
const waits = [200, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
/** After that long people are told; it is looked at all the same, in ms. */
const patience = 600_000;
/** The pause before the log is followed again, in ms. */
const pauseMs = 5_000;

/**
 * Looks from outside at every place that should show the new version, or nothing any more, until it does; only then it is
 * done with. What is to be looked at stands in the log, so that a crash forgets nothing.
 */
@Injectable()
export class ProveRecalls implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #waiting = new Map<string, Waiting>();
  readonly #looking = new Set<Promise<void>>();
  #following: Following | null = null;
  #position = 0;
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly places: Places,
    private readonly proof: PageProof,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.#follow();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#waiting.values()) if (timer) clearTimeout(timer);
    await this.#following?.stop();
    await Promise.all(this.#looking);
  }

  async #follow(): Promise<void> {
    this.#following = await followJournal(this.bus, {
      aggregate: 'recall',
      from: this.#position + 1,
      onEntry: ({ position, site, id, events }) => {
        this.#position = position;
        if (events.some(({ type }) => type === 'recall.decided' || type === 'recall.target_told')) this.#look(site, id);
      },
      onUnreadable: (error, { seq }) => this.log.error('recalls.unreadable', { position: seq, reason: error.message }),
      onFailure: (error) => {
        this.log.error('recalls.follow_failed', { reason: reasonOf(error) });
        if (this.#stopped) return;
        setTimeout(
          () => void this.#follow().catch((again: unknown) => this.#failed('recalls.follow_failed', again)),
          pauseMs,
        );
      },
    });
  }

  /** From now on, at once and then more and more rarely. */
  #look(site: string, releaseId: string): void {
    const key = `${site}/${releaseId}`;
    const known = this.#waiting.get(key) ?? { site, releaseId, tries: 0, timer: null, busy: false };
    known.tries = 0;
    this.#waiting.set(key, known);
    if (!known.busy) this.#schedule(key, known);
  }

  #schedule(key: string, waiting: Waiting): void {
    if (this.#stopped) return;
    if (waiting.timer) clearTimeout(waiting.timer);
    const ms = waits[Math.min(waiting.tries++, waits.length - 1)]!;
    waiting.timer = setTimeout(() => {
      waiting.busy = true;
      const looking = this.#lookAt(waiting)
        .catch((error: unknown) => {
          this.#failed('recalls.look_failed', error);
          return true;
        })
        .then((isOpen) => {
          waiting.busy = false;
          // Something happened meanwhile: it counts anew.
          if (isOpen || waiting.tries === 0) this.#schedule(key, waiting);
          else this.#waiting.delete(key);
        })
        .finally(() => this.#looking.delete(looking));
      this.#looking.add(looking);
    }, ms);
  }

  /** @returns whether anything is left to be looked at. */
  async #lookAt({ site, releaseId }: Waiting): Promise<boolean> {
    const events = (await this.journal.read({ aggregate: 'recall', site, id: releaseId })).events as RecallEvent[];
    const state = events.reduce(recall.evolve, recall.initial);
    const decided = events.findLast((event) => event.type === 'recall.decided');
    const places = await this.places.of(site, releaseId);
    if (!state.current || !decided || !places) return false;
    const due = openTargets(state).filter((target) => isLookedAt(events, state.current!.round, target));
    const old =
      places.versions.findLast(({ contentHash }) => contentHash === decided.contentHash) ?? places.versions[0]!;
    const proven = await Promise.all(
      due.map(async (target) => {
        const found = await this.#proofOf(decided, target, old);
        await this.#say(decided, target, found, events);
        return found.is === 'proven';
      }),
    );
    return proven.includes(false);
  }

  #proofOf(
    { kind, contentHash, releaseId }: Decided,
    { targetId, url, channelId }: RecallTarget,
    old: {
      kind: 'press' | 'policy' | 'interpretation' | 'response' | 'rebuttal' | 'notice';
      title: string;
      html: string;
    },
  ): Promise<Proof> {
    if (channelId !== null) return this.proof.forElsewhere(url!, old);
    if (kind === 'correct') return this.proof.forContent(url!, contentHash);
    const site = targetId.slice('page/'.length);
    return this.proof.forAbsence(url!, { site, kind: old.kind, documentId: releaseId }, old);
  }

  async #say(
    { site, releaseId, round, decidedAt }: Decided,
    { targetId }: RecallTarget,
    found: Proof,
    events: RecallEvent[],
  ) {
    const at = this.clock.now();
    const head = { id: this.ids.next(), at, actor: { kind: 'service' as const, id: 'releases' }, releaseId, site };
    const target = { round, targetId, detail: found.detail.slice(0, 2_000) };
    const told = events.findLast((event) => event.type === 'recall.target_told' && event.targetId === targetId);
    const since = told?.type === 'recall.target_told' ? told.toldAt : decidedAt;
    const command: RecallCommand | null =
      found.is === 'proven'
        ? { type: 'recall.record_seen', ...head, ...target, evidence: found.evidence }
        : Date.parse(at) - Date.parse(since) > patience
          ? { type: 'recall.record_failed', ...head, ...target }
          : null;
    if (command) await carryOut(this.journal, recall, command);
  }

  #failed(what: string, error: unknown): void {
    this.log.error(what, { reason: reasonOf(error) });
  }
}

/** Our own pages, and the pages of platforms that said they had taken it away. */
function isLookedAt(
  events: readonly RecallEvent[],
  round: number,
  { targetId, channelId, url }: RecallTarget,
): boolean {
  if (url === null) return false;
  if (channelId === null) return true;
  return events.some(
    (event) => event.type === 'recall.target_told' && event.round === round && event.targetId === targetId,
  );
}
