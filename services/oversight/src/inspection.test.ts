import {
  worksheetItem,
  type InspectedSite,
  type InspectionCommand,
  type InspectionEvent,
  type SiteFinding,
} from '@tongsheng/contracts';
import { hashA, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspection } from './inspection.ts';

const given = specify(inspection);
const key = { inspectionId: '2026-Q4', site: 'province' };
const head = { id: 'c', at: noon, actor: { kind: 'person' as const, id: 'manager', name: '吴主任' }, ...key };
const by = { by: 'manager', byName: '吴主任' };
const period = { startsAt: '2026-09-30T16:00:00.000Z', dueAt: '2026-12-31T16:00:00.000Z' };
const site = (siteId: string): InspectedSite => ({
  siteId,
  name: siteId,
  level: 'city',
  homeUrl: `https://${siteId}.example/`,
});
const ids = ['a', 'b', 'c', 'd', 'e'];
const registered = ids.map(site);
const open = (more: Partial<Extract<InspectionCommand, { type: 'inspection.open' }>> = {}): InspectionCommand => ({
  type: 'inspection.open',
  ...head,
  share: 30,
  publicValueName: '下一交易日上证综指收盘点位',
  exclude: [],
  ...period,
  registered,
  listHash: hashA,
  ...more,
});
const opened: InspectionEvent = {
  type: 'inspection.opened',
  ...key,
  population: registered,
  excluded: [],
  listHash: hashA,
  share: 30,
  publicValueName: '下一交易日上证综指收盘点位',
  ...period,
  ...by,
  openedAt: noon,
};
const order = ['d', 'a', 'e', 'c', 'b'];
const draw = (drawn = { seed: hashA, order }): InspectionCommand => ({
  type: 'inspection.draw',
  ...head,
  publicValue: '3456.78',
  drawn,
});
const drawn: InspectionEvent = {
  type: 'inspection.drawn',
  ...key,
  publicValue: '3456.78',
  seed: hashA,
  order,
  chosen: ['d', 'a'],
  ...by,
  drawnAt: noon,
};
const enlarge = (count: number): InspectionCommand => ({
  type: 'inspection.enlarge',
  ...head,
  count,
  reason: '上级要求',
});
const replace = (siteId: string): InspectionCommand => ({
  type: 'inspection.replace',
  ...head,
  siteId,
  reason: '已关停',
});
const judgements = worksheetItem.options.map((item) => ({ item, verdict: 'fine' as const, note: '', url: null }));
const judged = (siteId: string): InspectionEvent => ({
  type: 'inspection.judged',
  ...key,
  siteId,
  judgements,
  ...by,
  judgedAt: noon,
});
const conclude = (siteId: string, found: SiteFinding[] | null = []): InspectionCommand => ({
  type: 'inspection.conclude',
  ...head,
  siteId,
  found,
});
const concluded = (siteId: string, result: 'passed' | 'failed' = 'passed'): InspectionEvent => ({
  type: 'inspection.concluded',
  ...key,
  siteId,
  result,
  findings: [],
  ...by,
  concludedAt: noon,
});
const publish = (stage: 'list' | 'results' = 'results'): InspectionCommand => ({
  type: 'inspection.publish',
  ...head,
  stage,
});
const publishing = (version = 1): InspectionEvent => ({
  type: 'inspection.publishing',
  ...key,
  stage: 'results',
  version,
  ...by,
  decidedAt: noon,
});
const published: InspectionEvent = {
  type: 'inspection.published',
  ...key,
  stage: 'results',
  version: 1,
  url: 'https://tax.example/province/inspection/2026-Q4',
  publicPosition: 3,
  publishedAt: noon,
};
const warn = (share: 75 | 100): InspectionCommand => ({
  type: 'inspection.warn',
  ...head,
  actor: service,
  share,
  fellDueAt: noon,
});

