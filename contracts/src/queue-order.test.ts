import { describe, expect, it } from 'vitest';
import { clockStateOf, comparePlaces, factsOf, placeIn, queueTest, type Place, type QueueSort } from './queue-order.ts';
import type { QueueFilter } from './queue.ts';
import type { RepostRow } from './views.ts';
import type { Role } from './words.ts';

const hour = 3_600_000;
const noon = Date.parse('2026-11-23T04:00:00.000Z');
const at = (hours: number) => new Date(noon + hours * hour).toISOString();

const row = (more: Partial<RepostRow> = {}): RepostRow =>
  ({
    site: 'province',
    taskId: 'task',
    sourceName: '国家税务总局网站',
    column: '税收政策',
    kind: 'policy',
    priority: 'normal',
    state: 'queued',
    title: '关于优化纳税服务的公告',
    startsAt: at(0),
    dueAt: at(12),
    firstSeenAt: at(0),
    obligations: [
      { sourceId: 'chinatax', sourceName: '国家税务总局网站', title: '公告', documentNumber: '税总发〔2017〕84号' },
      { sourceId: 'portal', sourceName: '省政府门户网站', title: '转发优化纳税服务的公告', documentNumber: null },
    ],
    claim: null,
    update: null,
    exemption: null,
    returned: null,
    voided: null,
    drift: null,
    retract: null,
    chain: null,
    reviews: [],
    ...more,
  }) as RepostRow;

describe('the clock of a task', () => {
  it.each([
    [12 * hour, 'normal'],
    [4 * hour + 1, 'normal'],
    [4 * hour, 'near'],
    [hour + 1, 'near'],
    [hour, 'urgent'],
    [1, 'urgent'],
    [0, 'overdue'],
    [-hour, 'overdue'],
  ] as const)('with %i ms of 12 hours left is %s', (left, state) => {
    expect(clockStateOf(0, 12 * hour, 12 * hour - left)).toBe(state);
  });
});

describe('a filter of the queue', () => {
  const li = { personId: 'li', roles: ['reviewer' as const] };
  const signed = (by: string, roles: Role[]) =>
    ({
      chain: {
        chainId: 'two',
        name: '两人',
        acts: [
          { steps: ['first'], roles: ['editor'] },
          { steps: ['confidentiality'], roles },
        ],
      },
      reviews: [{ steps: ['first'], role: 'editor', by, byName: by, at: at(1) }],
    }) as Partial<RepostRow>;
  const claim = { by: 'li', byName: '李编辑', at: at(1) };
  const found = (filter: QueueFilter, more: Partial<RepostRow> = {}, now = noon) =>
    queueTest(filter, li, now)!(factsOf(row(more)));

  it.each<[string, QueueFilter, Partial<RepostRow>]>([
    ['its site', { site: 'province' }, {}],
    ['any of its sources', { source: 'portal' }, {}],
    ['its column', { column: '税收政策' }, {}],
    ['its kind', { kind: 'policy' }, {}],
    ['its priority', { priority: 'high' }, { priority: 'high' }],
    ['nobody having it in hand', { claimed: 'nobody' }, {}],
    ['having it in hand oneself', { claimed: 'me' }, { claim }],
    ['another having it in hand', { claimed: 'others' }, { claim: { ...claim, by: 'wang' } }],
    ['an update', { concern: 'update' }, { update: { startsAt: at(0), dueAt: at(1), fromVersion: 1 } }],
    [
      'what its source took back',
      { concern: 'retract' },
      { retract: { itemId: 'i', reason: 'gone', startsAt: at(0), dueAt: at(1) } },
    ],
    ['its next signature being one’s own', { turn: 'mine' }, signed('wang', ['signer', 'reviewer'])],
    ['words of its title, in any order', { q: '公告 纳税' }, {}],
    ['a title of another source', { q: '转发' }, {}],
    ['its number, in whichever brackets and widths', { q: '税总发[２０１７]84号' }, {}],
  ])('finds a task by %s', (_, filter, more) => {
    expect(found(filter, more)).toBe(true);
  });

  it.each<[string, QueueFilter, Partial<RepostRow>]>([
    ['another site', { site: 'city' }, {}],
    ['another source', { source: 'elsewhere' }, {}],
    ['another’s hands', { claimed: 'me' }, { claim: { ...claim, by: 'wang' } }],
    ['one’s own hands', { claimed: 'others' }, { claim }],
    ['somebody’s hands', { claimed: 'nobody' }, { claim }],
    ['another’s turn', { turn: 'mine' }, signed('wang', ['signer'])],
    ['a signature of one’s own before it', { turn: 'mine' }, signed('li', ['reviewer'])],
    ['nobody having signed', { turn: 'mine' }, {}],
    ['a concern that it has not', { concern: 'returned' }, {}],
    ['a word that it lacks', { q: '公告 车船税' }, {}],
    ['one condition of two', { site: 'province', kind: 'news' }, {}],
  ])('leaves a task out for %s', (_, filter, more) => {
    expect(found(filter, more)).toBe(false);
  });

  it('that asks for nothing is none', () => {
    expect(queueTest({ q: ' ' }, li, noon)).toBeNull();
  });

  it('asks the clock at the moment of asking', () => {
    expect(found({ clock: 'urgent' }, {}, noon + 10 * hour)).toBe(false);
    expect(found({ clock: 'urgent' }, {}, noon + 11 * hour)).toBe(true);
    expect(found({ clock: 'overdue' }, {}, noon + 12 * hour)).toBe(true);
  });
});

describe('an order of the queue', () => {
  const inOrder = (sort: QueueSort, rows: Partial<RepostRow>[]) =>
    rows
      .map((more) => placeIn[sort](factsOf(row(more))))
      .sort(comparePlaces)
      .map((place: Place) => place[2].replace('province/', ''));
  const a = { taskId: 'a', dueAt: at(9), firstSeenAt: at(1), title: '中国', sourceName: '总局' };
  const b = { taskId: 'b', dueAt: at(7), firstSeenAt: at(2), title: '安徽', sourceName: '省局' };
  const c = {
    taskId: 'c',
    dueAt: at(9),
    firstSeenAt: at(3),
    title: '北京',
    sourceName: '省局',
    priority: 'high' as const,
  };

  it.each<[QueueSort, string[]]>([
    ['due', ['b', 'a', 'c']],
    ['seen', ['c', 'b', 'a']],
    ['priority', ['c', 'b', 'a']],
    ['source', ['b', 'c', 'a']],
    ['title', ['b', 'c', 'a']],
  ])('by %s', (sort, wanted) => {
    expect(inOrder(sort, [a, b, c])).toEqual(wanted);
    expect(inOrder(sort, [c, b, a])).toEqual(wanted);
  });
});
