import type { CalendarEntry, Channel, QuotaRow } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { conflictsOf, daysOf, quotasOf, restDay } from './calendar.ts';

type Linked = Extract<CalendarEntry, { kind: 'linked' }>;
const linked = (id: string, at: string, more: Partial<Linked> = {}): Linked => ({
  kind: 'linked',
  id,
  linkedId: id,
  at,
  site: 'province',
  title: id,
  sites: ['province'],
  state: 'planned',
  parts: [{ site: 'province', releaseId: `of-${id}` }],
  channels: [],
  ...more,
});
const account = { api: 'https://api.example', appid: 'wx1', secret: 's', author: '', thumb: '' };
const channel = (channelId: string, kind: 'wechat_mass' | 'weibo') =>
  ({ channelId, name: channelId, site: 'province', kind, paused: false, settings: account }) as unknown as Channel;
const channels = new Map([
  ['mass', channel('mass', 'wechat_mass')],
  ['weibo', channel('weibo', 'weibo')],
]);
const mass = [{ channelId: 'mass', name: '公众号' }];
const row = (releaseId: string): QuotaRow => ({
  credentialId: 'login',
  period: '20261123',
  limit: 1,
  holders: [{ deliveryId: 'd', channelId: 'mass', for: { site: 'province', releaseId } }],
});
const found = (entries: CalendarEntry[], quotas: QuotaRow[] = []) =>
  conflictsOf(entries, { channels, quotas, now: noon }).map(({ kind, entries: about }) => `${kind} ${about.join(' ')}`);

describe('a calendar finds', () => {
  it('two linked releases on one site that are too near, and none on two sites or far apart', () => {
    expect(found([linked('a', minutesLater(60)), linked('b', minutesLater(75))])).toEqual(['near a b']);
    expect(found([linked('a', minutesLater(60)), linked('b', minutesLater(90))])).toEqual([]);
    expect(found([linked('a', minutesLater(60)), linked('b', minutesLater(60), { sites: ['city'] })])).toEqual([]);
  });
  it('a day whose one mass send another has; not when it has it itself, or the day is free', () => {
    const entry = linked('a', minutesLater(60), { channels: mass });
    expect(found([entry], [row('another')])).toEqual(['quota a']);
    expect(found([entry], [row('of-a')])).toEqual([]);
    expect(found([entry])).toEqual([]);
    expect(found([linked('a', minutesLater(60 * 24), { channels: mass })], [row('another')])).toEqual([]);
  });
  it('more parts than the day has mass sends', () => {
    const parts = ['p', 'q'].map((releaseId) => ({ site: 'province', releaseId }));
    expect(found([linked('a', minutesLater(60), { channels: mass, parts })])).toEqual(['quota a']);
  });
  it('more at one moment than a channel takes at once', () => {
    const parts = Array.from({ length: 61 }, (_, n) => ({ site: 'province', releaseId: `p${n}` }));
    const entry = linked('a', minutesLater(60), { channels: [{ channelId: 'weibo', name: '微博' }], parts });
    expect(found([entry])).toContain('rate a');
  });
  it('nothing wrong with what is over, cancelled or gone out', () => {
    const over = linked('a', minutesLater(-60), { channels: mass });
    const open = linked('b', minutesLater(60), { channels: mass, state: 'open' });
    expect(found([over, open], [row('another')])).toEqual([]);
  });
});

describe('a day', () => {
  it('is no working day at weekends and on holidays, by sun and by moon', () => {
    expect(restDay('2026-11-23')).toBeNull();
    expect(restDay('2026-11-21')).toBe('星期六');
    expect(restDay('2026-10-01')).toBe('国庆节');
    expect(restDay('2026-02-17')).toBe('春节');
    expect(restDay('2026-02-16')).toBe('除夕');
    expect(restDay('2026-06-19')).toBe('端午节');
    expect(restDay('2026-09-25')).toBe('中秋节');
    expect(restDay('2026-04-05')).toBe('清明节');
  });
  it('begins when Beijing’s does', () => {
    expect(daysOf('2026-11-22T16:00:00.000Z', '2026-11-24T16:00:00.000Z')).toEqual(['2026-11-23', '2026-11-24']);
  });
  it('says how much of a quota is taken, and by what, to who may know', () => {
    expect(quotasOf([row('r')], channels, () => '通稿')).toEqual([
      {
        channelId: 'mass',
        channelName: 'mass',
        site: 'province',
        day: '2026-11-23',
        limit: 1,
        used: 1,
        titles: ['通稿'],
      },
    ]);
  });
});
