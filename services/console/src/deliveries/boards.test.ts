import type { DeliveryDetail, DeliveryEvent, DeliveryRow, DeliveryState } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { byChannel, byRelease } from './boards.ts';
import { fits, readFilter } from './filter.ts';
import { findingsOf, historyOf } from './history.ts';

const noon = '2026-11-23T12:00:00.000Z';
const row = (releaseId: string, channelId: string, state: DeliveryState): DeliveryRow => ({
  deliveryId: `${releaseId}-${channelId}`,
  site: 'province',
  releaseId,
  title: releaseId,
  channelId,
  channelName: channelId,
  channelKind: 'email',
  state,
  attempts: 1,
  lastOutcome: null,
  detail: '',
  requestedAt: noon,
  updatedAt: noon,
  nextAttemptAt: null,
  confirmedAt: null,
  receiptId: null,
  urgency: 'routine',
  trouble: null,
  ready: null,
  url: null,
  nextProbeAt: null,
  watchedAt: null,
  assignment: null,
  reported: null,
  linked: null,
  preparedAt: null,
  committedAt: null,
  sentAt: null,
  embargo: null,
  recipients: [],
  intent: 'deliver',
  onUnknown: 'person',
});
const rows = [
  row('new', 'mail', 'confirmed'),
  row('new', 'partner', 'sending'),
  row('old', 'mail', 'unknown'),
  row('old', 'partner', 'confirmed'),
  row('done', 'mail', 'confirmed'),
];

describe('the board', () => {
  it('by release has what needs a person first, and then what is under way', () => {
    expect(byRelease(rows).map(({ releaseId, counts }) => [releaseId, counts.confirmed])).toEqual([
      ['old', 1],
      ['new', 1],
      ['done', 1],
    ]);
  });
  it('by channel counts each kind of end', () => {
    expect(byChannel(rows).map(({ channelId, counts }) => [channelId, counts.unknown, counts.open])).toEqual([
      ['mail', 1, 0],
      ['partner', 0, 1],
    ]);
  });
  it('is what its address asks for', () => {
    const filter = readFilter({ show: 'unknown', channel: 'mail', urgency: 'whenever', by: 'channel' });
    expect(filter).toEqual({ show: 'unknown', channel: 'mail', by: 'channel' });
    expect(rows.filter(fits(filter)).map(({ releaseId }) => releaseId)).toEqual(['old']);
  });
});

describe('what happened to a delivery', () => {
  const key = { deliveryId: 'd', site: 'province' };
  const step = (event: DeliveryEvent, position: number): DeliveryDetail['steps'][number] => ({
    position,
    at: noon,
    actor: { kind: 'service', id: 'delivery' },
    event,
  });
  const attempted = (attempt: number): DeliveryEvent => ({
    type: 'delivery.attempted',
    ...key,
    attempt,
    instance: 'i',
    startedAt: noon,
  });
  const answered: DeliveryEvent = {
    type: 'delivery.answered',
    ...key,
    attempt: 1,
    outcome: 'unknown',
    detail: 'silence',
    receipt: null,
    answeredAt: '2026-11-23T12:00:20.000Z',
    nextAttemptAt: null,
  };
  const probed: DeliveryEvent = {
    type: 'delivery.probed',
    ...key,
    attempt: 1,
    by: 'poll',
    finding: 'unsure',
    detail: '',
    receipt: null,
    probedAt: noon,
    nextProbeAt: null,
    nextAttemptAt: null,
    nextWatchAt: null,
    spentMs: 0,
  };
  it('has each attempt with its end, and says of one that has none that it has none', () => {
    const history = historyOf([attempted(1), answered, probed, attempted(2)].map(step));
    expect(history.map((each) => (each.kind === 'attempt' ? [each.attempt, each.ms] : each.kind))).toEqual([
      [1, 20_000],
      'look',
      [2, null],
    ]);
  });
  it('tells who decides what was found since it was sent last', () => {
    expect(findingsOf(historyOf([attempted(1), answered, probed].map(step)))).toEqual([probed]);
    expect(findingsOf(historyOf([attempted(1), answered, probed, attempted(2)].map(step)))).toEqual([]);
  });
});
