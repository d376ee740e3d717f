import {
  linkedTargets,
  type Account,
  type AnyEvent,
  type BalanceRow,
  type DeliveryEvent,
  type ItemEvent,
  type LinkedEvent,
  type RecallEvent,
  type ReleaseEvent,
  type RepostEvent,
  type RoutingEvent,
  type Uneven,
} from '@tongsheng/contracts';

/** An entry of the log, as far as the books need it. */
export type BookedEntry = {
  position: number;
  aggregate: string;
  site: string;
  id: string;
  events: readonly AnyEvent[];
  envelope: { time: string };
};

/** Whose events are booked; the first three tell names. */
export const booked: ReadonlySet<string> = new Set([
  'site',
  'source',
  'channel',
  'item',
  'routing',
  'repost',
  'release',
  'linked',
  'recall',
  'delivery',
]);

/** Where something stands that was taken in. `cancelled`: it was let go before anything left. */
type Stand = 'delivered' | 'refused' | 'waiting' | 'parked' | 'cancelled';
type Holder = { site: string; id: string; stand: Stand };

/** One thing that must be there exactly so often: an item of a source, an obligation of a site, a release for a channel. */
type Post = {
  account: string;
  of: Uneven['of'];
  site: string;
  id: string;
  wanted: number;
  /** Nothing of it is owed before T0: what is not there yet is still being made ready. */
  isEarly: boolean;
  holders: Holder[];
  /** When it changed last, in ms since 1970. */
  changedAt: number;
};

type Sums = Pick<BalanceRow, 'takenIn' | 'delivered' | 'refused' | 'waiting' | 'parked'>;
type Book = { account: Account; sums: Sums; uneven: Set<string> };

const none = (): Sums => ({ takenIn: 0, delivered: 0, refused: 0, waiting: 0, parked: 0 });

/** How often it is there. What was cancelled counts as far as nothing has taken its place. */
function thereOf({ wanted, holders }: Post): { live: number; cancelled: number } {
  const cancelled = holders.filter(({ stand }) => stand === 'cancelled').length;
  const live = holders.length - cancelled;
  return { live, cancelled: Math.min(cancelled, Math.max(0, wanted - live)) };
}

/** What a post adds to its account. */
function shareOf(post: Post): Sums {
  const sums = none();
  sums.takenIn = post.wanted;
  for (const { stand } of post.holders) if (stand !== 'cancelled') sums[stand]++;
  const { live, cancelled } = thereOf(post);
  sums.refused += cancelled;
  if (post.isEarly) sums.waiting += Math.max(0, post.wanted - live - cancelled);
  return sums;
}

const differenceOf = (sums: Sums) => sums.takenIn - sums.delivered - sums.refused - sums.waiting - sums.parked;

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;
type LinkedPast = { position: number; events: LinkedEvent[] }[];

/** A task as far as its own events tell where it stands. */
type Task = { site: string; target: string; items: Set<string>; stand: Stand; out: boolean; proven: boolean };

/**
 * What came in and where it stands, folded from the log alone and entry by entry. Both sides come from different facts:
 * what must be there from who said that it is owed (items, decisions, signatures, plans), what is there from tasks and
 * deliveries. So a lost reaction, and one that happened twice, is a difference.
 */
export class Conservation {
  position = 0;
  readonly #books = new Map<string, Book>();
  readonly #posts = new Map<string, Post>();
  readonly #tasks = new Map<string, Task>();
  /** The post of a delivery, and at what it is: what is asked of the channel and what is handed to it ends differently. */
  readonly #deliveries = new Map<string, { post: string; at: 'open' | 'sending' | 'pending' }>();
  readonly #linked = new Map<string, { past: LinkedPast; posts: Set<string> }>();
  readonly #titles = new Map<string, string>();
  /** Of an item, who carries it. */
  readonly #sources = new Map<string, string>();
  readonly #names = new Map<string, { name: string; site: string | null }>();

