import {
  linkedTargets,
  subjects,
  targetsOf,
  type DeliveryCommand,
  type DeliveryRow,
  type LinkedCommand,
  type LinkedEvent,
  type LinkedPlan,
  type ReleaseEvent,
  type RepostCommand,
  type RepostEvent,
  type RoutingEvent,
  type Urgency,
} from '@tongsheng/contracts';
import type { Entry } from '@tongsheng/bus';
import { deliveries } from '../../../services/gateway/src/views/deliveries.ts';
import { deadlines, firingsOf, type Deadline } from '../../../services/clock/src/deadlines.ts';
import { delivery } from '../../../services/delivery/src/delivery.ts';
import { linkedDeliveryIdOf } from '../../../services/delivery/src/linked-targets.ts';
import { after, budgetOf } from '../../../services/delivery/src/schedule.ts';
import { linkedRelease } from '../../../services/releases/src/linked-release.ts';
import { repost } from '../../../services/reposts/src/repost.ts';
import { brokenPromises, type BrokenPromise } from '../../support/promises.ts';
import { Chance } from '../chance.ts';
import { FakeChannel } from './channels.ts';
import { Sender } from './deliveries.ts';
import { Model } from './model.ts';
import { clockOf, follow, instantOf, Process, reaction, service, World, type Life, type Work } from './engine.ts';

export const startsAt = '2026-11-23T00:00:00.000Z';
const minute = 60_000;
const hour = 60 * minute;
/** The longest that anything is tried or asked after, and a day more. */
const restDays = 5;
/** How long everything goes wrong. */
export const hours = 2;

const site = 'province';
const hashOf = (of: number) => of.toString(16).padStart(64, '0');
const person = (id: string) => ({ kind: 'person' as const, id, name: id });
const classes = ['same_key', 'probe', 'person'] as const;
const urgencies: readonly Urgency[] = ['rebuttal', 'urgent', 'routine'];

/** A few hours of a small house, lived through from a seed: what was decided, and what the world outside saw. */
export type History = {
  world: World;
  channels: ReadonlyMap<string, FakeChannel>;
  /** Documents as they were made public, by task. */
  pages: readonly { taskId: string; contentHash: string }[];
  opened: readonly { linkedId: string; at: number }[];
  /** Read models as they were kept through everything, and as they are folded from the log at once. */
  models: readonly ReturnType<Model<'repost', unknown>['compared']>[];
  processes: readonly Process[];
  /** What people were told of what they decided. */
  told: readonly { commandId: string; refused: boolean }[];
};

/** Plants a bug; what it answers takes it back. */
export type Plant = (house: House) => () => void;

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;
type Decided = Extract<RoutingEvent, { type: 'routing.decided' }>;

/** Lives through one. Nothing in it waits for a promise: thousands are lived through in a minute. */
export function liveHistory(seed: number, onBuilt: (house: House) => void = () => {}): History {
  const house = new House(new Chance(seed));
  onBuilt(house);
  return house.live();
}

/** What one history breaks. */
export const judged = ({ world, channels, pages, told, models }: History): BrokenPromise[] =>
  brokenPromises(world.log, {
    now: world.now,
    shown: new Map([...channels].map(([channelId, { posts }]) => [channelId, posts])),
    pages,
    told,
    atRest: true,
    models,
  });

/** Everything that stands in a history, open to bugs that are planted. */
export class House {
  readonly world: World;
  readonly channels: Map<string, FakeChannel>;
  readonly pages: { taskId: string; contentHash: string }[] = [];
  readonly opened: { linkedId: string; at: number }[] = [];
  readonly told: { commandId: string; refused: boolean }[] = [];
  readonly deadlines: Model<'repost' | 'routing', Deadline>;
  readonly deliveries: Model<'delivery', DeliveryRow>;
  #processes: Process[] = [];
  readonly #signed = new Map<string, Signed>();

