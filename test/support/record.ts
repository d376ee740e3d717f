import { followJournal, followPublic, type Bus, type Entry } from '@tongsheng/bus';
import type { AlarmSubject, AnyEvent, PublicDocument } from '@tongsheng/contracts';

/** Every entry of the log, as it stands now. @throws when one can't be read. */
export async function readLog(bus: Bus): Promise<Entry[]> {
  const entries: Entry[] = [];
  const failed = Promise.withResolvers<never>();
  const following = await followJournal(bus, {
    onEntry: (entry) => void entries.push(entry),
    onUnreadable: (error) => failed.reject(error),
    onFailure: failed.reject,
  });
  await Promise.race([following.caughtUp, failed.promise]);
  await following.stop();
  return entries;
}

/** Everything that was ever made public, in order. */
export async function readPublic(bus: Bus): Promise<PublicDocument[]> {
  const documents: PublicDocument[] = [];
  const failed = Promise.withResolvers<never>();
  const following = await followPublic(bus, {
    onDocument: (document) => void documents.push(document),
    onUnreadable: (reason) => failed.reject(new Error(reason)),
    onFailure: failed.reject,
  });
  await Promise.race([following.caughtUp, failed.promise]);
  await following.stop();
  return documents;
}

type Told = { [T in AnyEvent['type']]?: (event: Extract<AnyEvent, { type: T }>) => string };

/** What may be decided once in the life of what it is about, and never again. */
const once: Told = {
  'item.published': ({ itemId }) => itemId,
  'repost.queued': ({ site, itemId }) => `${site} ${itemId}`,
  'repost.approved': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.published': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.verified': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.retract_decided': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.removed': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.withdrawn': ({ site, taskId }) => `${site} ${taskId}`,
  'repost.warned': ({ site, taskId, share }) => `${site} ${taskId} ${share}`,
  'release.signed': ({ site, releaseId, version = 1 }) => `${site} ${releaseId} ${version}`,
  'release.published': ({ site, releaseId, version = 1 }) => `${site} ${releaseId} ${version}`,
  'release.withdrawn': ({ site, releaseId }) => `${site} ${releaseId}`,
  'recall.target_settled': ({ site, releaseId, round, targetId }) => `${site} ${releaseId} ${round} ${targetId}`,
  'alarm.raised': ({ alarmId, about }) => `${alarmId} ${sinceOf(about)}`,
  'delivery.requested': ({ releaseId, channelId, version = 1 }) => `${releaseId} ${channelId} ${version}`,
};

/** After these a task runs through its states once more. */
const anew: ReadonlySet<string> = new Set(['repost.update_due', 'repost.retract_due', 'repost.owed_again']);
/** Which of several troubles of the same it is. */
function sinceOf(about: AlarmSubject): string | number {
  switch (about.kind) {
    case 'task':
    case 'rumor':
    case 'correction':
    case 'inspection':
    case 'submission':
    case 'review_debt':
    case 'assignment':
      return about.share;
    case 'report':
      return about.days;
    case 'source':
      return about.failingSince;
    case 'delivery':
      return about.lostAt;
    case 'credential':
      return about.failedAt;
    case 'page':
      return about.driftedAt;
    case 'balance':
      return about.since;
    case 'recall':
    case 'stoppage':
      return about.since;
    case 'incident':
      return String(about.share);
    case 'handover':
      return about.because;
    case 'drill':
      return about.drillId;
    case 'calendar':
      return about.year;
    case 'linked':
      return `${about.t0} ${about.minutes}`;
  }
}

/** What happened twice although it may happen once. What was voided, or is no longer so, does not count. */
export function twice(entries: readonly Pick<Entry, 'events'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { events } of entries) {
    for (const event of events) {
      if (event.type === 'repost.approval_voided') counts.delete(`repost.approved ${event.site} ${event.taskId}`);
      if (event.type === 'repost.retract_voided') counts.delete(`repost.retract_decided ${event.site} ${event.taskId}`);
      if (event.type === 'repost.drifted')
        for (const said of ['verified', 'withdrawn']) counts.delete(`repost.${said} ${event.site} ${event.taskId}`);
      if (event.type === 'repost.removal_retried') counts.delete(`repost.removed ${event.site} ${event.taskId}`);
      if (anew.has(event.type) && 'taskId' in event && event.taskId !== null) {
        const task = `${event.site} ${event.taskId}`;
        for (const key of counts.keys()) if (key.startsWith('repost.') && key.includes(task)) counts.delete(key);
      }
      const keyOf = once[event.type] as ((event: AnyEvent) => string) | undefined;
      if (!keyOf) continue;
      const key = `${event.type} ${keyOf(event)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${key}: ${count} times`);
}