  learn({ position, aggregate, site, id, events, envelope: { time } }: BookedEntry): void {
    if (position <= this.position) return;
    this.position = position;
    if (!booked.has(aggregate)) return;
    const at = Date.parse(time);
    for (const event of events) {
      switch (aggregate) {
        case 'site':
        case 'source':
        case 'channel':
          this.#name(event);
          break;
        case 'item':
          this.#item(event as ItemEvent, at);
          break;
        case 'routing':
          this.#routing(event as RoutingEvent, at);
          break;
        case 'repost':
          this.#task(event as RepostEvent, at);
          break;
        case 'release':
          this.#release(event as ReleaseEvent, at);
          break;
        case 'recall':
          this.#recall(event as RecallEvent, at);
          break;
        case 'delivery':
          this.#delivery(event as DeliveryEvent, at);
          break;
      }
    }
    if (aggregate === 'linked') this.#plan(site, id, { position, events: events as LinkedEvent[] }, at);
  }

  /**
   * Every account at a moment.
   * @param quietMs what changed so lately may still be on its way, and waits
   */
  balance(now: number, quietMs: number): BalanceRow[] {
    return [...this.#books.values()].map(({ account, sums, uneven }) => {
      const row = { ...sums };
      const standing: Uneven[] = [];
      for (const key of uneven) {
        const post = this.#posts.get(key)!;
        if (now - post.changedAt < quietMs) row.waiting += differenceOf(shareOf(post));
        else standing.push(this.#unevenOf(post));
      }
      const known = this.#names.get(`${account.kind}/${account.id}`);
      return {
        ...account,
        name: known?.name ?? account.id,
        site: known?.site ?? null,
        ...row,
        difference: differenceOf(row),
        uneven: standing.sort((a, b) => (a.since < b.since ? -1 : 1)).slice(0, 50),
        unevenCount: standing.length,
      };
    });
  }

  #unevenOf(post: Post): Uneven {
    const { of, site, id, wanted, holders, changedAt } = post;
    const { live, cancelled } = thereOf(post);
    return {
      of,
      site,
      id,
      sourceId: of === 'item' ? (this.#sources.get(id) ?? null) : null,
      title: this.#titles.get(of === 'item' ? `item/${id}` : `release/${site}/${id}`) ?? id,
      wanted,
      there: live + cancelled,
      holders: holders.slice(0, 20).map((each) => ({ site: each.site, id: each.id })),
      since: new Date(changedAt).toISOString(),
    };
  }