describe('a quarter’s inspection', () => {
  it('freezes the list, draws once, and takes at least the share', () => {
    given().when(open()).yields(opened);
    given(opened).when(draw()).yields(drawn);
    expect(given(opened, drawn).when(enlarge(2)).events()).toMatchObject([{ added: ['e', 'c'] }]);
  });
  it('takes no share below thirty of a hundred, and says which is the least', () => {
    given()
      .when(open({ share: 29 }))
      .isRefused('inspection_share_low');
    expect(
      given()
        .when(open({ share: 31 }))
        .events(),
    ).toHaveLength(1);
  });
  it('has one list and one draw: nobody draws again for another sample', () => {
    given(opened).when(open()).isRefused('inspection_opened');
    given(opened, drawn).when(open()).isRefused('inspection_opened');
    given(opened, drawn)
      .when(draw({ seed: 'b'.repeat(64), order: ids }))
      .isRefused('inspection_drawn');
  });
  it('draws from exactly the list that was frozen', () => {
    for (const other of [ids.slice(1), [...ids, 'f'], ['a', 'a', 'b', 'c', 'd'], []])
      given(opened)
        .when(draw({ seed: hashA, order: other }))
        .isRefused('command_invalid');
    given().when(draw()).isRefused('inspection_missing');
  });
  it('names whom it leaves out and why', () => {
    const [event] = given()
      .when(open({ exclude: [{ siteId: 'b', reason: '已停用' }] }))
      .events();
    expect(event).toMatchObject({ excluded: [{ siteId: 'b', name: 'b', reason: '已停用' }] });
    expect(
      (event as typeof opened & { population: InspectedSite[] }).population.map(({ siteId }) => siteId),
    ).not.toContain('b');
    given()
      .when(open({ exclude: ids.map((siteId) => ({ siteId, reason: '无' })) }))
      .isRefused('inspection_no_site');
  });
});

describe('the sample', () => {
  const replaced: InspectionEvent = {
    type: 'inspection.replaced',
    ...key,
    siteId: 'a',
    replacement: 'e',
    reason: '已关停',
    ...by,
    replacedAt: noon,
  };
  it('replaces a site that is there no more by the next in the draw’s order', () => {
    given(opened, drawn).when(replace('a')).yields(replaced);
    given(opened, drawn, replaced).when(replace('a')).isRefused('inspection_not_inspected');
    expect(given(opened, drawn, replaced).when(replace('e')).events()).toMatchObject([{ replacement: 'c' }]);
    given(opened, drawn).when(replace('b')).isRefused('inspection_not_inspected');
    given(opened, drawn, judged('a'), concluded('a')).when(replace('a')).isRefused('inspection_concluded');
  });
  it('is enlarged by what is left, and no further', () => {
    given(opened, drawn).when(enlarge(4)).isRefused('inspection_exhausted');
    const all: InspectionEvent = {
      type: 'inspection.enlarged',
      ...key,
      added: ['e', 'c', 'b'],
      reason: '全查',
      ...by,
      enlargedAt: noon,
    };
    expect(given(opened, drawn, all).when(replace('a')).events()).toMatchObject([{ replacement: null }]);
  });
  it('takes a newcomer in by name, and nobody who stands on the list', () => {
    const include = (siteId: string): InspectionCommand => ({
      type: 'inspection.include',
      ...head,
      siteId,
      reason: '季度中新建',
      registered: [...registered, site('new')],
    });
    expect(given(opened, drawn).when(include('new')).events()).toMatchObject([{ included: { siteId: 'new' } }]);
    given(opened, drawn).when(include('b')).isRefused('inspection_listed');
    given(opened, drawn).when(include('nobody')).isRefused('registration_missing');
  });

  const anyChange = fc.oneof(
    fc.integer({ min: 1, max: 6 }).map(enlarge),
    fc.constantFrom(...ids).map(replace),
    fc.constant(draw({ seed: 'b'.repeat(64), order: [...ids].reverse() })),
    fc.constant(open()),
  );
  it('only ever grows along the draw’s order, whatever is tried', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), (commands) => {
        let past: InspectionEvent[] = [opened, drawn];
        const taken = ['d', 'a'];
        for (const command of commands) {
          let events: InspectionEvent[] = [];
          try {
            events = given(...past)
              .when(command)
              .events();
          } catch {
            continue;
          }
          for (const event of events) {
            if (event.type === 'inspection.enlarged') taken.push(...event.added);
            if (event.type === 'inspection.replaced' && event.replacement !== null) taken.push(event.replacement);
            expect(['inspection.enlarged', 'inspection.replaced']).toContain(event.type);
          }
          past = [...past, ...events];
        }
        expect(taken).toEqual(order.slice(0, taken.length));
      }),
    );
  });
});