  constructor(readonly chance: Chance) {
    const folds = new Map([delivery, linkedRelease, repost].map((each) => [each.name, each] as const));
    this.world = new World(chance, startsAt, folds);
    this.deadlines = new Model(deadlines, this.world.log);
    this.deliveries = new Model(deliveries, this.world.log);
    this.channels = new Map(classes.map((kind) => [kind, new FakeChannel(this.world, kind, kind, hours)] as const));
  }

  live(): History {
    const { world } = this;
    const pair = (name: string, boot: (life: Life) => void) =>
      [1, 2].map((n) => new Process(world, `${name}-${n}`, boot));
    const releases = pair('releases', () => {});
    const senders = pair('delivery', (life) => void new Sender(life, this.channels));
    const reposts = pair('reposts', () => {});
    const clocks = pair('clock', (life) => this.clock(life));
    this.#processes = [...releases, ...senders, ...reposts, ...clocks];
    for (const process of this.#processes) process.start();
    this.#react(releases, senders, reposts);
    this.#people();
    this.#deaths();
    world.run(world.now + hours * hour);
    const atOnce = [this.deadlines.compared(), this.deliveries.compared()];
    world.rest();
    // All that waits for nothing but time comes to its end.
    world.run(world.now + restDays * 24 * hour);
    const { channels, pages, opened, told } = this;
    const models = [...atOnce, this.deadlines.compared(), this.deliveries.compared()];
    return { world, channels, pages, opened, told, models, processes: this.#processes };
  }

  #deaths(): void {
    const { chance, world } = this;
    for (const process of this.#processes)
      for (let i = chance.int(0, 2); i > 0; i--) world.at(chance.int(0, hours * hour), () => process.die());
    // Redis is emptied: the clock's read model is folded anew.
    if (chance.is(0.3))
      world.at(chance.int(0, hours * hour), () => {
        this.deadlines.lose();
        this.deliveries.lose();
        const last = world.log.at(-1);
        if (last) world.at(chance.int(1, 5_000), () => this.keep(last));
      });
  }

  #react(releases: readonly Process[], senders: readonly Process[], reposts: readonly Process[]): void {
    const { world } = this;
    reaction(world, senders, 'release', (life, entry) => this.requestDeliveries(life, entry as Entry<ReleaseEvent>));
    reaction(world, senders, 'linked', (life, entry) => this.prepareLinked(life, entry as Entry<LinkedEvent>));
    reaction(world, releases, 'release', (life, entry) => this.followParts(life, entry as Entry<ReleaseEvent>));
    reaction(world, releases, 'linked', (life, entry) => this.sealAndOpen(life, entry as Entry<LinkedEvent>));
    reaction(world, reposts, 'routing', (life, entry) => this.bindReposts(life, entry as Entry<RoutingEvent>));
    reaction(world, reposts, 'repost', (life, entry) => this.publishRepost(life, entry as Entry<RepostEvent>));
    world.onAppend((entry) => this.#watchUnknown(entry));
  }

  /** When a release was signed that goes alone, then every channel that is named gets a delivery. */
  *requestDeliveries(life: Life, { events }: Entry<ReleaseEvent>): Work {
    for (const event of events) {
      if (event.type !== 'release.signed' || event.linked) continue;
      for (const channelId of event.channels) {
        const deliveryId = this.deliveryIdOf(event.releaseId, channelId);
        const id = `${deliveryId}/request`;
        yield* this.world.carryOut(life, delivery, this.#request(life, id, deliveryId, event, channelId));
      }
    }
  }

  /** One for each release and channel, however often the signature is told of. */
  deliveryIdOf(releaseId: string, channelId: string): string {
    return `${releaseId}-${channelId}`;
  }

  #request(
    life: Life,
    id: string,
    deliveryId: string,
    { releaseId, title, contentHash, kind }: Signed,
    channelId: string,
  ): Extract<DeliveryCommand, { type: 'delivery.request' }> {
    const { onUnknown } = this.channels.get(channelId)!;
    const urgency = kind === 'rebuttal' ? 'rebuttal' : kind === 'response' ? 'urgent' : 'routine';
    return {
      type: 'delivery.request',
      id,
      at: clockOf(life),
      actor: service,
      deliveryId,
      site,
      releaseId,
      channelId,
      title,
      contentHash,
      onUnknown,
      channelName: channelId,
      channelKind: 'webhook',
      policy: {
        urgency,
        budget: budgetOf(urgency),
        canProbe: onUnknown === 'probe',
        canWatch: false,
        ...(onUnknown === 'same_key' && { keyLifetime: 'P1D' }),
      },
      family: releaseId,
      version: 1,
    };
  }

  /** Two phases, as `prepare-linked.reaction.ts` has them. */
  *prepareLinked(life: Life, entry: Entry<LinkedEvent>): Work {
    const { world } = this;
    const { linkedId } = entry.events[0]!;
    const read = () => world.call(life, () => world.log.filter(({ subject }) => subject === entry.subject));
    const past = yield* read();
    const { wanted, dropped, t0, isCommitted } = linkedTargets(past as Entry<LinkedEvent>[]);
    const head = (deliveryId: string, what: string) => ({
      id: `${deliveryId}/${what}`,
      at: clockOf(life),
      actor: service,
      deliveryId,
      site,
    });
    const drop = function* (gone: typeof dropped): Work {
      for (const each of gone) {
        const { reason } = each;
        const cancel = head(linkedDeliveryIdOf(linkedId, each), 'cancel');
        const refusal = yield* world.tell(life, delivery, { type: 'delivery.cancel', ...cancel, reason });
        if (refusal && refusal.code !== 'delivery_missing') throw refusal;
      }
    };
    yield* drop(dropped.filter(({ position }) => position >= entry.position));
    for (const each of wanted) {
      const deliveryId = linkedDeliveryIdOf(linkedId, each);
      const signed = this.#signed.get(each.releaseId)!;
      const request = this.#request(life, `${deliveryId}/request`, deliveryId, signed, each.channelId);
      const linked = { site, linkedId };
      yield* world.carryOut(life, delivery, { ...request, awaitsCommit: true, linked, goesOutAt: t0 });
      if (isCommitted) yield* world.tell(life, delivery, { type: 'delivery.commit', ...head(deliveryId, 'commit') });
    }
    const now = linkedTargets((yield* read()) as Entry<LinkedEvent>[]);
    yield* drop(now.dropped.filter(({ position }) => position > past.at(-1)!.position));
  }

  /** A release that was signed for a plan is a part of it. */
  *followParts(life: Life, { events }: Entry<ReleaseEvent>): Work {
    for (const event of events) {
      if (event.type !== 'release.signed' || !event.linked) continue;
      const { releaseId, contentHash } = event;
      const { linkedId } = event.linked;
      const head = { id: `${linkedId}/sign/${releaseId}`, at: clockOf(life), actor: service, linkedId, site };
      yield* this.world.tell(life, linkedRelease, { type: 'linked.sign_part', ...head, releaseId, contentHash });
    }
  }

  /** When all is signed, then the pages are sealed; when it is committed, then they are opened. */
  *sealAndOpen(life: Life, { events, position }: Entry<LinkedEvent>): Work {
    const { world } = this;
    for (const event of events) {
      const { linkedId } = event;
      const head = { at: clockOf(life), actor: service, linkedId, site };
      if (event.type === 'linked.part_signed' || event.type === 'linked.planned') {
        const linked = yield* world.call(life, () => world.stateOf(linkedRelease, site, linkedId));
        if (linked.status !== 'planned' || linked.sealed) continue;
        if (linked.plan.parts.some(({ releaseId }) => linked.signed[releaseId] === undefined)) continue;
        const pages = targetsOf(linked.plan).flatMap(({ target }) =>
          target.startsWith('page/') ? [{ target, url: `https://${site}.example/${target}`, publicPosition: 1 }] : [],
        );
        const id = `${linkedId}/seal/${position}`;
        const seal = { id, ...head, sealKey: 'k'.repeat(44), contents: linked.signed, pages };
        yield* world.tell(life, linkedRelease, { type: 'linked.record_sealed', ...seal });
      }
      if (event.type === 'linked.committed') {
        const publicPosition = yield* world.call(life, () => {
          // The key is published once, under a name of its own.
          if (!this.opened.some((each) => each.linkedId === linkedId)) this.opened.push({ linkedId, at: world.now });
          return this.opened.length;
        });
        const id = `${linkedId}/opened`;
        yield* world.tell(life, linkedRelease, { type: 'linked.record_opened', id, ...head, publicPosition });
      }
    }
  }

  *bindReposts(life: Life, { events }: Entry<RoutingEvent>): Work {
    for (const event of events) {
      if (event.type !== 'routing.decided') continue;
      for (const { sites, limit, target } of event.bindings)
        for (const each of sites) yield* this.world.carryOut(life, repost, queueing(life, event, each, limit, target));
    }
  }

  /** Written down before the page is handed over; the portal knows a page by its name. */
  *publishRepost(life: Life, { events }: Entry<RepostEvent>): Work {
    const { world } = this;
    for (const event of events) {
      const { taskId } = event;
      const head = { at: clockOf(life), actor: service, taskId, site: event.site };
      const name = `${event.site}/${taskId}`;
      if (event.type === 'repost.approved') {
        const task = yield* world.call(life, () => world.stateOf(repost, event.site, taskId));
        if (task.status !== 'approved') continue;
        const attempt = task.attempts + 1;
        const start = {
          type: 'repost.start_publication' as const,
          id: `${taskId}/publish/${attempt}`,
          ...head,
          attempt,
        };
        yield* world.carryOut(life, repost, start);
        const { contentHash } = event;
        const publicPosition = yield* world.call(life, () => this.show(name, contentHash));
        const url = `https://${site}.example/${taskId}`;
        const id = `${taskId}/published`;
        yield* world.carryOut(life, repost, { type: 'repost.record_published', id, ...head, url, publicPosition });
      }
      if (event.type === 'repost.published') {
        yield world.chance.int(100, 5_000);
        const evidence = { status: 200, pageHash: hashOf(1), bytes: 1, checks: [] };
        const id = `${taskId}/verified/${event.publishedAt}`;
        yield* world.carryOut(life, repost, { type: 'repost.record_verified', id, ...head, url: event.url, evidence });
      }
    }
  }

  /** The portal knows a page by its name and its text. */
  show(taskId: string, contentHash: string): number {
    const known = this.pages.findIndex((page) => page.taskId === taskId && page.contentHash === contentHash);
    return known >= 0 ? known + 1 : this.pages.push({ taskId, contentHash });
  }

  /** Deadlines by our own projection, kept by two clocks in one read model; what fell due is told. */
  clock(life: Life): void {
    const { world } = this;
    const firing = new Set<string>();
    let wakesAt = Infinity;
    const look = () => {
      const now = Date.parse(clockOf(life));
      for (const { key, moment, deadline, share } of firingsOf([...this.deadlines.rows.values()].filter(isRunning))) {
        if (moment > now) {
          wakeIn(moment - now);
          continue;
        }
        if (deadline.of !== 'repost' || firing.has(key)) continue;
        firing.add(key);
        const { site: of, id: taskId } = deadline;
        const head = { id: `${taskId}/warn/${share}`, at: clockOf(life), actor: service, taskId, site: of };
        const warn = { type: 'repost.warn' as const, ...head, share, fellDueAt: instantOf(moment) };
        world.spawn(life, world.tell(life, repost, warn), () => {
          firing.delete(key);
          // What is not yet in the model is not told again at once.
          wakeIn(1_000);
        });
      }
      this.#commitDue(life, firing, wakeIn);
    };
    const wakeIn = (ms: number) => {
      const at = world.now + Math.max(1, ms);
      if (wakesAt <= at && wakesAt > world.now) return;
      wakesAt = at;
      world.at(at - world.now, () => {
        if (!life.alive || wakesAt > world.now) return;
        wakesAt = Infinity;
        look();
      });
    };
    follow(life, (entry) => this.keep(entry), look);
  }

  keep(entry: Entry): void {
    this.deadlines.keep(entry);
    this.deliveries.keep(entry);
  }

  /** T0 of every plan: all of it, or nothing. */
  #commitDue(life: Life, firing: Set<string>, wakeIn: (ms: number) => void): void {
    const { world } = this;
    for (const linkedId of this.planned) {
      const linked = world.stateOf(linkedRelease, site, linkedId);
      if (linked.status !== 'planned') continue;
      const { t0 } = linked.plan;
      const key = `${linkedId}/commit/${t0}`;
      const left = Date.parse(t0) - Date.parse(clockOf(life));
      if (left > 0) {
        wakeIn(left);
        continue;
      }
      if (firing.has(key)) continue;
      firing.add(key);
      world.spawn(life, this.commit(life, linkedId, key), () => {
        firing.delete(key);
        wakeIn(1_000);
      });
    }
  }

  readonly planned = new Set<string>();

  *commit(life: Life, linkedId: string, id: string): Work {
    const { world } = this;
    const ready = yield* world.call(life, () => {
      const past = world.log.filter(({ subject }) => subject === subjects.event('linked', site, linkedId));
      return linkedTargets(past as Entry<LinkedEvent>[]).wanted.flatMap((each) => {
        const state = world.stateOf(delivery, site, linkedDeliveryIdOf(linkedId, each));
        return state.status === 'preparing' && state.ready ? [each.target] : [];
      });
    });
    const head = { id, at: clockOf(life), actor: service, linkedId, site };
    yield* world.tell(life, linkedRelease, { type: 'linked.commit', ...head, ready });
  }

  /** Sources publish, a newsroom signs and plans, editors approve and race each other. */
  #people(): void {
    const { chance, world } = this;
    const desk = new Process(world, 'desk', () => {}, false).life;
    const within = () => chance.int(0, hours * hour - 10 * minute);
    for (let n = chance.int(1, 4); n > 0; n--) world.at(within(), () => this.#sign(desk, `r${n}`, null));
    if (chance.is(0.6)) world.at(chance.int(0, hour), () => this.#plan(desk, 'l1'));
    for (let n = chance.int(1, 3); n > 0; n--) world.at(within(), () => this.#publish(desk, `i${n}`));
  }

  #sign(desk: Life, releaseId: string, linked: { site: string; linkedId: string } | null): void {
    const { chance, world } = this;
    const channels = classes.filter(() => chance.is(0.7));
    const urgency = chance.pick(urgencies);
    const event = signedOf(world.instant, releaseId, channels, urgency, linked);
    this.#signed.set(releaseId, event);
    world.say('release', site, releaseId, event);
    // Now and then it is taken back a moment later: nothing of it goes out any more.
    if (linked || !chance.is(0.1)) return;
    world.at(chance.int(100, 20 * minute), () => {
      for (const channelId of channels) {
        const deliveryId = `${releaseId}-${channelId}`;
        const halt = { type: 'delivery.halt' as const, ...this.#said(`${deliveryId}/halt`), deliveryId, site };
        world.spawn(desk, world.tell(desk, delivery, { ...halt, reason: '已撤回' }));
      }
    });
  }

  #said = (id: string) => ({ id, at: this.world.instant, actor: person('comms') });

  /** Two parts, two channels at most; T0 within the hour; now and then it is planned anew, or cancelled. */
  #plan(desk: Life, linkedId: string): void {
    const { chance, world } = this;
    const parts = ['p1', 'p2'].map((releaseId, i) => ({
      releaseId,
      site,
      role: i === 0 ? ('policy' as const) : ('interpretation' as const),
    }));
    const channels = classes.filter(() => chance.is(0.6)).map((channelId) => ({ channelId, required: chance.is(0.5) }));
    const t0 = (ms: number) => instantOf(world.now + ms);
    const plan: LinkedPlan = { title: '联动', parts, sites: [site], channels, t0: t0(chance.int(10, 50) * minute) };
    this.planned.add(linkedId);
    const say = (command: LinkedCommand) => world.spawn(desk, world.tell(desk, linkedRelease, command));
    const head = (what: string) => ({ ...this.#said(`${linkedId}/${what}`), linkedId, site });
    say({ type: 'linked.plan', ...head('plan/0'), plan, baseRevision: 0 });
    for (const { releaseId } of parts)
      world.at(chance.int(minute, 20 * minute), () => this.#sign(desk, releaseId, { site, linkedId }));
    if (chance.is(0.15)) world.at(chance.int(minute, 40 * minute), () => {
      const t = { ...plan, t0: t0(chance.int(10, 40) * minute), channels: channels.slice(1) };
      say({ type: 'linked.plan', ...head('plan/1'), plan: t, baseRevision: 1 });
    }); // prettier-ignore
    if (chance.is(0.15))
      world.at(chance.int(minute, 50 * minute), () =>
        say({ type: 'linked.cancel', ...head('cancel'), reason: '不发了' }),
      );
    // What T0 went by without is planned anew once everything has calmed down.
    world.at(hours * hour + 10 * minute, () => {
      const linked = world.stateOf(linkedRelease, site, linkedId);
      if (linked.status !== 'stopped') return;
      const again = { ...linked.plan, t0: t0(10 * minute) };
      say({ type: 'linked.plan', ...head('plan/again'), plan: again, baseRevision: linked.revision });
    });
  }

  #publish(desk: Life, itemId: string): void {
    const { chance, world } = this;
    const sites = ['city', 'province'].filter(() => chance.is(0.8));
    const limit = chance.pick(['PT2H', 'PT12H']);
    world.say('item', 'national', itemId, publishedOf(world.instant, itemId));
    // The rules are asked a moment later, and now and then twice.
    world.at(chance.int(10, 3_000), () =>
      world.say('routing', 'national', itemId, decidedOf(world.instant, itemId, sites, limit)),
    );
    for (const each of sites) {
      const wait = chance.is(0.3) ? chance.int(hour, 14 * hour) : chance.int(minute, hour);
      const editors = chance.is(0.3) ? ['editor', 'editor2'] : ['editor'];
      for (const name of editors)
        world.at(wait + chance.int(0, 50), () => world.spawn(desk, this.#approve(desk, name, each, itemId)));
    }
  }

  /** A person who was refused may look again; one who was told yes has decided. */
  *#approve(desk: Life, name: string, of: string, itemId: string): Work {
    const { world } = this;
    const taskId = taskIdOf(of, itemId);
    const head = { id: `${taskId}/${name}`, actor: person(name), taskId, site: of };
    for (;;) {
      const seenHash = hashOf(1);
      const approve: RepostCommand = {
        type: 'repost.approve',
        ...head,
        at: world.instant,
        seenHash,
        roles: ['editor'],
      };
      const refusal = yield* world.tell(desk, repost, approve);
      // Its task is not there yet: what was published is looked at a little later.
      if (refusal?.code === 'repost_missing') {
        yield minute;
        continue;
      }
      return void this.told.push({ commandId: head.id, refused: refusal !== null });
    }
  }

  /** What nobody can ask of a channel, a person looks at. */
  #watchUnknown({ aggregate, id, events }: Entry): void {
    if (aggregate !== 'delivery' || events.every(({ type }) => type === 'delivery.resolved')) return;
    const { world, chance } = this;
    const state = world.stateOf(delivery, site, id);
    if (state.status !== 'unknown' || state.nextProbeAt !== null) return;
    const { attempts } = state;
    world.at(chance.int(minute, 30 * minute), () => {
      const now = world.stateOf(delivery, site, id);
      if (now.status !== 'unknown' || now.nextProbeAt !== null || now.attempts !== attempts) return;
      const requested = world.log.find((each) => each.aggregate === 'delivery' && each.id === id)!.events[0]!;
      const { channelId } = requested as { channelId: string };
      const arrived = this.channels.get(channelId)!.has(id);
      const resolution = arrived ? 'arrived' : now.halted ? 'absent' : 'send_again';
      const desk = new Process(world, 'person', () => {}, false).life;
      const said = { ...this.#said(`${id}/resolve/${attempts}`), deliveryId: id, site };
      world.spawn(desk, world.tell(desk, delivery, { type: 'delivery.resolve', ...said, resolution, note: '看过' }));
    });
  }
}

const isRunning = ({ running }: Deadline): boolean => running.some(({ isGone }) => !isGone);

export const taskIdOf = (of: string, itemId: string): string => `t-${of}-${itemId}`;

function signedOf(
  at: string,
  releaseId: string,
  channels: readonly string[],
  urgency: Urgency,
  linked: Signed['linked'],
): Signed {
  const kind = urgency === 'rebuttal' ? 'rebuttal' : urgency === 'urgent' ? 'response' : 'press';
  return {
    type: 'release.signed',
    releaseId,
    site,
    kind,
    format: 'text',
    title: releaseId,
    documentNumber: null,
    summary: '',
    html: '<p>文</p>',
    rumor: null,
    channels: [...channels],
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked,
    contentHash: hashOf(2),
    by: 'signer',
    byName: 'signer',
    signedAt: at,
  };
}

function publishedOf(at: string, itemId: string) {
  const publication = { at, precision: 'second' as const, text: null };
  return {
    type: 'item.published' as const,
    itemId,
    sourceId: 'national',
    key: itemId,
    publication,
    firstSeenAt: at,
    title: itemId,
    html: '<p>文</p>',
    link: `https://national.example/${itemId}`,
    author: null,
    categories: [],
    contentHash: hashOf(1),
    version: 1,
    documentNumber: null,
    issuer: null,
    column: null,
    attachments: [],
  };
}

function decidedOf(at: string, itemId: string, sites: string[], limit: string): Decided {
  const bindings = [{ policy: null, because: '', target: 'site' as const, limit, sites }];
  return {
    type: 'routing.decided',
    itemId,
    sourceId: 'national',
    title: itemId,
    link: null,
    firstSeenAt: at,
    decidedAt: at,
    publication: { at, precision: 'second', text: null },
    kind: 'policy',
    effect: sites.length > 0 ? 'mandatory' : 'ignore',
    rule: null,
    matched: [],
    tried: [],
    column: '政策',
    priority: 'normal',
    basis: 'stated',
    startsAt: at,
    routeBy: null,
    bindings: sites.length > 0 ? bindings : [],
  };
}

function queueing(
  life: Life,
  { itemId, sourceId, title, publication, firstSeenAt, startsAt: from }: Decided,
  of: string,
  limit: string,
  target: Decided['bindings'][number]['target'],
): Extract<RepostCommand, { type: 'repost.queue' }> {
  const taskId = taskIdOf(of, itemId);
  return {
    type: 'repost.queue',
    id: `${taskId}/queue/${itemId}`,
    at: clockOf(life),
    actor: service,
    taskId,
    site: of,
    itemId,
    sourceId,
    sourceName: sourceId,
    link: null,
    publication,
    firstSeenAt,
    version: 1,
    title,
    target,
    contentHash: hashOf(1),
    column: '政策',
    clusterId: itemId,
    kind: 'policy',
    priority: 'normal',
    limit,
    rule: { ruleId: 'all', name: 'all', because: '' },
    policy: null,
    basis: 'stated',
    startsAt: from,
    dueAt: after(from, limit),
  };
}