  #name(event: AnyEvent): void {
    if (event.type === 'site.registered') this.#names.set(`site/${event.siteId}`, { name: event.name, site: null });
    if (event.type === 'source.registered')
      this.#names.set(`source/${event.sourceId}`, { name: event.name, site: null });
    if (event.type === 'channel.registered') {
      const { channelId, name, site } = event.channel;
      this.#names.set(`channel/${channelId}`, { name, site });
    }
  }

  #item(event: ItemEvent, at: number): void {
    if (event.type !== 'item.published') return;
    const { sourceId, itemId, title } = event;
    this.#titles.set(`item/${itemId}`, title);
    this.#sources.set(itemId, sourceId);
    const of = { of: 'item' as const, site: sourceId, id: itemId };
    this.#change(`item/${itemId}`, { kind: 'source', id: sourceId }, of, at, (post) => void post.wanted++);
  }

  /** What was decided of an item is where it stands; and whoever it binds owes it. */
  #routing(event: RoutingEvent, at: number): void {
    if (event.type === 'routing.overdue') return;
    const { itemId, sourceId, effect, bindings } = event;
    const stand = effect === 'unrouted' ? 'parked' : effect === 'ignore' ? 'refused' : 'delivered';
    const source = { of: 'item' as const, site: sourceId, id: itemId };
    this.#change(`item/${itemId}`, { kind: 'source', id: sourceId }, source, at, (post) => {
      post.holders = [{ site: sourceId, id: itemId, stand }];
    });
    for (const { target, sites } of bindings)
      for (const site of sites) this.#owed(site, itemId, target, at, (post) => void (post.wanted = 1));
  }

  #owed(site: string, itemId: string, target: string, at: number, change: (post: Post) => void): void {
    const of = { of: 'item' as const, site, id: itemId };
    this.#change(`owed/${site}/${itemId}/${target}`, { kind: 'site', id: site }, of, at, change);
  }

  #task(event: RepostEvent, at: number): void {
    const { site, taskId } = event;
    const name = `${site}/${taskId}`;
    if (event.type === 'repost.queued') {
      const opened = { site, target: event.target, items: new Set<string>(), out: false, proven: false };
      this.#tasks.set(name, { ...opened, stand: 'waiting' });
    }
    const task = this.#tasks.get(name);
    if (!task) return;
    if (event.type === 'repost.queued' || event.type === 'repost.bound') {
      task.items.add(event.itemId);
      if (task.stand === 'refused') task.stand = 'waiting';
      this.#hold(task, taskId, event.itemId, at);
    }
    if (event.type === 'repost.unbound') this.#letGo(task, taskId, event.itemId, at);
    if (event.type === 'repost.merged') for (const itemId of task.items) this.#letGo(task, taskId, itemId, at);
    const stand = this.#standAfter(task, event);
    if (stand === task.stand) return;
    task.stand = stand;
    for (const itemId of task.items) this.#hold(task, taskId, itemId, at);
  }

  #hold({ site, target, stand }: Task, taskId: string, itemId: string, at: number): void {
    this.#owed(site, itemId, target, at, (post) => {
      post.holders = [...post.holders.filter(({ id }) => id !== taskId), { site, id: taskId, stand }];
    });
  }

  #letGo(task: Task, taskId: string, itemId: string, at: number): void {
    task.items.delete(itemId);
    this.#owed(task.site, itemId, task.target, at, (post) => {
      post.holders = post.holders.filter(({ id }) => id !== taskId);
    });
  }

  #standAfter(task: Task, event: RepostEvent): Stand {
    const settled = (): Stand => (task.out ? (task.proven ? 'delivered' : 'waiting') : 'refused');
    switch (event.type) {
      case 'repost.published':
        task.out = true;
        return 'waiting';
      case 'repost.verified':
        task.proven = true;
        return 'delivered';
      case 'repost.retract_lifted':
      case 'repost.exempted':
        return settled();
      case 'repost.withdrawn':
        task.out = task.proven = false;
        return 'refused';
      case 'repost.removed':
        task.out = task.proven = false;
        return 'waiting';
      case 'repost.publication_failed':
      case 'repost.removal_failed':
        return event.nextAttemptAt === null ? 'parked' : 'waiting';
      case 'repost.drifted':
      case 'repost.update_due':
      case 'repost.retract_due':
      case 'repost.owed_again':
      case 'repost.publication_started':
      case 'repost.publication_retried':
      case 'repost.removal_started':
      case 'repost.removal_retried':
      case 'repost.approved':
        return 'waiting';
      case 'repost.queued':
      case 'repost.bound':
      case 'repost.unbound':
      case 'repost.merged':
      case 'repost.source_changed':
      case 'repost.claimed':
      case 'repost.claim_released':
      case 'repost.edited':
      case 'repost.edit_dropped':
      case 'repost.review_passed':
      case 'repost.returned':
      case 'repost.approval_voided':
      case 'repost.rechecked':
      case 'repost.pictured':
      case 'repost.verification_failed':
      case 'repost.source_withdrawn':
      case 'repost.source_returned':
      case 'repost.retract_decided':
      case 'repost.retract_voided':
      case 'repost.warned':
      case 'repost.exemption_requested':
      case 'repost.exemption_refused':
        return task.stand;
    }
  }

  /** What goes alone is owed to its channels with the signature; what a plan names, by the plan. */
  #release(event: ReleaseEvent, at: number): void {
    if (event.type !== 'release.signed') return;
    const { site, releaseId, title, linked, version = 1 } = event;
    this.#titles.set(`release/${site}/${releaseId}`, title);
    if (linked || version > 1) return;
    for (const channelId of new Set<Signed['channels'][number]>(event.channels))
      this.#sent(firstOf(site, releaseId, channelId), channelId, event, at, (post) => void (post.wanted = 1));
  }

  #sent(
    key: string,
    channelId: string,
    { site, releaseId: id }: { site: string; releaseId: string },
    at: number,
    change: (post: Post) => void,
  ): void {
    this.#change(key, { kind: 'channel', id: channelId }, { of: 'release', site, id }, at, change);
  }

  #plan(site: string, id: string, entry: LinkedPast[number], at: number): void {
    const name = `${site}/${id}`;
    const plan = this.#linked.get(name) ?? { past: [], posts: new Set<string>() };
    this.#linked.set(name, plan);
    plan.past.push(entry);
    for (const event of entry.events) {
      if (event.type !== 'linked.press_told') continue;
      for (const part of event.parts)
        for (const { email } of event.people)
          this.#sent(pressOf(name, part, email), event.channelId, part, at, (post) => void post.wanted++);
    }
    const { wanted, isCommitted } = linkedTargets(plan.past);
    const left = new Set(plan.posts);
    for (const each of wanted) {
      const key = firstOf(each.site, each.releaseId, each.channelId);
      plan.posts.add(key);
      left.delete(key);
      this.#sent(key, each.channelId, each, at, (post) => {
        post.wanted = 1;
        post.isEarly = !isCommitted;
      });
    }
    for (const key of left) {
      plan.posts.delete(key);
      const post = this.#posts.get(key)!;
      const { releaseId, channelId } = partsOf(key);
      this.#sent(key, channelId, { site: post.site, releaseId }, at, (each) => void (each.wanted = 0));
    }
  }

  /** A channel that is told of a correction or a withdrawal gets a delivery of it; what went before counts on as what it was. */
  #recall(event: RecallEvent, at: number): void {
    if (event.type !== 'recall.decided') return;
    for (const { channelId, means } of event.targets) {
      if (channelId === null || means === 'nothing') continue;
      const key = laterOf(event.site, event.releaseId, channelId, event.version);
      this.#sent(key, channelId, event, at, (post) => void (post.wanted = 1));
    }
  }

  #delivery(event: DeliveryEvent, at: number): void {
    const { deliveryId, site } = event;
    const name = `${site}/${deliveryId}`;
    if (event.type === 'delivery.requested') {
      const { channelId, releaseId } = event;
      const key = postOf(event);
      this.#deliveries.set(name, { post: key, at: 'open' });
      if (!this.#titles.has(`release/${site}/${releaseId}`))
        this.#titles.set(`release/${site}/${releaseId}`, event.title);
      return this.#sent(key, channelId, event, at, (post) => {
        post.holders.push({ site, id: deliveryId, stand: 'waiting' });
      });
    }
    const known = this.#deliveries.get(name);
    const post = known && this.#posts.get(known.post);
    const holder = post?.holders.find(({ id }) => id === deliveryId);
    if (!known || !post || !holder) return;
    const stand = deliveryAfter(known.at, holder.stand, event);
    known.at = stageAfter(known.at, event);
    if (stand === holder.stand) return;
    const { releaseId, channelId } = { releaseId: post.id, channelId: accountOf(post.account).id };
    this.#sent(known.post, channelId, { site: post.site, releaseId }, at, () => void (holder.stand = stand));
  }

  /** Changes a post, and its account by the difference that it makes. */
  #change(
    key: string,
    account: Account,
    about: Pick<Post, 'of' | 'site' | 'id'>,
    at: number,
    change: (post: Post) => void,
  ): void {
    const name = `${account.kind}/${account.id}`;
    const book = this.#books.get(name) ?? { account, sums: none(), uneven: new Set() };
    this.#books.set(name, book);
    const post = this.#posts.get(key) ?? {
      account: name,
      ...about,
      wanted: 0,
      isEarly: false,
      holders: [],
      changedAt: at,
    };
    this.#posts.set(key, post);
    const before = shareOf(post);
    const wasUneven = differenceOf(before);
    change(post);
    const after = shareOf(post);
    for (const each of Object.keys(after) as (keyof Sums)[]) book.sums[each] += after[each] - before[each];
    const isUneven = differenceOf(after);
    // A moment of rest begins anew only with another difference.
    if (isUneven !== wasUneven) post.changedAt = at;
    if (isUneven === 0) book.uneven.delete(key);
    else book.uneven.add(key);
  }
}

