import type { RecallCommand, RecallEvent, RecallFound, RecallMeans, RecallTarget } from '@tongsheng/contracts';
import { hashA, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTargets, recall } from './recall.ts';

const given = specify(recall);
const key = { releaseId: 'release', site: 'province' };
const person = (id: string) => ({ kind: 'person' as const, id, name: `同志${id}` });
const by = (id: string) => ({ by: id, byName: `同志${id}` });
const head = (who: string) => ({ id: `c-${who}`, at: noon, actor: person(who), ...key });
const byService = { id: 'c', at: noon, actor: service, ...key };

const place = (name: string, means: RecallMeans, url: string | null = null): RecallTarget => ({
  targetId: name,
  name,
  channelId: null,
  channelKind: null,
  holding: means === 'nothing' ? 'gone' : 'has',
  has: 1,
  url,
  means,
  why: null,
});
const page = place('page/province', 'delete', 'https://province.example/province/press/release');
const mail = place('channel/mail', 'notice');
const found = (version = 2, targets = [page, mail]): RecallFound => ({
  version,
  title: '便民措施',
  contentHash: hashA,
  targets,
  together: [],
});
const evidence = { status: 410, pageHash: hashA, bytes: 3, checks: [{ name: 'page_gone' as const, ok: true }] };

const why = { reason: '数据有误', publicReason: '内容有误' };
const propose = (who = 'writer'): RecallCommand => ({ type: 'recall.propose', ...head(who), ...why, found: found() });
const approve = (who: string, round = 1): RecallCommand => ({
  type: 'recall.approve',
  ...head(who),
  round,
  found: found(),
});
const kill = (who = 'signer', version = 2): RecallCommand => ({
  type: 'recall.kill',
  ...head(who),
  ...why,
  found: found(version),
});
const correct = (version = 2, targets = [{ ...page, means: 'edit' as const }, mail]): RecallCommand => ({
  type: 'recall.correct',
  ...byService,
  reason: '时限应为五日',
  ...by('signer'),
  found: found(version, targets),
});
const proposed: RecallEvent = {
  type: 'recall.proposed',
  ...key,
  round: 1,
  title: '便民措施',
  ...why,
  targets: [page, mail],
  ...by('writer'),
  proposedAt: noon,
};
const decided = (more: Partial<Extract<RecallEvent, { type: 'recall.decided' }>> = {}): RecallEvent => ({
  type: 'recall.decided',
  ...key,
  round: 1,
  kind: 'withdraw',
  ...found(),
  ...why,
  proposedBy: 'writer',
  ...by('signer'),
  decidedAt: noon,
  ...more,
});
const told = (targetId: string, round = 1): RecallCommand => ({
  type: 'recall.record_told',
  ...byService,
  round,
  targetId,
  detail: 'ok',
});
const seen = (targetId: string, round = 1): RecallCommand => ({
  type: 'recall.record_seen',
  ...byService,
  round,
  targetId,
  detail: 'HTTP 410',
  evidence,
});

describe('a withdrawal', () => {
  it('is proposed by one and decided by another, on what is there at that moment', () => {
    given().when(propose()).yields(proposed);
    given(proposed).when(approve('writer')).isRefused('recall_same_person');
    given(proposed).when(approve('signer')).yields(decided());
  });
  it('is proposed once, and may be dropped', () => {
    given(proposed).when(propose('other')).isRefused('recall_open');
    const dropped: RecallEvent = {
      type: 'recall.dropped',
      ...key,
      round: 1,
      reason: '无误',
      ...by('x'),
      droppedAt: noon,
    };
    given(proposed)
      .when({ type: 'recall.drop', ...head('x'), round: 1, reason: '无误' })
      .yields(dropped);
    given(proposed, dropped).when(approve('signer')).isRefused('recall_missing');
  });
  it('is the last word: nothing is corrected or withdrawn after it', () => {
    given(decided()).when(propose()).isRefused('release_withdrawn');
    given(decided()).when(kill()).isRefused('release_withdrawn');
    given(decided()).when(correct(3)).yields();
  });
});

describe('a kill', () => {
  const killed = decided({ kind: 'kill', proposedBy: null });
  it('needs one signer, also while somebody has proposed to withdraw', () => {
    given().when(kill()).yields(killed);
    given(proposed)
      .when(kill())
      .yields(decided({ kind: 'kill' }));
  });
  it('is looked at by a second person afterwards, once', () => {
    const look = (who: string): RecallCommand => ({
      type: 'recall.countersign',
      ...head(who),
      round: 1,
      verdict: 'agreed',
      note: '',
    });
    const looked: RecallEvent = {
      type: 'recall.countersigned',
      ...key,
      round: 1,
      verdict: 'agreed',
      note: '',
      ...by('other'),
      countersignedAt: noon,
    };
    given(killed).when(look('signer')).isRefused('recall_same_person');
    given(killed).when(look('other')).yields(looked);
    given(killed, looked).when(look('third')).yields();
    given(decided()).when(look('other')).isRefused('recall_missing');
  });
});

