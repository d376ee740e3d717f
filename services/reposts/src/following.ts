import { Injectable } from '@nestjs/common';
import { causedBy, Journal } from '@tongsheng/bus';
import {
  usualRetractLimit,
  versionsOf,
  type Binding,
  type ItemEvent,
  type ItemVersion,
  type RepostCommand,
  type RoutingEvent,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { Clusters } from './clusters.ts';
import { Configuration } from './configuration.ts';
import { dueAt } from './obligations.ts';
import { Tasks, taskIdOf } from './tasks.ts';

type Cause = ReturnType<typeof causedBy>;
type Known = { itemId: string; sourceId: string };
type Lost = Extract<ItemEvent, { type: 'item.withdrawn' }>;
/** What a source says of an item now. */
type Word = {
  newest: ItemVersion;
  /** Its withdrawal, while it lasts; and when it came back, where it ever did. */
  lost: Lost | null;
  returnedAt: string | null;
};
type Task = { binding: Binding; taskId: string; site: string };

/**
 * Tells the tasks of an item what its source says of it now: another version, that it is gone, that it is there again.
 * That is every task of every site that owes it or ever did, in whichever clusters it was, because what is out stays out
 * when people regroup it. Tasks know what they have been told before, so saying it again is harmless.
 */
@Injectable()
export class Following {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly clusters: Clusters,
    private readonly configuration: Configuration,
    private readonly tasks: Tasks,
  ) {}

  async newest(known: Known): Promise<ItemVersion> {
    return (await this.#wordOf(known)).newest;
  }

  /** Its source has just spoken. */
  follow(known: Known, cause: Cause): Promise<void> {
    return this.#follow(known, cause, { late: false });
  }

  /**
   * Tasks were not there to be told, or on their way: what follows of it is owed from now on.
   * @param told what they know already. @param site one alone.
   */
  async catchUp(known: Known, told: { contentHash: string }, cause: Cause, site?: string): Promise<void> {
    const { newest, lost } = await this.#wordOf(known);
    if (lost || newest.contentHash !== told.contentHash) await this.#follow(known, cause, { late: true, site });
  }

  /** A site has taken an item down: where the source has it by now, it is owed again. */
  async bringBack(known: Known, cause: Cause, site: string): Promise<void> {
    const { lost } = await this.#wordOf(known);
    if (!lost) await this.#follow(known, cause, { late: true, site });
  }

  /** Told once more where it changes meanwhile, so that of two that tell at the same moment the later word stays. */
  async #follow(known: Known, cause: Cause, when: { late: boolean; site?: string | undefined }): Promise<void> {
    const { site = null } = when;
    const tasks = (await this.#tasksOf(known)).filter((task) => site === null || task.site === site);
    let word = await this.#wordOf(known);
    for (;;) {
      const said = word;
      await Promise.all(
        tasks.map(async (task) => {
          for (const command of this.#saying(task, said, cause, when)) await this.tasks.tellIfThere(command);
        }),
      );
      word = await this.#wordOf(known);
      if (isSame(said, word)) return;
    }
  }

  /** Whether it is there, before what it says: what is gone is not brought up to date, and what is back may be behind. */
  #saying({ binding, taskId, site }: Task, word: Word, cause: Cause, { late }: { late: boolean }): RepostCommand[] {
    const { newest, lost, returnedAt } = word;
    const { itemId, version, contentHash, title } = newest;
    const at = this.clock.now();
    const said = (about: string) => ({
      id: `${taskId}/follow/${itemId}/${about}/${cause.causationId ?? ''}`.slice(0, 200),
      at,
      actor: { kind: 'service' as const, id: 'reposts' },
      ...cause,
      taskId,
      site,
      itemId,
    });
    const within = (limit: string, from: string) => {
      const startsAt = late ? at : from;
      return { limit, startsAt, dueAt: dueAt(startsAt, limit) };
    };
    if (lost) {
      const { reason, detail } = lost;
      const retract = within(this.#retractLimitOf(binding), lost.withdrawnAt);
      return [{ type: 'repost.follow_withdrawal', ...said(lost.withdrawnAt), reason, detail, retract }];
    }
    // A page that is out has to be brought up to date within the limit that bound the site to repost it.
    const update = within(binding.limit, at);
    const change: RepostCommand = {
      type: 'repost.follow_source',
      ...said(String(version)),
      version,
      contentHash,
      title,
      update,
    };
    if (returnedAt === null && !late) return [change];
    const again = within(binding.limit, returnedAt ?? at);
    return [{ type: 'repost.follow_return', ...said(`back/${returnedAt ?? at}`), again }, change];
  }

  /** As the policy that bound the site says it today. */
  #retractLimitOf({ policy }: Binding): string {
    const known = this.configuration.book.policies.find(({ policyId }) => policyId === policy?.policyId);
    return known?.retractLimit ?? usualRetractLimit;
  }

  async #tasksOf({ itemId, sourceId }: Known): Promise<Task[]> {
    const clusters = await this.clusters.everOf(itemId);
    const { events } = await this.journal.read({ aggregate: 'routing', site: sourceId, id: itemId });
    const tasks = new Map<string, Task>();
    for (const binding of (events as RoutingEvent[]).flatMap((event) => ('bindings' in event ? event.bindings : []))) {
      for (const site of binding.sites) {
        for (const clusterId of clusters) {
          const taskId = taskIdOf(site, clusterId, binding.target);
          tasks.set(taskId, { binding, taskId, site });
        }
      }
    }
    return [...tasks.values()];
  }

  async #wordOf({ itemId, sourceId }: Known): Promise<Word> {
    const past = await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    const events = past.events as ItemEvent[];
    const newest = versionsOf(events).at(-1)!;
    const lastLost = events.findLastIndex(({ type }) => type === 'item.withdrawn');
    if (lastLost < 0) return { newest, lost: null, returnedAt: null };
    const returned = events.slice(lastLost).find((event) => event.type === 'item.returned');
    if (returned?.type === 'item.returned') return { newest, lost: null, returnedAt: returned.returnedAt };
    return { newest, lost: events[lastLost] as Lost, returnedAt: null };
  }
}

const isSame = (one: Word, other: Word) =>
  one.newest.version === other.newest.version &&
  one.lost?.withdrawnAt === other.lost?.withdrawnAt &&
  one.returnedAt === other.returnedAt;
