import type { RepostRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { askedIn, belongs, filterOf, inOrder, queryOf, readSearch } from './asked.ts';

describe('the address of the queue', () => {
  it('holds the whole filter, and leaves out what it does not understand', () => {
    const search = { site: 'province', kind: 'policy', clock: 'soon', q: ' 84号 ', sort: 'seen', reverse: true, x: 1 };
    expect(readSearch(search)).toEqual({ site: 'province', kind: 'policy', q: '84号', sort: 'seen', reverse: true });
  });

  it('takes a number that was searched for as the words that it is', () => {
    expect(readSearch({ q: 84 })).toEqual({ q: '84' });
  });

  it('tells its conditions from its order and from the task on the screen', () => {
    expect(filterOf(readSearch({ view: 'open', task: 'a/b', sort: 'title', priority: 'high' }))).toEqual({
      priority: 'high',
    });
  });

  it('asks the server only for what is not usual', () => {
    expect(queryOf(askedIn({}, 'open'))).toEqual({});
    expect(queryOf(askedIn({ view: 'drifted', sort: 'title', reverse: true, q: '公告' }, 'open'))).toEqual({
      state: 'drifted',
      sort: 'title',
      reverse: 'true',
      q: '公告',
    });
  });

  it('asks for one’s own turn where others have signed, and for what was closed in its own order', () => {
    expect(queryOf(askedIn({}, 'review'))).toEqual({ state: 'review', turn: 'mine' });
    expect(queryOf(askedIn({ view: 'closed', sort: 'title', reverse: true }, 'open'))).toEqual({ state: 'closed' });
  });
});

describe('a row', () => {
  const row = (taskId: string, dueAt: string, more: Partial<RepostRow> = {}) =>
    ({
      site: 'province',
      taskId,
      startsAt: '2026-11-23T00:00:00.000Z',
      firstSeenAt: '2026-11-23T00:00:00.000Z',
      dueAt,
      state: 'queued',
      title: '关于车船税的公告',
      priority: 'normal',
      obligations: [],
      reviews: [],
      claim: null,
      update: null,
      retract: null,
      exemption: null,
      returned: null,
      voided: null,
      drift: null,
      ...more,
    }) as unknown as RepostRow;
  const li = { personId: 'li', roles: ['editor' as const] };
  const soon = row('soon', '2026-11-23T07:00:00.000Z');
  const late = row('late', '2026-11-23T09:00:00.000Z');

  it('stands where its order puts it, forwards and backwards', () => {
    expect([late, soon].sort(inOrder(askedIn({}, 'open')))).toEqual([soon, late]);
    expect([soon, late].sort(inOrder(askedIn({ reverse: true }, 'open')))).toEqual([late, soon]);
  });

  it('of what is closed stands first when it was closed last', () => {
    const closed = (taskId: string, approvedAt: string) =>
      row(taskId, soon.dueAt, { state: 'approved', approvedAt, removal: null, withdrawn: null });
    const [one, two] = [closed('a', '2026-11-23T01:00:00.000Z'), closed('b', '2026-11-23T02:00:00.000Z')];
    expect([one, two].sort(inOrder(askedIn({ view: 'closed' }, 'open')))).toEqual([two, one]);
  });

  it('belongs to a view and to a filter, as the clock stands', () => {
    const now = Date.parse('2026-11-23T06:59:00.000Z');
    const fits = (search: Parameters<typeof askedIn>[0], each: RepostRow) =>
      belongs(askedIn(search, 'open'), li, now)(each);
    expect(fits({ q: '车船税' }, soon)).toBe(true);
    expect(fits({ q: '印花税' }, soon)).toBe(false);
    expect(fits({ clock: 'urgent' }, soon)).toBe(true);
    expect(fits({ clock: 'urgent' }, late)).toBe(false);
    expect(fits({ view: 'drifted' }, soon)).toBe(false);
  });
});
