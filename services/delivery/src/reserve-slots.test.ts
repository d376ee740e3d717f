import type { LinkedEvent } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { slotsOf } from './reserve-slots.reaction.ts';

const key = { linkedId: 'linked', site: 'province' };
const by = { by: 'comms', byName: '赵宣传' };
const day = 24 * 60;
const planned = (t0: string, channels: string[], releases = ['policy']): LinkedEvent => ({
  type: 'linked.planned',
  ...key,
  title: '同步发布',
  parts: releases.map((releaseId) => ({ releaseId, site: 'province', role: 'policy' as const })),
  sites: ['province'],
  channels: channels.map((channelId) => ({ channelId, required: true })),
  t0,
  revision: 1,
  ...by,
  plannedAt: noon,
});
const cancelled: LinkedEvent = { type: 'linked.cancelled', ...key, reason: '改期', ...by, cancelledAt: noon };
const slot = (at: string, channelId = 'wechat', releaseId = 'policy') => ({
  site: 'province',
  releaseId,
  channelId,
  at,
});

describe('the slots of a linked release', () => {
  it('are wanted for each part at each channel, on the day of its moment', () => {
    const at = minutesLater(60);
    const slots = slotsOf([planned(at, ['wechat', 'weibo'], ['policy', 'reading'])])!;
    expect(slots.wanted).toHaveLength(4);
    expect(slots.left).toEqual([]);
  });
  it('stay its own when it only moves within the day, and are given back when it moves to another', () => {
    const [at, later, next] = [minutesLater(60), minutesLater(120), minutesLater(60 + day)];
    expect(slotsOf([planned(at, ['wechat']), planned(later, ['wechat'])])).toEqual({ wanted: [slot(later)], left: [] });
    expect(slotsOf([planned(at, ['wechat']), planned(next, ['wechat'])])).toEqual({
      wanted: [slot(next)],
      left: [slot(at)],
    });
  });
  it('are given back when the channel is left out, or all is cancelled', () => {
    const at = minutesLater(60);
    expect(slotsOf([planned(at, ['wechat']), planned(at, [])])).toEqual({ wanted: [], left: [slot(at)] });
    expect(slotsOf([planned(at, ['wechat']), cancelled])).toEqual({ wanted: [], left: [slot(at)] });
  });
  it('are nobody’s business any more once it went out', () => {
    const committed: LinkedEvent = {
      type: 'linked.committed',
      ...key,
      t0: minutesLater(60),
      parts: [],
      channels: [],
      late: [],
      committedAt: minutesLater(60),
    };
    expect(slotsOf([planned(minutesLater(60), ['wechat']), committed])).toBeNull();
  });
});
