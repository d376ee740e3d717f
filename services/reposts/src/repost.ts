import { defineAggregate } from '@tongsheng/bus';
import {
  leastFidelity,
  obliged,
  plainChain,
  Refusal,
  RepostCommand,
  RepostEvent,
  type Act,
  type CommandHead,
  type Role,
  type RunningChain,
  type Signature,
  type SigningRole,
  type WarningShare,
} from '@tongsheng/contracts';
import { areGone, closing, comeback, outOf, retract, retractDecided, withdrawal } from './retraction.ts';

type Version = { version: number; contentHash: string; title: string };
/** One of the items that are the same policy, as its source has it now, or had it last. Old entries don't name it. */
export type Member = { itemId: string; current: Version; isGone: boolean };
/** Our own text of an item, and the source's version that it was made from. */
type Edit = { itemId: string; basedOn: string; contentHash: string };
/** A chain that people are passing: whose text it is about, and who has signed. Changing the rule book does not change it. */
type Review = { itemId: string; chain: RunningChain; signatures: Signature[] };
type Approval = {
  itemId: string;
  /** Of the source's version. */
  version: number;
  contentHash: string;
  title: string;
  /** Our own text of an item as it was then, whether or not it is what was approved. */
  edit: Edit | null;
  by: string;
  byName: string;
  approvedAt: string;
  /** Two persons signed that it stays, although its source took it back. */
  isKept: boolean;
};
type Decision = { by: string; byName: string; at: string };
/** What the public has while it is being brought up to date, or is to be taken down. */
export type Out = { approval: Approval; verified: boolean } | null;

type Repost =
  | { status: 'new' }
  | {
      status: 'queued';
      members: Member[];
      warned: WarningShare[];
      exemption: { by: string } | null;
      claimedBy: string | null;
      edit: Edit | null;
      review: Review | null;
      out: Out;
      /** Its source took back what is out. */
      retract: Retract | null;
    }
  | {
      status: 'approved';
      members: Member[];
      approval: Approval;
      warned: WarningShare[];
      attempts: number;
      failed: boolean;
      edit: Edit | null;
      /** As it was before the last act. */
      review: Review | null;
      out: Out;
      retract: Retract | null;
    }
  | { status: 'published'; members: Member[]; approval: Approval; trouble: string | null }
  | { status: 'verified'; members: Member[]; approval: Approval }
  | {
      status: 'retracting';
      members: Member[];
      approval: Approval;
      verified: boolean;
      retract: Retract;
      decision: Decision;
      warned: WarningShare[];
      attempts: number;
      failed: boolean;
    }
  | Removed
  | { status: 'withdrawn'; members: Member[]; removed: Removed | null }
  | { status: 'exempted'; members: Member[] }
  | { status: 'merged'; into: string };
type Retract = { itemId: string };
/** Told to be taken down; nobody has looked yet, or it was seen again. */
type Removed = {
  status: 'removed';
  members: Member[];
  approval: Approval;
  decision: Decision;
  attempts: number;
  trouble: string | null;
};
export type Open = Exclude<Repost, { status: 'new' | 'merged' }>;

const alreadyApproved = (taskId: string, { by, byName, approvedAt }: Approval) =>
  new Refusal('repost_already_approved', `${byName} approved ${taskId} first`, { by, byName, at: approvedAt });

const missing = (taskId: string) => new Refusal('repost_missing', `no repost task ${taskId}`);
/** Why nobody can decide about it now. */
function decided(taskId: string, task: Exclude<Open, { status: 'queued' }>): Refusal {
  if (task.status === 'exempted' || task.status === 'withdrawn')
    return new Refusal('repost_already_closed', `${taskId} was ${task.status}`, { state: task.status });
  if (task.status === 'retracting' || task.status === 'removed') return retractDecided(taskId, task.decision);
  return alreadyApproved(taskId, task.approval);
}

