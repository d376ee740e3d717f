import { speaksTogether, targetsOf, type LinkedCommand, type LinkedEvent, type LinkedPlan } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkedRelease } from './linked-release.ts';

const given = specify(linkedRelease);
const key = { linkedId: 'linked', site: 'province' };
const by = (id: string) => ({ by: id, byName: `同志${id}` });
const t0 = minutesLater(60);
const plan: LinkedPlan = {
  title: '政策与解读同步发布',
  parts: [
    { releaseId: 'policy', site: 'province', role: 'policy' },
    { releaseId: 'reading', site: 'province', role: 'interpretation' },
  ],
  sites: ['province', 'city'],
  channels: [
    { channelId: 'wechat', required: true },
    { channelId: 'paper', required: false },
  ],
  t0,
};
const alone: LinkedPlan = { ...plan, parts: plan.parts.slice(0, 1) };
const planned = (who = 'planner', revision = 1, what = plan): LinkedEvent => ({
  type: 'linked.planned',
  ...key,
  ...what,
  revision,
  ...by(who),
  plannedAt: noon,
});
const signedPart = (releaseId: string, contentHash = hashA): LinkedEvent => ({
  type: 'linked.part_signed',
  ...key,
  releaseId,
  contentHash,
  partSignedAt: noon,
});
const pages = targetsOf(plan).flatMap(({ target }) =>
  target.startsWith('page/') ? [{ target, url: `https://tax.example/${target}`, publicPosition: 1 }] : [],
);
const channels = ['channel/policy/wechat', 'channel/reading/wechat', 'channel/policy/paper', 'channel/reading/paper'];
const sealKey = `${'A'.repeat(43)}=`;
const sealed = (generation = 1): LinkedEvent => ({
  type: 'linked.sealed',
  ...key,
  generation,
  sealKey,
  pages,
  sealedAt: noon,
});
const waived: LinkedEvent = {
  type: 'linked.waived',
  ...key,
  reason: '发布会上解读',
  ...by('manager'),
  waivedAt: noon,
};
const committed = (late: string[] = []): Extract<LinkedEvent, { type: 'linked.committed' }> => ({
  type: 'linked.committed',
  ...key,
  t0,
  parts: plan.parts.map(({ releaseId, site }) => ({ releaseId, site, contentHash: hashA })),
  channels: plan.channels,
  late,
  committedAt: t0,
});
const stopped = (
  because: Extract<LinkedEvent, { type: 'linked.stopped' }>['because'],
  missing: string[],
): LinkedEvent => ({
  type: 'linked.stopped',
  ...key,
  because,
  missing,
  t0,
  stoppedAt: t0,
});
const signed = [planned(), signedPart('policy'), signedPart('reading')];
const ready = [...signed, sealed()];

const head = (who: string, at = noon) => ({
  id: `c-${who}-${at}`,
  at,
  actor: { kind: 'person' as const, id: who, name: `同志${who}` },
  ...key,
});
const make = (who = 'planner', what = plan, baseRevision = 0): LinkedCommand => ({
  type: 'linked.plan',
  ...head(who),
  plan: what,
  baseRevision,
});
const commit = (at = t0, said = channels): LinkedCommand => ({
  type: 'linked.commit',
  ...head('releases', at),
  actor: service,
  ready: said,
});
const sign = (releaseId: string, contentHash = hashA): LinkedCommand => ({
  type: 'linked.sign_part',
  ...head('releases'),
  actor: service,
  releaseId,
  contentHash,
});
const pull = (releaseId: string): LinkedCommand => ({
  type: 'linked.pull_part',
  ...head('comms'),
  releaseId,
  reason: '口径有变',
});
const pulled = (releaseId: string): LinkedEvent => ({
  type: 'linked.part_pulled',
  ...key,
  releaseId,
  reason: '口径有变',
  ...by('comms'),
  pulledAt: noon,
});
const seal = (contents: Record<string, string>): LinkedCommand => ({
  type: 'linked.record_sealed',
  ...head('releases'),
  actor: service,
  sealKey,
  contents,
  pages,
});
const remind = (minutes: 30 | 10, said: string[] = channels): LinkedCommand => ({
  type: 'linked.remind',
  ...head('clock'),
  actor: service,
  minutes,
  ready: said,
});
const waive = (who: string): LinkedCommand => ({ type: 'linked.waive', ...head(who), reason: '发布会上解读' });
const cancel: LinkedCommand = { type: 'linked.cancel', ...head('planner'), reason: '暂缓' };

