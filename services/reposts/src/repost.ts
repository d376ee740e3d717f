import { defineAggregate } from '@tongsheng/bus';
import { Refusal, RepostCommand, RepostEvent, type WarningShare } from '@tongsheng/contracts';

type Version = { version: number; contentHash: string; title: string };
type Approval = { by: string; byName: string; approvedAt: string };

type Repost =
  | { status: 'new' }
  | { status: 'queued'; current: Version; warned: WarningShare[]; exemption: { by: string } | null }
  | { status: 'approved'; approval: Approval; warned: WarningShare[] }
  | { status: 'published'; approval: Approval; trouble: string | null }
  | { status: 'verified'; approval: Approval }
  | { status: 'exempted' };

const alreadyApproved = (taskId: string, { by, byName, approvedAt }: Approval) =>
  new Refusal('repost_already_approved', `${byName} approved ${taskId} first`, { by, byName, at: approvedAt });

const missing = (taskId: string) => new Refusal('repost_missing', `no repost task ${taskId}`);
const closed = (taskId: string) => new Refusal('repost_already_closed', `${taskId} was exempted`);

/** One site's duty to repost one item: `queued → approved → published → verified`, or `exempted`. */
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
    if (command.type === 'repost.queue') return task.status === 'new' ? [queued(command)] : [];
    if (task.status === 'new') throw missing(taskId);

    switch (command.type) {
      case 'repost.follow_source': {
        const { version, contentHash, title } = command;
        if (task.status !== 'queued' || task.current.contentHash === contentHash) return [];
        return [{ type: 'repost.source_changed', taskId, site, version, contentHash, title }];
      }
      case 'repost.approve':
        return approve(command, task);
      case 'repost.record_published': {
        if (task.status === 'published' || task.status === 'verified') return [];
        if (task.status !== 'approved') throw new Refusal('repost_not_approved', `${taskId} is ${task.status}`);
        const { url, publicPosition, at } = command;
        return [{ type: 'repost.published', taskId, site, url, publicPosition, publishedAt: at }];
      }
      case 'repost.record_verified': {
        if (task.status === 'verified') return [];
        if (task.status !== 'published') throw new Refusal('repost_not_published', `${taskId} is ${task.status}`);
        const { url, evidence, at } = command;
        return [{ type: 'repost.verified', taskId, site, url, evidence, verifiedAt: at }];
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
        return { status: 'queued', current: versionOf(event), warned: [], exemption: null };
      case 'repost.source_changed':
        return task.status === 'queued' ? { ...task, current: versionOf(event) } : task;
      case 'repost.approved': {
        const { by, byName, approvedAt } = event;
        return {
          status: 'approved',
          approval: { by, byName, approvedAt },
          warned: 'warned' in task ? task.warned : [],
        };
      }
      case 'repost.published':
        return task.status === 'approved' ? { status: 'published', approval: task.approval, trouble: null } : task;
      case 'repost.verified':
        return 'approval' in task ? { status: 'verified', approval: task.approval } : task;
      case 'repost.verification_failed':
        return task.status === 'published' ? { ...task, trouble: event.reason } : task;
      case 'repost.warned':
        return 'warned' in task ? { ...task, warned: [...task.warned, event.share] } : task;
      case 'repost.exemption_requested':
        return task.status === 'queued' ? { ...task, exemption: { by: event.by } } : task;
      case 'repost.exemption_refused':
        return task.status === 'queued' ? { ...task, exemption: null } : task;
      case 'repost.exempted':
        return { status: 'exempted' };
    }
  },
});

type Queue = Extract<RepostCommand, { type: 'repost.queue' }>;
type Approve = Extract<RepostCommand, { type: 'repost.approve' }>;

function queued(command: Queue): RepostEvent {
  const {
    id: _id,
    at: _at,
    actor: _actor,
    causationId: _cause,
    correlationId: _chain,
    traceparent: _trace,
    ...facts
  } = command;
  return { ...facts, type: 'repost.queued' };
}

/** What was approved is what was seen: the hash of the version on the editor's screen must be the current one. */
function approve(command: Approve, task: Exclude<Repost, { status: 'new' }>): RepostEvent[] {
  const { taskId, site, seenHash, at } = command;
  if (task.status === 'exempted') throw closed(taskId);
  if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
  if (task.current.contentHash !== seenHash) {
    throw new Refusal('repost_changed', `the source changed ${taskId}; look at version ${task.current.version} first`, {
      version: task.current.version,
    });
  }
  return [{ type: 'repost.approved', taskId, site, ...task.current, ...said(command), approvedAt: at }];
}

/** An exemption takes two: who asked can't sign. */
function secondPerson(
  command: RepostCommand & { taskId: string },
  task: Exclude<Repost, { status: 'new' | 'exempted' }>,
): void {
  const { taskId, actor } = command;
  if (task.status !== 'queued') throw alreadyApproved(taskId, task.approval);
  if (!task.exemption) throw new Refusal('exemption_missing', `nobody asked to exempt ${taskId}`);
  if (task.exemption.by === actor.id) throw new Refusal('exemption_own', 'a second person must sign an exemption');
}

const said = ({ actor }: RepostCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
const versionOf = ({ version, contentHash, title }: Version): Version => ({ version, contentHash, title });