const firstOf = (site: string, releaseId: string, channelId: string) => `first/${site}/${releaseId}/${channelId}`;
const laterOf = (site: string, releaseId: string, channelId: string, version: number) =>
  `later/${site}/${releaseId}/${channelId}/${version}`;
const pressOf = (linked: string, { site, releaseId }: { site: string; releaseId: string }, email: string) =>
  `press/${linked}/${site}/${releaseId}/${email}`;
const partsOf = (key: string) => {
  const [, , releaseId = '', channelId = ''] = key.split('/');
  return { releaseId, channelId };
};
const accountOf = (name: string): Account => {
  const [kind, id] = name.split('/') as [Account['kind'], string];
  return { kind, id };
};

function postOf(event: Extract<DeliveryEvent, { type: 'delivery.requested' }>): string {
  const { site, releaseId, channelId, embargo, linked, version = 1 } = event;
  if (embargo && linked) return pressOf(`${linked.site}/${linked.linkedId}`, event, embargo.email);
  return version > 1 ? laterOf(site, releaseId, channelId, version) : firstOf(site, releaseId, channelId);
}

/** At what a delivery is, where that tells what a later event means. */
function stageAfter(at: 'open' | 'sending' | 'pending', event: DeliveryEvent): typeof at {
  if (event.type === 'delivery.attempted') return 'sending';
  if (event.type === 'delivery.answered') return event.outcome === 'accepted_pending' ? 'pending' : 'open';
  if (event.type === 'delivery.probed' && event.finding !== 'unsure')
    return event.finding === 'accepted' ? 'pending' : 'open';
  return reopens.has(event.type) ? 'open' : at;
}
const reopens: ReadonlySet<DeliveryEvent['type']> = new Set([
  'delivery.key_expired',
  'delivery.resolved',
  'delivery.reported',
  'delivery.redriven',
]);

