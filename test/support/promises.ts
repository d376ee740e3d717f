import type { Entry } from '@tongsheng/bus';
import { isDeepStrictEqual } from 'node:util';
import type { AnyEvent, DeliveryEvent, OnUnknown, RepostEvent } from '@tongsheng/contracts';
import { Conservation } from '../../services/oversight/src/conservation.ts';
import { twice } from './record.ts';

/**
 * What the house promises, whatever happens to it: one list, for simulated histories and for real processes. Each is judged
 * from the log alone, or from the log beside what the world outside saw.
 */
export const promises = {
  conserved: 'what was taken in is settled, not done, in hand or parked: none is missing, and none is there twice',
  decided_once: 'what is decided once in its life is decided once',
  written_first: 'an attempt is in the log before it is made, one after the other, and each is answered at most once',
  never_blind:
    'what may have arrived is not sent again unless the receiver knows the key, the channel said no, or a person did',
  halted: 'what was corrected, withdrawn or cancelled is sent no more',
  ends: 'whatever was begun comes to an end once the world is at rest',
  together: 'nothing of a linked release leaves before it was committed, and nothing of one that was not',
  warned_once: 'each share of a limit is told once, and not before it is gone',
  one_approval: 'of those who approve one does, and each is told what became of it',
  shown_once: 'a channel shows what was delivered once',
  shown_truly: 'what is called delivered is there, and what is there was attempted and not called refused',
  public_once: 'a page is public once, as it was approved',
  models_agree: 'a read model that was kept through everything equals the one that is folded from the log at once',
} as const;
export type BrokenPromise = { promise: keyof typeof promises; about: string; wrong: string };

/** What the world outside saw; what is not known is not judged. */
export type Outside = {
  /** When it is judged, in ms since 1970; nothing is on its way any more. */
  now?: number;
  /** Channel → delivery → how often it is shown. */
  shown?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Pages, each time that one was made public, by `<site>/<task>` with the hash of its text. */
  pages?: readonly { taskId: string; contentHash: string }[];
  /** What people were told of their approvals: refused, or done. */
  told?: readonly { commandId: string; refused: boolean }[];
  /** How far a clock may be wrong, in ms. */
  clockErrorMs?: number;
  /** Read models as they were kept, beside those folded from the log at once. */
  models?: readonly { name: string; kept: ReadonlyMap<string, unknown>; whole: ReadonlyMap<string, unknown> }[];
  /** Everything was left alone for long enough to end. */
  atRest?: boolean;
};

type LogEntry = Pick<Entry, 'position' | 'aggregate' | 'site' | 'id' | 'events' | 'envelope'>;

/** Every promise that a log breaks. */
export function brokenPromises(log: readonly LogEntry[], outside: Outside = {}): BrokenPromise[] {
  const found: BrokenPromise[] = [];
  const wrong = (promise: BrokenPromise['promise'], about: string, said: string) =>
    void found.push({ promise, about, wrong: said });
  judgeBooks(log, outside, wrong);
  for (const each of twice(log)) wrong('decided_once', each, 'was decided twice');
  judgeDeliveries(log, outside, wrong);
  judgeReposts(log, outside, wrong);
  for (const { name, kept, whole } of outside.models ?? [])
    if (!isDeepStrictEqual(new Map(kept), new Map(whole))) wrong('models_agree', name, 'differs from its log');
  return found;
}

/** Those that hold at any moment, also while much is on its way. */
export const brokenByNow = (log: readonly LogEntry[], outside: Outside = {}): BrokenPromise[] =>
  brokenPromises(log, outside).filter(({ promise }) => promise !== 'conserved' && promise !== 'public_once');

type Wrong = (promise: BrokenPromise['promise'], about: string, said: string) => void;

function judgeBooks(log: readonly LogEntry[], { now }: Outside, wrong: Wrong): void {
  const books = new Conservation();
  for (const entry of log) books.learn(entry);
  // Without a moment of its own it is the log's: what was said last may still be on its way.
  const at = now ?? Date.parse(log.at(-1)?.envelope.time ?? '1970-01-01T00:00:00.000Z');
  for (const { kind, id, uneven } of books.balance(at, now === undefined ? 5_000 : 0))
    for (const { title, wanted, there } of uneven)
      wrong('conserved', `${kind} ${id}`, `${title} must be there ${wanted} times, and is ${there}`);
}

type Sent = {
  name: string;
  channelId: string;
  onUnknown: OnUnknown;
  linked: string | null;
  attempts: number;
  /** The last attempt may have arrived, and nobody has settled it. */
  doubt: boolean;
  closed: 'halted' | 'cancelled' | null;
  running: boolean;
  /** Where it stands in the end; null: it goes on. */
  end: 'there' | 'absent' | null;
  committed: boolean;
};

