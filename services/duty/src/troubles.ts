import {
  linkedPlan,
  speaksTogether,
  targetsOf,
  type AlarmSubject,
  type CorrectionEvent,
  type DeliveryEvent,
  type IncidentEvent,
  type LinkedEvent,
  type LinkedPlan,
  type PartRole,
  type ReleaseEvent,
  type RepostEvent,
  type RumorEvent,
  type SourceHealthEvent,
  type SubmissionEvent,
  type WarningShare,
} from '@tongsheng/contracts';

type Queued = Extract<RepostEvent, { type: 'repost.queued' }>;
type Escalated = Extract<SourceHealthEvent, { type: 'source.escalated' }>;
export type OpenTask = Pick<Queued, 'taskId' | 'title' | 'sourceName' | 'startsAt' | 'dueAt'> & {
  warned: WarningShare[];
};

/** What an alarm needs to know of a task, from its past; null while the public has what it should, or nobody owes it. */
export function openTask(past: readonly RepostEvent[]): OpenTask | null {
  let task = null as OpenTask | null;
  let isOut = false;
  const names = new Map<string, string>();
  const owed = new Map<string, Owed & { isGone: boolean }>();
  for (const event of past) {
    if (event.type === 'repost.queued' || event.type === 'repost.bound') {
      const { itemId, sourceName } = event;
      names.set(itemId, sourceName);
      // One repost settles what another source adds later.
      if (isOut) continue;
      owed.set(itemId, { ...event, isGone: false });
      task = earliest(owed, task?.warned);
    }
    if (event.type === 'repost.unbound') owed.delete(event.itemId);
    if (event.type === 'repost.source_withdrawn' || event.type === 'repost.source_returned') {
      const known = owed.get(event.itemId);
      if (known) owed.set(event.itemId, { ...known, isGone: event.type === 'repost.source_withdrawn' });
    }
    if (task && !isOut && 'itemId' in event && moves.has(event.type)) task = earliest(owed, task.warned);
    if (anew.has(event.type) && 'dueAt' in event) {
      const { taskId, itemId, title, startsAt, dueAt } = event;
      isOut = event.type !== 'repost.owed_again';
      task = { taskId, title, sourceName: names.get(itemId) ?? itemId, startsAt, dueAt, warned: [] };
    }
    if (event.type === 'repost.merged') return null;
    isOut ||= event.type === 'repost.published';
    if (event.type === 'repost.withdrawn') isOut = false;
    if (settles.has(event.type)) task = null;
    if (!isOut && settles.has(event.type)) owed.clear();
    if (!task) continue;
    if (event.type === 'repost.source_changed') task = { ...task, title: event.title };
    if (event.type === 'repost.warned') task = { ...task, warned: [...task.warned, event.share] };
  }
  return task;
}

type Owed = Pick<Queued, 'taskId' | 'title' | 'sourceName' | 'startsAt' | 'dueAt'>;

/** Of several obligations the earliest counts. */
function earliest(owed: ReadonlyMap<string, Owed & { isGone: boolean }>, warned: WarningShare[] = []): OpenTask | null {
  const counting = [...owed.values()].filter(({ isGone }) => !isGone);
  if (counting.length === 0) return null;
  const { taskId, title, sourceName, startsAt, dueAt } = counting.reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
  return { taskId, title, sourceName, startsAt, dueAt, warned };
}

/** What changes which obligation is the earliest. */
const moves: ReadonlySet<string> = new Set(['repost.unbound', 'repost.source_withdrawn', 'repost.source_returned']);
/** What begins a limit of its own. */
const anew: ReadonlySet<string> = new Set(['repost.update_due', 'repost.retract_due', 'repost.owed_again']);
const settles: ReadonlySet<string> = new Set([
  'repost.published',
  'repost.exempted',
  'repost.retract_lifted',
  'repost.removed',
  'repost.withdrawn',
]);

