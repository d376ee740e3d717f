import { defineAggregate } from '@tongsheng/bus';
import {
  obliged,
  Refusal,
  RepostCommand,
  RepostEvent,
  type CommandHead,
  type WarningShare,
} from '@tongsheng/contracts';

type Version = { version: number; contentHash: string; title: string };
/** One of the items that are the same policy, as its source has it now. Old entries don't name it. */
type Member = { itemId: string; current: Version };
type Approval = { itemId: string; contentHash: string; by: string; byName: string; approvedAt: string };
/** What the public has while it is being brought up to date. */
type Out = { approval: Approval; verified: boolean } | null;

type Repost =
  | { status: 'new' }
  | {
      status: 'queued';
      members: Member[];
      warned: WarningShare[];
      exemption: { by: string } | null;
      claimedBy: string | null;
      out: Out;
    }
  | {
      status: 'approved';
      members: Member[];
      approval: Approval;
      warned: WarningShare[];
      attempts: number;
      failed: boolean;
      out: Out;
    }
  | { status: 'published'; members: Member[]; approval: Approval; trouble: string | null }
  | { status: 'verified'; members: Member[]; approval: Approval }
  | { status: 'exempted'; members: Member[] }
  | { status: 'merged'; into: string };
type Open = Exclude<Repost, { status: 'new' | 'merged' }>;

const alreadyApproved = (taskId: string, { by, byName, approvedAt }: Approval) =>
  new Refusal('repost_already_approved', `${byName} approved ${taskId} first`, { by, byName, at: approvedAt });

const missing = (taskId: string) => new Refusal('repost_missing', `no repost task ${taskId}`);
const closed = (taskId: string) => new Refusal('repost_already_closed', `${taskId} was exempted`);

