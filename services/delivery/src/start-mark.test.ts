import type { Entry } from '@tongsheng/bus';
import type { DeliveryEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenDeliveries } from './open-deliveries.ts';
import { readMark, startMark, type StartMark } from './start-mark.ts';

const log = noon;
/** Ten days: what was asked for at noon is old by then. */
const muchLater = minutesLater(10 * 24 * 60);

const said = (id: string, requestedAt: string) => ({
  asked: {
    type: 'delivery.requested',
    deliveryId: id,
    site: 'province',
    releaseId: `release-${id}`,
    channelId: 'newsroom',
    channelName: '名',
    channelKind: 'email',
    title: '题',
    contentHash: hashA,
    onUnknown: 'person',
    policy: { urgency: 'routine', budget: 'P30D', canProbe: false, canWatch: true },
    requestedAt,
  } satisfies DeliveryEvent,
  tried: (attempt: number): DeliveryEvent => ({
    type: 'delivery.attempted',
    deliveryId: id,
    site: 'province',
    attempt,
    instance: 'one',
    startedAt: requestedAt,
  }),
  answered: (attempt: number, outcome: 'not_sent' | 'confirmed' | 'rejected_permanent'): DeliveryEvent => ({
    type: 'delivery.answered',
    deliveryId: id,
    site: 'province',
    attempt,
    outcome,
    detail: '',
    receipt: null,
    answeredAt: requestedAt,
    nextAttemptAt: outcome === 'not_sent' ? requestedAt : null,
    ...(outcome === 'confirmed' && { nextWatchAt: minutesLater(60) }),
  }),
  gone: (): DeliveryEvent => ({
    type: 'delivery.cancelled',
    deliveryId: id,
    site: 'province',
    reason: '',
    cancelledAt: requestedAt,
  }),
});

/** What may become of one delivery, to some point of it. */
const life = fc
  .record({ old: fc.boolean(), end: fc.constantFrom('confirmed', 'rejected_permanent', 'gone', 'open'), to: fc.nat(4) })
  .map(({ old, end, to }) => ({ requestedAt: old ? noon : muchLater, end, to }));

/** Several lives, told in turns. */
const history = fc.array(life, { minLength: 1, maxLength: 12 }).chain((lives) => {
  const tellings = lives.map(({ requestedAt, end, to }, i) => {
    const { asked, tried, answered, gone } = said(`d${i}`, requestedAt);
    const last =
      end === 'gone'
        ? [gone()]
        : end === 'open'
          ? []
          : [tried(2), answered(2, end as 'confirmed' | 'rejected_permanent')];
    return [asked, tried(1), answered(1, 'not_sent'), ...last].slice(0, to + 1);
  });
  const turns = tellings.flatMap((events, i) => events.map(() => i));
  return fc.shuffledSubarray(turns, { minLength: turns.length, maxLength: turns.length }).map((order) => {
    const left = tellings.map((events) => [...events]);
    return order.map((i, at) => entryAt(at + 1, left[i]!.shift()!));
  });
});

function entryAt(position: number, event: DeliveryEvent): Entry {
  const { deliveryId: id } = event;
  const envelope = { id: `c-${position}`, source: '/test', type: event.type, time: noon, eventVersion: 1 };
  return {
    position,
    subject: `ev.delivery.province.${id}`,
    aggregate: 'delivery',
    site: 'province',
    id,
    envelope: { ...envelope, actor: { kind: 'service', id: 'test' }, previousHash: '' },
    events: [event],
    hash: `h${position}`,
  };
}

const folded = (entries: readonly Entry[], open = new OpenDeliveries()) => {
  for (const each of entries) if (open.apply(each, muchLater) === 'forgotten') throw new Error('not in these lives');
  return open;
};
const known = (open: OpenDeliveries) => [...open.all()].toSorted((one, other) => (one.key < other.key ? -1 : 1));

/** What a start does with a mark. */
function started(mark: StartMark, entries: readonly Entry[]): { open: OpenDeliveries; read: number } {
  const open = new OpenDeliveries();
  for (const { id } of mark.older)
    open.remember(
      entries.filter((each) => each.id === id),
      muchLater,
    );
  const read = entries.filter(({ position }) => position >= mark.from);
  return { open: folded(read, open), read: read.length };
}

describe('a start from a mark', () => {
  it('knows the open deliveries as one that reads the whole log does, wherever the mark was set', () => {
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 1, noNaN: true }), (entries, share) => {
        const at = Math.floor(share * entries.length);
        const then = folded(entries.slice(0, at)).all();
        const mark = startMark(then, { log, at, told: [], now: muchLater });
        expect(known(started(mark, entries).open)).toEqual(known(folded(entries)));
      }),
    );
  });
  it('passes over what ended, and over the past of what waits for a person', () => {
    const old = said('old', noon);
    const waits = said('waits', noon);
    const young = said('young', muchLater);
    const events = [waits.asked, old.asked, old.tried(1), old.answered(1, 'rejected_permanent'), young.asked];
    const entries = events.map((event, i) => entryAt(i + 1, event));
    const mark = startMark(folded(entries).all(), { log, at: 5, told: [], now: muchLater });
    expect(mark).toMatchObject({ from: 5, older: [{ site: 'province', id: 'waits' }] });
    expect(started(mark, entries).read).toBe(1);
  });
  it('needs a mark of this very log, of which all is still there', () => {
    const text = JSON.stringify(startMark([], { log, at: 7, told: [], now: noon }));
    expect(readMark(text, log, 7)).toMatchObject({ at: 7, from: 8, older: [] });
    expect(readMark(text, log, 6)).toBeNull();
    expect(readMark(text, minutesLater(1), 7)).toBeNull();
    expect(readMark(text, null, 7)).toBeNull();
    for (const bad of ['', '{}', '{"log":', 'null']) expect(readMark(bad, log, 7)).toBeNull();
    expect(readMark(null, log, 7)).toBeNull();
  });
});
