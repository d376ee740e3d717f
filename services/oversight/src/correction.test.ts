import type { CorrectionCommand, CorrectionEvent } from '@tongsheng/contracts';
import { minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correction, resealed } from './correction.ts';

const given = specify(correction);
const key = { correctionId: '20261126-7K3M9QXA2BCD', site: 'province' };
const said = { by: 'editor', byName: '李编辑' };
const head = (at = noon) => ({
  id: `c-${at}`,
  at,
  actor: { kind: 'person' as const, id: 'editor', name: '李编辑' },
  ...key,
});
const page = { title: '公告', url: null, document: null };
const limit = { dueAt: minutesLater(4_000), unknownYears: [] as number[] };
const sealed = 'sealed.k1.x.y.z';
const receive = (contact: string | null = null): CorrectionCommand => ({
  type: 'correction.receive',
  ...head(),
  actor: service,
  page,
  text: '增值锐应为增值税',
  contact,
  ...limit,
});
const received: CorrectionEvent = {
  type: 'correction.received',
  ...key,
  page,
  text: '增值锐应为增值税',
  contact: null,
  ...limit,
  receivedAt: noon,
};
const accept: CorrectionCommand = { type: 'correction.accept', ...head() };
const accepted: CorrectionEvent = { type: 'correction.accepted', ...key, ...said, acceptedAt: noon };
const fold = (into = 'other', answer: string | null = null): CorrectionCommand => ({
  type: 'correction.fold',
  ...head(),
  into,
  answer,
});
const folded: CorrectionEvent = { type: 'correction.folded', ...key, into: 'other', ...said, foldedAt: noon };
const forward: CorrectionCommand = { type: 'correction.forward', ...head(), to: '省政府', reason: '不是本站' };
const forwarded: CorrectionEvent = {
  type: 'correction.forwarded',
  ...key,
  to: '省政府',
  reason: '不是本站',
  ...said,
  forwardedAt: noon,
};
const answer = (outcome: 'corrected' | 'forwarded' | 'folded' = 'corrected', text = '已更正'): CorrectionCommand => ({
  type: 'correction.answer',
  ...head(),
  outcome,
  answer: text,
});
const answered = (outcome: 'corrected' | 'forwarded' | 'folded' = 'corrected', text = '已更正'): CorrectionEvent => ({
  type: 'correction.answered',
  ...key,
  outcome,
  answer: text,
  ...said,
  answeredAt: noon,
});
const spam: CorrectionCommand = { type: 'correction.mark_spam', ...head(), reason: '广告' };
const marked: CorrectionEvent = { type: 'correction.spam_marked', ...key, reason: '广告', ...said, markedAt: noon };
const lift: CorrectionCommand = { type: 'correction.lift_spam', ...head() };
const lifted: CorrectionEvent = {
  type: 'correction.spam_lifted',
  ...key,
  receivedAt: noon,
  ...limit,
  ...said,
  liftedAt: noon,
};
const warn = (share: 50 | 100): CorrectionCommand => ({
  type: 'correction.warn',
  ...head(),
  actor: service,
  share,
  fellDueAt: noon,
});
const warned = (share: 50 | 100): CorrectionEvent => ({
  type: 'correction.warned',
  ...key,
  share,
  fellDueAt: noon,
  warnedAt: noon,
});
const move = (dueAt = minutesLater(9_000)): CorrectionCommand => ({
  type: 'correction.move_deadline',
  ...head(),
  actor: service,
  dueAt,
  unknownYears: [],
});

describe('a report of a netizen', () => {
  it('is received, accepted and answered', () => {
    given().when(receive()).yields(received);
    given(received).when(accept).yields(accepted);
    given(received, accepted).when(answer()).yields(answered());
  });
  it('is received once; who says the same and leaves an address is answered too', () => {
    given(received).when(receive()).yields();
    given(received)
      .when(receive(sealed))
      .yields({ type: 'correction.repeated', ...key, contact: sealed, repeatedAt: noon });
  });
  it('is answered to match what was decided before', () => {
    given(received).when(answer()).isRefused('correction_not_accepted');
    given(received, forwarded).when(answer()).isRefused('correction_not_accepted');
    given(received, accepted).when(answer('forwarded')).isRefused('correction_not_accepted');
    given(received, forwarded).when(answer('forwarded')).yields(answered('forwarded'));
  });
  it('that is another’s is forwarded, and is still to be answered', () => {
    given(received).when(forward).yields(forwarded);
    given(received, forwarded).when(forward).yields();
    given(received, forwarded).when(warn(100)).yields(warned(100));
  });
  it('that says what another says is answered with it, at once when that one is', () => {
    given(received).when(fold()).yields(folded);
    given(received, folded).when(answer('folded')).yields(answered('folded'));
    given(received).when(fold('other', '已更正')).yields(folded, answered('folded'));
    given(received).when(fold(key.correctionId)).isRefused('correction_same');
    given(received, folded).when(accept).yields(accepted);
  });
  it('is answered anew when the answer was wrong, and not again when it is the same', () => {
    given(received, accepted, answered()).when(answer()).yields();
    given(received, accepted, answered())
      .when(answer('corrected', '已于今日更正'))
      .yields(answered('corrected', '已于今日更正'));
  });
  it('is decided no more once it is answered', () => {
    for (const late of [accept, forward, fold(), spam])
      given(received, accepted, answered()).when(late).isRefused('correction_answered');
  });
  it('that is spam is restored to what it was, and is due when it was', () => {
    given(received, accepted).when(spam).yields(marked);
    given(received, marked).when(accept).isRefused('correction_spam');
    given(received, accepted, marked).when(answer()).isRefused('correction_spam');
    given(received, accepted, marked).when(lift).yields(lifted);
    given(received, accepted, marked, lifted).when(answer()).yields(answered());
  });
});

