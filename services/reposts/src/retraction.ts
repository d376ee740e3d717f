import { Refusal, type RepostCommand, type RepostEvent } from '@tongsheng/contracts';
import type { Open, Out, Member } from './repost.ts';

type Told<T extends RepostCommand['type']> = Extract<RepostCommand, { type: T }>;

/** What the public has of a task, and of which item it was made; null: nothing, or it was taken down. */
export function outOf(task: Open): Out {
  if (task.status === 'published' || task.status === 'verified')
    return { approval: task.approval, verified: task.status === 'verified' };
  if (task.status === 'queued' || task.status === 'approved') return task.out;
  return task.status === 'retracting' ? { approval: task.approval, verified: task.verified } : null;
}

/** Whether no source has any of these items: nobody owes them. */
export const areGone = (members: readonly Member[]): boolean => members.every(({ isGone }) => isGone);

/** Nobody has it any more and the public never did: not owed. */
export const closing = ({ taskId, site, at }: { taskId: string; site: string; at: string }): RepostEvent => ({
  type: 'repost.withdrawn',
  taskId,
  site,
  url: null,
  evidence: null,
  withdrawnAt: at,
});

/**
 * A source took an item back. What is out and was made from it has to come down; where nothing is out and no other
 * source binds, the task is closed.
 * @param voids what falls of the signatures for its text.
 */
export function withdrawal(command: Told<'repost.follow_withdrawal'>, task: Open, voids: RepostEvent[]): RepostEvent[] {
  const { taskId, site, itemId, reason, detail, retract, at } = command;
  if (task.status === 'exempted') return [];
  const member = task.members.find((each) => each.itemId === itemId);
  const gone: RepostEvent[] =
    member && !member.isGone
      ? [{ type: 'repost.source_withdrawn', taskId, site, itemId, reason, detail, withdrawnAt: at }]
      : [];
  if (isGoingOut(task)) return gone;
  const approval = outOf(task)?.approval;
  const isAsked = 'retract' in task && task.retract !== null;
  if (approval?.itemId === itemId && !approval.isKept && !isAsked) {
    const { title, version, contentHash } = member?.current ?? approval;
    const now = { itemId, version, contentHash, title, reason };
    return [...gone, ...voids, { type: 'repost.retract_due', taskId, site, ...now, ...retract }];
  }
  const others = task.members.filter((each) => each.itemId !== itemId);
  const isOver = (task.status === 'queued' || task.status === 'approved') && !approval && gone.length > 0;
  return isOver && areGone(others) ? [...gone, ...voids, closing(command)] : [...gone, ...voids];
}

/** A source has an item again: what was closed is owed again, and what should have come down may stay. */
export function comeback(command: Told<'repost.follow_return'>, task: Open): RepostEvent[] {
  const { taskId, site, itemId, again, at } = command;
  if (task.status === 'exempted') return [];
  const member = task.members.find((each) => each.itemId === itemId);
  const back: RepostEvent[] = member?.isGone
    ? [{ type: 'repost.source_returned', taskId, site, itemId, returnedAt: at }]
    : [];
  if (task.status === 'withdrawn')
    return member ? [...back, { type: 'repost.owed_again', taskId, site, itemId, ...member.current, ...again }] : [];
  if (!('retract' in task) || task.retract?.itemId !== itemId) return back;
  const lifted: RepostEvent = { type: 'repost.retract_lifted', taskId, site, itemId, liftedAt: at };
  if (task.status !== 'retracting') return [...back, lifted];
  // What has begun to come down comes down, and is owed again after that.
  if (task.attempts > 0) return back;
  const nobody = { by: null, byName: null };
  return [
    ...back,
    { type: 'repost.retract_voided', taskId, site, because: 'source_returned', ...nobody, voidedAt: at },
    lifted,
  ];
}

/** An editor decides that it is taken down. */
export function retract(command: Told<'repost.retract'>, task: Open): RepostEvent[] {
  const { taskId, site, at, actor, heldUntil = at } = command;
  if (task.status !== 'queued' || !task.retract) throw notDue(taskId, task);
  const { itemId } = task.retract;
  const by = { by: actor.id, byName: actor.name ?? actor.id };
  return [{ type: 'repost.retract_decided', taskId, site, itemId, ...by, decidedAt: at, heldUntil }];
}

function notDue(taskId: string, task: Open): Refusal {
  if (task.status === 'retracting') return retractDecided(taskId, task.decision);
  return new Refusal('repost_retract_not_due', `nothing of ${taskId} has to be taken down`);
}

export const retractDecided = (taskId: string, { by, byName, at }: { by: string; byName: string; at: string }) =>
  new Refusal('repost_retract_decided', `${byName} decided to take ${taskId} down`, { by, byName, at });

const isGoingOut = (task: Open) => task.status === 'approved' && task.attempts > 0;