/** How often a task was owed again so far, be it to bring it up to date or to take it down: each time has alarms of its own. */
export const roundOf = (past: readonly RepostEvent[]): number => past.filter(({ type }) => anew.has(type)).length;

export function taskSubject(task: OpenTask, share: WarningShare): AlarmSubject {
  const { warned: _warned, ...facts } = task;
  return { kind: 'task', share, ...facts };
}

/** What the public reads at a page of ours that it must not, from the task's past; null while it reads what it should. */
export function pageSubject(past: readonly RepostEvent[]): Extract<AlarmSubject, { kind: 'page' }> | null {
  const last = past.findLast(({ type }) => type === 'repost.drifted' || ends.has(type));
  if (last?.type !== 'repost.drifted' || (last.kind !== 'reappeared' && last.kind !== 'replaced')) return null;
  const out = past.findLast((event) => event.type === 'repost.published' || event.type === 'repost.removed');
  const titled = past.findLast((event) => event.type === 'repost.approved' || event.type === 'repost.queued');
  if (!titled || !out) return null;
  const { taskId, kind: drift, reason: detail, driftedAt } = last;
  return { kind: 'page', taskId, title: titled.title, drift, url: out.url, detail, driftedAt };
}

/** After these the page is as it should be, or is another one. */
const ends: ReadonlySet<string> = new Set(['repost.verified', 'repost.withdrawn', 'repost.published', 'repost.merged']);

/** Whether the way of reading that was escalated has neither recovered since nor been escalated further. */
export function isEscalatedStill(past: readonly SourceHealthEvent[], escalated: Escalated): boolean {
  const of = past.filter((event) =>
    'detector' in event ? event.detector === escalated.detector : !escalated.detector,
  );
  const at = of.findLastIndex(
    (event) => event.type === 'source.escalated' && event.escalatedAt === escalated.escalatedAt,
  );
  return !of.slice(at + 1).some(({ type }) => type === 'source.recovered' || type === 'source.escalated');
}

export type OpenRumor = { claim: string; startsAt: string; dueAt: string; warned: WarningShare[] };

/** What an alarm needs to know of a rumor, from its past; null while nobody owes an answer to it. */
export function openRumor(past: readonly RumorEvent[]): OpenRumor | null {
  let [rumor, waits] = [null as OpenRumor | null, false];
  for (const event of past) {
    if (event.type === 'rumor.reported') {
      const { claim, reportedAt: startsAt, dueAt } = event;
      [rumor, waits] = [{ claim, startsAt, dueAt, warned: [] }, true];
    }
    if (rumor === null) continue;
    if (event.type === 'rumor.assessed') {
      waits = event.decision === 'rebut';
      if (event.dueAt) rumor = { ...rumor, startsAt: event.assessedAt, dueAt: event.dueAt, warned: [] };
    }
    if (event.type === 'rumor.rebutted' || event.type === 'rumor.closed') waits = false;
    if (event.type === 'rumor.warned') rumor = { ...rumor, warned: [...rumor.warned, event.share] };
  }
  return waits ? rumor : null;
}

export type OpenCorrection = { title: string; startsAt: string; dueAt: string; warned: WarningShare[] };

/** What an alarm needs to know of a netizen's report, from its past; null while nobody owes an answer to it. */
export function openCorrection(past: readonly CorrectionEvent[]): OpenCorrection | null {
  let [report, waits] = [null as OpenCorrection | null, false];
  for (const event of past) {
    if (event.type === 'correction.received') {
      const { page, text, receivedAt: startsAt, dueAt } = event;
      [report, waits] = [{ title: page.title || text.slice(0, 60), startsAt, dueAt, warned: [] }, true];
    }
    if (report === null) continue;
    if (event.type === 'correction.answered' || event.type === 'correction.spam_marked') waits = false;
    if (event.type === 'correction.spam_lifted') waits = true;
    if (event.type === 'correction.deadline_moved' || event.type === 'correction.spam_lifted')
      report = { ...report, dueAt: event.dueAt, warned: report.dueAt === event.dueAt ? report.warned : [] };
    if (event.type === 'correction.warned') report = { ...report, warned: [...report.warned, event.share] };
  }
  return waits ? report : null;
}