describe('the press', () => {
  const people = [{ name: '王记者', email: 'wang@paper.example' }];
  const tell = (at = noon): LinkedCommand => ({
    type: 'linked.tell_press',
    ...head('comms', at),
    channelId: 'press-mail',
    people,
  });
  it('gets early exactly what was signed, and until when it binds is written down', () => {
    const parts = plan.parts.map(({ releaseId, site }) => ({ releaseId, site, contentHash: hashA }));
    given(...signed)
      .when(tell())
      .yields({
        type: 'linked.press_told',
        ...key,
        channelId: 'press-mail',
        people,
        parts,
        until: t0,
        ...by('comms'),
        toldAt: noon,
      });
  });
  it('gets nothing that is not signed whole, alone without its interpretation, cancelled, out, or past its moment', () => {
    given(planned(), signedPart('policy')).when(tell()).isRefused('linked_unsigned');
    given(planned('planner', 1, alone), signedPart('policy'))
      .when(tell())
      .isRefused('linked_unsigned');
    given(...ready)
      .when(tell(t0))
      .isRefused('linked_past');
    given(...ready, committed())
      .when(tell())
      .isRefused('linked_committed');
  });
});

describe('a plan', () => {
  it('has its moment still before it', () => {
    given().when(make()).yields(planned());
    given()
      .when(make('planner', { ...plan, t0: noon }))
      .isRefused('linked_past');
  });
  it('is changed from the revision that was seen', () => {
    const later = { ...plan, t0: minutesLater(90) };
    given(planned())
      .when(make('second', later, 1))
      .yields(planned('second', 2, later));
    given(planned(), planned('second', 2, later))
      .when(make('planner', alone, 1))
      .isRefused('linked_changed');
  });
  it('keeps what was prepared when only its moment moves, and loses it when its parts or sites do', () => {
    const later = { ...plan, t0: minutesLater(90) };
    given(...ready, planned('planner', 2, later))
      .when(commit(later.t0))
      .yields({ ...committed(), t0: later.t0, committedAt: later.t0 });
    const more = { ...later, sites: [...plan.sites, 'third'] };
    given(...ready, planned('planner', 2, more))
      .when(seal({ policy: hashA, reading: hashA }))
      .isRefused('linked_changed');
  });
  it('is not for changing once it went out', () => {
    given(...ready, committed())
      .when(make('planner', alone, 1))
      .isRefused('linked_committed');
    given(...ready, committed())
      .when(cancel)
      .isRefused('linked_committed');
  });
});

describe('at T0', () => {
  it('all of it goes out', () => {
    given(...ready)
      .when(commit())
      .yields(committed());
  });
  it('and not a millisecond before', () => {
    given(...ready)
      .when(commit(new Date(Date.parse(t0) - 1).toISOString()))
      .isRefused('linked_early');
  });
  it('once, however often it is told', () => {
    given(...ready, committed())
      .when(commit())
      .yields();
  });
  it('nothing does when a required channel or a page is not ready', () => {
    given(...ready)
      .when(commit(t0, channels.slice(1)))
      .yields(stopped('not_ready', ['channel/policy/wechat']));
    given(...signed)
      .when(commit())
      .yields(
        stopped(
          'not_ready',
          pages.map(({ target }) => target),
        ),
      );
  });
  it('what is not required follows late, and is marked', () => {
    given(...ready)
      .when(commit(t0, channels.slice(0, 2)))
      .yields(committed(channels.slice(2)));
  });
  it('nothing does when a part was withdrawn, even an hour before', () => {
    const [event] = given(...ready, pulled('reading'))
      .when(commit())
      .events();
    expect(event).toMatchObject({ type: 'linked.stopped', because: 'part_unsigned' });
  });
  it('nothing does when nothing was written', () => {
    const [event] = given(planned('planner', 1, { ...plan, parts: [] }))
      .when(commit())
      .events();
    expect(event).toMatchObject({ type: 'linked.stopped', because: 'part_unsigned' });
  });
  it('no policy goes out without its interpretation, unless somebody answers for it', () => {
    const facts = [planned('planner', 1, alone), signedPart('policy')];
    const only = { ...sealed(), pages: pages.filter(({ target }) => target.includes('policy')) } as LinkedEvent;
    const [event] = given(...facts, only)
      .when(commit())
      .events();
    expect(event).toMatchObject({ type: 'linked.stopped', because: 'no_interpretation' });
    const [other] = given(...facts, only, waived)
      .when(commit())
      .events();
    expect(other).toMatchObject({ type: 'linked.committed' });
  });
  it('after it was stopped, a new moment is needed', () => {
    const late = stopped('not_ready', []);
    given(...ready, late)
      .when(commit())
      .yields();
    const again = { ...plan, t0: minutesLater(120) };
    given(...ready, late)
      .when(make('planner', again, 1))
      .yields(planned('planner', 2, again));
  });
});

describe('a part', () => {
  it('is signed once for the same content, and anew for another', () => {
    given(planned()).when(sign('policy')).yields(signedPart('policy'));
    given(planned(), signedPart('policy')).when(sign('policy')).yields();
    given(planned(), signedPart('policy')).when(sign('policy', hashB)).yields(signedPart('policy', hashB));
    given(planned()).when(sign('stranger')).isRefused('linked_not_part');
  });
  it('that was signed anew makes the seal void', () => {
    given(...ready, signedPart('policy', hashB))
      .when(seal({ policy: hashA, reading: hashA }))
      .isRefused('linked_changed');
    given(...ready, signedPart('policy', hashB))
      .when(seal({ policy: hashB, reading: hashA }))
      .yields(sealed(2));
  });
  it('is taken out by a person before T0, once, and not after', () => {
    given(...signed)
      .when(pull('policy'))
      .yields(pulled('policy'));
    given(planned()).when(pull('policy')).yields();
    given(...ready, committed())
      .when(pull('policy'))
      .isRefused('linked_committed');
  });
});

