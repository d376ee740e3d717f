import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { taskKey, type Place, type QueueChoices } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { tellAlarms } from './alarm-figures.ts';
import { Changes } from './changes.ts';
import { findClosed, type ClosedPage, type ClosedPlace, type ClosedSearch } from './closed-tasks.ts';
import { Models } from './models.ts';
import { byTimeLeft, nextDue, openTasks } from './task-figures.ts';
import { OpenTasks, type Asked, type Page } from './open-tasks.ts';

const againMs = 500;

/** The repost tasks as editors look for them: what is open out of memory, what is closed out of Redis. */
@Injectable()
export class TaskQueue implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #open = new OpenTasks();
  #loading: Promise<void> | null = null;
  #again = false;
  #begun = false;
  #stopped = false;
  /** Everything up to this position has been heard. */
  #settled = 0;
  #newest = 0;

  constructor(
    private readonly models: Models,
    private readonly changes: Changes,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    changes.hear((view, change) => {
      if (view !== 'reposts') return;
      this.#newest = Math.max(this.#newest, change.position);
      this.#open.hear(change);
      if ('rebuilt' in change && this.#begun) void this.#load();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#begun = true;
    await this.#load();
    this.#tellFigures();
  }

  onModuleDestroy(): void {
    this.#stopped = true;
  }

  #tellFigures(): void {
    openTasks.tell(() =>
      Object.entries(byTimeLeft(this.#open.dues(), this.#now())).map(([left, value]) => ({ labels: { left }, value })),
    );
    tellAlarms(this.models);
    nextDue.tell(() => {
      const now = this.#now();
      const next = [...this.#open.dues()].reduce((least, due) => (due > now && due < least ? due : least), Infinity);
      return next === Infinity ? [] : [{ labels: {}, value: next / 1_000 }];
    });
  }

  readonly #now = () => Date.parse(this.clock.now());

  /** The position that is shown at least. */
  get position(): number {
    return Math.max(this.#settled, this.#newest);
  }

  /** Resolves when what is shown is at least so new. @throws Refusal stale_view */
  async reach(position: number): Promise<void> {
    if (position > this.#settled) {
      const { runner } = this.models.reposts;
      await runner.reach(position);
      const reached = runner.status.position;
      await this.changes.settled();
      this.#settled = Math.max(this.#settled, reached);
    }
    if (position > 0) await this.#loading;
  }

  /** @throws Refusal stale_view */
  find(asked: Asked, after: Place | null, limit: number): Page {
    return this.#open.find(asked, after, limit);
  }

  /** @throws Refusal stale_view */
  choices(view: Asked['view'], sites: readonly string[] | null): QueueChoices {
    return this.#open.choices(view, sites);
  }

  /** What was closed, newest first. @throws Refusal stale_view */
  async closed(
    search: Pick<ClosedSearch, 'fits' | 'limit' | 'most'>,
    sites: readonly string[] | null,
    from: ClosedPlace | null,
  ): Promise<ClosedPage & { total: number | null }> {
    const { reader, projection } = this.models.reposts;
    const sets = sites?.map((site) => `closed:${site}`) ?? ['closed:*'];
    const [page, counts] = await Promise.all([
      findClosed({
        ...search,
        sets,
        from,
        read: (set, range) => reader.listJson(set, { ...range, reverse: true }),
        scoreOf: (row, set) => projection.sets!(row, taskKey(row))[set] ?? 0,
      }),
      search.fits ? null : reader.count(sets),
    ]);
    return { ...page, total: counts && counts.reduce((sum, each) => sum + each, 0) };
  }

  /** Reads the open tasks anew; asked while it reads, once more. */
  #load(): Promise<void> {
    this.#again = true;
    this.#loading ??= this.#loadAll().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #loadAll(): Promise<void> {
    const { reader } = this.models.reposts;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const position = await reader.position();
        await this.#open.load(reader.all('open'));
        this.#settled = Math.max(this.#settled, position);
      } catch (error) {
        // Redis is away, or the model is being built: what is in memory is no longer what it says.
        this.#open.doubt();
        this.#again = true;
        this.log.warn('queue.not_read', { reason: reasonOf(error) });
        await wait(againMs);
      }
    }
  }
}
