import { defineAggregate } from '@tongsheng/bus';
import {
  LinkedCommand,
  LinkedEvent,
  linkedPlan,
  Refusal,
  speaksTogether,
  targetsOf,
  type LinkedPlan,
  type reminderMinutes,
} from '@tongsheng/contracts';

type Sealed = { generation: number; contents: Record<string, string> };

type Facts = {
  plan: LinkedPlan;
  revision: number;
  planners: string[];
  lastPlanner: { by: string; byName: string };
  waived: boolean;
  /** Part → the content that was signed. */
  signed: Record<string, string>;
  sealed: Sealed | null;
  generations: number;
};

type LinkedRelease =
  | { status: 'new' }
  | (Facts & { status: 'planned'; reminded: (typeof reminderMinutes)[number][] })
  /** T0 went by without it; a person plans a new one, or cancels. */
  | (Facts & { status: 'stopped' })
  | (Facts & { status: 'committed' | 'open' })
  | { status: 'cancelled' };

type Standing = Extract<LinkedRelease, Facts>;
type Waiting = Extract<LinkedRelease, { status: 'planned' | 'stopped' }>;

/**
 * Releases that become public at one moment, on every site and channel, or not at all:
 * `planned → committed → open`; `stopped` when something that must not be missing was, at T0.
 */
export const linkedRelease = defineAggregate({
  name: 'linked',
  commands: LinkedCommand,
  events: LinkedEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.linkedId,
  opens: [],
  initial: { status: 'new' } as LinkedRelease,

  decide(command, linked): LinkedEvent[] {
    const { linkedId, site, at } = command;
    const head = { linkedId, site };
    if (command.type === 'linked.plan') return planned(command, linked);
    if (linked.status === 'new') throw new Refusal('linked_missing', `no linked release ${linkedId}`);
    if (linked.status === 'cancelled') {
      if (command.type === 'linked.cancel') return [];
      throw new Refusal('linked_cancelled', `${linkedId} was cancelled`);
    }

    switch (command.type) {
      case 'linked.waive': {
        const waiting = mustWait(command, linked);
        if (waiting.planners.includes(command.actor.id))
          throw new Refusal('linked_same_person', `${command.actor.id} planned ${linkedId}`);
        if (waiting.waived) return [];
        return [{ type: 'linked.waived', ...head, reason: command.reason, ...said(command), waivedAt: at }];
      }
      case 'linked.sign_part': {
        const { releaseId, contentHash } = command;
        const waiting = mustWait(command, linked);
        if (!hasPart(waiting.plan, releaseId)) throw new Refusal('linked_not_part', `${releaseId} is no part`);
        if (waiting.signed[releaseId] === contentHash) return [];
        return [{ type: 'linked.part_signed', ...head, releaseId, contentHash, partSignedAt: at }];
      }
      case 'linked.pull_part': {
        const { releaseId, reason } = command;
        const waiting = mustWait(command, linked);
        if (waiting.signed[releaseId] === undefined) return [];
        return [{ type: 'linked.part_pulled', ...head, releaseId, reason, ...said(command), pulledAt: at }];
      }
      case 'linked.record_sealed': {
        const { sealKey, contents, pages } = command;
        const waiting = mustWait(command, linked);
        // Planned or signed anew while it was being sealed: it is sealed again, and this one never gets a key.
        const stale = waiting.plan.parts.some(({ releaseId: id }) => contents[id] !== waiting.signed[id]);
        const whole = pagesOf(waiting.plan).every((page) => pages.some(({ target }) => target === page));
        if (stale || !whole) throw new Refusal('linked_changed', `${linkedId} changed while it was sealed`);
        if (waiting.sealed) return [];
        const generation = waiting.generations + 1;
        return [{ type: 'linked.sealed', ...head, generation, sealKey, pages, sealedAt: at }];
      }
      case 'linked.remind': {
        const { minutes, ready } = command;
        if (linked.status !== 'planned' || linked.reminded.includes(minutes)) return [];
        const unready = unreadyOf(linked, ready);
        const { t0 } = linked.plan;
        return [{ type: 'linked.reminded', ...head, minutes, unready, t0, remindedAt: at }];
      }
      case 'linked.record_rehearsal':
        mustWait(command, linked);
        return [{ type: 'linked.rehearsed', ...head, results: command.results, ...said(command), rehearsedAt: at }];
      case 'linked.tell_press':
        return toldPress(command, linked);
      case 'linked.commit':
        return committed(command, linked);
      case 'linked.record_opened': {
        if (linked.status === 'open') return [];
        if (linked.status !== 'committed') throw new Refusal('linked_early', `${linkedId} is not committed`);
        return [{ type: 'linked.opened', ...head, publicPosition: command.publicPosition, openedAt: at }];
      }
      case 'linked.cancel':
        mustWait(command, linked);
        return [{ type: 'linked.cancelled', ...head, reason: command.reason, ...said(command), cancelledAt: at }];
    }
  },

  evolve(linked, event): LinkedRelease {
    if (event.type === 'linked.planned') return replanned(linked, event);
    if (linked.status === 'new' || linked.status === 'cancelled') return linked;
    switch (event.type) {
      case 'linked.waived':
        return { ...linked, waived: true };
      case 'linked.part_signed':
        return { ...linked, signed: { ...linked.signed, [event.releaseId]: event.contentHash }, sealed: null };
      case 'linked.part_pulled': {
        const { [event.releaseId]: _pulled, ...signed } = linked.signed;
        return { ...linked, signed, sealed: null };
      }
      case 'linked.sealed': {
        const { generation } = event;
        return { ...linked, sealed: { generation, contents: linked.signed }, generations: generation };
      }
      case 'linked.reminded':
        return linked.status === 'planned' ? { ...linked, reminded: [...linked.reminded, event.minutes] } : linked;
      case 'linked.rehearsed':
      case 'linked.press_told':
        return linked;
      case 'linked.stopped':
        return { ...factsOf(linked), status: 'stopped' };
      case 'linked.committed':
        return { ...factsOf(linked), status: 'committed' };
      case 'linked.opened':
        return { ...factsOf(linked), status: 'open' };
      case 'linked.cancelled':
        return { status: 'cancelled' };
    }
  },
});

