import { comparePlaces, factsOf, placeIn, queueSort, taskKey, type Place, type RepostRow } from '@tongsheng/contracts';
import { minutesLater, noon, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenTasks, type Asked } from './open-tasks.ts';
import { reposts } from './views/reposts.ts';

const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const sites = ['a', 'b', 'c'];

const row = (taskId: string, site = 'a', more: Partial<RepostRow> = {}): RepostRow => {
  const title = more.title ?? facts.title;
  return { ...reposts.apply(null, { ...facts, type: 'repost.queued', title, taskId, site }, null as never)!, ...more };
};
const change = (changed: RepostRow, position = 1) => ({
  key: taskKey(changed),
  json: JSON.stringify(changed),
  position,
});
const drift = { reason: '不见了', snapshot: null, at: noon };

const ask = (more: Partial<Asked> = {}): Asked => ({
  view: 'open',
  filter: {},
  sort: 'due',
  reverse: false,
  me: { personId: 'li', roles: ['editor'] },
  sites: null,
  now: Date.parse(noon),
  ...more,
});

async function* pages(rows: RepostRow[]) {
  for (const each of rows) yield [JSON.stringify(each)];
}
async function holding(...rows: RepostRow[]): Promise<OpenTasks> {
  const tasks = new OpenTasks();
  await tasks.load(pages(rows));
  return tasks;
}
const keysOf = (rows: Buffer[]) => rows.map((json) => taskKey(JSON.parse(json.toString()) as RepostRow));
function everything(tasks: OpenTasks, asked: Asked, limit: number, meanwhile?: (page: number) => void): string[] {
  const found: string[] = [];
  let after: Place | null = null;
  for (let i = 0; ; i++) {
    const page = tasks.find(asked, after, limit);
    found.push(...keysOf(page.rows));
    if (page.next === null) return found;
    after = page.next;
    meanwhile?.(i);
  }
}

const anyRow = fc
  .record({
    taskId: fc.constantFrom(...'abcdefgh'),
    site: fc.constantFrom(...sites),
    dueAt: fc.integer({ min: 0, max: 5 }).map(minutesLater),
    firstSeenAt: fc.integer({ min: 0, max: 5 }).map(minutesLater),
    title: fc.constantFrom('公告', '通知', '安徽', '中国'),
    sourceName: fc.constantFrom('总局', '省局'),
    priority: fc.constantFrom('high' as const, 'low' as const),
    state: fc.constantFrom('queued' as const, 'queued' as const, 'approved' as const, 'merged' as const),
    drift: fc.constantFrom(null, null, drift),
  })
  .map(({ taskId, site, ...more }) => row(taskId, site, more));
const anyAsked = fc.record({
  view: fc.constantFrom('open' as const, 'drifted' as const),
  sort: fc.constantFrom(...queueSort.options),
  reverse: fc.boolean(),
  sites: fc.constantFrom(null, ['a'], ['a', 'b']),
  filter: fc.constantFrom({}, { q: '公告' }, { priority: 'high' as const }, { site: 'a' }),
});

describe('the open tasks', () => {
  it('are at any moment what reading them anew would give, in every order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 12 }),
        fc.array(fc.oneof(anyRow, anyAsked), { maxLength: 20 }),
        fc.array(anyAsked, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (before, story, questions, limit) => {
          const truth = new Map(before.map((each) => [taskKey(each), each]));
          const tasks = await holding(...truth.values());
          for (const each of story) {
            // Orders that were asked for before are the ones that have to follow.
            if ('view' in each) tasks.find(ask(each), null, limit);
            else {
              truth.set(taskKey(each), each);
              tasks.hear(change(each));
            }
          }
          for (const question of questions) {
            const asked = ask(question);
            const place = placeIn[asked.sort];
            const wanted = [...truth.values()]
              .filter(({ state, drift: drifted }) =>
                asked.view === 'open' ? state === 'queued' : drifted !== null && state !== 'merged',
              )
              .filter(({ site }) => asked.sites === null || asked.sites.includes(site))
              .filter(({ title }) => asked.filter.q === undefined || title.includes(asked.filter.q))
              .filter(({ priority }) => asked.filter.priority === undefined || priority === asked.filter.priority)
              .filter(({ site }) => asked.filter.site === undefined || site === asked.filter.site)
              .map((each) => place(factsOf(each)))
              .sort(comparePlaces)
              .map(([, , key]) => key);
            if (asked.reverse) wanted.reverse();
            expect(everything(tasks, asked, limit)).toEqual(wanted);
            expect(tasks.find(asked, null, limit).total).toBe(wanted.length);
          }
        },
      ),
    );
  });

  it('are each on one page, also when some are decided and others come while somebody reads on', async () => {
    const many = Array.from({ length: 9 }, (_, i) => row(`t${i}`, 'a', { dueAt: minutesLater(i) }));
    const tasks = await holding(...many);
    const found = everything(tasks, ask(), 3, (page) => {
      if (page > 0) return;
      // The last that was read, one that was read, one that was not; and one that would have stood before them.
      for (const i of [2, 0, 5]) tasks.hear(change({ ...many[i]!, state: 'approved' }));
      tasks.hear(change(row('early', 'a', { dueAt: minutesLater(-1) })));
    });
    expect(found).toEqual(['t0', 't1', 't2', 't3', 't4', 't6', 't7', 't8'].map((id) => `a/${id}`));
  });

  it('count what is urgent and what is overdue, of all that was found', async () => {
    const now = Date.parse(minutesLater(700));
    const tasks = await holding(
      row('far', 'a', { dueAt: minutesLater(1_440) }),
      row('soon'),
      row('late', 'b', { dueAt: noon }),
    );
    expect(tasks.find(ask({ now }), null, 1)).toMatchObject({ total: 3, urgent: 1, overdue: 1 });
    expect(tasks.find(ask({ now, filter: { clock: 'overdue' } }), null, 1)).toMatchObject({ total: 1, overdue: 1 });
  });

  it('do not lose what changes while they are being read', async () => {
    const [one, two] = [row('one'), row('two')];
    const tasks = new OpenTasks();
    await tasks.load(
      (async function* () {
        yield [JSON.stringify(one)];
        tasks.hear(change({ ...one, state: 'approved' }));
        tasks.hear(change(row('new')));
        yield [JSON.stringify(two)];
      })(),
    );
    expect(everything(tasks, ask(), 10)).toEqual(['a/new', 'a/two']);
  });

  it('are refused while nobody knows what they are', async () => {
    const tasks = new OpenTasks();
    expect(() => tasks.find(ask(), null, 1)).toThrow(expect.objectContaining({ code: 'stale_view' }));
    await tasks.load(pages([row('one')]));
    tasks.doubt();
    expect(() => tasks.choices('open', null)).toThrow(expect.objectContaining({ code: 'stale_view' }));
  });

  it('say which sources and columns there are to choose from, of one’s own sites', async () => {
    const tasks = await holding(row('one'), row('two', 'b', { column: '通知公告' }), row('three'));
    const source = { value: 'national-policy', name: '国家税务总局网站（示例）' };
    expect(tasks.choices('open', ['a'])).toEqual({
      sources: [{ ...source, tasks: 2 }],
      columns: [{ value: '税收政策', name: '税收政策', tasks: 2 }],
    });
    expect(tasks.choices('open', null).columns).toHaveLength(2);
    expect(tasks.choices('drifted', null)).toEqual({ sources: [], columns: [] });
  });
});
