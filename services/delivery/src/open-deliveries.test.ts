import type { Entry } from '@tongsheng/bus';
import type { DeliveryEvent, Outcome } from '@tongsheng/contracts';
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

type Versioned = { channelId?: string; version?: number; urgency?: 'rebuttal' | 'routine'; canProbe?: boolean };

const requested = (id: string, { channelId = 'newsroom', version, urgency = 'routine', canProbe }: Versioned = {}) =>
  entry(id, {
    type: 'delivery.requested',
    deliveryId: id,
    site: 'province',
    releaseId: `release-${id}`,
    channelId,
    channelName: '名',
    channelKind: 'email',
    title: '题',
    contentHash: hashA,
    onUnknown: 'person',
    policy: { urgency, budget: 'P3D', canProbe: canProbe ?? false, canWatch: true },
    family: version === undefined ? `release-${id}` : 'family',
    version: version ?? 1,
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
const answered = (
  id: string,
  outcome: Outcome,
  next: { nextAttemptAt?: string; nextProbeAt?: string; nextWatchAt?: string } = {},
) =>
  entry(id, {
    type: 'delivery.answered',
    deliveryId: id,
    site: 'province',
    attempt: 1,
    outcome,
    detail: '',
    receipt: null,
    answeredAt: noon,
    nextAttemptAt: null,
    ...next,
  });

const view = (...entries: Entry[]) => {
  const open = new OpenDeliveries();
  for (const each of entries) open.apply(each, noon);
  return open;
};
/** What may be done in each lane, the first by the first. */
function due(open: OpenDeliveries, now = noon): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const lane of open.lanes()) {
    const taken: string[] = [];
    for (;;) {
      const next = open.next(lane, now, (key) => taken.includes(key));
      if (!next) break;
      taken.push(next.key);
    }
    if (taken.length > 0) found[lane.key] = taken.map((key) => key.replace('province/', ''));
  }
  return found;
}

describe('the open deliveries', () => {
  it('are due in the order in which they were asked for, each channel and urgency in a lane of its own', () => {
    const open = view(
      requested('b'),
      requested('a'),
      requested('c', { channelId: 'radio' }),
      requested('d', { urgency: 'rebuttal' }),
    );
    expect(due(open)).toEqual({ 'newsroom/routine': ['b', 'a'], 'radio/routine': ['c'], 'newsroom/rebuttal': ['d'] });
  });
  it('know what is under way, by whichever process', () => {
    const open = view(requested('a'), requested('b'), attempted('a'));
    expect(due(open)).toEqual({ 'newsroom/routine': ['b'] });
    expect(open.sending().map(({ key, state }) => [key, state.instance])).toEqual([['province/a', 'one']]);
    const [lane] = open.lanes();
    expect([...lane!.sending]).toEqual(['province/a']);
  });
  it('come back at their time, and say when that is', () => {
    const later = minutesLater(5);
    const open = view(requested('a'), attempted('a'), answered('a', 'not_sent', { nextAttemptAt: later }));
    expect(due(open)).toEqual({});
    expect([...open.lanes()].map(({ soonest }) => soonest)).toEqual([later]);
    expect(due(open, later)).toEqual({ 'newsroom/routine': ['a'] });
    expect([...open.lanes()].map(({ soonest }) => soonest)).toEqual([null]);
  });
  it('are asked and looked at in a lane of their own', () => {
    const open = view(
      requested('a', { canProbe: true }),
      attempted('a'),
      answered('a', 'accepted_pending', { nextProbeAt: noon }),
      requested('b'),
      attempted('b'),
      answered('b', 'confirmed', { nextWatchAt: minutesLater(60) }),
    );
    expect(due(open)).toEqual({ 'newsroom/looks': ['a'] });
    expect(due(open, minutesLater(60))).toEqual({ 'newsroom/looks': ['a', 'b'] });
  });
  it('that wait for a person are never due', () => {
    expect(due(view(requested('a'), attempted('a'), answered('a', 'unknown')), minutesLater(99_999))).toEqual({});
  });
  it('that ended are forgotten, and read again when a person has one tried again', () => {
    const past = [requested('a'), attempted('a'), answered('a', 'rejected_permanent')];
    const open = view(...past);
    expect([...open.all()]).toEqual([]);
    expect(open.position).toBe(position);
    const redriven = entry('a', {
      type: 'delivery.redriven',
      deliveryId: 'a',
      site: 'province',
      reason: '修好了',
      by: 'comms',
      byName: '宣传',
      redrivenAt: noon,
    });
    expect(open.apply(redriven, noon)).toBe('forgotten');
    open.remember([...past, redriven], noon);
    expect(due(open)).toEqual({ 'newsroom/routine': ['a'] });
  });
  it('take what this process wrote itself only once', () => {
    const open = view(requested('a'));
    const written = attempted('a');
    const known = open.get('province/a')!;
    open.extend(known, { position: written.position, hash: '' }, written.events as DeliveryEvent[], noon);
    expect(open.apply(written, noon)).toBeNull();
    expect(known.state).toMatchObject({ status: 'sending', attempts: 1 });
  });
});

describe('a correction', () => {
  const first = requested('first', { version: 1 });
  const second = requested('second', { version: 2 });
  it('never overtakes what it corrects, and is not held back by others', () => {
    expect(due(view(second, first, requested('other')))).toEqual({ 'newsroom/routine': ['first', 'other'] });
    const retried = answered('first', 'not_sent', { nextAttemptAt: minutesLater(5) });
    expect(due(view(first, second, attempted('first'), retried))).toEqual({});
  });
  it('waits for a person as long as the original may have arrived, and nothing else does', () => {
    const open = view(first, second, requested('other'), attempted('first'), answered('first', 'unknown'));
    expect(due(open, minutesLater(999))).toEqual({ 'newsroom/routine': ['other'] });
  });
  it.each(['confirmed', 'rejected_permanent'] as const)('follows when the original is %s', (outcome) => {
    const open = view(first, second, attempted('first'));
    open.takeStirred();
    open.apply(answered('first', outcome), noon);
    expect(due(open)).toEqual({ 'newsroom/routine': ['second'] });
    expect(open.takeStirred().map(({ key }) => key)).toContain('newsroom/routine');
  });
  it('is held back at its own channel only', () => {
    const elsewhere = requested('elsewhere', { version: 2, channelId: 'radio' });
    expect(due(view(first, elsewhere))).toMatchObject({ 'radio/routine': ['elsewhere'] });
  });
});