type Plan = Extract<LinkedCommand, { type: 'linked.plan' }>;
type Commit = Extract<LinkedCommand, { type: 'linked.commit' }>;

function planned(command: Plan, linked: LinkedRelease): LinkedEvent[] {
  const { linkedId, site, plan, baseRevision, at } = command;
  const before = linked.status === 'new' ? null : mustWait(command, linked);
  if (before && JSON.stringify(before.plan) === JSON.stringify(plan)) return [];
  if (baseRevision !== (before?.revision ?? 0)) {
    if (!before) throw new Refusal('linked_missing', `no linked release ${linkedId}`);
    const { revision, lastPlanner } = before;
    throw new Refusal('linked_changed', `${lastPlanner.byName} changed ${linkedId}`, { ...lastPlanner, revision });
  }
  if (plan.t0 <= at) throw new Refusal('linked_past', `${plan.t0} is over`, { t0: plan.t0 });
  const revision = baseRevision + 1;
  return [{ type: 'linked.planned', linkedId, site, ...plan, revision, ...said(command), plannedAt: at }];
}

/** The press gets what was signed, all of it, and only while there is something to wait for. */
function toldPress(command: Extract<LinkedCommand, { type: 'linked.tell_press' }>, linked: Standing): LinkedEvent[] {
  const { linkedId, site, channelId, people, at } = command;
  const { plan, signed, waived } = mustWait(command, linked);
  if (plan.t0 <= at) throw new Refusal('linked_past', `${plan.t0} is over`, { t0: plan.t0 });
  const parts = plan.parts.map(({ releaseId, site: home }) => ({
    releaseId,
    site: home,
    contentHash: signed[releaseId],
  }));
  if (parts.length === 0 || !parts.every(isSigned)) throw new Refusal('linked_unsigned', `${linkedId} is not signed`);
  if (!speaksTogether(plan, waived)) throw new Refusal('linked_unsigned', `${linkedId} has no interpretation`);
  const told = { channelId, people, parts, until: plan.t0, ...said(command), toldAt: at };
  return [{ type: 'linked.press_told', linkedId, site, ...told }];
}

