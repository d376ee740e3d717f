import type { AlarmCommand, AlarmEvent, AlarmSubject, LadderStep, Reached } from '@tongsheng/contracts';
import { minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarm, callingOf, nextCall } from './alarm.ts';

const given = specify(alarm);
const key = { alarmId: 'alarm', site: 'province' };
const feng = { personId: 'feng', name: '冯值班' };
const chu = { personId: 'chu', name: '褚备班' };
const wu = { personId: 'wu', name: '吴主任' };
const steps: LadderStep[] = [
  { whom: 'duty', by: ['console', 'email'], within: 'PT5M' },
  { whom: 'substitute', by: ['email'], within: 'PT10M' },
  { whom: 'managers', by: ['console'], within: 'PT15M' },
];
const task: AlarmSubject = {
  kind: 'task',
  taskId: 'task',
  share: 75,
  title: '关于示例的公告',
  sourceName: '国家税务总局网站',
  startsAt: noon,
  dueAt: minutesLater(720),
};
const source = (failingSince: string): AlarmSubject => ({
  kind: 'source',
  sourceId: 'national-policy',
  name: '国家税务总局网站',
  detector: null,
  code: 'timeout',
  failingSince,
  hours: 1,
});
const everyone = [[feng], [chu], [wu]];
const head = (at: string, actor: AlarmCommand['actor'] = service) => ({ id: `c/${at}`, at, actor, ...key });
const raise = (more: { about?: AlarmSubject; roster?: Reached[][]; at?: string } = {}): AlarmCommand => ({
  type: 'alarm.raise',
  ...head(more.at ?? noon),
  about: more.about ?? task,
  steps,
  roster: more.roster ?? everyone,
});
const passOn = (step: number, at: string, roster: Reached[][] = everyone): AlarmCommand => ({
  type: 'alarm.pass_on',
  ...head(at),
  step,
  roster,
});
const take = (who: Reached, at = minutesLater(1)): AlarmCommand => ({
  type: 'alarm.acknowledge',
  ...head(at, { kind: 'person', id: who.personId, name: who.name }),
});
const close = (at = minutesLater(30)): AlarmCommand => ({ type: 'alarm.close', ...head(at), because: 'published' });

const raised: AlarmEvent = {
  type: 'alarm.raised',
  ...key,
  about: task,
  steps,
  call: {
    step: 0,
    people: [
      { ...feng, by: 'console' },
      { ...feng, by: 'email' },
    ],
    answerBy: minutesLater(5),
  },
  gaps: [],
  raisedAt: noon,
};
const passed: AlarmEvent = {
  type: 'alarm.passed_on',
  ...key,
  call: { step: 1, people: [{ ...chu, by: 'email' }], answerBy: minutesLater(15) },
  gaps: [],
  passedOnAt: minutesLater(5),
};
const taken: AlarmEvent = {
  type: 'alarm.acknowledged',
  ...key,
  by: 'feng',
  byName: '冯值班',
  acknowledgedAt: minutesLater(1),
};
const closed: AlarmEvent = { type: 'alarm.closed', ...key, because: 'published', closedAt: minutesLater(30) };

describe('an alarm', () => {
  it('calls the first step by all its means, and says until when it waits', () => {
    given().when(raise()).yields(raised);
  });
  it('is raised once, however often its trouble is told of', () => {
    for (const past of [[raised], [raised, passed], [raised, taken], [raised, closed]])
      given(...past)
        .when(raise())
        .yields();
  });
  it('that nobody took in time goes to the next', () => {
    given(raised)
      .when(passOn(0, minutesLater(5)))
      .yields(passed);
  });
  it('is not passed on a moment too early, and not for a step that is over', () => {
    given(raised).when(passOn(0, '2026-11-23T04:04:59.999Z')).isRefused('alarm_not_due');
    given(raised, passed)
      .when(passOn(0, minutesLater(15)))
      .yields();
  });
  it('that the whole ladder let pass stays open, and says so', () => {
    given(raised, passed)
      .when(passOn(1, minutesLater(15), [[feng], [chu], []]))
      .yields({
        type: 'alarm.unanswered',
        ...key,
        gaps: [{ step: 2, whom: 'managers' }],
        unansweredAt: minutesLater(15),
      });
  });
  it('that was never raised is closed without a word, and can’t be taken', () => {
    given().when(close()).yields();
    given().when(take(feng)).isRefused('alarm_missing');
  });
});

