import type { AnyEvent, BalanceRow, DeliveryEvent, LinkedEvent, RepostEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conservation } from './conservation.ts';

/** So much later everything that was on its way has arrived. */
const later = Date.parse(minutesLater(60));
const quietMs = 60_000;

/** Books of what was said, each word an entry a second after the one before. */
function books(...said: [aggregate: string, event: object][]): Conservation {
  const kept = new Conservation();
  said.forEach(([aggregate, event], i) => {
    const { site = '_', linkedId: id = 'id' } = event as { site?: string; linkedId?: string };
    const time = new Date(Date.parse(noon) + i * 1_000).toISOString();
    kept.learn({ position: i + 1, aggregate, site, id, events: [event as AnyEvent], envelope: { time } });
  });
  return kept;
}
const rowOf = (kept: Conservation, name: string, at = later): BalanceRow | undefined =>
  kept.balance(at, quietMs).find(({ kind, id }) => `${kind}/${id}` === name);
const figures = (row: BalanceRow | undefined) => {
  const { takenIn, delivered, refused, waiting, parked, difference } = row!;
  return { takenIn, delivered, refused, waiting, parked, difference };
};
const zero = { takenIn: 0, delivered: 0, refused: 0, waiting: 0, parked: 0, difference: 0 };

type Said = [string, object];
const published = (itemId = 'i'): Said => [
  'item',
  { type: 'item.published', itemId, sourceId: 'national', title: `公告${itemId}` },
];
const bound = (sites: string[], itemId = 'i', effect = 'mandatory'): Said => [
  'routing',
  {
    type: 'routing.decided',
    itemId,
    sourceId: 'national',
    effect,
    bindings: sites.length > 0 ? [{ target: 'site', sites }] : [],
  },
];
const task = (event: Partial<RepostEvent> & { type: RepostEvent['type'] }, site = 'city', taskId = 't'): Said => [
  'repost',
  { taskId, site, ...event },
];
const queued = (itemId = 'i', site = 'city', taskId = 't') =>
  task({ type: 'repost.queued', itemId, target: 'site' }, site, taskId);
const signed = (channels: string[]): Said => [
  'release',
  { type: 'release.signed', site: 'city', releaseId: 'r', title: '通稿', channels, linked: null, contentHash: hashA },
];
const pushed = (
  event: Partial<DeliveryEvent> & { type: DeliveryEvent['type'] },
  deliveryId = 'd',
  channelId = 'wechat',
): Said => [
  'delivery',
  { deliveryId, site: 'city', ...(event.type === 'delivery.requested' && { releaseId: 'r', channelId }), ...event },
];
const requested = (deliveryId = 'd', channelId = 'wechat') =>
  pushed({ type: 'delivery.requested', title: '通稿' }, deliveryId, channelId);
const answered = (facts: object) =>
  pushed({ type: 'delivery.answered', nextAttemptAt: null, doubtful: false, nextProbeAt: null, ...facts });

describe('what a source shows', () => {
  it.each<[string, Said[], string, object]>([
    ['is waited for a moment', [], noon, { takenIn: 1, waiting: 1 }],
    ['is missing when nothing was decided of it', [], minutesLater(60), { takenIn: 1, difference: 1 }],
    ['is settled when sites owe it', [bound(['city'])], minutesLater(60), { takenIn: 1, delivered: 1 }],
    ['is not done where a rule ignores it', [bound([], 'i', 'ignore')], minutesLater(60), { takenIn: 1, refused: 1 }],
    ['is parked where no rule speaks', [bound([], 'i', 'unrouted')], minutesLater(60), { takenIn: 1, parked: 1 }],
  ])('%s', (_, then, at, wanted) => {
    const kept = books(published(), ...then);
    expect(figures(rowOf(kept, 'source/national', Date.parse(at)))).toEqual({ ...zero, ...wanted });
  });
});

describe('what a site owes', () => {
  const owed = [published(), bound(['city', 'province'])] as const;
  it.each<[string, Said[], object]>([
    ['waits in its task', [queued()], { waiting: 1 }],
    ['is settled when the public was seen to have it', [queued(), task({ type: 'repost.approved' }), task({ type: 'repost.published' }), task({ type: 'repost.verified' })], { delivered: 1 }], // prettier-ignore
    ['is not done when two signed that', [queued(), task({ type: 'repost.exempted' })], { refused: 1 }],
    ['is parked when publishing it needs a person', [queued(), task({ type: 'repost.publication_failed', nextAttemptAt: null })], { parked: 1 }], // prettier-ignore
    ['waits again when its page differs', [queued(), task({ type: 'repost.published' }), task({ type: 'repost.verified' }), task({ type: 'repost.drifted' })], { waiting: 1 }], // prettier-ignore
    ['is where it went when policies were merged', [queued(), queued('i', 'city', 'u'), task({ type: 'repost.merged', into: 'u' })], { waiting: 1 }], // prettier-ignore
    ['is missing without a task', [], { difference: 1 }],
    ['is there twice in two tasks', [queued(), queued('i', 'city', 'u')], { waiting: 2, difference: -1 }],
  ])('%s', (_, said, wanted) => {
    expect(figures(rowOf(books(...owed, ...said), 'site/city'))).toEqual({ ...zero, takenIn: 1, ...wanted });
  });

  it('is named with the item that got lost', () => {
    const { uneven } = rowOf(books(...owed, queued()), 'site/province')!;
    expect(uneven).toMatchObject([{ of: 'item', id: 'i', sourceId: 'national', title: '公告i', wanted: 1, there: 0 }]);
  });
  it('and with the tasks that hold it where one is too many', () => {
    const { uneven } = rowOf(books(...owed, queued(), queued('i', 'city', 'u')), 'site/city')!;
    expect(uneven[0]!.holders.map(({ id }) => id)).toEqual(['t', 'u']);
  });
  it('that nobody owes is too much', () => {
    expect(figures(rowOf(books(published(), queued()), 'site/city'))).toEqual({ ...zero, waiting: 1, difference: -1 });
  });
});