describe('a site', () => {
  const found = (severity: SiteFinding['severity']): SiteFinding => ({
    code: 'link_dead',
    severity,
    of: '',
    detail: '',
    n: null,
    url: null,
    snapshot: null,
  });
  it('is concluded when people have judged it and the machine has looked', () => {
    given(opened, drawn).when(conclude('a')).isRefused('inspection_not_judged');
    given(opened, drawn, judged('a')).when(conclude('a', null)).isRefused('inspection_not_looked');
    given(opened, drawn, judged('a')).when(conclude('a')).yields(concluded('a'));
    given(opened, drawn, judged('a'), concluded('a')).when(conclude('a')).yields();
    const half = { ...judged('a'), judgements: judgements.slice(1) } as InspectionEvent;
    expect(given(opened, drawn, half).when(conclude('a')).events()).toMatchObject([
      { result: 'unchecked', findings: [{ code: judgements[0]!.item, severity: 'unchecked' }] },
    ]);
  });
  it('never passes with what fails it or what nobody could see', () => {
    const anyFindings = fc.array(
      fc.constantFrom('veto', 'major', 'minor', 'unchecked').map((each) => found(each as 'veto')),
    );
    const anySheet = fc
      .array(fc.constantFrom('fine', 'fault', 'unclear', 'not_applicable'), {
        minLength: judgements.length,
        maxLength: judgements.length,
      })
      .map((verdicts) => judgements.map((each, at) => ({ ...each, verdict: verdicts[at] as 'fine' })));
    fc.assert(
      fc.property(anyFindings, anySheet, (findings, sheet) => {
        const filled: InspectionEvent = {
          ...(judged('a') as Extract<InspectionEvent, { type: 'inspection.judged' }>),
          judgements: sheet,
        };
        const [event] = given(opened, drawn, filled).when(conclude('a', findings)).events();
        if (event?.type !== 'inspection.concluded') throw new Error('not concluded');
        const has = (severity: string) => event.findings.some((each) => each.severity === severity);
        if (has('veto')) expect(event.result).toBe('failed');
        else if (has('unchecked')) expect(event.result).toBe('unchecked');
        else expect(event.result).toBe(event.findings.length > 0 ? 'flawed' : 'passed');
        expect(event.findings.length).toBeGreaterThanOrEqual(findings.length);
      }),
    );
  });
  it('is told, talked to and looked at again only where something is wrong', () => {
    const notice: InspectionCommand = { type: 'inspection.notice', ...head, siteId: 'a', text: '请整改', mendBy: noon };
    given(opened, drawn).when(notice).isRefused('inspection_not_concluded');
    given(opened, drawn, judged('a'), concluded('a')).when(notice).isRefused('inspection_nothing_wrong');
    expect(given(opened, drawn, judged('a'), concluded('a', 'failed')).when(notice).events()).toHaveLength(1);
  });
});

describe('the result', () => {
  const finished = [opened, drawn, judged('a'), concluded('a'), judged('d'), concluded('d')];
  it('is public when every site is concluded, and leaves nobody out', () => {
    given(opened, drawn, judged('a'), concluded('a')).when(publish()).isRefused('inspection_unfinished');
    given(...finished)
      .when(publish())
      .yields(publishing());
    given(...finished, publishing())
      .when(publish())
      .yields();
    given(...finished, publishing(), published)
      .when(publish())
      .yields(publishing(2));
  });
  it('the list is public before the draw alone', () => {
    expect(given(opened).when(publish('list')).events()).toHaveLength(1);
    given(opened, drawn).when(publish('list')).isRefused('inspection_drawn');
    given(opened).when(publish()).isRefused('inspection_not_drawn');
  });
});

describe('the quarter', () => {
  const expected: InspectionEvent = { type: 'inspection.expected', ...key, ...period, expectedAt: noon };
  it('warns until the result is public, and ends once', () => {
    given()
      .when({ type: 'inspection.expect', ...head, ...period })
      .yields(expected);
    given(expected)
      .when({ type: 'inspection.expect', ...head, ...period })
      .yields();
    expect(given(expected).when(warn(75)).events()).toMatchObject([{ type: 'inspection.warned', share: 75 }]);
    expect(given(expected).when(warn(100)).events()).toMatchObject([
      { type: 'inspection.quarter_ended', missed: true },
    ]);
    given(opened, drawn, publishing(), published).when(warn(75)).yields();
    const ended = given(opened, drawn, publishing(), published).when(warn(100)).events();
    expect(ended).toMatchObject([{ missed: false }]);
    given(opened, drawn, publishing(), published, ...ended)
      .when(warn(100))
      .yields();
  });
});