describe('a hole in the roster', () => {
  it('goes one level up at once, and is said', () => {
    const [event] = given()
      .when(raise({ roster: [[], [chu], [wu]] }))
      .events();
    expect(event).toMatchObject({
      call: { step: 1, people: [{ ...chu, by: 'email' }], answerBy: minutesLater(10) },
      gaps: [{ step: 0, whom: 'duty' }],
    });
  });
  it('through all of the ladder is an alarm that nobody hears, and that is in the log', () => {
    const [event] = given()
      .when(raise({ roster: [[], [], []] }))
      .events();
    expect(event).toMatchObject({ call: null, gaps: [{ step: 0 }, { step: 1 }, { step: 2 }] });
    given(event!).when(take(wu)).events();
  });
});

describe('who takes an alarm', () => {
  it('stops the ladder', () => {
    given(raised).when(take(feng)).yields(taken);
    given(raised, taken)
      .when(passOn(0, minutesLater(5)))
      .yields();
  });
  it('may be anyone, also when the ladder has ended', () => {
    const unanswered: AlarmEvent = { type: 'alarm.unanswered', ...key, gaps: [], unansweredAt: minutesLater(20) };
    expect(given(raised, unanswered).when(take(wu)).events()).toMatchObject([{ by: 'wu', byName: '吴主任' }]);
  });
  it('is one: the second is told who was first, and the first is told nothing twice', () => {
    given(raised, taken).when(take(chu)).isRefused('alarm_taken');
    given(raised, taken)
      .when(take(feng, minutesLater(2)))
      .yields();
  });
  it('comes too late when it is over', () => {
    given(raised, closed).when(take(feng)).isRefused('alarm_closed');
  });
});

describe('an alarm of a source', () => {
  const first = { ...raised, about: source(noon) } as AlarmEvent;
  it('is raised again when the source fails again, and not for the same silence', () => {
    given(first, closed)
      .when(raise({ about: source(noon) }))
      .yields();
    const [again] = given(first, closed)
      .when(raise({ about: source(minutesLater(60)) }))
      .events();
    expect(again).toMatchObject({ type: 'alarm.raised', call: { step: 0 } });
  });
  it('calls everyone anew then', () => {
    const again = { ...raised, about: source(minutesLater(60)) } as AlarmEvent;
    expect(
      given(first, passed, taken, closed, again)
        .when(passOn(0, minutesLater(5)))
        .events(),
    ).toEqual([passed]);
  });
});

describe('what became of a calling', () => {
  const told = (by: 'email' | 'webhook' = 'email'): AlarmCommand => ({
    type: 'alarm.record_told',
    ...head(minutesLater(1)),
    step: 0,
    personId: 'feng',
    by,
    outcome: 'confirmed',
    detail: '250 OK',
  });
  it('is written down once, also when the alarm ended meanwhile', () => {
    const [event] = given(raised).when(told()).events();
    expect(event).toMatchObject({ type: 'alarm.told', personId: 'feng', by: 'email', outcome: 'confirmed' });
    given(raised, event!).when(told()).yields();
    expect(given(raised, closed).when(told()).events()).toEqual([event]);
    given(raised, event!, closed).when(told()).yields();
  });
});

/** Any ladder, with a roster that changes between the steps: people come and go, some steps mean nobody. */
const names = ['a', 'b', 'c', 'd'];
const anyPeople = fc
  .subarray(names)
  .map((ids): Reached[] => ids.map((personId) => ({ personId, name: `同志${personId}` })));
const anyStep = fc.record({
  whom: fc.constantFrom('duty' as const, 'substitute' as const, 'editors' as const, 'managers' as const),
  by: fc.subarray(['console', 'email', 'webhook'] as const, { minLength: 1 }),
  within: fc.constantFrom('PT1S', 'PT5M', 'PT1H'),
});
const anyLadder = fc.array(anyStep, { minLength: 1, maxLength: 6 }).chain((ladder) =>
  fc.record({
    ladder: fc.constant(ladder),
    rosters: fc.array(fc.array(anyPeople, { minLength: ladder.length, maxLength: ladder.length }), {
      minLength: ladder.length + 1,
      maxLength: ladder.length + 1,
    }),
  }),
);

/** Climbs to the end, each step at its very moment; returns what happened and which roster each event was decided by. */
function climb(ladder: LadderStep[], rosters: Reached[][][], takenAfter = Infinity) {
  const log: AlarmEvent[] = [];
  const decidedBy: Reached[][][] = [];
  let at = noon;
  const say = (command: AlarmCommand, roster: Reached[][]) => {
    const events = alarm.decide(command, log.reduce(alarm.evolve, alarm.initial));
    for (const event of events) {
      log.push(event);
      decidedBy.push(roster);
    }
    return events;
  };
  say({ type: 'alarm.raise', ...head(at), about: task, steps: ladder, roster: rosters[0]! }, rosters[0]!);
  for (let round = 1; ; round++) {
    const state = log.reduce(alarm.evolve, alarm.initial);
    if (round > takenAfter) say(take({ personId: 'z', name: '接手人' }, at), []);
    if (state.status !== 'calling') return { log, decidedBy };
    at = state.call.answerBy;
    const roster = rosters[round] ?? rosters.at(-1)!;
    const events = say({ type: 'alarm.pass_on', ...head(at), step: state.call.step, roster }, roster);
    // Said again by another process or after a crash, nothing happens twice.
    expect(say({ type: 'alarm.pass_on', ...head(at), step: state.call.step, roster }, roster)).toEqual([]);
    if (events.length === 0) return { log, decidedBy };
  }
}
const callsOf = (log: AlarmEvent[]) => log.flatMap((event) => ('call' in event && event.call ? [event.call] : []));