function judgeDeliveries(log: readonly LogEntry[], outside: Outside, wrong: Wrong): void {
  const all = new Map<string, Sent>();
  const committed = new Set<string>();
  for (const { events } of log) {
    for (const event of events) {
      judgeLinked(event, committed, wrong);
      if (!isOfDelivery(event)) continue;
      const name = `${event.site}/${event.deliveryId}`;
      if (event.type === 'delivery.requested') {
        const { channelId, onUnknown, linked, embargo, awaitsCommit } = event;
        const known = { name, channelId, onUnknown, linked: embargo ? null : (linked?.linkedId ?? null), attempts: 0 };
        if (all.has(name)) wrong('decided_once', name, 'was asked for twice');
        const rest = { doubt: false, closed: null, running: false, end: null, committed: awaitsCommit !== true };
        all.set(name, { ...known, ...rest });
        continue;
      }
      const sent = all.get(name);
      if (!sent) {
        wrong('written_first', name, `${event.type} of what nobody asked for`);
        continue;
      }
      if (event.type === 'delivery.committed' && sent.linked !== null && !committed.has(sent.linked))
        wrong('together', name, `goes before ${sent.linked} does`);
      if (event.type === 'delivery.attempted' && sent.linked !== null && !committed.has(sent.linked))
        wrong('together', name, `is sent before ${sent.linked} goes`);
      judgeDelivery(sent, event, wrong);
    }
  }
  if (outside.atRest)
    for (const { name, end, closed } of all.values())
      if (end === null && closed === null) wrong('ends', name, 'has no end');
  judgeShown(all, outside, wrong);
}

const isOfDelivery = (event: AnyEvent): event is DeliveryEvent => event.type.startsWith('delivery.');

/** All of it from one message on, or nothing for ever. */
function judgeLinked(event: AnyEvent, committed: Set<string>, wrong: Wrong): void {
  if (event.type === 'linked.committed') {
    if (committed.has(event.linkedId)) wrong('together', event.linkedId, 'was committed twice');
    if (event.committedAt < event.t0) wrong('together', event.linkedId, 'was committed before its moment');
    committed.add(event.linkedId);
  }
  if (event.type === 'linked.opened' && !committed.has(event.linkedId))
    wrong('together', event.linkedId, 'was opened and never committed');
  if (event.type === 'linked.cancelled' && committed.has(event.linkedId))
    wrong('together', event.linkedId, 'was cancelled when it had gone out');
}

function judgeDelivery(sent: Sent, event: DeliveryEvent, wrong: Wrong): void {
  const { name } = sent;
  switch (event.type) {
    case 'delivery.committed':
      sent.committed = true;
      return;
    case 'delivery.attempted': {
      const what = `attempt ${event.attempt}`;
      if (event.attempt !== sent.attempts + 1) wrong('written_first', name, `${what} comes after ${sent.attempts}`);
      if (sent.running) wrong('written_first', name, `${what} while another one runs`);
      if (sent.closed !== null) wrong('halted', name, `${what} of what was ${sent.closed}`);
      if (!sent.committed) wrong('together', name, `${what} before it was committed`);
      if (sent.end !== null) wrong('never_blind', name, `${what} of what is ${sent.end}`);
      // A package for a person that nobody was given yet is only made again.
      if (sent.doubt && sent.onUnknown !== 'same_key' && sent.onUnknown !== 'assisted')
        wrong('never_blind', name, `${what}, and one before may have arrived`);
      sent.attempts = event.attempt;
      sent.running = true;
      return;
    }
    case 'delivery.answered': {
      const { attempt, outcome, nextAttemptAt, doubtful = outcome === 'unknown' } = event;
      if (attempt !== sent.attempts)
        wrong('written_first', name, `attempt ${attempt} was answered, not ${sent.attempts}`);
      sent.running = false;
      sent.doubt = doubtful;
      if (outcome === 'confirmed') sent.end = 'there';
      else if (outcome !== 'accepted_pending' && nextAttemptAt === null && !doubtful) sent.end = 'absent';
      return;
    }
    case 'delivery.probed':
      if (event.finding === 'absent' || event.finding === 'accepted') sent.doubt = false;
      if (event.finding === 'present') sent.end = 'there';
      if (event.finding === 'refused') sent.end = 'absent';
      if (event.finding === 'absent' && event.nextAttemptAt === null) sent.end = 'absent';
      return;
    case 'delivery.resolved':
      sent.doubt = false;
      if (event.resolution !== 'send_again') sent.end = event.resolution === 'arrived' ? 'there' : 'absent';
      return;
    case 'delivery.redriven':
      sent.end = null;
      sent.doubt = false;
      return;
    case 'delivery.reported':
      sent.end = 'there';
      return;
    case 'delivery.lost':
      sent.end = 'absent';
      return;
    case 'delivery.cancelled':
      sent.closed = 'cancelled';
      return;
    case 'delivery.halted':
      sent.closed = 'halted';
      return;
    case 'delivery.requested':
    case 'delivery.noted':
    case 'delivery.prepared':
    case 'delivery.rescheduled':
    case 'delivery.discarded':
    case 'delivery.postponed':
    case 'delivery.key_expired':
    case 'delivery.bounced':
    case 'delivery.warned':
    case 'delivery.check_asked':
    case 'delivery.watched':
  }
}