describe('what goes to a channel', () => {
  it.each<[string, Said[], object]>([
    ['is missing when nobody asked for a delivery', [], { difference: 1 }],
    ['waits', [requested()], { waiting: 1 }],
    ['is delivered', [requested(), answered({ outcome: 'confirmed' })], { delivered: 1 }],
    ['is tried again', [requested(), answered({ outcome: 'not_sent', nextAttemptAt: noon })], { waiting: 1 }],
    ['was refused', [requested(), answered({ outcome: 'rejected_permanent' })], { refused: 1 }],
    ['is asked after', [requested(), answered({ outcome: 'unknown', doubtful: true, nextProbeAt: noon })], { waiting: 1 }], // prettier-ignore
    ['is a person’s to find out', [requested(), answered({ outcome: 'unknown', doubtful: true })], { parked: 1 }],
    ['was cancelled', [requested(), pushed({ type: 'delivery.cancelled' })], { refused: 1 }],
    ['is gone from there', [requested(), answered({ outcome: 'confirmed' }), pushed({ type: 'delivery.lost' })], { parked: 1 }], // prettier-ignore
    ['is there twice', [requested(), requested('e')], { waiting: 2, difference: -1 }],
    ['was asked for anew after it was let go', [requested(), pushed({ type: 'delivery.cancelled' }), requested('e')], { waiting: 1 }], // prettier-ignore
  ])('%s', (_, said, wanted) => {
    const kept = books(signed(['wechat']), ...said);
    expect(figures(rowOf(kept, 'channel/wechat'))).toEqual({ ...zero, takenIn: 1, ...wanted });
  });

  const linked = (event: Partial<LinkedEvent> & { type: LinkedEvent['type'] }): Said => [
    'linked',
    { linkedId: 'l', site: 'city', ...event },
  ];
  const planned = linked({
    type: 'linked.planned',
    parts: [{ releaseId: 'r', site: 'city', role: 'policy' }],
    channels: [{ channelId: 'wechat', required: true }],
    t0: noon,
  });
  const partSigned = linked({ type: 'linked.part_signed', releaseId: 'r', contentHash: hashA });

  it('with a linked release may still be made ready before its moment, and must be there after it', () => {
    expect(figures(rowOf(books(planned, partSigned), 'channel/wechat'))).toEqual({ ...zero, takenIn: 1, waiting: 1 });
    const committed = books(planned, partSigned, linked({ type: 'linked.committed' }));
    expect(figures(rowOf(committed, 'channel/wechat'))).toEqual({ ...zero, takenIn: 1, difference: 1 });
  });
  it('with a linked release that was cancelled is owed to nobody', () => {
    const gone = books(planned, partSigned, requested(), linked({ type: 'linked.cancelled', reason: '不发' }));
    expect(figures(rowOf(gone, 'channel/wechat'))).toEqual({ ...zero, waiting: 1, difference: -1 });
    const clean = books(planned, partSigned, requested(), linked({ type: 'linked.cancelled', reason: '不发' }), pushed({ type: 'delivery.cancelled' })); // prettier-ignore
    expect(figures(rowOf(clean, 'channel/wechat'))).toEqual(zero);
  });
});

it('whatever is said, and however often, the sums are those of what stands there', () => {
  const words = [
    published(),
    published('j'),
    bound(['city']),
    bound(['city', 'province'], 'j'),
    queued(),
    queued('j'),
    queued('j', 'province', 'u'),
    task({ type: 'repost.bound', itemId: 'j', target: 'site' } as never),
    task({ type: 'repost.unbound', itemId: 'i' }),
    task({ type: 'repost.published' }),
    task({ type: 'repost.verified' }),
    task({ type: 'repost.merged', into: 'u' }),
    signed(['wechat', 'weibo']),
    requested(),
    requested('e'),
    requested('f', 'weibo'),
    answered({ outcome: 'confirmed' }),
    pushed({ type: 'delivery.cancelled' }),
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (said) => {
      for (const row of books(...said).balance(later, quietMs)) {
        const { takenIn, delivered, refused, waiting, parked, difference, uneven } = row;
        expect(difference).toBe(takenIn - delivered - refused - waiting - parked);
        expect(uneven.reduce((sum, { wanted, there }) => sum + wanted - there, 0)).toBe(difference);
        expect(Math.min(takenIn, delivered, refused, waiting, parked)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
