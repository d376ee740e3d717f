import {
  groupOf,
  type DeliveryEvent,
  type DeliveryRow,
  type DeliveryState,
  type Finding,
  type Outcome,
} from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What an outcome makes of a delivery when nothing more will be tried by itself. */
const ended: Record<Outcome, DeliveryState> = {
  not_sent: 'failed',
  rejected_permanent: 'failed',
  rejected_retryable: 'failed',
  accepted_pending: 'pending',
  confirmed: 'confirmed',
  unknown: 'unknown',
};

/** What the detail of a mail begins with that did not reach everybody. */
const back = '退信：';

type Answered = Extract<DeliveryEvent, { type: 'delivery.answered' }>;

/** A no to a second copy leaves open what became of the first; a no to the rest of a mail takes it from nobody. */
function stateAfter({ outcome, nextAttemptAt, doubtful = false, othersHaveIt = false }: Answered): DeliveryState {
  if (nextAttemptAt !== null) return 'waiting';
  if (doubtful) return 'unknown';
  return othersHaveIt && ended[outcome] === 'failed' ? 'confirmed' : ended[outcome];
}

type Recipient = DeliveryRow['recipients'][number];

/** What is known of each by now: the newest word counts, of whom nothing is said it stays as it was. */
function toldOf(known: Recipient[], said: readonly Recipient[]): Recipient[] {
  const kept = known.map((each) => said.find(({ address }) => address === each.address) ?? each);
  return [...kept, ...said.filter(({ address }) => !known.some((each) => each.address === address))];
}

const becomes = (known: Recipient[], from: Recipient['outcome'], outcome: Recipient['outcome']): Recipient[] =>
  known.map((each) => (each.outcome === from ? { ...each, outcome } : each));

function recipientsAfter(known: Recipient[], { outcome, recipients, othersHaveIt }: Answered): Recipient[] {
  if (recipients) return toldOf(known, recipients);
  return othersHaveIt && outcome === 'unknown' ? becomes(known, 'deferred', 'unknown') : known;
}

/** What becomes of what still waited when a later version takes its place: whoever has some of it has it. */
function haltedAs({ state, recipients }: DeliveryRow): DeliveryState {
  if (state !== 'waiting') return state;
  const waits = recipients.some(({ outcome }) => outcome === 'deferred');
  return waits ? 'confirmed' : 'unknown';
}

/** What a look at the channel makes of a delivery. */
function found(finding: Finding, before: DeliveryState, nextAttemptAt: string | null): DeliveryState {
  switch (finding) {
    case 'present':
      return 'confirmed';
    case 'accepted':
      return 'pending';
    case 'absent':
      return nextAttemptAt === null ? 'failed' : 'waiting';
    case 'refused':
      return 'failed';
    case 'unsure':
      return before === 'pending' ? 'pending' : 'unknown';
  }
}