function judgeShown(all: ReadonlyMap<string, Sent>, { shown }: Outside, wrong: Wrong): void {
  if (!shown) return;
  const known = new Map([...all.values()].map((sent) => [`${sent.channelId} ${sent.name.split('/')[1]}`, sent]));
  for (const [channelId, posts] of shown) {
    for (const [deliveryId, count] of posts) {
      const about = `${channelId} ${deliveryId}`;
      const sent = known.get(about);
      if (count > 1) wrong('shown_once', about, `is shown ${count} times`);
      if (!sent || sent.attempts === 0) wrong('shown_truly', about, 'is shown and was never attempted');
      if (sent?.end === 'absent') wrong('shown_truly', about, 'is shown and is called absent');
    }
  }
  for (const [about, { channelId, name, end }] of known)
    if (end === 'there' && !shown.get(channelId)?.has(name.split('/')[1]!))
      wrong('shown_truly', about, 'is called delivered and is not there');
}

type Task = {
  name: string;
  approved: boolean;
  hashes: Set<string>;
  published: number;
  told: Set<number>;
  open: boolean;
};

function judgeReposts(log: readonly LogEntry[], outside: Outside, wrong: Wrong): void {
  const tasks = new Map<string, Task>();
  const commands = new Set<string>();
  for (const { aggregate, events, envelope } of log) {
    commands.add(envelope.id);
    if (aggregate !== 'repost') continue;
    for (const event of events as RepostEvent[]) {
      const name = `${event.site}/${event.taskId}`;
      const blank = {
        name,
        approved: false,
        hashes: new Set<string>(),
        published: 0,
        told: new Set<number>(),
        open: true,
      };
      const task = tasks.get(name) ?? blank;
      tasks.set(name, task);
      judgeRepost(task, event, outside, wrong);
    }
  }
  if (outside.atRest) for (const { name, open } of tasks.values()) if (open) wrong('ends', name, 'has no end');
  for (const { commandId, refused } of outside.told ?? [])
    if (commands.has(commandId) === refused)
      wrong('one_approval', commandId, refused ? 'was refused and is done' : 'was told done and is not');
  judgePages(tasks, outside, wrong);
}

function judgeRepost(task: Task, event: RepostEvent, { clockErrorMs = 60_000 }: Outside, wrong: Wrong): void {
  const { name } = task;
  if (closes.has(event.type)) task.open = false;
  if (event.type === 'repost.approved') {
    if (task.approved) wrong('one_approval', name, 'was approved, and again');
    task.approved = true;
    task.hashes.add(event.edit ?? event.contentHash);
  }
  if (event.type === 'repost.approval_voided') task.approved = false;
  if (event.type === 'repost.published') {
    if (!task.approved) wrong('public_once', name, 'was published and not approved');
    task.published++;
  }
  if (opensAgain.has(event.type)) {
    task.approved = false;
    task.open = true;
    task.told.clear();
  }
  if (event.type === 'repost.warned') {
    const { share, fellDueAt, warnedAt } = event;
    if (task.told.has(share)) wrong('warned_once', name, `${share} % were told twice`);
    if (Date.parse(warnedAt) < Date.parse(fellDueAt) - 2 * clockErrorMs)
      wrong('warned_once', name, `${share} % were told at ${warnedAt}, before ${fellDueAt}`);
    task.told.add(share);
  }
}

const closes: ReadonlySet<string> = new Set([
  'repost.verified',
  'repost.exempted',
  'repost.merged',
  'repost.withdrawn',
]);
const opensAgain: ReadonlySet<string> = new Set(['repost.update_due', 'repost.retract_due', 'repost.owed_again']);

function judgePages(tasks: ReadonlyMap<string, Task>, { pages }: Outside, wrong: Wrong): void {
  if (!pages) return;
  const shown = new Map<string, number>();
  for (const { taskId, contentHash } of pages) {
    const page = `${taskId} ${contentHash}`;
    shown.set(page, (shown.get(page) ?? 0) + 1);
    if (!tasks.get(taskId)?.hashes.has(contentHash)) wrong('public_once', taskId, `${contentHash} was never approved`);
  }
  for (const [page, count] of shown) if (count > 1) wrong('public_once', page, `was made public ${count} times`);
  const out = new Set(pages.map(({ taskId }) => taskId));
  for (const { name, published } of tasks.values())
    if (published > 0 && !out.has(name)) wrong('public_once', name, 'is called published and is not public');
}
