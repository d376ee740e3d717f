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

type Version = { version: number; contentHash: string; title: string };
/** One of the items that are the same policy, as its source has it now. Old entries don't name it. */
type Member = { itemId: string; current: Version };
/** Our own text of an item, and the source's version that it was made from. */
type Edit = { itemId: string; basedOn: string; contentHash: string };
/** A chain that people are passing: whose text it is about, and who has signed. Changing the rule book does not change it. */
type Review = { itemId: string; chain: RunningChain; signatures: Signature[] };
type Approval = {
  itemId: string;
  /** Of the source's version. */
  contentHash: string;
  /** Our own text of an item as it was then, whether or not it is what was approved. */
  edit: Edit | null;
  by: string;
  byName: string;
  approvedAt: string;
};
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
      edit: Edit | null;
      review: Review | null;
      out: Out;
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
        const unbound: RepostEvent = { type: 'repost.unbound', taskId, site, itemId, unboundAt: at };
        return [unbound, ...voidedFor(itemId, task, command, 'unbound')];
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
        if (task.status === 'exempted') throw closed(taskId);
        if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
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
        if (task.status === 'exempted') throw closed(taskId);
        if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
        if (!task.review) throw new Refusal('review_not_begun', `nobody has signed ${taskId} yet`);
        const { signatures } = task.review;
        // Who signed may think better of it; else it is for those whose turn it is.
        if (!signatures.some(({ by }) => by === command.actor.id)) roleFor(nextAct(task.review), command.roles);
        const { reason, at } = command;
        return [{ type: 'repost.returned', taskId, site, reason, ...said(command), returnedAt: at }];
      }
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
        const { itemId = members[0]!.itemId, contentHash, by, byName, approvedAt } = event;
        const { warned = [], out = null, edit = null, review = null } = isUndecided(task) ? task : {};
        const approval = { itemId, contentHash, edit, by, byName, approvedAt };
        return { status: 'approved', members, approval, warned, attempts: 0, failed: false, edit, review, out };
      }
      case 'repost.approval_voided': {
        if (!isUndecided(task)) return task;
        const { members, warned, edit, out } = task;
        const review = event.because === 'undone' ? task.review : null;
        return { ...fresh(members), warned, edit, review, out };
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
  if (task.status === 'exempted') throw closed(taskId);
  if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
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
  const { itemId, current } = seen;
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
  if (task.status === 'exempted') throw closed(taskId);
  if (!isOpen(task)) throw alreadyApproved(taskId, task.approval);
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
});

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