export type OpenSubmission = Omit<Extract<AlarmSubject, { kind: 'submission' }>, 'kind' | 'share'> & {
  /** The sites of ours that wait for the answer or owe it, who owes it first. */
  sites: string[];
  warned: WarningShare[];
};

/** What an alarm needs to know of a submission, from its past; null while nobody owes an answer. */
export function openSubmission(past: readonly SubmissionEvent[]): OpenSubmission | null {
  let open = null as OpenSubmission | null;
  for (const event of past) {
    if (event.type === 'submission.offered') {
      const { submissionId, site: from, title, to, offeredAt: startsAt, dueAt } = event;
      const sites = to.kind === 'site' ? [to.site, from] : [from];
      open = { submissionId, from, title, waitsFor: to.name, startsAt, dueAt, sites, warned: [] };
    }
    if (open === null) continue;
    if (event.type === 'submission.countered') {
      const offered = past.find((each) => each.type === 'submission.offered')!;
      const { to, site } = offered;
      const there = to.kind === 'site' ? [to.site] : [];
      const [waitsFor, sites] = event.side === 'offering' ? [to.name, [...there, site]] : [null, [site, ...there]];
      open = { ...open, waitsFor, sites, startsAt: event.counteredAt, dueAt: event.dueAt, warned: [] };
    }
    if (event.type === 'submission.warned') open = { ...open, warned: [...open.warned, event.share] };
    if (answers.has(event.type)) return null;
  }
  return open;
}

/** After these nobody owes an answer. */
const answers: ReadonlySet<string> = new Set([
  'submission.agreed',
  'submission.declined',
  'submission.withdrawn',
  'submission.adopted',
]);

export type OpenDebt = { title: string; startsAt: string; dueAt: string; warned: WarningShare[] };

/** What an alarm needs to know of the review that an urgent signature left open; null while none is. */
export function openDebt(past: readonly ReleaseEvent[]): OpenDebt | null {
  let debt = null as OpenDebt | null;
  for (const event of past) {
    if (endsDebt.has(event.type)) debt = null;
    if (event.type === 'release.signed' && event.debt)
      debt = { title: event.title, startsAt: event.signedAt, dueAt: event.debt.dueAt, warned: [] };
    if (debt && event.type === 'release.debt_warned') debt = { ...debt, warned: [...debt.warned, event.share] };
  }
  return debt;
}

/** After these nothing is left to be reviewed, of what was signed before. */
export const endsDebt: ReadonlySet<string> = new Set([
  'release.debt_settled',
  'release.debt_objected',
  'release.pulled_back',
  'release.withdrawn',
  'release.signed',
]);

/** Whom a mail did not reach, from its past up to the bounce; null when none came. */
export function bouncedSubject(past: readonly DeliveryEvent[]): Extract<AlarmSubject, { kind: 'delivery' }> | null {
  const requested = past.find((event) => event.type === 'delivery.requested');
  const bounced = past.findLast((event) => event.type === 'delivery.bounced');
  if (!requested || !bounced) return null;
  const { deliveryId, releaseId, title, channelName } = requested;
  const detail = bounced.recipients.map(({ address, status }) => `${address} ${status}`).join('；');
  const facts = { deliveryId, releaseId, title, channelName, lostAt: bounced.bouncedAt };
  return { kind: 'delivery', ...facts, because: 'bounced', detail: detail.slice(0, 500) };
}

/** What was lost last of a delivery, from its past; null when nothing ever was. */
export function lostSubject(past: readonly DeliveryEvent[]): Extract<AlarmSubject, { kind: 'delivery' }> | null {
  const requested = past.find((event) => event.type === 'delivery.requested');
  const lost = past.findLast((event) => event.type === 'delivery.lost');
  if (!requested || !lost) return null;
  const { deliveryId, releaseId, title, channelName } = requested;
  const { because, detail, lostAt } = lost;
  return { kind: 'delivery', deliveryId, releaseId, title, channelName, because, detail: detail.slice(0, 500), lostAt };
}