/** Each delivery from requested to confirmed, with what is known and never more than that. */
export const deliveries = defineProjection({
  name: 'deliveries',
  version: 7,
  follows: ['delivery'],
  keyOf: (event: DeliveryEvent) => `${event.site}/${event.deliveryId}`,

  apply(row: DeliveryRow | null, event): DeliveryRow | null {
    if (event.type === 'delivery.requested') {
      const { deliveryId, site, releaseId, title, channelId, channelName, channelKind, requestedAt } = event;
      const facts = { deliveryId, site, releaseId, title, channelId, channelName, channelKind, requestedAt };
      const nothing = { lastOutcome: null, detail: '', nextAttemptAt: null, confirmedAt: null, receiptId: null };
      const unknown = {
        trouble: null,
        url: null,
        nextProbeAt: null,
        watchedAt: null,
        assignment: null,
        recipients: [],
        reported: null,
      };
      const { policy, onUnknown, intent = 'deliver', awaitsCommit = false, linked = null, embargo = null } = event;
      return {
        ...facts,
        ...nothing,
        ...unknown,
        linked,
        embargo,
        preparedAt: null,
        committedAt: null,
        sentAt: null,
        urgency: policy?.urgency ?? 'routine',
        intent,
        onUnknown,
        ready: awaitsCommit ? false : null,
        state: awaitsCommit ? 'preparing' : 'requested',
        attempts: 0,
        updatedAt: requestedAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'delivery.noted':
        return { ...row, updatedAt: event.notedAt };
      case 'delivery.prepared': {
        const { ready, trouble, detail, preparedAt } = event;
        return { ...row, ready, trouble, detail, preparedAt: ready ? preparedAt : null, updatedAt: preparedAt };
      }
      case 'delivery.committed':
        return { ...row, state: 'requested', committedAt: event.committedAt, updatedAt: event.committedAt };
      case 'delivery.cancelled':
        return { ...row, state: 'cancelled', detail: event.reason, nextAttemptAt: null, updatedAt: event.cancelledAt };
      case 'delivery.halted':
        return {
          ...row,
          state: haltedAs(row),
          nextAttemptAt: null,
          nextProbeAt: event.nextProbeAt,
          updatedAt: event.haltedAt,
        };
      case 'delivery.rescheduled':
        return { ...row, ready: false, preparedAt: null, updatedAt: event.rescheduledAt };
      case 'delivery.discarded':
        return { ...row, detail: event.done ? row.detail : event.detail, updatedAt: event.discardedAt };
      case 'delivery.postponed': {
        const { because, notBefore, postponedAt } = event;
        return { ...row, state: 'waiting', trouble: because, nextAttemptAt: notBefore, updatedAt: postponedAt };
      }
      case 'delivery.attempted': {
        const { attempt: attempts, startedAt } = event;
        const sentAt = row.sentAt ?? startedAt;
        return { ...row, state: 'sending', attempts, sentAt, updatedAt: startedAt, nextAttemptAt: null };
      }
      case 'delivery.answered': {
        const { outcome, detail, receipt, answeredAt, nextAttemptAt, nextProbeAt = null } = event;
        const before = event.othersHaveIt ? row.confirmedAt : null;
        return {
          ...row,
          state: stateAfter(event),
          lastOutcome: outcome,
          detail,
          nextAttemptAt,
          nextProbeAt,
          trouble: event.trouble ?? null,
          updatedAt: answeredAt,
          receiptId: receipt?.remoteId ?? row.receiptId,
          url: receipt?.url ?? row.url,
          confirmedAt: outcome === 'confirmed' ? (before ?? answeredAt) : before,
          recipients: recipientsAfter(row.recipients, event),
          assignment: event.assignment ?? row.assignment,
        };
      }
      case 'delivery.key_expired':
        return { ...row, state: 'unknown', nextProbeAt: event.nextProbeAt, updatedAt: event.expiredAt };
      case 'delivery.probed': {
        const { finding, detail, receipt, probedAt, nextProbeAt, nextAttemptAt } = event;
        return {
          ...row,
          state: found(finding, row.state, nextAttemptAt),
          detail,
          nextProbeAt,
          nextAttemptAt,
          updatedAt: probedAt,
          receiptId: receipt?.remoteId ?? row.receiptId,
          url: receipt?.url ?? row.url,
          confirmedAt: finding === 'present' ? probedAt : null,
        };
      }
      case 'delivery.resolved': {
        const { resolution, note, byName, resolvedAt, url = row.url } = event;
        const detail = `${byName}：${note}`;
        const said = (outcome: Recipient['outcome']) => becomes(row.recipients, 'unknown', outcome);
        const facts = { detail, updatedAt: resolvedAt };
        if (resolution === 'send_again') return { ...row, ...facts, state: 'waiting', recipients: said('deferred') };
        const confirmedAt = row.confirmedAt ?? resolvedAt;
        const shown = { ...row, ...facts, state: 'confirmed' as const, confirmedAt };
        if (resolution === 'arrived') return { ...shown, url, recipients: said('accepted') };
        const others = row.recipients.some((each) => each.outcome === 'accepted');
        return others ? { ...shown, recipients: said('refused') } : { ...row, ...facts, state: 'cancelled' };
      }
      case 'delivery.reported': {
        const { url, visibleAt, screenshot, note, byName, reportedAt } = event;
        const detail = note === '' ? byName : `${byName}：${note}`;
        const reported = { byName, visibleAt, screenshot, note, at: reportedAt };
        return { ...row, state: 'confirmed', detail, url, updatedAt: reportedAt, confirmedAt: visibleAt, reported };
      }
      case 'delivery.bounced': {
        const { recipients, bouncedAt } = event;
        const who = recipients.map(({ address, status, detail }) => `${address} ${status} ${detail}`.trim()).join('；');
        // One after the other may come back: whoever was told of before stays.
        const before = row.detail.startsWith(back) ? `${row.detail}；` : back;
        const refused = recipients.map((each) => ({ ...each, outcome: 'refused' as const }));
        const told = toldOf(row.recipients, refused);
        return { ...row, detail: `${before}${who}`.slice(0, 2_000), recipients: told, updatedAt: bouncedAt };
      }
      case 'delivery.warned':
        return { ...row, updatedAt: event.warnedAt };
      case 'delivery.redriven': {
        const { byName, reason, redrivenAt } = event;
        // Those who have it have it: it goes to the others alone.
        const isPartial = row.state === 'confirmed';
        const recipients = isPartial ? becomes(row.recipients, 'refused', 'deferred') : row.recipients;
        const confirmedAt = isPartial ? row.confirmedAt : null;
        const facts = { detail: `${byName}：${reason}`, updatedAt: redrivenAt, nextAttemptAt: redrivenAt };
        return { ...row, ...facts, state: 'waiting', recipients, confirmedAt };
      }
      case 'delivery.check_asked':
        return { ...row, nextProbeAt: event.askedAt, updatedAt: event.askedAt };
      case 'delivery.watched':
        return { ...row, watchedAt: event.watchedAt, updatedAt: event.watchedAt };
      case 'delivery.lost':
        return { ...row, state: 'lost', detail: event.detail, watchedAt: event.lostAt, updatedAt: event.lostAt };
    }
  },

  sets: ({ site, releaseId, channelId, state, trouble, requestedAt, nextAttemptAt, linked }) => {
    const at = Date.parse(requestedAt);
    const group = groupOf[state];
    const until =
      state === 'waiting' && trouble === 'quota' && nextAttemptAt !== null ? Date.parse(nextAttemptAt) : null;
    const together = linked ? { [`linked:${linked.site}/${linked.linkedId}`]: at } : {};
    return {
      'all:*': at,
      [`all:${site}`]: at,
      [`${group}:*`]: at,
      [`${group}:${site}`]: at,
      [`release:${releaseId}`]: at,
      [`channel:${channelId}`]: at,
      ...(until !== null && { 'postponed:*': until, [`postponed:${site}`]: until }),
      ...together,
    };
  },
});