/** One site's duty to repost one policy: `queued → approved → published → verified`, or `exempted`. */
export const repost = defineAggregate({
  name: 'repost',
  commands: RepostCommand,
  events: RepostEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.taskId,
  opens: ['repost.queue'],
  initial: { status: 'new' } as Repost,

  decide(command, task): RepostEvent[] {
    const { taskId, site } = command;
    if (task.status === 'merged') {
      if (command.type === 'repost.merge' && command.into === task.into) return [];
      throw new Refusal('repost_merged', `${taskId} was merged into ${task.into}`, { into: task.into });
    }
    if (command.type === 'repost.queue') return task.status === 'new' ? [queued(command)] : bound(command, task);
    if (task.status === 'new') throw missing(taskId);

    switch (command.type) {
      case 'repost.bind':
        return bound(command, task);
      case 'repost.unbind': {
        const { itemId, at } = command;
        if (!task.members.some((each) => each.itemId === itemId) || task.members.length === 1) return [];
        return [{ type: 'repost.unbound', taskId, site, itemId, unboundAt: at }];
      }
      case 'repost.merge':
        return [{ type: 'repost.merged', taskId, site, into: command.into, mergedAt: command.at }];
      case 'repost.follow_source': {
        const { itemId, version, contentHash, title, update } = command;
        const known = task.members.find((each) => each.itemId === itemId);
        if (!known || task.status === 'exempted') return [];
        const now = { taskId, site, itemId, version, contentHash, title };
        const isBehind =
          (task.status === 'published' || task.status === 'verified') &&
          task.approval.itemId === itemId &&
          task.approval.contentHash !== contentHash;
        const due: RepostEvent[] = isBehind ? [{ type: 'repost.update_due', ...now, ...update }] : [];
        if (known.current.contentHash === contentHash) return due;
        const change: RepostEvent = { type: 'repost.source_changed', ...now };
        if (!isOpen(task)) return [change, ...due];
        // What was approved is no longer what the source says, and nobody has seen the change.
        const voids = task.status === 'approved' && task.approval.itemId === itemId;
        return voids ? [change, voided(command, 'source_changed')] : [change];
      }
      case 'repost.claim': {
        if (task.status === 'exempted') throw closed(taskId);
        if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
        if (task.claimedBy === command.actor.id) return [];
        return [{ type: 'repost.claimed', taskId, site, ...said(command), claimedAt: command.at }];
      }
      case 'repost.release_claim':
        if (task.status !== 'queued' || task.claimedBy === null) return [];
        return [{ type: 'repost.claim_released', taskId, site, ...said(command), releasedAt: command.at }];
      case 'repost.approve':
        return approve(command, task);
      case 'repost.undo_approval': {
        if (task.status === 'queued') return [];
        if (task.status !== 'approved' || task.attempts > 0)
          throw new Refusal('repost_going_out', `${taskId} is going out already`);
        return [voided(command, 'undone')];
      }
      case 'repost.start_publication': {
        const { attempt, at } = command;
        if (task.status !== 'approved' || attempt !== task.attempts + 1) return [];
        return [{ type: 'repost.publication_started', taskId, site, attempt, startedAt: at }];
      }
      case 'repost.fail_publication': {
        if (task.status !== 'approved' || task.attempts !== command.attempt || task.failed) return [];
        const { attempt, code, detail, nextAttemptAt, at } = command;
        return [
          { type: 'repost.publication_failed', taskId, site, attempt, code, detail, nextAttemptAt, failedAt: at },
        ];
      }
      case 'repost.retry_publication': {
        if (task.status !== 'approved' || !task.failed) return [];
        return [{ type: 'repost.publication_retried', taskId, site, ...said(command), retriedAt: command.at }];
      }
      case 'repost.record_published': {
        if (task.status === 'published' || task.status === 'verified') return [];
        if (task.status !== 'approved') throw new Refusal('repost_not_approved', `${taskId} is ${task.status}`);
        const { url, publicPosition, remoteId, at } = command;
        return [
          {
            type: 'repost.published',
            taskId,
            site,
            url,
            publicPosition,
            ...(remoteId !== undefined && { remoteId }),
            publishedAt: at,
          },
        ];
      }
      case 'repost.record_verified': {
        if (task.status === 'verified') return [];
        if (task.status !== 'published') throw new Refusal('repost_not_published', `${taskId} is ${task.status}`);
        const { url, evidence, at } = command;
        return [{ type: 'repost.verified', taskId, site, url, evidence, verifiedAt: at }];
      }
      case 'repost.record_recheck': {
        if (task.status !== 'verified') return [];
        const { url, evidence, at } = command;
        return [{ type: 'repost.rechecked', taskId, site, url, evidence, recheckedAt: at }];
      }
      case 'repost.record_drift': {
        if (task.status !== 'verified') return [];
        const { reason, snapshot, at } = command;
        return [{ type: 'repost.drifted', taskId, site, reason, snapshot, driftedAt: at }];
      }
      case 'repost.record_verification_failed': {
        if (task.status === 'verified') return [];
        if (task.status !== 'published') throw new Refusal('repost_not_published', `${taskId} is ${task.status}`);
        if (task.trouble === command.reason) return [];
        return [{ type: 'repost.verification_failed', taskId, site, reason: command.reason, checkedAt: command.at }];
      }
      case 'repost.warn': {
        const { share, fellDueAt, at } = command;
        if (task.status !== 'queued' && task.status !== 'approved') return [];
        if (task.warned.includes(share)) return [];
        return [{ type: 'repost.warned', taskId, site, share, fellDueAt, warnedAt: at }];
      }
      case 'repost.request_exemption': {
        if (task.status === 'exempted') throw closed(taskId);
        if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
        if (task.exemption) throw new Refusal('exemption_pending', `${taskId} waits for a second person`);
        const { reason, at } = command;
        return [{ type: 'repost.exemption_requested', taskId, site, reason, ...said(command), requestedAt: at }];
      }
      case 'repost.exempt': {
        if (task.status === 'exempted') return [];
        secondPerson(command, task);
        return [{ type: 'repost.exempted', taskId, site, ...said(command), exemptedAt: command.at }];
      }
      case 'repost.refuse_exemption': {
        if (task.status === 'exempted') throw closed(taskId);
        secondPerson(command, task);
        const { reason, at } = command;
        return [{ type: 'repost.exemption_refused', taskId, site, ...said(command), reason, refusedAt: at }];
      }
    }
  },

  evolve(task, event): Repost {
    switch (event.type) {
      case 'repost.queued':
        return fresh([memberOf(event)]);
      case 'repost.bound':
        if (!('members' in task)) return task;
        // Who was let off one item was not let off the other.
        if (task.status === 'exempted') return fresh([memberOf(event)]);
        return { ...task, members: [...task.members, memberOf(event)] };
      case 'repost.unbound':
        if (!('members' in task)) return task;
        return { ...task, members: task.members.filter(({ itemId }) => itemId !== event.itemId) };
      case 'repost.merged':
        return { status: 'merged', into: event.into };
      case 'repost.source_changed': {
        if (!('members' in task)) return task;
        const changed = event.itemId ?? task.members[0]!.itemId;
        const current = versionOf(event);
        return {
          ...task,
          members: task.members.map((each) => (each.itemId === changed ? { ...each, current } : each)),
        };
      }
      case 'repost.update_due': {
        if (task.status !== 'published' && task.status !== 'verified') return task;
        const out = { approval: task.approval, verified: task.status === 'verified' };
        return { ...fresh(task.members), out };
      }
      case 'repost.claimed':
        return task.status === 'queued' ? { ...task, claimedBy: event.by } : task;
      case 'repost.claim_released':
        return task.status === 'queued' ? { ...task, claimedBy: null } : task;
      case 'repost.approved': {
        if (!('members' in task)) return task;
        const { itemId = task.members[0]!.itemId, contentHash, by, byName, approvedAt } = event;
        const warned = 'warned' in task ? task.warned : [];
        const out = 'out' in task ? task.out : null;
        const approval = { itemId, contentHash, by, byName, approvedAt };
        return { status: 'approved', members: task.members, approval, warned, attempts: 0, failed: false, out };
      }
      case 'repost.approval_voided':
        if (task.status !== 'approved') return task;
        return { ...fresh(task.members), warned: task.warned, out: task.out };
      case 'repost.publication_started':
        return task.status === 'approved' ? { ...task, attempts: event.attempt, failed: false } : task;
      case 'repost.publication_retried':
        return task.status === 'approved' ? { ...task, failed: false } : task;
      case 'repost.publication_failed':
        return task.status === 'approved' ? { ...task, failed: true } : task;
      case 'repost.published':
        return task.status === 'approved'
          ? { status: 'published', members: task.members, approval: task.approval, trouble: null }
          : task;
      case 'repost.verified':
        return 'approval' in task ? { status: 'verified', members: task.members, approval: task.approval } : task;
      case 'repost.rechecked':
        return task;
      case 'repost.drifted':
        if (task.status !== 'verified') return task;
        return { status: 'published', members: task.members, approval: task.approval, trouble: event.reason };
      case 'repost.verification_failed':
        return task.status === 'published' ? { ...task, trouble: event.reason } : task;
      case 'repost.warned':
        return 'warned' in task ? { ...task, warned: [...task.warned, event.share] } : task;
      case 'repost.exemption_requested':
        return task.status === 'queued' ? { ...task, exemption: { by: event.by } } : task;
      case 'repost.exemption_refused':
        return task.status === 'queued' ? { ...task, exemption: null } : task;
      case 'repost.exempted': {
        if (!('members' in task)) return task;
        const { members } = task;
        // Let off bringing it up to date, not off what the public has.
        const out = 'out' in task ? task.out : null;
        if (out?.verified) return { status: 'verified', members, approval: out.approval };
        return out
          ? { status: 'published', members, approval: out.approval, trouble: null }
          : { status: 'exempted', members };
      }
    }
  },
});