/** What only a person can settle of a delivery: whether it arrived, or that a rebuttal did not; null while it goes on by itself. */
export function stuckSubject(past: readonly DeliveryEvent[]): Extract<AlarmSubject, { kind: 'delivery' }> | null {
  const requested = past.find((event) => event.type === 'delivery.requested');
  if (!requested) return null;
  const isRebuttal = requested.policy?.urgency === 'rebuttal';
  const stuck = past.reduce<Stuck | null>((before, event) => {
    const now = stuckAfter(event, isRebuttal);
    if (now === 'as before') return before;
    return now && before?.because === now.because ? before : now;
  }, null);
  if (!stuck) return null;
  const { deliveryId, releaseId, title, channelName } = requested;
  const { because, detail, at: lostAt } = stuck;
  return { kind: 'delivery', deliveryId, releaseId, title, channelName, because, detail: detail.slice(0, 500), lostAt };
}

type Stuck = { because: 'unknown' | 'failed'; detail: string; at: string };

function stuckAfter(event: DeliveryEvent, isRebuttal: boolean): Stuck | null | 'as before' {
  const unknown = (detail: string, at: string): Stuck => ({ because: 'unknown', detail, at });
  const failed = (detail: string, at: string): Stuck | null => (isRebuttal ? { because: 'failed', detail, at } : null);
  switch (event.type) {
    case 'delivery.answered': {
      const { outcome, detail, answeredAt, nextAttemptAt, nextProbeAt = null } = event;
      const { doubtful = outcome === 'unknown' } = event;
      if (outcome === 'confirmed' || outcome === 'accepted_pending') return null;
      if (nextAttemptAt !== null || nextProbeAt !== null) return null;
      // Whom it did not reach is an alarm of its own.
      if (event.othersHaveIt && !doubtful) return null;
      return doubtful ? unknown(detail, answeredAt) : failed(detail, answeredAt);
    }
    case 'delivery.probed': {
      const { finding, detail, probedAt, nextAttemptAt, nextProbeAt } = event;
      if (finding === 'present' || nextAttemptAt !== null || nextProbeAt !== null) return null;
      return finding === 'absent' || finding === 'refused' ? failed(detail, probedAt) : unknown(detail, probedAt);
    }
    case 'delivery.key_expired':
      return event.nextProbeAt === null ? unknown('', event.expiredAt) : null;
    case 'delivery.attempted':
    case 'delivery.resolved':
    case 'delivery.redriven':
    case 'delivery.reported':
    case 'delivery.cancelled':
    case 'delivery.lost':
      return null;
    case 'delivery.requested':
    case 'delivery.noted':
    case 'delivery.prepared':
    case 'delivery.committed':
    case 'delivery.postponed':
    case 'delivery.halted':
    case 'delivery.check_asked':
    case 'delivery.rescheduled':
    case 'delivery.discarded':
    case 'delivery.bounced':
    case 'delivery.warned':
    case 'delivery.watched':
      return 'as before';
  }
}

/** After these nobody has to hand it over any more, by hand. */
export const endsAssignment: ReadonlySet<string> = new Set<DeliveryEvent['type']>([
  'delivery.reported',
  'delivery.resolved',
  'delivery.halted',
  'delivery.redriven',
]);

/** What a person has to hand over and is late with, from the delivery's past; null while nobody is. */
export function assignmentSubject(
  past: readonly DeliveryEvent[],
): Extract<AlarmSubject, { kind: 'assignment' }> | null {
  const requested = past.find((event) => event.type === 'delivery.requested');
  const last = past.findLast((event) => event.type === 'delivery.warned' || endsAssignment.has(event.type));
  if (!requested || last?.type !== 'delivery.warned') return null;
  const { deliveryId, releaseId, title, channelName } = requested;
  const { share, startsAt, dueAt } = last;
  return { kind: 'assignment', deliveryId, releaseId, title, channelName, share, startsAt, dueAt };
}