describe('its clock', () => {
  it('warns once at each share, until the answer', () => {
    given(received).when(warn(50)).yields(warned(50));
    given(received, warned(50)).when(warn(50)).yields();
    given(received, accepted, answered()).when(warn(100)).yields();
    given(received, marked).when(warn(100)).yields();
  });
  it('begins to warn anew when the limit moved', () => {
    const dueAt = minutesLater(9_000);
    const moved: CorrectionEvent = {
      type: 'correction.deadline_moved',
      ...key,
      receivedAt: noon,
      dueAt,
      unknownYears: [],
      movedAt: noon,
    };
    given(received, warned(50)).when(move()).yields(moved);
    given(received, moved).when(move()).yields();
    given(received, warned(50), moved).when(warn(50)).yields(warned(50));
    given(received, accepted, answered()).when(move()).yields();
  });
});

describe('whatever people and services say, in any order', () => {
  const any = fc.constantFrom(
    receive(),
    receive(sealed),
    accept,
    fold(),
    fold('other', '已更正'),
    forward,
    answer(),
    answer('forwarded'),
    answer('folded'),
    spam,
    lift,
    warn(50),
    warn(100),
    move(),
    move(minutesLater(10)),
  );
  const play = (commands: CorrectionCommand[]) => {
    const events: CorrectionEvent[] = [];
    let state = correction.initial;
    for (const command of commands) {
      let decided: CorrectionEvent[] = [];
      try {
        decided = correction.decide(command, state);
      } catch {
        continue;
      }
      events.push(...decided);
      state = decided.reduce(correction.evolve, state);
    }
    return { events, state };
  };
  it('it is received once, never warned of after its answer, and a command carried out twice adds nothing', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 25 }), any, (commands, last) => {
        const once = play([...commands, last]);
        const types = once.events.map(({ type }) => type);
        expect(types.filter((type) => type === 'correction.received').length).toBeLessThanOrEqual(1);
        const first = types.indexOf('correction.answered');
        if (first !== -1) {
          const after = new Set(types.slice(first));
          for (const never of ['warned', 'deadline_moved', 'spam_marked', 'accepted', 'forwarded'] as const)
            expect(after).not.toContain(`correction.${never}`);
        }
        // Another contact of the same report is another wish.
        if (last.type !== 'correction.receive') expect(play([...commands, last, last]).state).toEqual(once.state);
      }),
    );
  });
  it('the limit is the one said last, whatever lies between', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 25 }), (commands) => {
        const { events, state } = play(commands);
        const last = events.findLast((event) => 'dueAt' in event);
        if (state.status !== 'new') expect(last).toMatchObject({ dueAt: state.dueAt });
      }),
    );
  });
});

describe('the addresses of a report that waits', () => {
  const first = 'sealed.k1.20261123T120000Z.AAAAAAAAAAAAAAAA.b25l';
  const anew = 'sealed.k2.20261123T120000Z.AAAAAAAAAAAAAAAA.b25l';
  const reseal = (was: string): CorrectionCommand => ({
    type: 'correction.reseal',
    ...head(),
    actor: service,
    contacts: [{ was, now: anew }],
  });
  const withAddress: CorrectionEvent = { ...received, contact: first };
  const event: CorrectionEvent = {
    type: 'correction.resealed',
    ...key,
    contacts: [{ was: first, now: anew }],
    resealedAt: noon,
  };
  it('are sealed under another key once, and only those that still stand', () => {
    given(withAddress).when(reseal(first)).yields(event);
    given(withAddress, event).when(reseal(first)).yields();
    given(received).when(reseal(first)).yields();
  });
  it('stand in their places afterwards, in whichever order they were sealed', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3]), (order) => {
        const name = (n: number, k: string) => `sealed.${k}.20261123T120000Z.AAAAAAAAAAAAAAAA.${n}`;
        const all = [0, 1, 2, 3];
        const before = all.map((n) => name(n, 'k1'));
        const changes = order.map((n) => ({ was: name(n, 'k1'), now: name(n, 'k2') }));
        expect(resealed(before, changes)).toEqual(all.map((n) => name(n, order.includes(n) ? 'k2' : 'k1')));
      }),
    );
  });
});