/** One site's duty to repost one policy: `queued → approved → published → verified`, or `exempted`, or `withdrawn`. */
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
        const unbound: RepostEvent = { type: 'repost.unbound', taskId, site, itemId, unboundAt: at };
        const left = task.members.filter((each) => each.itemId !== itemId);
        const isOver = isUndecided(task) && isOpen(task) && !task.out && areGone(left);
        return [unbound, ...voidedFor(itemId, task, command, 'unbound'), ...(isOver ? [closing(command)] : [])];
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
        // What was approved is no longer what the source says, and nobody has seen the change.
        return isOpen(task) ? [change, ...voidedFor(itemId, task, command, 'source_changed')] : [change, ...due];
      }
      case 'repost.claim': {
        if (task.status !== 'queued') throw decided(taskId, task);
        if (task.claimedBy === command.actor.id) return [];
        return [{ type: 'repost.claimed', taskId, site, ...said(command), claimedAt: command.at }];
      }
      case 'repost.release_claim':
        if (task.status !== 'queued' || task.claimedBy === null) return [];
        return [{ type: 'repost.claim_released', taskId, site, ...said(command), releasedAt: command.at }];
      case 'repost.edit':
        return edit(command, task);
      case 'repost.drop_edit': {
        if (!isOpen(task) || !task.edit) return [];
        const { itemId } = task.edit;
        const dropped: RepostEvent = {
          type: 'repost.edit_dropped',
          taskId,
          site,
          itemId,
          ...said(command),
          droppedAt: command.at,
        };
        return [dropped, ...voidedFor(itemId, task, command, 'edited')];
      }
      case 'repost.approve':
        return approve(command, task);
      case 'repost.return': {
        if (task.status !== 'queued') throw decided(taskId, task);
        if (!task.review) throw new Refusal('review_not_begun', `nobody has signed ${taskId} yet`);
        const { signatures } = task.review;
        // Who signed may think better of it; else it is for those whose turn it is.
        if (!signatures.some(({ by }) => by === command.actor.id)) roleFor(nextAct(task.review), command.roles);
        const { reason, at } = command;
        return [{ type: 'repost.returned', taskId, site, reason, ...said(command), returnedAt: at }];
      }
      case 'repost.undo_approval': {
        if (task.status === 'queued') return [];
        if ((task.status !== 'approved' && task.status !== 'retracting') || task.attempts > 0)
          throw new Refusal('repost_going_out', `${taskId} is going out already`);
        if (task.status === 'approved') return [voided(command, 'undone')];
        return [
          { type: 'repost.retract_voided', taskId, site, because: 'undone', ...said(command), voidedAt: command.at },
        ];
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
        const isDownAgain = task.status === 'removed' && task.trouble !== null;
        if (isDownAgain || (task.status === 'retracting' && task.failed))
          return [{ type: 'repost.removal_retried', taskId, site, ...said(command), retriedAt: command.at }];
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
        if (!isProven(task)) return [];
        const { url, evidence, at } = command;
        return [{ type: 'repost.rechecked', taskId, site, url, evidence, recheckedAt: at }];
      }
      case 'repost.record_drift': {
        if (!isProven(task)) return [];
        const { reason, snapshot, kind, changes, picture, at } = command;
        const facts = { ...(kind && { kind }), ...(changes && { changes }), ...(picture && { picture }) };
        return [{ type: 'repost.drifted', taskId, site, reason, snapshot, ...facts, driftedAt: at }];
      }
      case 'repost.record_picture': {
        const { url, of, picture, because, at } = command;
        return [{ type: 'repost.pictured', taskId, site, url, of, picture, because, takenAt: at }];
      }
      case 'repost.record_verification_failed': {
        if (isProven(task)) return [];
        if (task.status !== 'published' && task.status !== 'removed')
          throw new Refusal('repost_not_published', `${taskId} is ${task.status}`);
        if (task.trouble === command.reason) return [];
        return [{ type: 'repost.verification_failed', taskId, site, reason: command.reason, checkedAt: command.at }];
      }
      case 'repost.follow_withdrawal':
        return withdrawal(command, task, voidedFor(command.itemId, task, command, 'source_withdrawn'));
      case 'repost.follow_return':
        return comeback(command, task);
      case 'repost.retract':
        return retract(command, task);
      case 'repost.start_removal': {
        const { attempt, at } = command;
        if (task.status !== 'retracting' || attempt !== task.attempts + 1) return [];
        return [{ type: 'repost.removal_started', taskId, site, attempt, startedAt: at }];
      }
      case 'repost.fail_removal': {
        if (task.status !== 'retracting' || task.attempts !== command.attempt || task.failed) return [];
        const { attempt, code, detail, nextAttemptAt, at } = command;
        return [{ type: 'repost.removal_failed', taskId, site, attempt, code, detail, nextAttemptAt, failedAt: at }];
      }
      case 'repost.record_removed': {
        if (task.status !== 'retracting') return [];
        const { url, publicPosition, at } = command;
        return [{ type: 'repost.removed', taskId, site, url, publicPosition, removedAt: at }];
      }
      case 'repost.record_withdrawn': {
        if (task.status === 'withdrawn') return [];
        if (task.status !== 'removed') throw new Refusal('repost_not_removed', `${taskId} is ${task.status}`);
        const { url, evidence, at } = command;
        return [{ type: 'repost.withdrawn', taskId, site, url, evidence, withdrawnAt: at }];
      }
      case 'repost.warn': {
        const { share, fellDueAt, at } = command;
        if (!('warned' in task)) return [];
        if (task.warned.includes(share)) return [];
        return [{ type: 'repost.warned', taskId, site, share, fellDueAt, warnedAt: at }];
      }
      case 'repost.request_exemption': {
        if (task.status !== 'queued') throw decided(taskId, task);
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
        if (task.status === 'exempted') throw decided(taskId, task);
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
        if (task.status === 'withdrawn') return fresh([...task.members, memberOf(event)]);
        return { ...task, members: [...task.members, memberOf(event)] };
      case 'repost.unbound': {
        if (!('members' in task)) return task;
        const members = task.members.filter(({ itemId }) => itemId !== event.itemId);
        const isEdited = isUndecided(task) && task.edit?.itemId === event.itemId;
        return isEdited ? { ...task, members, edit: null } : { ...task, members };
      }
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
        // Our own text still says what we changed, though it has to be made anew.
        return { ...fresh(task.members), edit: task.approval.edit, out };
      }
      case 'repost.claimed':
        return task.status === 'queued' ? { ...task, claimedBy: event.by } : task;
      case 'repost.claim_released':
        return task.status === 'queued' ? { ...task, claimedBy: null } : task;
      case 'repost.edited': {
        const { itemId, basedOn, contentHash } = event;
        return isUndecided(task) ? { ...task, edit: { itemId, basedOn, contentHash } } : task;
      }
      case 'repost.edit_dropped':
        return isUndecided(task) ? { ...task, edit: null } : task;
      case 'repost.review_passed': {
        if (task.status !== 'queued') return task;
        const { itemId, chain, steps, role, by, byName, passedAt: at } = event;
        const signatures = [...(task.review?.signatures ?? []), { steps, role, by, byName, at }];
        // The next one has it in hand now.
        return { ...task, claimedBy: null, review: { itemId, chain, signatures } };
      }
      case 'repost.returned':
        return task.status === 'queued' ? { ...task, claimedBy: null, review: null } : task;
      case 'repost.approved': {
        if (!('members' in task)) return task;
        const { members } = task;
        const { itemId = members[0]!.itemId, by, byName, approvedAt } = event;
        const { warned = [], out = null, edit = null, review = null, retract = null } = isUndecided(task) ? task : {};
        const now = { ...versionOf(event), edit, by, byName, approvedAt, isKept: false };
        const approval = { itemId, ...now };
        const tried = { attempts: 0, failed: false };
        return { status: 'approved', members, approval, warned, ...tried, edit, review, out, retract };
      }
      case 'repost.approval_voided': {
        if (!isUndecided(task)) return task;
        const { members, warned, edit, out, retract } = task;
        const review = event.because === 'undone' ? task.review : null;
        return { ...fresh(members), warned, edit, review, out, retract };
      }
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
        return task.status === 'published'
          ? { status: 'verified', members: task.members, approval: task.approval }
          : task;
      case 'repost.rechecked':
      case 'repost.pictured':
        return task;
      case 'repost.drifted':
        if (task.status === 'withdrawn') return task.removed ? { ...task.removed, trouble: event.reason } : task;
        if (task.status !== 'verified') return task;
        return { status: 'published', members: task.members, approval: task.approval, trouble: event.reason };
      case 'repost.verification_failed':
        return task.status === 'published' || task.status === 'removed' ? { ...task, trouble: event.reason } : task;
      case 'repost.source_withdrawn':
        return withMember(task, event.itemId, { isGone: true });
      case 'repost.source_returned': {
        const now = withMember(task, event.itemId, { isGone: false });
        // What was kept while it was withdrawn is judged anew should that happen again.
        if ('approval' in now && now.approval.itemId === event.itemId)
          return { ...now, approval: { ...now.approval, isKept: false } };
        return now;
      }
      case 'repost.owed_again':
        return 'members' in task ? fresh(task.members) : task;
      case 'repost.retract_due': {
        if (!('members' in task)) return task;
        const anew = { warned: [], retract: { itemId: event.itemId } };
        // Another source's text that is chosen, or on its way, may take its place.
        if (isUndecided(task))
          return task.status === 'queued' ? { ...task, ...anew, exemption: null } : { ...task, ...anew };
        return { ...fresh(task.members), ...anew, out: outOf(task) };
      }
      case 'repost.retract_lifted':
        if (task.status === 'approved') return { ...task, retract: null };
        return 'members' in task ? backTo(outOf(task), task) : task;
      case 'repost.retract_decided': {
        if (task.status !== 'queued' || !task.out) return task;
        const { members, warned, retract: due, out } = task;
        const { by, byName, decidedAt: at } = event;
        const decision = { by, byName, at };
        const tried = { attempts: 0, failed: false };
        return {
          status: 'retracting',
          members,
          ...out,
          retract: due ?? { itemId: event.itemId },
          decision,
          warned,
          ...tried,
        };
      }
      case 'repost.retract_voided':
        if (task.status !== 'retracting') return task;
        return { ...fresh(task.members), warned: task.warned, retract: task.retract, out: outOf(task) };
      case 'repost.removal_started':
        return task.status === 'retracting' ? { ...task, attempts: event.attempt, failed: false } : task;
      case 'repost.removal_failed':
        return task.status === 'retracting' ? { ...task, failed: true } : task;
      case 'repost.removal_retried': {
        if (task.status === 'retracting') return { ...task, failed: false };
        if (task.status !== 'removed') return task;
        const { members, approval, decision } = task;
        const due = { itemId: approval.itemId };
        const again = { verified: true, warned: [], attempts: task.attempts, failed: false };
        return { status: 'retracting', members, approval, decision, retract: due, ...again };
      }
      case 'repost.removed': {
        if (task.status !== 'retracting') return task;
        const { members, approval, decision, attempts } = task;
        return { status: 'removed', members, approval, decision, attempts, trouble: null };
      }
      case 'repost.withdrawn':
        if (!('members' in task)) return task;
        return { status: 'withdrawn', members: task.members, removed: task.status === 'removed' ? task : null };
      case 'repost.warned':
        return 'warned' in task ? { ...task, warned: [...task.warned, event.share] } : task;
      case 'repost.exemption_requested':
        return task.status === 'queued' ? { ...task, exemption: { by: event.by } } : task;
      case 'repost.exemption_refused':
        return task.status === 'queued' ? { ...task, exemption: null } : task;
      case 'repost.exempted': {
        if (!('members' in task)) return task;
        // Let off bringing it up to date, or taking it down, not off what the public has.
        const { out, retract: due } = isUndecided(task) ? task : { out: null, retract: null };
        if (!out) return { status: 'exempted', members: task.members };
        return backTo({ ...out, approval: { ...out.approval, isKept: due !== null || out.approval.isKept } }, task);
      }
    }
  },
});

