import {
  isLookedThrough,
  machineFindings,
  probePlan,
  siteCheckAfter,
  vetoStates,
  type SiteCheckCommand,
  type SiteCheckEvent,
  type SiteCheckRow,
} from '@tongsheng/contracts';
import { hashA, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { siteCheck } from './site-check.ts';

const given = specify(siteCheck);
const key = { checkId: 'inspection-2026-Q4', site: 'city' };
const head = (at = noon) => ({ id: `c-${at}`, at, actor: service, ...key });
const column = (name: string, kind: 'news' | 'notices' = 'notices') => ({
  name,
  url: `https://city.example/${name}/`,
  kind,
});
const columns = ['a', 'b', 'c', 'd', 'e'].map((name) => column(name));
const registered = { name: '某市', homeUrl: 'https://city.example/', columns };
const begun: SiteCheckEvent = {
  type: 'site_check.begun',
  ...key,
  ...registered,
  probes: probePlan.count,
  everyMinutes: probePlan.everyMinutes,
  withinSeconds: probePlan.withinSeconds,
  by: service.id,
  byName: service.id,
  begunAt: noon,
};
const probe = (n: number, at = minutesLater(n * 60)): SiteCheckCommand => ({
  type: 'site_check.probe',
  ...head(at),
  n,
  fellDueAt: minutesLater(n * 60),
});
const due = (n: number): SiteCheckEvent => ({
  type: 'site_check.probe_due',
  ...key,
  n,
  fellDueAt: minutesLater(n * 60),
  dueAt: minutesLater(n * 60),
});
const record = (n: number, code: string | null = null): SiteCheckCommand => ({
  type: 'site_check.record_probe',
  ...head(minutesLater(n * 60)),
  n,
  code,
  detail: code ?? '',
  tookMs: 20,
});
const probed = (n: number, code: string | null = null): SiteCheckEvent => ({
  type: 'site_check.probed',
  ...key,
  n,
  code,
  detail: code ?? '',
  tookMs: 20,
  probedAt: minutesLater(n * 60),
});
const page = (
  at: number,
  newest: string | null,
  entries = 10,
  trouble: { code: string; detail: string } | null = null,
) =>
  ({
    type: 'site_check.page_read',
    ...key,
    at,
    url: at < 0 ? registered.homeUrl : columns[at]!.url,
    trouble,
    newest,
    entries,
    snapshot: hashA,
    readAt: noon,
  }) satisfies SiteCheckEvent;
const followed: SiteCheckEvent = {
  type: 'site_check.links_followed',
  ...key,
  from: 0,
  followed: 3,
  left: 0,
  dead: [],
  followedAt: noon,
};
const looked: SiteCheckEvent = { type: 'site_check.reposts_looked', ...key, looks: [], trouble: null, lookedAt: noon };
const fold = (...events: SiteCheckEvent[]): SiteCheckRow => events.reduce<SiteCheckRow | null>(siteCheckAfter, null)!;

describe('a probe', () => {
  it('is made when its moment has come, once, and written down once', () => {
    given()
      .when({ type: 'site_check.begin', ...head(), registered })
      .yields(begun);
    given(begun)
      .when({ type: 'site_check.begin', ...head(), registered })
      .yields();
    given(begun).when(probe(0)).yields(due(0));
    given(begun, due(0)).when(probe(0)).yields();
    given(begun, due(0)).when(record(0)).yields(probed(0));
    given(begun, due(0), probed(0)).when(record(0)).yields();
    given(begun).when(record(0)).yields();
  });
  it('that fell due while we were down is missed, and says nothing of the site', () => {
    const [event] = given(begun)
      .when(probe(1, minutesLater(60 + 21)))
      .events();
    expect(event).toMatchObject({ type: 'site_check.probe_missed', n: 1 });
    const row = fold(begun, event!);
    expect(row.probes).toMatchObject({ missed: 1, counted: 0, down: 0 });
  });
  it('ends the check when it is the last', () => {
    const past = [begun, ...Array.from({ length: probePlan.count - 1 }, (_, n) => [due(n), probed(n)]).flat()];
    const last = probePlan.count - 1;
    expect(
      given(...past, due(last))
        .when(record(last))
        .events(),
    ).toMatchObject([{ type: 'site_check.probed' }, { type: 'site_check.ended' }]);
  });
  it('counts neither twice nor beyond the plan, whatever comes in which order', () => {
    const anything = fc.oneof(
      fc.integer({ min: 0, max: 6 }).map((n) => probe(n)),
      fc.integer({ min: 0, max: 6 }).map((n) => probe(n, minutesLater(n * 60 + 30))),
      fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()).map(([n, down]) => record(n, down ? 'timeout' : null)),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (commands) => {
        const past = commands.reduce<SiteCheckEvent[]>(
          (all, each) => [
            ...all,
            ...given(...all)
              .when(each)
              .events(),
          ],
          [begun],
        );
        const { probes } = fold(...past);
        const of = (type: string) =>
          past.filter((event) => event.type === type).map((event) => ('n' in event ? event.n : -1));
        const done = [...of('site_check.probed'), ...of('site_check.probe_missed')];
        expect(new Set(done).size).toBe(done.length);
        expect(probes.counted + probes.missed).toBe(done.length);
        expect(probes.down).toBeLessThanOrEqual(probes.counted);
      }),
    );
  });
});

