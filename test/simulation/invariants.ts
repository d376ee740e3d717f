import { tryDecode, UnreadableEntry, type Entry } from '@tongsheng/bus';
import {
  isExact,
  PublicDocument,
  warningShares,
  type AlarmEvent,
  type ItemEvent,
  type Obliged,
  type RepostEvent,
  type WarningShare,
} from '@tongsheng/contracts';
import { Chain } from '@tongsheng/evidence';
import { DateTime, Duration } from 'luxon';
import { isDeepStrictEqual } from 'node:util';
import { Conservation } from '../../services/oversight/src/conservation.ts';
import { ReadModel } from './read-model.ts';
import type { Publication } from './upstreams.ts';
import { clockErrorMs, type Year } from './year.ts';

/** Something that must never be so. */
export type Finding = { rule: Rule; about: string; wrong: string };

/** What must hold, whatever happened. */
export const rules = {
  log_whole: 'the log follows from itself, entry by entry, and all of it can be read',
  item_once: 'what upstream showed for an hour while we could look is one item, once, as it was last',
  owed_once: 'every obligation that the country names is in exactly one task, and no other is in any',
  one_task_a_policy: 'a site has one task for one policy, from however many sources, and none for two',
  limit_fixed: 'a limit is its start and its length, and is the same wherever it is named',
  one_approval: 'of those who approve at the same moment one does, and it is told to them as it was',
  approved_as_seen: 'what is approved is what the source says, or our text of it, at that moment, with all signatures',
  published_as_approved: 'what is public was approved at that hash, and is there once',
  warned_once: 'each share of the time is told once, when it is gone, while the public does not have it',
  ends: 'every task ends verified, exempted, merged or withdrawn',
  miss_explained: 'who missed a limit was warned of all of it, and somebody was called',
  two_persons: 'an exemption has two persons, and so has what stays although its source took it back',
  taken_down:
    'what its source took back is owed to come down, comes down by a person’s decision, and nothing else does',
  conserved:
    'what was taken in is delivered, refused, waiting or parked, by source, site and channel, none missing, none twice',
  models_agree: 'read models that were kept through crashes equal those folded from the log at once',
} as const;
export type Rule = keyof typeof rules;

export type Counts = Record<string, number>;
export type Verdict = { findings: Finding[]; counts: Counts };

type Obligation = Pick<Obliged, 'itemId' | 'sourceId' | 'limit' | 'basis' | 'startsAt' | 'dueAt'> & { at: number };
type Anew = Extract<RepostEvent, { type: NonNullable<Round['update']>['type'] }>;
type Warned = { share: WarningShare; fellDueAt: string; warnedAt: string; round: number };
type Round = {
  openedAt: number;
  closedAt: number | null;
  /** Null: the first of the task, with the limits of what is bound. */
  update: {
    type: 'repost.update_due' | 'repost.retract_due' | 'repost.owed_again';
    startsAt: string;
    dueAt: string;
  } | null;
};

/** A task as the log tells it, by none of our deciders' help. */
type Task = {
  name: string;
  site: string;
  taskId: string;
  status:
    | 'queued'
    | 'approved'
    | 'published'
    | 'verified'
    | 'exempted'
    | 'merged'
    | 'retracting'
    | 'removed'
    | 'withdrawn';
  live: Map<string, Obligation>;
  all: Obligation[];
  current: Map<string, string>;
  edit: string | null;
  asked: string | null;
  /** Items that their sources don't have now. */
  gone: Set<string>;
  /** Of what is out now, its item, and whether two persons said that it stays. */
  outOf: { itemId: string; kept: boolean } | null;
  /** Its source took back what is out. */
  retract: boolean;
  removals: number[];
  approvals: { itemId: string; contentHash: string; edit: string | null; position: number }[];
  publications: { position: number; at: string }[];
  out: boolean;
  wasVerified: boolean;
  rounds: Round[];
  warned: Warned[];
};