type Queue = Extract<RepostCommand, { type: 'repost.queue' }>;
type Bind = Extract<RepostCommand, { type: 'repost.bind' }>;
type Approve = Extract<RepostCommand, { type: 'repost.approve' }>;
type MakeEdit = Extract<RepostCommand, { type: 'repost.edit' }>;
type Undecided = Extract<Open, { status: 'queued' | 'approved' }>;

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

/**
 * Does the next act of the chain: the one who does it may, has not signed before, and signs what they saw. After the last
 * act the task is approved.
 */
function approve(command: Approve, task: Open): RepostEvent[] {
  const { taskId, site, actor, at, heldUntil = at } = command;
  if (task.status !== 'queued') throw decided(taskId, task);
  const text = textSeen(command, task);
  const { chain, signatures, itemId } = task.review ?? {
    chain: command.chain ?? plainChain,
    signatures: [],
    itemId: text.itemId,
  };
  if (itemId !== text.itemId) {
    const { byName } = signatures.at(-1)!;
    throw new Refusal('review_other_text', `${byName} signed the text of another source for ${taskId}`, { byName });
  }
  const act = nextAct({ chain, signatures });
  const role = roleFor(act, command.roles);
  const before = signatures.find(({ by }) => by === actor.id);
  if (before) {
    const [step] = before.steps;
    throw new Refusal('review_same_person', `${actor.id} signed ${step} of ${taskId}`, { step: step! });
  }
  const { steps } = act;
  const by = said(command);
  if (signatures.length + 1 < chain.acts.length)
    return [{ type: 'repost.review_passed', taskId, site, ...text, chain, steps, role, ...by, passedAt: at }];
  const reviews = [...signatures, { steps, role, ...by, at }];
  return [{ type: 'repost.approved', taskId, site, ...text, reviews, ...by, approvedAt: at, heldUntil }];
}