type Told = Extract<LinkedEvent, { type: 'linked.reminded' | 'linked.stopped' }>;
type LinkedSubject = Extract<AlarmSubject, { kind: 'linked' }>;

const roleWords: Record<PartRole, string> = {
  policy: '政策',
  interpretation: '解读',
  qa: '问答',
  chart: '图解',
  news: '通稿',
};
/** So many are named; of the others people learn the number. */
const namedAtMost = 10;

/**
 * What is wrong with a linked release at a moment that the clock told, by its past up to there; null when all that must not
 * be missing is ready, or when that moment is over: planned anew, out, or cancelled since.
 */
export function linkedSubject(
  past: readonly LinkedEvent[],
  told: Told,
  nameOf: (place: { kind: 'page' | 'channel'; id: string }) => string,
): LinkedSubject | null {
  const planned = past.findLast((event) => event.type === 'linked.planned');
  if (planned?.type !== 'linked.planned' || planned.t0 !== told.t0) return null;
  if (past.some(({ type }) => type === 'linked.committed' || type === 'linked.cancelled')) return null;
  const plan = linkedPlan.parse(planned);
  const missing = missingOf(plan, told);
  const because = told.type === 'linked.stopped' ? told.because : lackOf(plan, past, missing);
  if (because === null) return null;
  const words = missing.slice(0, namedAtMost).map((target) => {
    const [kind, releaseId, id] = target.split('/') as ['page' | 'channel', string, string];
    const role = plan.parts.find((part) => part.releaseId === releaseId)?.role ?? 'news';
    return `${roleWords[role]} → ${nameOf({ kind, id })}`;
  });
  const { linkedId, t0 } = told;
  const minutes = told.type === 'linked.stopped' ? null : told.minutes;
  return { kind: 'linked', linkedId, title: plan.title, t0, minutes, because, missing: words, count: missing.length };
}

/** Of what is not ready, what T0 will not go without. */
function missingOf(plan: LinkedPlan, told: Told): string[] {
  if (told.type === 'linked.stopped') return told.missing;
  const required = new Set(targetsOf(plan).flatMap(({ target, required: must }) => (must ? [target] : [])));
  return told.unready.filter((target) => required.has(target));
}

function lackOf(plan: LinkedPlan, past: readonly LinkedEvent[], missing: string[]): LinkedSubject['because'] | null {
  if (!speaksTogether(plan, isWaived(past))) return 'no_interpretation';
  if (plan.parts.length === 0) return 'part_unsigned';
  return missing.length > 0 ? 'not_ready' : null;
}

/** A waiver is about the parts that were planned when it was given. */
function isWaived(past: readonly LinkedEvent[]): boolean {
  let [waived, parts] = [false, ''];
  for (const event of past) {
    if (event.type === 'linked.waived') waived = true;
    if (event.type !== 'linked.planned') continue;
    const planned = JSON.stringify(event.parts);
    waived &&= planned === parts;
    parts = planned;
  }
  return waived;
}

/** What an alarm needs to know of an incident, from its past; null when it is over. */
export function openIncident(past: readonly IncidentEvent[]) {
  const opened = past.find((event) => event.type === 'incident.opened');
  const isOver = past.findLast(({ type }) => type === 'incident.closed' || type === 'incident.reopened');
  if (opened?.type !== 'incident.opened' || isOver?.type === 'incident.closed') return null;
  const { incidentId, kind: incident, title, openedAt: startsAt, dueAt } = opened;
  const graded = past.findLast((event) => event.type === 'incident.graded');
  const severity = graded?.type === 'incident.graded' ? graded.severity : opened.severity;
  const isReported = past.some(({ type }) => type === 'incident.reported');
  return { incidentId, incident, severity, title, startsAt, dueAt, isReported };
}
