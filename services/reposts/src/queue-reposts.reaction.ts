import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  type Binding,
  type Decision,
  type ItemEvent,
  type Member,
  type Obliged,
  type RoutingEvent,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { textOf } from '@tongsheng/web';
import { Clusters } from './clusters.ts';
import { Configuration } from './configuration.ts';
import { Following } from './following.ts';
import { printOf } from './likeness.ts';
import { dueAt } from './obligations.ts';
import { Tasks, taskIdOf } from './tasks.ts';

type Decided = Extract<RoutingEvent, { type: 'routing.decided' }>;
type Assigned = Extract<RoutingEvent, { type: 'routing.assigned' }>;

/** What is owed because of one decision. */
type Duty = Pick<Decision, 'bindings' | 'column' | 'priority'> & {
  rule: { ruleId: string; name: string; because: string };
};

/** When it is decided that sites owe an item, then each of them has a task; when the item changes, the tasks follow. */
@Controller()
export class QueueReposts {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
    private readonly clusters: Clusters,
    private readonly tasks: Tasks,
    private readonly following: Following,
  ) {}

  @Reaction('routing', 'bind-reposts')
  async bind(@Payload() entry: Entry<RoutingEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'routing.overdue' || event.bindings.length === 0) continue;
      await this.#queue(entry, event);
    }
  }

  @Reaction('item', 'follow-items')
  async follow(@Payload() entry: Entry<ItemEvent>): Promise<void> {
    for (const event of entry.events) if (speaks.has(event.type)) await this.following.follow(event, causedBy(entry));
  }

  async #queue(entry: Entry<RoutingEvent>, event: Decided | Assigned): Promise<void> {
    const { itemId, sourceId } = event;
    const [decided, version] = await Promise.all([this.#decisionOf(event), this.following.newest(event)]);
    const { title, documentNumber, issuer, link, contentHash, html } = version;
    const { publication, firstSeenAt, kind, basis, startsAt } = decided;
    const source = this.configuration.source(sourceId);
    const sourceName = source?.name ?? sourceId;
    const print = printOf(textOf(html));
    const member: Member = {
      itemId,
      sourceId,
      sourceName,
      title,
      link,
      documentNumber,
      issuer: issuer ?? source?.issuer ?? null,
      kind,
      firstSeenAt,
      print,
    };
    const clusterId = await this.clusters.place(member, causedBy(entry));
    const { rule, bindings, column, priority } = dutyOf(event, sourceName);
    const told = bindings.flatMap(({ policy, because, target, limit, sites }: Binding) => {
      const obliged: Obliged = {
        itemId,
        sourceId,
        sourceName,
        link: decided.link,
        publication,
        firstSeenAt,
        documentNumber,
        version: version.version,
        contentHash,
        title,
        rule: { ...rule, because: [rule.because, because].filter(Boolean).join('；').slice(0, 1_000) },
        policy,
        limit,
        basis,
        startsAt,
        dueAt: dueAt(startsAt, limit),
      };
      return sites.map((site) => {
        const taskId = taskIdOf(site, clusterId, target);
        return this.tasks.tell({
          type: 'repost.queue',
          id: `${taskId}/queue/${itemId}`,
          ...this.#head(entry),
          taskId,
          site,
          ...obliged,
          column,
          clusterId,
          kind,
          priority,
          target,
        });
      });
    });
    await Promise.all(told);
    // It may have changed, or gone, before its tasks were there to be told.
    await this.following.catchUp(event, version, causedBy(entry));
  }

  /** What is known of the item itself, whoever assigned it. */
  async #decisionOf(event: Decided | Assigned): Promise<Decided> {
    if (event.type === 'routing.decided') return event;
    const { itemId, sourceId } = event;
    const { events } = await this.journal.read({ aggregate: 'routing', site: sourceId, id: itemId });
    return (events as RoutingEvent[]).findLast((each): each is Decided => each.type === 'routing.decided')!;
  }

  #head(entry: Entry) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...causedBy(entry) };
  }
}

function dutyOf(event: Decided | Assigned, sourceName: string): Duty {
  const { bindings, column, priority } = event;
  if (event.type === 'routing.assigned') {
    const rule = { ruleId: 'person', name: `${event.byName}分派`.slice(0, 500), because: event.reason };
    return { bindings, column, priority, rule };
  }
  // The source is said with what it is to the site.
  const because = event.matched
    .filter(({ field }) => field !== 'source' || event.bindings.some(({ policy }) => policy === null))
    .map(({ field, value, found }) => `${fieldWords[field]}“${field === 'source' ? sourceName : found || value}”`)
    .join('，');
  return { bindings, column, priority, rule: { ruleId: event.rule!.ruleId, name: event.rule!.name, because } };
}

/** What a source says of an item after it has published it. */
const speaks: ReadonlySet<ItemEvent['type']> = new Set(['item.revised', 'item.withdrawn', 'item.returned']);

const fieldWords = {
  source: '来源',
  level: '来源层级',
  column: '栏目',
  issuer: '发文机关',
  document_number: '文号',
  kind: '类别',
  title: '标题含',
  text: '正文含',
} as const;