/** What is signed is what was seen: the hash on the screen must be that of one of the items as it is now, or of our text of it. */
function textSeen({ taskId, seenHash }: Approve, { members, edit }: Undecided) {
  const isEdit = edit?.contentHash === seenHash;
  const seen = members.find(({ itemId, current }) =>
    isEdit ? itemId === edit.itemId : current.contentHash === seenHash,
  );
  if (!seen) throw changed(taskId, members[0]!);
  const { itemId, current, isGone } = seen;
  if (isGone) throw new Refusal('repost_source_withdrawn', `its source took back what ${taskId} would repost`);
  if (edit?.itemId === itemId) {
    if (edit.basedOn !== current.contentHash)
      throw new Refusal('repost_edit_old', `the source changed ${taskId} after it was edited`, {
        version: current.version,
      });
    if (!isEdit) throw new Refusal('repost_edited', `${taskId} has a text of its own; look at it first`);
  }
  return { itemId, ...current, ...(isEdit && { edit: seenHash }) };
}

const changed = (taskId: string, { current: { version } }: Member) =>
  new Refusal('repost_changed', `the source changed ${taskId}; look at version ${version} first`, { version });

const nextAct = ({ chain, signatures }: Pick<Review, 'chain' | 'signatures'>): Act => chain.acts[signatures.length]!;

