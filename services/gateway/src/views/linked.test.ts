import { LinkedRow, type LinkedEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { linked } from './linked.ts';

const key = { linkedId: 'linked', site: 'province' };
const by = { by: 'comms', byName: '赵宣传' };
const part = (releaseId: string, role: 'policy' | 'interpretation') => ({ releaseId, site: 'province', role });
const plan = {
  title: '同步发布',
  parts: [part('p', 'policy'), part('i', 'interpretation')],
  sites: ['province'],
  channels: [],
  t0: minutesLater(60),
};
const planned = (revision = 1, more: Partial<typeof plan> = {}): LinkedEvent => ({
  type: 'linked.planned',
  ...key,
  ...plan,
  ...more,
  revision,
  ...by,
  plannedAt: noon,
});
const signed = (releaseId: string): LinkedEvent => ({
  type: 'linked.part_signed',
  ...key,
  releaseId,
  contentHash: hashA,
  partSignedAt: noon,
});
const sealed: LinkedEvent = {
  type: 'linked.sealed',
  ...key,
  generation: 1,
  sealKey: `${'A'.repeat(43)}=`,
  pages: [{ target: 'page/p/province', url: 'https://tax.example/p', publicPosition: 1 }],
  sealedAt: noon,
};
const fold = (...events: LinkedEvent[]) =>
  events.reduce<LinkedRow | null>((row, event) => linked.apply(row, event, {} as never), null);
const ready = [planned(), signed('p'), signed('i'), sealed];

describe('a linked release on its board', () => {
  it('says which parts are signed, and when the pages lie ready; the key is in no row', () => {
    const row = LinkedRow.parse(fold(...ready));
    expect(row).toMatchObject({ state: 'planned', signed: ['p', 'i'], sealedAt: noon });
    expect(JSON.stringify(row)).not.toContain('AAAA');
  });
  it('is no longer ready when a part is taken out, or signed anew', () => {
    const pulled: LinkedEvent = {
      type: 'linked.part_pulled',
      ...key,
      releaseId: 'i',
      reason: '改',
      ...by,
      pulledAt: noon,
    };
    expect(fold(...ready, pulled)).toMatchObject({ signed: ['p'], sealedAt: null });
    expect(fold(...ready, signed('p'))).toMatchObject({ signed: ['i', 'p'], sealedAt: null });
  });
  it('stays ready when only its moment moves, and not when its sites do', () => {
    expect(fold(...ready, planned(2, { t0: minutesLater(90) }))).toMatchObject({ sealedAt: noon, revision: 2 });
    expect(fold(...ready, planned(2, { sites: ['province', 'city'] }))).toMatchObject({ sealedAt: null });
  });
  it('says why nothing went out, until it is planned anew', () => {
    const stopped: LinkedEvent = {
      type: 'linked.stopped',
      ...key,
      because: 'not_ready',
      missing: ['channel/p/wechat'],
      t0: plan.t0,
      stoppedAt: plan.t0,
    };
    expect(fold(...ready, stopped)).toMatchObject({ state: 'stopped', stopped: { missing: ['channel/p/wechat'] } });
    expect(fold(...ready, stopped, planned(2, { t0: minutesLater(90) }))).toMatchObject({
      state: 'planned',
      stopped: null,
    });
  });
  it('keeps who of the press has it, as what, also when it is planned anew; and what the last rehearsal found wanting', () => {
    const told: LinkedEvent = {
      type: 'linked.press_told',
      ...key,
      channelId: 'press-mail',
      people: [{ name: '王记者', email: 'wang@paper.example' }],
      parts: [{ releaseId: 'p', site: 'province', contentHash: hashA }],
      until: plan.t0,
      ...by,
      toldAt: noon,
    };
    const rehearsed: LinkedEvent = {
      type: 'linked.rehearsed',
      ...key,
      results: [
        { target: 'page/p/province', ready: true, detail: '' },
        { target: 'channel/p/wechat', ready: false, detail: 'login_refused' },
      ],
      ...by,
      rehearsedAt: noon,
    };
    expect(fold(...ready, told, planned(2), rehearsed)).toMatchObject({
      press: [{ contents: { p: hashA }, until: plan.t0 }],
      contents: { p: hashA, i: hashA },
      rehearsed: { unready: [{ target: 'channel/p/wechat' }], count: 2 },
    });
    expect(fold(...ready, rehearsed, planned(2))).toMatchObject({ rehearsed: null });
  });
  it('stands in the list by its moment', () => {
    const at = Date.parse(plan.t0);
    expect(linked.sets!(fold(planned())!, '')).toEqual({ 'all:*': at, 'all:province': at });
  });
});
