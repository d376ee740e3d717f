import type { Entry } from '@tongsheng/bus';
import type { DeliveryEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { OpenDeliveries } from './open-deliveries.ts';

let position = 0;

const entry = (id: string, event: DeliveryEvent): Entry => ({
  position: ++position,
  subject: `ev.delivery.province.${id}`,
  aggregate: 'delivery',
  site: 'province',
  id,
  envelope: {
    id: `c-${position}`,
    source: '/tongsheng/test',
    type: event.type,
    time: noon,
    actor: { kind: 'service', id: 'test' },
    eventVersion: 1,
    previousHash: '',
  },
  events: [event],
  hash: '',
});

const requested = (id: string, channelId = 'newsroom') =>
  entry(id, {
    type: 'delivery.requested',
    deliveryId: id,
    site: 'province',
    releaseId: 'release',
    channelId,
    channelName: '名',
    channelKind: 'email',
    title: '题',
    contentHash: hashA,
    onUnknown: 'person',
    requestedAt: noon,
  });
const attempted = (id: string) =>
  entry(id, {
    type: 'delivery.attempted',
    deliveryId: id,
    site: 'province',
    attempt: 1,
    instance: 'one',
    startedAt: noon,
  });
const answered = (id: string, outcome: 'confirmed' | 'not_sent' | 'unknown', nextAttemptAt: string | null = null) =>
  entry(id, {
    type: 'delivery.answered',
    deliveryId: id,
    site: 'province',
    attempt: 1,
    outcome,
    detail: '',
    receipt: null,
    answeredAt: noon,
    nextAttemptAt,
  });

const view = (...entries: Entry[]) => {
  const open = new OpenDeliveries();
  for (const each of entries) open.apply(each);
  return open;
};
const names = (open: OpenDeliveries, now = noon) => open.due(now).map(({ key }) => key);

describe('the open deliveries', () => {
  it('are due in the order in which they were asked for', () => {
    expect(names(view(requested('b'), requested('a', 'radio')))).toEqual(['province/b', 'province/a']);
  });
  it('wait while their channel is being talked to, by whichever process', () => {
    const open = view(requested('a'), requested('b'), requested('c', 'radio'), attempted('a'));
    expect(names(open)).toEqual(['province/c']);
    expect(open.sending().map(({ key, state }) => [key, state.instance])).toEqual([['province/a', 'one']]);
  });
  it('come back at their time, and say when that is', () => {
    const later = minutesLater(5);
    const open = view(requested('a'), attempted('a'), answered('a', 'not_sent', later));
    expect(names(open)).toEqual([]);
    expect(open.nextDue(noon)).toBe(later);
    expect(names(open, later)).toEqual(['province/a']);
    expect(open.nextDue(later)).toBeNull();
  });
  it('that wait for a person are never due', () => {
    expect(names(view(requested('a'), attempted('a'), answered('a', 'unknown')), minutesLater(99_999))).toEqual([]);
  });
  it('that ended are forgotten', () => {
    const open = view(requested('a'), attempted('a'));
    expect(open.apply(answered('a', 'confirmed'))).toBe('province/a');
    expect(open.sending()).toEqual([]);
    expect(open.position).toBe(position);
  });
});