/** What they sign as. @throws Refusal role_missing */
function roleFor({ roles }: Act, mine: readonly Role[]): SigningRole {
  const role = roles.find((each) => mine.includes(each));
  if (!role) throw new Refusal('role_missing', `needs one of: ${roles.join(', ')}`, { roles: roles.join(',') });
  return role;
}

/** Our own text is made from what the source says now, replaces what was on the screen, and stays recognisable. */
function edit(command: MakeEdit, task: Open): RepostEvent[] {
  const { taskId, site, itemId, basedOn, html, replaces, made, at } = command;
  if (!isOpen(task)) throw decided(taskId, task);
  const member = task.members.find((each) => each.itemId === itemId);
  if (member?.current.contentHash !== basedOn) throw changed(taskId, member ?? task.members[0]!);
  if (!made) throw new Refusal('command_invalid', 'made: set by the service that cleans the text');
  const { edit: before } = task;
  if (before?.itemId === itemId && before.contentHash === made.contentHash) return [];
  if ((before?.contentHash ?? null) !== replaces)
    throw new Refusal('repost_edited', `somebody edited ${taskId} meanwhile; look at it first`);
  if (made.fidelity < leastFidelity)
    throw new Refusal('repost_unfaithful', `${made.fidelity} of the source's text stands, ${leastFidelity} must`, {
      fidelity: made.fidelity,
      least: leastFidelity,
    });
  const edited: RepostEvent = {
    type: 'repost.edited',
    taskId,
    site,
    itemId,
    basedOn,
    ...made,
    html,
    ...said(command),
    editedAt: at,
  };
  return [edited, ...voidedFor(itemId, task, command, 'edited')];
}