describe('what a machine found', () => {
  const codes = (row: SiteCheckRow, at = noon) => machineFindings(row, at).map(({ code }) => code);
  const fresh = [page(-1, '2026-11-20'), ...columns.map((_, at) => page(at, '2026-11-01'))];
  const many = (down: number, counted: number) =>
    Array.from({ length: counted }, (_, n) => probed(n, n < down ? 'timeout' : null));

  it('is nothing where all was seen and all is well', () => {
    const row = fold(begun, ...fresh, followed, looked, ...many(0, 168));
    expect(isLookedThrough(row)).toBe(true);
    expect(codes(row)).toEqual([]);
  });
  it('is never a pass where something could not be seen', () => {
    const nothing = machineFindings(fold(begun), noon);
    expect(nothing.map(({ severity }) => severity)).toEqual(nothing.map(() => 'unchecked'));
    expect(nothing.map(({ code }) => code)).toEqual([
      'probes_few',
      'home_unread',
      ...columns.map(() => 'column_unread'),
      'links_unfollowed',
      'repost_unchecked',
    ]);
    const failed = page(0, null, 0, { code: 'timeout', detail: 'no answer' });
    expect(codes(fold(begun, failed))).toContain('column_unread');
    expect(codes(fold(begun, page(-1, null)))).toContain('home_undated');
  });
  it('fails a site that was down in five of a hundred probes, and no sooner', () => {
    expect(vetoStates(fold(begun, ...many(8, 168)), noon)[0]).toMatchObject({ state: 'near', n: 8, limit: 9 });
    expect(vetoStates(fold(begun, ...many(9, 168)), noon)[0]).toMatchObject({ state: 'breached' });
    expect(machineFindings(fold(begun, ...many(9, 168)), noon)[0]).toMatchObject({
      code: 'down',
      severity: 'veto',
      n: 9,
    });
    expect(machineFindings(fold(begun, ...many(1, 168)), noon)[0]).toMatchObject({ code: 'down', severity: 'minor' });
    expect(vetoStates(fold(begun, ...many(0, 139)), noon)[0]).toMatchObject({ state: 'unknown' });
  });
  it('says in how many days a home page without news fails the site', () => {
    const state = (newest: string, at: string) => vetoStates(fold(begun, page(-1, newest)), at)[1];
    expect(state('2026-11-12', '2026-11-23T04:00:00.000Z')).toMatchObject({ state: 'near', days: 3 });
    expect(state('2026-11-12', '2026-11-26T15:59:59.999Z')).toMatchObject({ state: 'near', days: 0 });
    expect(state('2026-11-12', '2026-11-26T16:00:00.000Z')).toMatchObject({ state: 'breached' });
    const stale = fold(begun, page(-1, '2026-11-12'));
    expect(codes(stale, '2026-11-26T16:00:00.000Z')).toContain('home_stale');
  });
  it('counts columns by what they are for: news two weeks, notices half a year', () => {
    const row = fold(
      { ...begun, columns: [column('x', 'news'), column('y')] } as SiteCheckEvent,
      page(0, '2026-11-01'),
      page(1, '2026-06-01'),
    );
    expect(codes(row, '2026-11-15T15:59:59.999Z')).not.toContain('column_stale');
    expect(
      machineFindings(row, '2026-11-15T16:00:00.000Z').filter(({ code }) => code === 'column_stale'),
    ).toMatchObject([{ of: 'x', n: 15, severity: 'major' }]);
    expect(codes(row, '2026-12-01T16:00:00.000Z').filter((code) => code === 'column_stale')).toHaveLength(2);
  });
  it('fails a site with five columns that stand still, and says when that will be', () => {
    const row = fold(begun, ...columns.map((_, at) => page(at, `2026-05-0${at + 1}`)));
    expect(vetoStates(row, '2026-11-05T00:00:00.000Z')[2]).toMatchObject({ state: 'near', n: 4, days: 0 });
    expect(vetoStates(row, '2026-11-06T00:00:00.000Z')[2]).toMatchObject({ state: 'breached', n: 5 });
    expect(codes(row, '2026-11-06T00:00:00.000Z')).toContain('columns_stale');
  });
  it('fails a site whose repost bears another date than its source', () => {
    const look = {
      taskId: 't',
      title: '公告',
      url: 'https://city.example/1',
      fault: 'date' as const,
      detail: '',
      snapshot: hashA,
    };
    expect(
      machineFindings(fold(begun, ...fresh, followed, { ...looked, looks: [look] } as SiteCheckEvent), noon),
    ).toContainEqual(expect.objectContaining({ code: 'repost_date', severity: 'veto', of: '公告' }));
  });
});