describe('a correction', () => {
  const first = decided({ kind: 'correct', reason: '时限应为五日', publicReason: '时限应为五日', proposedBy: null });
  it('begins a round once, and leaves a proposal to withdraw as it is', () => {
    const targets = [{ ...page, means: 'edit' as const }, mail];
    given()
      .when(correct())
      .yields({ ...first, targets } as RecallEvent);
    given({ ...first, targets } as RecallEvent)
      .when(correct())
      .yields();
    given(proposed, { ...first, round: 2, targets } as RecallEvent)
      .when(approve('signer'))
      .yields({ type: 'recall.superseded', ...key, round: 2, byRound: 1, supersededAt: noon }, decided({ version: 3 }));
  });
});

describe('a place', () => {
  const settled = (targetId: string, more: object): RecallEvent => ({
    type: 'recall.target_settled',
    ...key,
    round: 1,
    targetId,
    end: 'noticed',
    detail: 'ok',
    evidence: null,
    by: null,
    byName: null,
    screenshot: null,
    settledAt: noon,
    ...more,
  });
  const done = settled('channel/mail', {});
  it('that was told by a notice is done with; one whose page is to be gone is looked at first', () => {
    given(decided()).when(told('channel/mail')).yields(done);
    given(decided(), done).when(told('channel/mail')).yields();
    given(decided())
      .when(told('page/province'))
      .yields({
        type: 'recall.target_told',
        ...key,
        round: 1,
        targetId: 'page/province',
        url: page.url!,
        detail: 'ok',
        toldAt: noon,
      });
    given(decided())
      .when(seen('page/province'))
      .yields(settled('page/province', { end: 'absent', detail: 'HTTP 410', evidence }));
  });
  it('that fails says so once, and a person settles it', () => {
    const fail: RecallCommand = {
      type: 'recall.record_failed',
      ...byService,
      round: 1,
      targetId: 'channel/mail',
      detail: '550',
    };
    const failed: RecallEvent = {
      type: 'recall.target_failed',
      ...key,
      round: 1,
      targetId: 'channel/mail',
      detail: '550',
      failedAt: noon,
    };
    given(decided()).when(fail).yields(failed);
    given(decided(), failed).when(fail).yields();
    const report: RecallCommand = {
      type: 'recall.report',
      ...head('writer'),
      round: 1,
      targetId: 'channel/mail',
      end: 'kept',
      note: '对方已归档',
      screenshot: null,
    };
    given(decided(), failed)
      .when(report)
      .yields(settled('channel/mail', { end: 'kept', detail: '对方已归档', ...by('writer') }));
    given(decided(), done).when(report).isRefused('recall_settled');
  });
  it('of an earlier round is nobody’s any more', () => {
    const next = decided({ round: 2, version: 3 });
    given(decided({ kind: 'correct' }), next)
      .when(told('channel/mail', 1))
      .yields();
  });
});

describe('whatever is said in whatever order', () => {
  const names = ['page/province', 'page/city', 'channel/mail', 'channel/wechat'];
  const means = fc.constantFrom<RecallMeans>('edit', 'replace', 'delete', 'notice', 'send', 'person', 'nothing');
  const targets = fc
    .uniqueArray(fc.constantFrom(...names), { minLength: 1 })
    .chain((list) =>
      fc.tuple(
        ...list.map((name) =>
          fc.tuple(means, fc.boolean()).map(([how, hasUrl]) => place(name, how, hasUrl ? page.url : null)),
        ),
      ),
    );
  const version = fc.integer({ min: 2, max: 6 });
  const round = fc.integer({ min: 1, max: 5 });
  const who = fc.constantFrom('a', 'b', 'c');
  const said: fc.Arbitrary<RecallCommand> = fc.oneof(
    fc.tuple(version, targets).map(([n, list]) => correct(n, list as never)),
    fc
      .tuple(who, version, targets)
      .map(([each, n, list]) => ({ ...kill(each, n), found: found(n, list) }) as RecallCommand),
    who.map((each) => propose(each)),
    fc.tuple(who, round).map(([each, n]) => approve(each, n)),
    fc.tuple(fc.constantFrom(...names), round).map(([name, n]) => told(name, n)),
    fc.tuple(fc.constantFrom(...names), round).map(([name, n]) => seen(name, n)),
    fc.tuple(fc.constantFrom(...names), round).map(([targetId, n]): RecallCommand => ({
      type: 'recall.record_never_had',
      ...byService,
      round: n,
      targetId,
      detail: '',
    })),
  );

  it('no place is settled twice in a round, versions only rise, and what is done with stays so', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 60 }), (commands) => {
        let state = recall.initial;
        const settledIn = new Set<string>();
        let last = 1;
        for (const command of commands) {
          let events: RecallEvent[] = [];
          try {
            events = recall.decide(command, state);
          } catch {
            continue;
          }
          for (const event of events) {
            if (event.type === 'recall.target_settled') {
              const name = `${event.round}/${event.targetId}`;
              expect(settledIn.has(name)).toBe(false);
              settledIn.add(name);
            }
            if (event.type === 'recall.decided') {
              expect(event.version).toBeGreaterThan(last);
              last = event.version;
            }
            state = recall.evolve(state, event);
          }
          for (const { targetId } of openTargets(state))
            expect(settledIn.has(`${state.current!.round}/${targetId}`)).toBe(false);
        }
      }),
    );
  });
});