const fresh = (members: Member[]): Extract<Repost, { status: 'queued' }> => ({
  status: 'queued',
  members,
  warned: [],
  exemption: null,
  claimedBy: null,
  edit: null,
  review: null,
  out: null,
  retract: null,
});

const withMember = (task: Repost, itemId: string, change: Partial<Member>): Repost =>
  'members' in task
    ? { ...task, members: task.members.map((each) => (each.itemId === itemId ? { ...each, ...change } : each)) }
    : task;

/** There is nothing to decide any more about what the public has. */
function backTo(out: Out, task: Open): Repost {
  if (!out) return task;
  const { members } = task;
  const { approval, verified } = out;
  return verified
    ? { status: 'verified', members, approval }
    : { status: 'published', members, approval, trouble: null };
}

/** What was proven from outside: that it is there, or that it is not. */
const isProven = (task: Open) => task.status === 'verified' || (task.status === 'withdrawn' && task.removed !== null);

const isUndecided = (task: Repost): task is Undecided => task.status === 'queued' || task.status === 'approved';
/** Nothing of it has gone out yet. */
const isOpen = (task: Repost): task is Undecided =>
  task.status === 'queued' || (task.status === 'approved' && task.attempts === 0);

type Told = RepostCommand & { taskId: string };
type Because = Extract<RepostEvent, { type: 'repost.approval_voided' }>['because'];

/** What was signed about an item's text no longer stands. */
function voidedFor(itemId: string, task: Open, command: Told, because: Because): RepostEvent[] {
  if (!isOpen(task)) return [];
  const signed = task.status === 'approved' ? task.approval : task.review;
  return signed?.itemId === itemId ? [voided(command, because)] : [];
}

function voided(command: Told, because: Because): RepostEvent {
  const { taskId, site, actor, at } = command;
  const by = actor.kind === 'person' ? said(command) : { by: null, byName: null };
  return { type: 'repost.approval_voided', taskId, site, because, ...by, voidedAt: at };
}

/** An exemption takes two: who asked can't sign. */
function secondPerson(command: Told, task: Exclude<Open, { status: 'exempted' }>): void {
  const { taskId, actor } = command;
  if (task.status !== 'queued') throw decided(taskId, task);
  if (!task.exemption) throw new Refusal('exemption_missing', `nobody asked to exempt ${taskId}`);
  if (task.exemption.by === actor.id) throw new Refusal('exemption_own', 'a second person must sign an exemption');
}

const said = ({ actor }: RepostCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
const memberOf = ({ itemId, ...event }: { itemId: string } & Version): Member => ({
  itemId,
  current: versionOf(event),
  isGone: false,
});
const versionOf = ({ version, contentHash, title }: Version): Version => ({ version, contentHash, title });