const isSigned = <P extends { contentHash: string | undefined }>(part: P): part is P & { contentHash: string } =>
  part.contentHash !== undefined;

/** At T0, and not a millisecond before it: all of it, or nothing. */
function committed(command: Commit, linked: Standing): LinkedEvent[] {
  const { linkedId, site, ready, at } = command;
  if (linked.status !== 'planned') return [];
  const { plan, signed, waived } = linked;
  const { t0, parts, channels } = plan;
  if (at < t0) throw new Refusal('linked_early', `${linkedId} goes out at ${t0}`, { t0 });
  const unready = unreadyOf(linked, ready);
  const required = new Set(targetsOf(plan).flatMap((each) => (each.required ? [each.target] : [])));
  const missing = unready.filter((target) => required.has(target));
  const stop = (because: Extract<LinkedEvent, { type: 'linked.stopped' }>['because']): LinkedEvent[] => [
    { type: 'linked.stopped', linkedId, site, because, missing, t0, stoppedAt: at },
  ];
  if (!speaksTogether(plan, waived)) return stop('no_interpretation');
  if (parts.length === 0 || parts.some(({ releaseId }) => signed[releaseId] === undefined))
    return stop('part_unsigned');
  if (missing.length > 0) return stop('not_ready');
  const contents = parts.map((part) => ({
    releaseId: part.releaseId,
    site: part.site,
    contentHash: signed[part.releaseId]!,
  }));
  return [{ type: 'linked.committed', linkedId, site, t0, parts: contents, channels, late: unready, committedAt: at }];
}

/** Pages are ready by this log's own word; channels by what they say. */
function unreadyOf({ plan, sealed, signed }: Standing, ready: readonly string[]): string[] {
  const said = new Set(ready);
  return targetsOf(plan)
    .map(({ target }) => target)
    .filter((target) => {
      const [kind, releaseId] = target.split('/') as [string, string];
      if (signed[releaseId] === undefined) return true;
      return kind === 'page' ? sealed === null : !said.has(target);
    });
}

const pagesOf = (plan: LinkedPlan) =>
  targetsOf(plan).flatMap(({ target }) => (target.startsWith('page/') ? [target] : []));

function mustWait({ linkedId }: LinkedCommand, linked: LinkedRelease): Waiting {
  if (linked.status === 'planned' || linked.status === 'stopped') return linked;
  if (linked.status === 'cancelled') throw new Refusal('linked_cancelled', `${linkedId} was cancelled`);
  throw new Refusal('linked_committed', `${linkedId} went out`);
}

const hasPart = ({ parts }: LinkedPlan, releaseId: string) => parts.some((part) => part.releaseId === releaseId);

const factsOf = ({ plan, revision, planners, lastPlanner, waived, signed, sealed, generations }: Standing): Facts => ({
  plan,
  revision,
  planners,
  lastPlanner,
  waived,
  signed,
  sealed,
  generations,
});

/** What another plan still holds of the one before: signatures of parts that stay; seals and waiver only where they fit. */
function replanned(
  before: LinkedRelease,
  event: Extract<LinkedEvent, { type: 'linked.planned' }>,
): Extract<LinkedRelease, { status: 'planned' }> {
  const { by, byName, revision } = event;
  const plan = linkedPlan.parse(event);
  const facts = 'plan' in before ? before : null;
  const planners = facts?.planners ?? [];
  const sameParts = facts !== null && JSON.stringify(facts.plan.parts) === JSON.stringify(plan.parts);
  const samePages = sameParts && JSON.stringify(facts.plan.sites) === JSON.stringify(plan.sites);
  const signed = Object.entries(facts?.signed ?? {}).filter(([releaseId]) => hasPart(plan, releaseId));
  return {
    status: 'planned',
    plan,
    revision,
    planners: planners.includes(by) ? planners : [...planners, by],
    lastPlanner: { by, byName },
    waived: sameParts && facts.waived,
    signed: Object.fromEntries(signed),
    sealed: samePages ? facts.sealed : null,
    generations: facts?.generations ?? 0,
    reminded: [],
  };
}

const said = ({ actor }: LinkedCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