/** It is asked of the channel again, or a person has to look. */
const looked = (next: string | null | undefined): Stand => (next ? 'waiting' : 'parked');

function foundBy({ finding, nextProbeAt, nextAttemptAt }: Extract<DeliveryEvent, { type: 'delivery.probed' }>): Stand {
  switch (finding) {
    case 'present':
      return 'delivered';
    case 'refused':
      return 'refused';
    case 'absent':
      return nextAttemptAt === null ? 'refused' : 'waiting';
    case 'accepted':
    case 'unsure':
      return looked(nextProbeAt);
  }
}

/** Where a delivery stands after an event of its own. */
function deliveryAfter(at: 'open' | 'sending' | 'pending', stand: Stand, event: DeliveryEvent): Stand {
  switch (event.type) {
    case 'delivery.requested':
    case 'delivery.prepared':
    case 'delivery.rescheduled':
    case 'delivery.committed':
    case 'delivery.postponed':
    case 'delivery.attempted':
    case 'delivery.redriven':
    case 'delivery.check_asked':
      return 'waiting';
    case 'delivery.cancelled':
      return 'cancelled';
    case 'delivery.answered': {
      if (event.nextAttemptAt !== null) return 'waiting';
      if (event.outcome === 'confirmed') return 'delivered';
      const isOpen = event.outcome === 'accepted_pending' || (event.doubtful ?? event.outcome === 'unknown');
      return isOpen ? looked(event.nextProbeAt) : 'refused';
    }
    case 'delivery.key_expired':
      return looked(event.nextProbeAt);
    case 'delivery.probed':
      return foundBy(event);
    case 'delivery.resolved':
      return event.resolution === 'arrived' ? 'delivered' : event.resolution === 'absent' ? 'refused' : 'waiting';
    case 'delivery.reported':
      return 'delivered';
    case 'delivery.lost':
      return 'parked';
    case 'delivery.halted':
      return at === 'open' && (stand === 'waiting' || stand === 'parked') ? looked(event.nextProbeAt) : stand;
    case 'delivery.noted':
    case 'delivery.discarded':
    case 'delivery.bounced':
    case 'delivery.warned':
    case 'delivery.watched':
      return stand;
  }
}
