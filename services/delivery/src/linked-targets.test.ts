import { linkedTargets, type LinkedEvent } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const key = { linkedId: 'l', site: 'province' };
const by = { by: 'comms', byName: '赵宣传' };
const parts = (['p', 'i'] as const).map((releaseId) => ({ releaseId, site: 'province', role: 'policy' as const }));
const planned = (channels: string[], t0 = minutesLater(60), of = parts): LinkedEvent => ({
  type: 'linked.planned',
  ...key,
  title: '联动',
  parts: of,
  sites: ['province'],
  channels: channels.map((channelId) => ({ channelId, required: true })),
  t0,
  revision: 1,
  ...by,
  plannedAt: noon,
});
const signed = (releaseId: string, contentHash = hashA): LinkedEvent => ({
  type: 'linked.part_signed',
  ...key,
  releaseId,
  contentHash,
  partSignedAt: noon,
});
const pulled = (releaseId: string): LinkedEvent => ({
  type: 'linked.part_pulled',
  ...key,
  releaseId,
  reason: '口径有变',
  ...by,
  pulledAt: noon,
});
const cancelled: LinkedEvent = { type: 'linked.cancelled', ...key, reason: '暂缓', ...by, cancelledAt: noon };
const committed: LinkedEvent = {
  type: 'linked.committed',
  ...key,
  t0: minutesLater(60),
  parts: [],
  channels: [],
  late: [],
  committedAt: minutesLater(60),
};
const fold = (...events: LinkedEvent[]) =>
  linkedTargets(events.map((each, i) => ({ position: i + 1, events: [each] })));
const names = ({ wanted }: ReturnType<typeof fold>) => wanted.map(({ target, time }) => `${target} ${time}`);

describe('what a linked release wants at its channels', () => {
  it('is each signed part at each channel, and nothing of what is not signed', () => {
    const found = fold(planned(['mail', 'wechat']), signed('p'));
    expect(names(found)).toEqual(['channel/p/mail 1', 'channel/p/wechat 1']);
    expect(found.planned).toHaveLength(4);
  });
  it('stays what it was when only the moment moves', () => {
    const past = [planned(['mail']), signed('p')];
    expect(fold(...past, planned(['mail'], minutesLater(90)))).toMatchObject({ t0: minutesLater(90), dropped: [] });
  });
  it('is another one when a part is signed anew, and after it was pulled, also with the same words', () => {
    const anew = fold(planned(['mail']), signed('p'), signed('p', hashB));
    expect(names(anew)).toEqual(['channel/p/mail 2']);
    expect(anew.dropped).toMatchObject([{ time: 1, contentHash: hashA, position: 3 }]);
    expect(names(fold(planned(['mail']), signed('p'), pulled('p'), signed('p')))).toEqual(['channel/p/mail 2']);
  });
  it('is dropped with its channel, its part and its plan, and says since when and why', () => {
    expect(fold(planned(['mail']), signed('p'), planned([])).dropped).toMatchObject([{ position: 3 }]);
    const without = planned(['mail'], minutesLater(60), parts.slice(1));
    expect(fold(planned(['mail']), signed('p'), without).dropped).toMatchObject([{ position: 3 }]);
    const over = fold(planned(['mail']), signed('p'), cancelled);
    expect(over).toMatchObject({ wanted: [], dropped: [{ position: 3, reason: '暂缓' }] });
  });
  it('changes no more once it went out', () => {
    const out = fold(planned(['mail']), signed('p'), committed, pulled('p'));
    expect(out).toMatchObject({ isCommitted: true, dropped: [] });
    expect(names(out)).toEqual(['channel/p/mail 1']);
  });
  it('is never two at one target, and no name is given twice', () => {
    const any = fc.oneof(
      fc.subarray(['mail', 'wechat']).map((channels) => planned(channels)),
      fc.constantFrom(signed('p'), signed('p', hashB), signed('i'), pulled('p'), pulled('i'), cancelled, committed),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (past) => {
        const { wanted, dropped } = fold(...past);
        const given = [...wanted, ...dropped].map(({ target, time }) => `${target} ${time}`);
        expect(new Set(given).size).toBe(given.length);
        expect(new Set(wanted.map(({ target }) => target)).size).toBe(wanted.length);
      }),
    );
  });
});