const ms = (instant: string) => Date.parse(instant);
const dueOf = (startsAt: string, limit: string) =>
  DateTime.fromISO(startsAt, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO();
const momentOf = ({ startsAt, dueAt }: { startsAt: string; dueAt: string }, share: number) =>
  ms(startsAt) + Math.floor(((ms(dueAt) - ms(startsAt)) * share) / 100);

/** Judges a year by its log, beside what upstream really did and what people were told. */
export function judge(year: Year): Verdict {
  return new Judge(year).verdict();
}

class Judge {
  readonly #year: Year;
  readonly #findings: Finding[] = [];
  readonly #counts: Counts = {};
  readonly #tasks = new Map<string, Task>();
  readonly #items = new Map<string, { sourceId: string; events: ItemEvent[] }>();
  readonly #texts = new Map<string, string>();
  readonly #books = new Conservation();
  readonly #alarms = new Map<string, Extract<AlarmEvent, { type: 'alarm.raised' }>[]>();
  /** Decisions by the command that led to them, with the hash that they signed, if any. */
  readonly #commands = new Map<string, string | null>();

  constructor(year: Year) {
    this.#year = year;
  }

  verdict(): Verdict {
    this.#readLog();
    this.#judgeItems();
    this.#judgeObligations();
    this.#judgePublic();
    this.#judgeTasks();
    this.#judgeAnswers();
    this.#judgeBooks();
    this.#judgeModels();
    return { findings: this.#findings, counts: this.#counts };
  }

  #wrong(rule: Rule, about: string, wrong: string): void {
    this.#findings.push({ rule, about, wrong });
  }

  #count(what: string, by = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + by;
  }

  #readLog(): void {
    const { journal, dead } = this.#year.house.server;
    const chain = new Chain();
    for (let seq = 1; seq <= journal.last; seq++) {
      const { subject, data, header } = journal.at(seq);
      const message = { subject, seq, data, headers: header };
      const broken = chain.add(message);
      if (broken) this.#wrong('log_whole', `position ${broken.position}`, broken.wrong);
      const entry = tryDecode(message);
      if (entry instanceof UnreadableEntry) {
        this.#wrong('log_whole', `position ${seq}`, entry.message);
        continue;
      }
      const signed = entry.events.find(({ type }) => type === 'repost.approved' || type === 'repost.review_passed');
      this.#commands.set(entry.envelope.id, signed && 'contentHash' in signed ? hashOf(signed) : null);
      this.#books.learn(entry);
      this.#learn(entry);
    }
    this.#count('entries', journal.last);
    if (dead.size > 0) this.#wrong('ends', 'dead letters', `${dead.size} entries were given up`);
    this.#count('dead letters', dead.last);
  }

  #learn(entry: Entry): void {
    const at = ms(entry.envelope.time);
    for (const event of entry.events) {
      if (event.type === 'item.published' || event.type === 'item.revised' || event.type === 'repost.edited')
        this.#texts.set(event.contentHash, event.html);
      if (entry.aggregate === 'repost') this.#learnTask(event as RepostEvent, at, entry.position);
      if (entry.aggregate === 'item') {
        const item = this.#items.get(entry.id) ?? { sourceId: entry.site, events: [] };
        this.#items.set(entry.id, item);
        item.events.push(event as ItemEvent);
      }
      if (event.type === 'alarm.raised' && event.about.kind === 'task') {
        const key = `${event.site}/${event.about.taskId}/${event.about.share}`;
        const alarms = this.#alarms.get(key) ?? [];
        if (alarms.some(({ alarmId }) => alarmId === event.alarmId))
          this.#wrong('warned_once', key, `alarm ${event.alarmId} was raised twice`);
        this.#alarms.set(key, [...alarms, event]);
        this.#count('alarms');
      }
    }
  }

  #learnTask(event: RepostEvent, at: number, position: number): void {
    const name = `${event.site}/${event.taskId}`;
    this.#count(event.type);
    let task = this.#tasks.get(name);
    if (event.type === 'repost.queued') {
      if (task) return this.#wrong('owed_once', name, 'the task was opened twice');
      task = fresh(event.site, event.taskId);
      this.#tasks.set(name, task);
      task.rounds.push({ openedAt: at, closedAt: null, update: null });
      return this.#bind(task, event, at);
    }
    if (!task) return this.#wrong('owed_once', name, `${event.type} of a task that was never opened`);
    const illegal = (rule: Rule, wrong: string) => this.#wrong(rule, name, `${event.type} at ${position}: ${wrong}`);
    const round = task.rounds.at(-1)!;
    switch (event.type) {
      case 'repost.bound':
        if (task.status === 'exempted' || task.status === 'withdrawn') {
          task.status = 'queued';
          task.rounds.push({ openedAt: at, closedAt: null, update: null });
        }
        return this.#bind(task, event, at);
      case 'repost.unbound':
        task.live.delete(event.itemId);
        return;
      case 'repost.merged':
        task.status = 'merged';
        task.live.clear();
        round.closedAt ??= at;
        return;
      case 'repost.source_changed': {
        const itemId = event.itemId ?? [...task.current.keys()][0]!;
        task.current.set(itemId, event.contentHash);
        return;
      }
      case 'repost.update_due':
        if (!task.out || (task.status !== 'published' && task.status !== 'verified'))
          illegal('limit_fixed', `the public has nothing that is old, the task is ${task.status}`);
        if (at - ms(event.startsAt) > clockErrorMs || task.all.every(({ limit }) => limit !== event.limit))
          illegal('limit_fixed', `${event.limit} from ${event.startsAt} is not what bound the site`);
        return this.#again(task, event, at, 'queued');
      case 'repost.edited':
        task.edit = event.contentHash;
        return;
      case 'repost.edit_dropped':
        task.edit = null;
        return;
      case 'repost.review_passed':
        if (task.status !== 'queued') illegal('approved_as_seen', `the task is ${task.status}`);
        return this.#seen(task, event, illegal);
      case 'repost.approved': {
        if (task.status !== 'queued') illegal('one_approval', `the task is ${task.status} already`);
        this.#seen(task, event, illegal);
        const { reviews = [] } = event;
        if (!reviews.some(({ steps }) => steps.includes('confidentiality')))
          illegal('approved_as_seen', 'without the confidentiality review');
        if (new Set(reviews.map(({ by }) => by)).size < reviews.length)
          illegal('approved_as_seen', 'somebody signed twice');
        if (event.site === this.#year.country.chains[0]!.sites[0] && reviews.length < 2)
          illegal('approved_as_seen', 'by one person where the chain asks for two');
        const itemId = event.itemId!;
        if (task.gone.has(itemId)) illegal('taken_down', `its source had taken ${itemId} back`);
        task.status = 'approved';
        task.approvals.push({ itemId, contentHash: event.contentHash, edit: event.edit ?? null, position });
        return;
      }
      case 'repost.approval_voided':
        if (task.status === 'approved') task.status = 'queued';
        return;
      case 'repost.published':
        if (task.status !== 'approved') illegal('published_as_approved', `the task is ${task.status}`);
        task.status = 'published';
        task.out = true;
        task.outOf = { itemId: task.approvals.at(-1)!.itemId, kept: false };
        task.retract = false;
        task.publications.push({ position: event.publicPosition!, at: event.publishedAt });
        round.closedAt ??= ms(event.publishedAt);
        return;
      case 'repost.verified':
        if (task.status !== 'published') illegal('ends', `the task is ${task.status}`);
        if (event.evidence.checks.some(({ ok }) => !ok)) illegal('published_as_approved', 'a check failed');
        task.status = 'verified';
        task.wasVerified = true;
        return;
      case 'repost.drifted':
        task.status = task.status === 'withdrawn' ? 'removed' : 'published';
        return;
      case 'repost.warned':
        task.warned.push({ ...event, round: task.rounds.length });
        return;
      case 'repost.exemption_requested':
        task.asked = event.by;
        return;
      case 'repost.exemption_refused':
        if (task.asked === event.by) illegal('two_persons', `${event.by} decided on their own wish`);
        task.asked = null;
        return;
      case 'repost.exempted':
        if (task.asked === null || task.asked === event.by)
          illegal('two_persons', `${event.by} signed what ${task.asked} asked`);
        task.asked = null;
        round.closedAt ??= at;
        task.status = task.out ? (task.wasVerified ? 'verified' : 'published') : 'exempted';
        if (task.retract) task.outOf!.kept = true;
        task.retract = false;
        return;
      case 'repost.source_withdrawn':
        task.gone.add(event.itemId);
        return;
      case 'repost.source_returned':
        task.gone.delete(event.itemId);
        if (task.outOf?.itemId === event.itemId) task.outOf.kept = false;
        return;
      case 'repost.retract_due':
        if (!task.out || task.outOf?.itemId !== event.itemId || task.outOf.kept)
          illegal('taken_down', `${event.itemId} is not out, or two persons kept it`);
        task.retract = true;
        task.asked = null;
        return this.#again(task, event, at, task.status === 'approved' ? 'approved' : 'queued');
      case 'repost.retract_lifted':
        if (!task.retract) illegal('taken_down', 'nothing had to come down');
        task.retract = false;
        round.closedAt ??= at;
        if (task.status !== 'approved') task.status = task.wasVerified ? 'verified' : 'published';
        return;
      case 'repost.retract_decided':
        if (!task.retract || task.status !== 'queued') illegal('taken_down', `the task is ${task.status}`);
        task.status = 'retracting';
        return;
      case 'repost.retract_voided':
        task.status = 'queued';
        return;
      case 'repost.removal_started':
        if (task.status !== 'retracting') illegal('taken_down', `the task is ${task.status}`);
        return;
      case 'repost.removal_retried':
        task.status = 'retracting';
        return;
      case 'repost.removed':
        if (task.status !== 'retracting') illegal('taken_down', `the task is ${task.status}`);
        task.status = 'removed';
        task.out = task.wasVerified = task.retract = false;
        task.outOf = null;
        task.removals.push(event.publicPosition!);
        round.closedAt ??= at;
        return;
      case 'repost.withdrawn':
        if (event.evidence ? task.status !== 'removed' : task.out) illegal('taken_down', `the task is ${task.status}`);
        if (!event.evidence && [...task.live.keys()].some((itemId) => !task.gone.has(itemId)))
          illegal('taken_down', 'a source still has it');
        task.status = 'withdrawn';
        round.closedAt ??= at;
        return;
      case 'repost.owed_again':
        if (task.status !== 'withdrawn' || task.gone.has(event.itemId))
          illegal('taken_down', `the task is ${task.status}`);
        return this.#again(task, event, at, 'queued');
      case 'repost.removal_failed':
        return;
      case 'repost.claimed':
      case 'repost.claim_released':
      case 'repost.returned':
      case 'repost.publication_started':
      case 'repost.publication_failed':
      case 'repost.publication_retried':
      case 'repost.rechecked':
      case 'repost.pictured':
      case 'repost.verification_failed':
        return;
    }
  }

  /** It is to be done once more, within a limit of its own. */
  #again(task: Task, event: Anew, at: number, status: Task['status']): void {
    if (dueOf(event.startsAt, event.limit) !== event.dueAt)
      this.#wrong('limit_fixed', task.name, `${event.startsAt} plus ${event.limit} is not ${event.dueAt}`);
    if (ms(event.startsAt) - at > clockErrorMs)
      this.#wrong('limit_fixed', task.name, `${event.type} begins at ${event.startsAt}, after it was said`);
    task.rounds.at(-1)!.closedAt ??= at;
    task.rounds.push({ openedAt: at, closedAt: null, update: event });
    task.status = status;
  }

  #bind(task: Task, event: Obliged, at: number): void {
    const { itemId, sourceId, limit, basis, startsAt, dueAt, contentHash } = event;
    if (task.live.has(itemId)) this.#wrong('owed_once', task.name, `item ${itemId} was bound twice`);
    if (dueOf(startsAt, limit) !== dueAt)
      this.#wrong('limit_fixed', task.name, `${startsAt} plus ${limit} is not ${dueAt}`);
    const obligation = { itemId, sourceId, limit, basis, startsAt, dueAt, at };
    task.live.set(itemId, obligation);
    task.all.push(obligation);
    task.current.set(itemId, contentHash);
  }

  /** The hash that was signed is that of one of the task's items as it stood then, or of our text. */
  #seen(
    task: Task,
    { itemId, contentHash, edit }: { itemId?: string | undefined; contentHash: string; edit?: string | undefined },
    illegal: (rule: Rule, wrong: string) => void,
  ): void {
    const now = task.current.get(itemId ?? [...task.live.keys()][0]!);
    if (now !== contentHash) illegal('approved_as_seen', `the source said ${now} and not ${contentHash}`);
    if (edit !== undefined && edit !== task.edit) illegal('approved_as_seen', `our text was ${task.edit}`);
    if (itemId !== undefined && !task.live.has(itemId)) illegal('approved_as_seen', `${itemId} is not the task's`);
  }

  #judgeItems(): void {
    const { publications } = this.#year.house.upstreams;
    const byLink = new Map<string, string[]>();
    for (const [itemId, { events }] of this.#items) {
      const first = events[0]!;
      if (first.type !== 'item.published') this.#wrong('item_once', itemId, `begins with ${first.type}`);
      if (events.filter(({ type }) => type === 'item.published').length !== 1)
        this.#wrong('item_once', itemId, 'was published more than once');
      const link = first.type === 'item.published' ? first.link!.split('?')[0]! : '';
      byLink.set(link, [...(byLink.get(link) ?? []), itemId]);
    }
    for (const publication of publications) {
      const items = byLink.get(publication.link) ?? [];
      byLink.delete(publication.link);
      const about = `publication ${publication.number} of ${publication.sourceId}`;
      this.#count('publications');
      if (items.length > 1) this.#wrong('item_once', about, `is ${items.length} items: ${items.join(', ')}`);
      const stood = this.#couldBeSeen(publication, publication.seen[0]!.from);
      if (items.length === 0) {
        if (stood) this.#wrong('item_once', about, 'is no item');
        else this.#count('publications that nobody could see');
        continue;
      }
      const last = publication.versions.at(-1)!;
      const known = this.#items.get(items[0]!)!.events.findLast((event) => 'html' in event);
      const isLast = known && 'html' in known && known.html.replaceAll(/\s/g, '') === last.html.replaceAll(/\s/g, '');
      if (!isLast && this.#couldBeSeen(publication, last.from))
        this.#wrong('item_once', about, `version ${publication.versions.length} was not seen`);
    }
    for (const [link, items] of byLink) this.#wrong('item_once', items.join(', '), `nobody published ${link}`);
    this.#count('items', this.#items.size);
  }

  /** Whether it stood for an hour, from a moment on, in which neither the source nor our reader was away. */
  #couldBeSeen({ sourceId, seen }: Publication, from: number): boolean {
    const { house, processes, time } = this.#year;
    const away = [
      ...(house.upstreams.outages.get(sourceId) ?? []).map(({ from: start, to }) => ({
        from: start,
        to: to + 35 * 60_000,
      })),
      ...processes.find(({ name }) => name === 'ingest')!.absences,
    ];
    return seen.some((span) => {
      const end = span.to ?? time.now;
      let start = Math.max(from, span.from);
      const inside = away.filter((each) => each.to > start && each.from < end).sort((a, b) => a.from - b.from);
      for (const each of [...inside, { from: end, to: end }]) {
        if (each.from - start >= 65 * 60_000) return true;
        start = Math.max(start, each.to);
      }
      return false;
    });
  }

  #judgeObligations(): void {
    const { country, house } = this.#year;
    const owedFor = new Map<string, { site: string; limit: string }[]>();
    for (const { site, sourceId, limit } of country.owes)
      owedFor.set(sourceId, [...(owedFor.get(sourceId) ?? []), { site, limit }]);
    const holders = new Map<string, Task[]>();
    const first = new Map<string, Obligation>();
    for (const task of this.#tasks.values()) {
      for (const obligation of task.all) {
        const key = `${task.site}/${obligation.itemId}`;
        const before = first.get(key) ?? obligation;
        first.set(key, before);
        if (before.dueAt !== obligation.dueAt || before.startsAt !== obligation.startsAt)
          this.#wrong(
            'limit_fixed',
            task.name,
            `${obligation.itemId} was due ${before.dueAt}, then ${obligation.dueAt}`,
          );
      }
      for (const itemId of task.live.keys()) {
        const key = `${task.site}/${itemId}`;
        holders.set(key, [...(holders.get(key) ?? []), task]);
      }
    }
    for (const [itemId, { sourceId, events }] of this.#items) {
      const published = events[0]!;
      for (const { site, limit } of owedFor.get(sourceId) ?? []) {
        const key = `${site}/${itemId}`;
        const held = holders.get(key) ?? [];
        holders.delete(key);
        this.#count('obligations');
        if (held.length !== 1) this.#wrong('owed_once', key, `is in ${held.length} tasks`);
        const obligation = held[0]?.live.get(itemId);
        if (!obligation || published.type !== 'item.published') continue;
        const { publication, firstSeenAt } = published;
        const startsAt = isExact(publication, firstSeenAt) ? publication.at! : firstSeenAt;
        if (obligation.limit !== limit || obligation.startsAt !== startsAt)
          this.#wrong(
            'limit_fixed',
            key,
            `${obligation.limit} from ${obligation.startsAt}, not ${limit} from ${startsAt}`,
          );
      }
    }
    for (const [key, held] of holders)
      this.#wrong('owed_once', key, `nobody owes it, and it is in ${held.map(({ name }) => name).join(', ')}`);
    this.#judgePolicies(house.upstreams.publications);
  }

  #judgePolicies(publications: readonly Publication[]): void {
    const policyAt = new Map(publications.map(({ link, policy }) => [link, policy]));
    const policyOf = (itemId: string) => {
      const first = this.#items.get(itemId)?.events[0];
      return first?.type === 'item.published' ? policyAt.get(first.link!.split('?')[0]!) : undefined;
    };
    const taskOf = new Map<string, string>();
    for (const { name, site, live } of this.#tasks.values()) {
      const policies = new Set([...live.keys()].map(policyOf));
      if (policies.size > 1) this.#wrong('one_task_a_policy', name, `holds the policies ${[...policies].join(', ')}`);
      if (live.size > 1) this.#count('tasks of several sources');
      for (const policy of policies) {
        const other = taskOf.get(`${site}/${policy}`);
        if (other) this.#wrong('one_task_a_policy', name, `policy ${policy} is in ${other} as well`);
        taskOf.set(`${site}/${policy}`, name);
      }
    }
  }

  #judgePublic(): void {
    const stream = this.#year.house.server.public;
    const shown = new Map<string, { position: number; contentHash: string }[]>();
    const gone = new Map<string, number[]>();
    const texts = this.#texts;
    for (let seq = 1; seq <= stream.last; seq++) {
      const document = PublicDocument.parse(JSON.parse(Buffer.from(stream.at(seq).data).toString('utf8')));
      const name = `${document.site}/${document.documentId}`;
      if (document.withdrawnAt !== undefined) {
        if (document.html !== '' || document.source !== null)
          this.#wrong('taken_down', name, `what is left at ${seq} says what it was`);
        gone.set(name, [...(gone.get(name) ?? []), seq]);
        continue;
      }
      if (texts.get(document.contentHash) !== document.html)
        this.#wrong('published_as_approved', name, `the text at ${seq} is not that of ${document.contentHash}`);
      shown.set(name, [...(shown.get(name) ?? []), { position: seq, contentHash: document.contentHash }]);
    }
    this.#count('public documents', stream.last);
    for (const [name, documents] of shown) {
      const task = this.#tasks.get(name);
      if (!task) {
        this.#wrong('published_as_approved', name, 'is public and no task');
        continue;
      }
      const allowed = task.approvals.map(({ contentHash, edit }) => edit ?? contentHash);
      for (const { position, contentHash } of documents)
        if (!allowed.includes(contentHash))
          this.#wrong('published_as_approved', name, `${contentHash} at ${position} was never approved`);
      const told = task.publications.map(({ position }) => position);
      if (documents.length !== new Set(told).size)
        this.#wrong('published_as_approved', name, `is public ${documents.length} times, published ${told.join(', ')}`);
    }
    for (const { name, publications, removals } of this.#tasks.values()) {
      if (publications.length > 0 && !shown.has(name)) this.#wrong('published_as_approved', name, 'is not public');
      if (!isDeepStrictEqual(gone.get(name) ?? [], removals))
        this.#wrong(
          'taken_down',
          name,
          `went at ${gone.get(name)?.join(', ')}, was taken down at ${removals.join(', ')}`,
        );
    }
  }

  #judgeTasks(): void {
    for (const task of this.#tasks.values()) {
      this.#count('tasks');
      this.#count(`tasks ${task.status}`);
      if (!ends.has(task.status)) this.#wrong('ends', task.name, `is ${task.status}`);
      this.#judgeWithdrawn(task);
      for (const [i, round] of task.rounds.entries()) this.#judgeRound(task, round, i + 1);
    }
  }

  /** What the source does not have in the end: nobody owes it, and the public has it only where two said so. */
  #judgeWithdrawn({ name, status, live, outOf }: Task): void {
    if (status === 'merged') return;
    const isGone = (itemId: string) => {
      const { events = [] } = this.#items.get(itemId) ?? {};
      return events.findLast(({ type }) => absences.has(type))?.type === 'item.withdrawn';
    };
    if (outOf && isGone(outOf.itemId) && !outOf.kept)
      this.#wrong('taken_down', name, `${outOf.itemId} is gone, and the page is out`);
    if (status === 'withdrawn' && [...live.keys()].some((itemId) => !isGone(itemId)))
      this.#wrong('taken_down', name, 'is closed, and a source has it');
  }

  /** From when the public lacks something to when it has it: which warnings there must be, and are. */
  #judgeRound(task: Task, round: Round, number: number): void {
    const { closedAt } = round;
    const warned = task.warned.filter((each) => each.round === number);
    for (const share of warningShares) {
      const told = warned.filter((each) => each.share === share);
      if (told.length > 1) this.#wrong('warned_once', task.name, `${share} % were told ${told.length} times`);
      for (const { fellDueAt, warnedAt } of told) {
        const limits = round.update ? [round.update] : task.all;
        const right = limits.some((each) => momentOf(each, share) === ms(fellDueAt));
        if (!right) this.#wrong('warned_once', task.name, `${share} % are no limit's at ${fellDueAt}`);
        if (ms(warnedAt) < ms(fellDueAt) - 2 * clockErrorMs)
          this.#wrong('warned_once', task.name, `${share} % were told at ${warnedAt}, before ${fellDueAt}`);
      }
      const due = this.#earliest(task, round);
      if (!due || closedAt === null) continue;
      const expectedBy = this.#latest(Math.max(momentOf(due, share), due.at));
      if (told[0] && ms(told[0].warnedAt) > expectedBy)
        this.#wrong('warned_once', task.name, `${share} % were told at ${told[0].warnedAt}, after ${iso(expectedBy)}`);
      if (told.length === 0 && closedAt > expectedBy)
        this.#wrong('warned_once', task.name, `${share} % of ${due.startsAt}–${due.dueAt} were never told`);
    }
    this.#judgeMiss(task, round, warned);
  }

  /** The limit that the clock goes by: of what was bound before the round ended, the earliest. */
  #earliest(
    task: Task,
    { closedAt, update, openedAt }: Round,
  ): (Obligation | { startsAt: string; dueAt: string; at: number }) | null {
    if (update) return { startsAt: update.startsAt, dueAt: update.dueAt, at: openedAt };
    const bound = task.all.filter(
      ({ at, itemId }) => (closedAt === null || at <= closedAt) && (task.live.has(itemId) || task.status === 'merged'),
    );
    return bound.length === 0 ? null : bound.reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
  }

  /** When a moment must have been told at the latest: the clock was up for a while since, and those who decide as well. */
  #latest(moment: number): number {
    const away = this.#year.processes
      .filter(({ name }) => name === 'clock' || name.startsWith('reposts'))
      .flatMap(({ absences }) => absences);
    let latest = moment + 5 * 60_000;
    for (const { from, to } of away.sort((a, b) => a.from - b.from))
      if (from < latest + 60_000 && to > moment) latest = Math.max(latest, to + 5 * 60_000);
    return latest;
  }

  #judgeMiss(task: Task, round: Round, warned: readonly Warned[]): void {
    const due = this.#earliest(task, round);
    if (!due || round.closedAt === null || task.status === 'merged') return;
    const what = kindOf(round);
    this.#count(what);
    if (round.closedAt <= ms(due.dueAt)) {
      this.#count(`${what} in time`);
      return;
    }
    this.#count(`${what} late`);
    this.#count(`late because ${this.#reason(round, due)}`);
    const last = warned.find(({ share }) => share === 100);
    if (!last) {
      if (round.closedAt > this.#latest(Math.max(ms(due.dueAt), due.at)))
        this.#wrong('miss_explained', task.name, `was due ${due.dueAt} and nobody was told`);
      return;
    }
    const alarms = this.#alarms.get(`${task.site}/${task.taskId}/100`) ?? [];
    const duty = this.#year.processes.find(({ name }) => name === 'duty')!.absences;
    const inTime = round.closedAt - ms(last.warnedAt) > 5 * 60_000;
    const dutyAway = duty.some(({ from, to }) => from < round.closedAt! && to > ms(last.warnedAt) - 60_000);
    const called = alarms.some(({ call }) => call !== null && call.people.length > 0);
    if (!called && inTime && !dutyAway) this.#wrong('miss_explained', task.name, 'nobody was called');
    if (called) this.#count('late and somebody was called');
  }

  #reason(round: Round, due: { startsAt: string; dueAt: string; at: number }): string {
    if (round.update) return `${kindOf(round)} late`;
    if (due.at >= ms(due.dueAt)) return 'the source dated it back, or showed it late';
    const spent = due.at - ms(due.startsAt);
    return spent > 3_600_000 ? 'it was seen late, and decided after that' : 'people decided late';
  }

  /** What people were told of their commands is what the log says of them. */
  #judgeAnswers(): void {
    for (const { commandId, answer, type, task, code, seenHash } of this.#year.people.told) {
      const stored = this.#commands.has(commandId);
      const signed = this.#commands.get(commandId) ?? null;
      if (seenHash !== null && signed !== null && seenHash !== signed)
        this.#wrong('approved_as_seen', task, `${commandId} saw ${seenHash} and signed ${signed}`);
      if (answer === 'changed' && !stored)
        this.#wrong('one_approval', task, `${type} ${commandId} was told done and is not`);
      if (answer === 'refused' && stored)
        this.#wrong('one_approval', task, `${type} ${commandId} was refused and done`);
      if (code === 'repost_already_approved' && type === 'repost.approve') this.#count('approvals that came second');
      if (answer === 'unknown') this.#count('commands whose end nobody was told');
      this.#count('commands of people');
    }
  }

  #judgeBooks(): void {
    for (const { kind, id, difference, takenIn, uneven } of this.#books.balance(this.#year.time.now, 0)) {
      this.#count(`taken in by ${kind}s`, takenIn);
      if (difference !== 0) this.#wrong('conserved', `${kind} ${id}`, `differs by ${difference}`);
      for (const { of, site, id: what, wanted, there } of uneven)
        this.#wrong(
          'conserved',
          `${kind} ${id}`,
          `${of} ${site}/${what} must be there ${wanted} times, and is ${there}`,
        );
    }
  }

  #judgeModels(): void {
    const { models, server } = this.#year.house;
    for (const model of Object.values(models) as ReadModel<'repost', unknown>[]) {
      const whole = new ReadModel(model.projection);
      const follows: readonly string[] = model.projection.follows;
      let batch: Entry[] = [];
      for (let seq = 1; seq <= server.journal.last; seq++) {
        const { subject, data, header } = server.journal.at(seq);
        if (!follows.includes(subject.split('.')[1]!)) continue;
        const entry = tryDecode({ subject, seq, data, headers: header });
        if (entry instanceof UnreadableEntry) continue;
        batch.push(entry);
        if (batch.length < 500) continue;
        whole.apply(batch);
        batch = [];
      }
      whole.apply(batch);
      this.#compare(model, whole);
    }
  }

  #compare(kept: ReadModel<'repost', unknown>, whole: ReadModel<'repost', unknown>): void {
    const { name } = kept.projection;
    this.#count('read-model rows compared', whole.rows.size);
    if (kept.rows.size !== whole.rows.size)
      this.#wrong('models_agree', name, `${kept.rows.size} rows, not ${whole.rows.size}`);
    for (const [key, row] of whole.rows)
      if (!isDeepStrictEqual(kept.rows.get(key), row)) this.#wrong('models_agree', `${name} ${key}`, 'differs');
  }
}

const ends: ReadonlySet<Task['status']> = new Set(['verified', 'exempted', 'merged', 'withdrawn']);
const absences: ReadonlySet<ItemEvent['type']> = new Set(['item.withdrawn', 'item.returned']);

function kindOf({ update }: Round): string {
  switch (update?.type) {
    case 'repost.update_due':
      return 'updates';
    case 'repost.retract_due':
      return 'withdrawals answered';
    case 'repost.owed_again':
      return 'returns settled';
    case undefined:
      return 'obligations settled';
  }
}

const iso = (at: number) => new Date(at).toISOString();
/** Of our own text, where that is what was signed. */
const hashOf = (signed: { contentHash: string; edit?: string | undefined }) => signed.edit ?? signed.contentHash;

const fresh = (site: string, taskId: string): Task => ({
  name: `${site}/${taskId}`,
  site,
  taskId,
  status: 'queued',
  live: new Map(),
  all: [],
  current: new Map(),
  edit: null,
  asked: null,
  gone: new Set(),
  outOf: null,
  retract: false,
  removals: [],
  approvals: [],
  publications: [],
  out: false,
  wasVerified: false,
  rounds: [],
  warned: [],
});
