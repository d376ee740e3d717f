import type { Clue, RumorCommand, RumorEvent } from '@tongsheng/contracts';
import { minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rumorCase } from './rumor-case.ts';

const given = specify(rumorCase);
const key = { rumorCaseId: 'case', site: 'province' };
const by = { by: 'comms', byName: '赵宣传' };
const head = (at = noon) => ({
  id: `c-${at}`,
  at,
  actor: { kind: 'person' as const, id: 'comms', name: '赵宣传' },
  ...key,
});
const clue: Clue = {
  claim: '存款要缴税',
  seenWhere: '某群聊',
  link: null,
  since: null,
  reach: '转发约五千',
  evidence: [],
};
const time = { limit: 'PT5H', dueAt: minutesLater(300) };
const report: RumorCommand = { type: 'rumor.report', ...head(), clue, ...time };
const reported: RumorEvent = { type: 'rumor.reported', ...key, ...clue, ...time, ...by, reportedAt: noon };
const assess = (decision: 'rebut' | 'watch' | 'drop', verdict: 'false' | 'true' | 'unclear' = 'false') =>
  ({ type: 'rumor.assess', ...head(), verdict, facts: '存款不缴税', basis: '个人所得税法', decision }) as RumorCommand;
const assessed = (decision: 'rebut' | 'watch' | 'drop'): RumorEvent => ({
  type: 'rumor.assessed',
  ...key,
  verdict: 'false',
  facts: '存款不缴税',
  basis: '个人所得税法',
  decision,
  ...by,
  assessedAt: noon,
});
const begin = (releaseId = 'release'): RumorCommand => ({ type: 'rumor.begin_rebuttal', ...head(), releaseId });
const begun: RumorEvent = { type: 'rumor.rebuttal_begun', ...key, releaseId: 'release', ...by, begunAt: noon };
const url = 'https://tax.example/province/rebuttal/release';
const record = (releaseId = 'release'): RumorCommand => ({
  type: 'rumor.record_rebutted',
  ...head(),
  actor: service,
  releaseId,
  url,
});
const rebutted: RumorEvent = { type: 'rumor.rebutted', ...key, releaseId: 'release', url, rebuttedAt: noon };
const close: RumorCommand = { type: 'rumor.close', ...head(), reason: '已平息' };
const closed: RumorEvent = { type: 'rumor.closed', ...key, reason: '已平息', ...by, closedAt: noon };
const again: RumorCommand = { type: 'rumor.add_clue', ...head(), clue };
const warn = (share: 50 | 100): RumorCommand => ({
  type: 'rumor.warn',
  ...head(),
  actor: service,
  share,
  fellDueAt: noon,
});

describe('a rumor case', () => {
  it('goes from the clue to its rebuttal', () => {
    given().when(report).yields(reported);
    given(reported).when(assess('rebut')).yields(assessed('rebut'));
    given(reported, assessed('rebut')).when(begin()).yields(begun);
    given(reported, assessed('rebut'), begun).when(record()).yields(rebutted);
    given(reported, assessed('rebut'), begun, rebutted).when(close).yields(closed);
  });
  it('is opened once', () => {
    given(reported).when(report).yields();
  });
  it('has a limit from the start', () => {
    given()
      .when({ type: 'rumor.report', ...head(), clue })
      .isRefused('command_invalid');
  });
  it('is not rebutted when it is true, or when nobody knows', () => {
    given(reported).when(assess('rebut', 'true')).isRefused('rumor_not_false');
    given(reported).when(assess('rebut', 'unclear')).isRefused('rumor_not_false');
  });
  it('is answered only after somebody looked at the facts', () => {
    given(reported).when(begin()).isRefused('rumor_not_assessed');
    given(reported).when(close).isRefused('rumor_not_assessed');
  });
  it('is not closed while its rebuttal is owed', () => {
    given(reported, assessed('rebut')).when(close).isRefused('rumor_owed');
  });
  it('counts only the release that was begun for it', () => {
    given(reported, assessed('rebut'), begun).when(record('other')).yields();
    given(reported).when(record()).yields();
  });
  it('said again after it was closed, it is a case of its own, with its whole time', () => {
    given(reported, assessed('drop')).when(again).isRefused('rumor_closed');
    given(reported, assessed('drop')).when(assess('rebut')).isRefused('rumor_closed');
    expect(given(reported, assessed('watch')).when(again).events()).toHaveLength(1);
  });
});

describe('its clock', () => {
  const warned = (share: 50 | 100): RumorEvent => ({
    type: 'rumor.warned',
    ...key,
    share,
    fellDueAt: noon,
    warnedAt: noon,
  });
  it('warns once at each share, until the rebuttal is out', () => {
    given(reported).when(warn(50)).yields(warned(50));
    given(reported, warned(50)).when(warn(50)).yields();
    given(reported, assessed('rebut'), begun).when(warn(100)).yields(warned(100));
    given(reported, assessed('rebut'), begun, rebutted).when(warn(100)).yields();
  });
  it('stops when it is only watched, or dropped', () => {
    given(reported, assessed('watch')).when(warn(100)).yields();
    given(reported, assessed('drop')).when(warn(100)).yields();
  });
  it('begins anew when what was watched is to be rebutted after all', () => {
    const dueAt = minutesLater(330);
    const anew: RumorEvent = { ...assessed('rebut'), dueAt } as RumorEvent;
    const rebut = { ...assess('rebut'), dueAt } as RumorCommand;
    given(reported, warned(50), assessed('watch')).when(rebut).yields(anew);
    given(reported, warned(50), assessed('watch'), anew).when(warn(50)).yields(warned(50));
    given(reported, warned(50)).when(rebut).yields(assessed('rebut'));
  });
});

describe('whatever people and services say, in any order', () => {
  const any = fc.constantFrom(
    report,
    assess('rebut'),
    assess('watch'),
    assess('drop'),
    begin(),
    begin('other'),
    record(),
    record('other'),
    close,
    warn(50),
    warn(100),
  );
  it('it is rebutted once, by the release begun last, and a command carried out twice adds nothing', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 25 }), any, (commands, last) => {
        const play = (all: RumorCommand[]) => {
          const events: RumorEvent[] = [];
          let state = rumorCase.initial;
          for (const command of all) {
            let decided: RumorEvent[] = [];
            try {
              decided = rumorCase.decide(command, state);
            } catch {
              continue;
            }
            for (const event of decided) {
              if (event.type !== 'rumor.rebutted') continue;
              const before = events.findLast((each) => each.type === 'rumor.rebuttal_begun');
              expect(before).toMatchObject({ releaseId: event.releaseId });
            }
            events.push(...decided);
            state = decided.reduce(rumorCase.evolve, state);
          }
          return { events, state };
        };
        const once = play([...commands, last]);
        expect(once.events.filter(({ type }) => type === 'rumor.rebutted').length).toBeLessThanOrEqual(1);
        expect(play([...commands, last, last]).state).toEqual(once.state);
      }),
    );
  });
});
