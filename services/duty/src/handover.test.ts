import type { HandoverCommand, HandoverEvent } from '@tongsheng/contracts';
import { minutesLater, noon, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handover } from './handover.ts';

const given = specify(handover);
const key = { handoverId: 'day', site: '*' as const };
const shift = { personId: 'feng', name: '冯值班', substituteId: 'chu', from: minutesLater(-720), to: noon };
const next = { personId: 'wu', name: '吴夜班' };
let told = 0;
const head = (who: string, at = noon) => ({
  id: `c${told++}`,
  at,
  actor: { kind: 'person' as const, id: who, name: who },
  ...key,
});
const give = (who = 'feng', at = noon): HandoverCommand => ({
  type: 'handover.give',
  ...head(who, at),
  notes: '关注首页',
  shift,
  next,
  alarms: [],
  incidents: [],
});
const accept = (who = 'wu'): HandoverCommand => ({ type: 'handover.accept', ...head(who), remark: '' });
const expectIt = (at: string, waived?: 'same_person'): HandoverCommand => ({
  type: 'handover.expect',
  ...head('clock', at),
  shift,
  next,
  ...(waived && { waived }),
});
function play(commands: readonly HandoverCommand[]) {
  const events: HandoverEvent[] = [];
  let state = handover.initial;
  for (const command of commands) {
    let decided: HandoverEvent[] = [];
    try {
      decided = handover.decide(command, state);
    } catch {
      continue;
    }
    events.push(...decided);
    state = decided.reduce(handover.evolve, state);
  }
  return { events, state };
}
const after = (...commands: HandoverCommand[]) => given(...play(commands).events);

describe('a handover', () => {
  it('is given by whoever was on duty or the substitute, and accepted by another', () => {
    given().when(give('someone')).isRefused('handover_not_yours');
    expect(play([give('chu')]).state.status).toBe('given');
    after(give()).when(accept('feng')).isRefused('handover_own');
    expect(play([give(), accept()]).state).toMatchObject({ status: 'accepted', by: 'wu' });
  });
  it('is accepted once, and only what was given', () => {
    given().when(accept()).isRefused('handover_not_given');
    after(give(), accept()).when(accept()).yields();
    after(give(), accept()).when(accept('other')).isRefused('handover_accepted');
    after(give(), accept()).when(give()).isRefused('handover_accepted');
  });
  it('may be given anew until it is accepted, and has its time again', () => {
    const again = after(give())
      .when(give('feng', minutesLater(5)))
      .events();
    expect(again).toMatchObject([{ type: 'handover.given', acceptBy: minutesLater(20) }]);
  });
  it('that is not given, or not accepted, in time is said so once', () => {
    expect(
      given()
        .when(expectIt(minutesLater(15)))
        .events(),
    ).toMatchObject([{ because: 'not_given' }]);
    after(expectIt(minutesLater(15)))
      .when(expectIt(minutesLater(30)))
      .yields();
    after(give())
      .when(expectIt(minutesLater(14)))
      .yields();
    expect(
      after(give())
        .when(expectIt(minutesLater(15)))
        .events(),
    ).toMatchObject([{ because: 'not_accepted' }]);
    after(give(), accept())
      .when(expectIt(minutesLater(15)))
      .yields();
  });
  it('is not asked for where the same person goes on', () => {
    expect(
      given()
        .when(expectIt(minutesLater(15), 'same_person'))
        .events(),
    ).toMatchObject([{ type: 'handover.waived', because: 'same_person' }]);
  });
});

it('in any order: accepted at most once, after it was given, by another; nothing is overdue once it is accepted', () => {
  const any = fc.constantFrom(
    give(),
    give('chu'),
    give('x'),
    accept(),
    accept('feng'),
    accept('chu'),
    expectIt(noon),
    expectIt(minutesLater(15)),
    expectIt(minutesLater(40), 'same_person'),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), (commands) => {
      let giver: string | null = null;
      let isAccepted = false;
      for (const event of play(commands).events) {
        expect(isAccepted).toBe(false);
        if (event.type === 'handover.given') giver = event.by;
        if (event.type !== 'handover.accepted') continue;
        expect(giver).not.toBeNull();
        expect(event.by).not.toBe(giver);
        isAccepted = true;
      }
    }),
  );
});