describe('the person on duty', () => {
  it('learns what is not ready, once at each of the two times', () => {
    const told = (minutes: 30 | 10, unready: string[]): LinkedEvent => ({
      type: 'linked.reminded',
      ...key,
      minutes,
      unready,
      t0,
      remindedAt: noon,
    });
    given(...ready)
      .when(remind(30, []))
      .yields(told(30, channels.toSorted(byPlan)));
    given(...ready, told(30, []))
      .when(remind(30))
      .yields();
    given(...ready, told(30, []))
      .when(remind(10))
      .yields(told(10, []));
  });
});

describe('a waiver', () => {
  it('is another person’s than who planned it', () => {
    given(planned('planner', 1, alone))
      .when(waive('manager'))
      .yields(waived);
    given(planned('planner', 1, alone))
      .when(waive('planner'))
      .isRefused('linked_same_person');
  });
  it('falls when the parts change', () => {
    const two = { ...plan, parts: [alone.parts[0]!, { releaseId: 'news', site: 'province', role: 'news' as const }] };
    const [event] = given(planned('planner', 1, alone), waived, planned('planner', 2, two))
      .when(commit())
      .events();
    expect(event).toMatchObject({ because: 'no_interpretation' });
  });
});

const order = targetsOf(plan).map(({ target }) => target);
const byPlan = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

const anyCommand: fc.Arbitrary<LinkedCommand> = fc.oneof(
  fc
    .tuple(fc.constantFrom('planner', 'second'), fc.constantFrom(plan, alone), fc.nat(3), fc.constantFrom(0, 30, 90))
    .map(([who, what, base, minutes]) => make(who, { ...what, t0: minutesLater(60 + minutes) }, base)),
  fc.tuple(fc.constantFrom('policy', 'reading'), fc.constantFrom(hashA, hashB)).map(([id, hash]) => sign(id, hash)),
  fc.constantFrom('policy', 'reading').map(pull),
  fc.constantFrom(hashA, hashB).map((hash) => seal({ policy: hash, reading: hash })),
  fc.constantFrom('manager', 'planner').map(waive),
  fc.tuple(fc.constantFrom(59, 60, 91, 200), fc.subarray(channels)).map(([m, said]) => commit(minutesLater(m), said)),
  fc.constantFrom(30, 10).map((minutes) => remind(minutes as 30)),
  fc.constant(cancel),
);

describe('whatever people and services say, in any order', () => {
  it('goes out at most once, never early, never cancelled, with every part signed, sealed and explained', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        let state = linkedRelease.initial;
        const past: LinkedEvent[] = [];
        for (const command of commands) {
          let events: LinkedEvent[] = [];
          try {
            events = linkedRelease.decide(command, state);
          } catch {
            continue;
          }
          for (const event of events) {
            if (event.type !== 'linked.committed') continue;
            expect(past.map(({ type }) => type)).not.toContain('linked.cancelled');
            expect(past.map(({ type }) => type)).not.toContain('linked.committed');
            const last = past.findLast((each) => each.type === 'linked.planned')!;
            expect(event.committedAt >= last.t0).toBe(true);
            const isWaived = past.some(({ type }) => type === 'linked.waived');
            expect(speaksTogether(last, isWaived)).toBe(true);
            for (const { releaseId, contentHash } of event.parts) {
              const about = past.findLast(
                (each) =>
                  (each.type === 'linked.part_signed' || each.type === 'linked.part_pulled') &&
                  each.releaseId === releaseId,
              );
              expect(about).toMatchObject({ type: 'linked.part_signed', contentHash });
            }
            const seals = past.findLastIndex(({ type }) => type === 'linked.sealed');
            const changes = past.findLastIndex(
              ({ type }) => type === 'linked.part_signed' || type === 'linked.part_pulled',
            );
            expect(seals).toBeGreaterThan(changes);
          }
          past.push(...events);
          state = events.reduce(linkedRelease.evolve, state);
        }
      }),
      { numRuns: 500 },
    );
  });
  it('a command carried out twice adds nothing', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 15 }), anyCommand, (before, command) => {
        const play = (commands: LinkedCommand[]) =>
          commands.reduce((state, each) => {
            try {
              return linkedRelease.decide(each, state).reduce(linkedRelease.evolve, state);
            } catch {
              return state;
            }
          }, linkedRelease.initial);
        expect(play([...before, command, command])).toEqual(play([...before, command]));
      }),
    );
  });
});
