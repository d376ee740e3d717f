import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  obliged,
  target as targets,
  type ClusterEvent,
  type Obliged,
  type RepostEvent,
  type Target,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { cluster } from './cluster.ts';
import { Clusters } from './clusters.ts';
import { Configuration } from './configuration.ts';
import { Following } from './following.ts';
import { repost } from './repost.ts';
import { Tasks, taskIdOf } from './tasks.ts';

type Split = Extract<ClusterEvent, { type: 'cluster.split' }>;
type Merged = Extract<ClusterEvent, { type: 'cluster.merged' }>;
type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Place = { site: string; target: Target };

/** When people say what is the same policy and what is not, then the tasks are split and merged; no limit moves by it. */
@Controller()
export class RegroupReposts {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
    private readonly clusters: Clusters,
    private readonly tasks: Tasks,
    private readonly following: Following,
  ) {}

  @Reaction('cluster', 'regroup-reposts')
  async react(@Payload() entry: Entry<ClusterEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'cluster.split') await this.#split(entry, event);
      if (event.type === 'cluster.merged') await this.#merge(entry, event);
    }
  }

  /** The item has a cluster of its own, and each site a task for it, with the obligation that it always had. */
  async #split(entry: Entry<ClusterEvent>, { clusterId, itemId, to }: Split): Promise<void> {
    const past = await this.journal.read({ aggregate: 'cluster', site: '_', id: clusterId });
    const member = (past.events as ClusterEvent[])
      .flatMap((event) => ('member' in event ? [event.member] : []))
      .find((each) => each.itemId === itemId);
    if (!member) return;
    await carryOut(this.journal, cluster, {
      type: 'cluster.open',
      id: `${to}/cluster.open/${itemId}`,
      ...this.#head(entry),
      clusterId: to,
      member,
    });
    await this.clusters.hold(`item:${itemId}`, to, causedBy(entry));
    await this.#everywhere(async ({ site, target }) => {
      const taskId = taskIdOf(site, clusterId, target);
      const events = await this.#eventsOf(site, taskId);
      const queued = events.find((event): event is Queued => event.type === 'repost.queued');
      const obliged = obligedIn(events).find((each) => each.itemId === itemId);
      if (!queued || !obliged) return;
      const { column, kind, priority } = queued;
      const own = taskIdOf(site, to, target);
      await this.tasks.tell({
        type: 'repost.queue',
        id: `${own}/queue/${itemId}`,
        ...this.#head(entry),
        taskId: own,
        site,
        ...obliged,
        column,
        clusterId: to,
        kind,
        priority,
        target,
      });
      await this.tasks.tell({
        type: 'repost.unbind',
        id: `${taskId}/unbind/${itemId}/${entry.position}`,
        ...this.#head(entry),
        taskId,
        site,
        itemId,
      });
    });
    await this.#catchUp(to, entry);
  }

  /** Its items are in the other cluster, and where a site has a task for both, the one that is further on stays. */
  async #merge(entry: Entry<ClusterEvent>, { clusterId, into, reason }: Merged): Promise<void> {
    const past = await this.journal.read({ aggregate: 'cluster', site: '_', id: clusterId });
    const before = (past.events as ClusterEvent[])
      .filter((event) => event.type !== 'cluster.merged')
      .reduce(cluster.evolve, cluster.initial);
    for (const member of before.status === 'open' ? before.members : []) {
      await carryOut(this.journal, cluster, {
        type: 'cluster.join',
        // What was split off before has been here already: joining again is another command.
        id: `${into}/cluster.join/${member.itemId}/${entry.position}`,
        ...this.#head(entry),
        actor: entry.envelope.actor,
        clusterId: into,
        member,
        because: [{ signal: 'person', detail: reason }],
      });
      await this.clusters.hold(`item:${member.itemId}`, into, causedBy(entry));
    }
    await this.#everywhere(async ({ site, target }) => {
      const ids = [taskIdOf(site, into, target), taskIdOf(site, clusterId, target)] as const;
      const [kept, other] = await Promise.all(ids.map((id) => this.#eventsOf(site, id)));
      if (!kept || !other || other.length === 0) return;
      if (kept.length === 0) return this.#rename(entry, other, { from: ids[1], to: ids[0], clusterId: into });
      // Two pages that the public has stay two pages.
      if (isOut(kept) && isOut(other)) return;
      const [stays, goes] = isOut(other) && !isOut(kept) ? [ids[1], ids[0]] : ids;
      for (const obliged of obligedIn(stays === ids[0] ? other : kept)) {
        const id = `${stays}/bind/${obliged.itemId}/${entry.position}`;
        await this.tasks.tell({ type: 'repost.bind', id, ...this.#head(entry), taskId: stays, site, ...obliged });
      }
      const id = `${goes}/merge/${stays}`;
      await carryOut(this.journal, repost, {
        type: 'repost.merge',
        id,
        ...this.#head(entry),
        taskId: goes,
        site,
        into: stays,
      });
    });
    await this.#catchUp(into, entry);
  }

  /** A task that has an item from now on is not less told of it than the one that had it before. */
  async #catchUp(clusterId: string, entry: Entry): Promise<void> {
    for (const member of (await this.clusters.membersOf(clusterId)) ?? []) {
      const { contentHash } = await this.following.newest(member);
      await this.following.catchUp(member, { contentHash }, causedBy(entry));
    }
  }

  /**
   * Where a site owes only what was merged, its open task goes by the name of the cluster that it is in now: what its
   * source changes, and what joins later, is told there.
   */
  async #rename(
    entry: Entry,
    events: readonly RepostEvent[],
    { from, to, clusterId }: { from: string; to: string; clusterId: string },
  ): Promise<void> {
    const queued = events.find((event): event is Queued => event.type === 'repost.queued');
    if (!queued || events.some(({ type }) => closes.has(type))) return;
    const { site, column, kind, priority, target } = queued;
    const head = this.#head(entry);
    for (const obliged of obligedIn(events)) {
      const id = `${to}/queue/${obliged.itemId}/${entry.position}`;
      const task = { taskId: to, site, column, clusterId, kind, priority, target };
      await this.tasks.tell({ type: 'repost.queue', id, ...head, ...task, ...obliged });
    }
    const id = `${from}/merge/${to}`;
    await carryOut(this.journal, repost, { type: 'repost.merge', id, ...head, taskId: from, site, into: to });
  }

  async #everywhere(work: (place: Place) => Promise<void>): Promise<void> {
    for (const { siteId: site } of this.configuration.book.sites)
      await Promise.all(targets.options.map((target) => work({ site, target })));
  }

  async #eventsOf(site: string, id: string): Promise<RepostEvent[]> {
    return (await this.journal.read({ aggregate: 'repost', site, id })).events as RepostEvent[];
  }

  #head(entry: Entry) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...causedBy(entry) };
  }
}

/** What is decided stays where it was decided. */
const closes: ReadonlySet<string> = new Set(['repost.approved', 'repost.exempted', 'repost.merged']);

/** Somebody decided that it goes out. */
const isOut = (events: readonly RepostEvent[]) => events.some(({ type }) => type === 'repost.approved');

/** What a task owes, each item as it was bound, in the version that its source has now. */
export function obligedIn(events: readonly RepostEvent[]): Obliged[] {
  const owed = new Map<string, Obliged>();
  for (const event of events) {
    if (event.type === 'repost.queued' || event.type === 'repost.bound') owed.set(event.itemId, obliged.parse(event));
    if (event.type === 'repost.unbound') owed.delete(event.itemId);
    if (event.type !== 'repost.source_changed') continue;
    const itemId = event.itemId ?? [...owed.keys()][0]!;
    const { version, contentHash, title } = event;
    const known = owed.get(itemId);
    if (known) owed.set(itemId, { ...known, version, contentHash, title });
  }
  return [...owed.values()];
}