type Queue = Extract<RepostCommand, { type: 'repost.queue' }>;
type Bind = Extract<RepostCommand, { type: 'repost.bind' }>;
type Approve = Extract<RepostCommand, { type: 'repost.approve' }>;

const headless = <T extends CommandHead & { type: string }>({
  id: _id,
  at: _at,
  actor: _actor,
  causationId: _cause,
  correlationId: _chain,
  traceparent: _trace,
  type: _type,
  ...facts
}: T) => facts;

const queued = (command: Queue): RepostEvent => ({ ...headless(command), type: 'repost.queued' });

/** A further source of the same policy. */
function bound(command: Queue | Bind, { members }: Open): RepostEvent[] {
  if (members.some(({ itemId }) => itemId === command.itemId)) return [];
  const facts = headless(command);
  return [{ ...obliged.parse(facts), type: 'repost.bound', taskId: facts.taskId, site: facts.site }];
}

/** What was approved is what was seen: the hash on the editor's screen must be that of one of the items as it is now. */
function approve(command: Approve, task: Open): RepostEvent[] {
  const { taskId, site, seenHash, at } = command;
  if (task.status === 'exempted') throw closed(taskId);
  if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
  const seen = task.members.find(({ current }) => current.contentHash === seenHash);
  if (!seen) {
    const { version } = task.members[0]!.current;
    throw new Refusal('repost_changed', `the source changed ${taskId}; look at version ${version} first`, { version });
  }
  const { itemId, current } = seen;
  const { heldUntil = at } = command;
  return [{ type: 'repost.approved', taskId, site, itemId, ...current, ...said(command), approvedAt: at, heldUntil }];
}

const fresh = (members: Member[]): Extract<Repost, { status: 'queued' }> => ({
  status: 'queued',
  members,
  warned: [],
  exemption: null,
  claimedBy: null,
  out: null,
});

/** Nothing of it has gone out yet. */
const isOpen = (task: Repost): task is Extract<Open, { status: 'queued' | 'approved' }> =>
  task.status === 'queued' || (task.status === 'approved' && task.attempts === 0);

function voided(command: RepostCommand & { taskId: string }, because: 'undone' | 'source_changed'): RepostEvent {
  const { taskId, site, actor, at } = command;
  const by = actor.kind === 'person' ? said(command) : { by: null, byName: null };
  return { type: 'repost.approval_voided', taskId, site, because, ...by, voidedAt: at };
}

/** An exemption takes two: who asked can't sign. */
function secondPerson(command: RepostCommand & { taskId: string }, task: Exclude<Open, { status: 'exempted' }>): void {
  const { taskId, actor } = command;
  if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
  if (!task.exemption) throw new Refusal('exemption_missing', `nobody asked to exempt ${taskId}`);
  if (task.exemption.by === actor.id) throw new Refusal('exemption_own', 'a second person must sign an exemption');
}

const said = ({ actor }: RepostCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
const memberOf = ({ itemId, ...event }: { itemId: string } & Version): Member => ({
  itemId,
  current: versionOf(event),
});
const versionOf = ({ version, contentHash, title }: Version): Version => ({ version, contentHash, title });