describe('whatever the ladder and however the roster changes', () => {
  it('nobody is told the same twice', () => {
    fc.assert(
      fc.property(anyLadder, ({ ladder, rosters }) => {
        const told = callsOf(climb(ladder, rosters).log).flatMap(({ people }) => people.map(callingOf));
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });
  it('nobody is skipped: each step tells all it means, or they know, or it is said that it means nobody', () => {
    fc.assert(
      fc.property(anyLadder, ({ ladder, rosters }) => {
        const { log, decidedBy } = climb(ladder, rosters);
        const told = new Set<string>();
        let next = 0;
        for (const [i, event] of log.entries()) {
          if (!('gaps' in event)) continue;
          const call = 'call' in event ? event.call : null;
          const end = call ? call.step : ladder.length - 1;
          for (let step = next; step <= end; step++) {
            const meant = decidedBy[i]![step]!;
            const isGap = event.gaps.some((gap) => gap.step === step);
            expect(isGap).toBe(meant.length === 0);
            const calling = new Set(call?.step === step ? call.people.map(callingOf) : []);
            for (const { personId } of meant)
              for (const by of ladder[step]!.by) {
                const name = callingOf({ personId, by });
                expect(calling.has(name) || told.has(name)).toBe(true);
              }
          }
          for (const calling of call?.people ?? []) told.add(callingOf(calling));
          next = end + 1;
        }
        expect(next).toBe(ladder.length);
      }),
    );
  });
  it('it ends, and says that nobody took it', () => {
    fc.assert(
      fc.property(anyLadder, ({ ladder, rosters }) => {
        const { log } = climb(ladder, rosters);
        const last = log.at(-1)!;
        expect(last.type === 'alarm.unanswered' || (last.type === 'alarm.raised' && last.call === null)).toBe(true);
        expect(log.length).toBeLessThanOrEqual(ladder.length + 1);
      }),
    );
  });
  it('once somebody took it nobody else is told', () => {
    fc.assert(
      fc.property(anyLadder, fc.integer({ min: 0, max: 5 }), ({ ladder, rosters }, round) => {
        const { log } = climb(ladder, rosters, round);
        const taking = log.findIndex(({ type }) => type === 'alarm.acknowledged');
        if (taking !== -1) expect(callsOf(log.slice(taking))).toEqual([]);
      }),
    );
  });
  it('every wait ends later than it begins', () => {
    fc.assert(
      fc.property(anyLadder, ({ ladder, rosters: [roster] }) => {
        const { call } = nextCall({ steps: ladder, roster: roster!, from: 0, called: [], at: noon });
        if (call) expect(call.answerBy > noon).toBe(true);
      }),
    );
  });
});

describe('a drill', () => {
  const drill: AlarmSubject = {
    kind: 'drill',
    drillId: 'drill',
    on: 'page',
    scenario: '夜间网页被换',
    by: 'wu',
    byName: '吴主任',
    startedAt: noon,
  };
  it('climbs like any alarm, and is over when somebody takes it', () => {
    const raised = given()
      .when(raise({ about: drill }))
      .events();
    expect(raised).toMatchObject([{ type: 'alarm.raised', about: drill, call: { step: 0 } }]);
    given(...raised)
      .when({ type: 'alarm.acknowledge', ...head(minutesLater(3), { kind: 'person', id: 'feng', name: '冯值班' }) })
      .yields(
        { type: 'alarm.acknowledged', ...key, by: 'feng', byName: '冯值班', acknowledgedAt: minutesLater(3) },
        { type: 'alarm.closed', ...key, because: 'drilled', closedAt: minutesLater(3) },
      );
  });
});

it('a telling that knows no second copy is begun once, and ends once', () => {
  const calling = { step: 0, personId: 'feng', by: 'sms' as const };
  const raised = given().when(raise()).events();
  const begin = { type: 'alarm.begin_telling' as const, ...head(noon), ...calling };
  const begun = { type: 'alarm.telling' as const, ...key, ...calling, tellingAt: noon };
  given(...raised)
    .when(begin)
    .yields(begun);
  given(...raised, begun)
    .when(begin)
    .yields();
});
