import {
  obliged,
  type DeliveryEvent,
  type LinkedEvent,
  type ReleaseEvent,
  type RepostEvent,
  type ReviewAct,
  type RumorEvent,
  type SourceHealthEvent,
  type SubmissionEvent,
} from '@tongsheng/contracts';
import { hashA, minutesLater, noon, pressDraft, queueing } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import {
  assignmentSubject,
  isEscalatedStill,
  linkedSubject,
  openDebt,
  openRumor,
  openSubmission,
  openTask,
  pageSubject,
  roundOf,
  stuckSubject,
  taskSubject,
} from './troubles.ts';

const { id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { ...facts, type: 'repost.queued' };
const key = { taskId: 'task', site: 'province' };
const warned: RepostEvent = { type: 'repost.warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon };

describe('a task', () => {
  it('is what an alarm says of it, under the title it has now', () => {
    const { version, contentHash } = facts;
    const changed: RepostEvent = { type: 'repost.source_changed', ...key, version, contentHash, title: '新标题' };
    const task = openTask([queued, changed, warned]);
    expect(task).toMatchObject({ title: '新标题', warned: [50] });
    expect(taskSubject(task!, 50)).toMatchObject({ kind: 'task', share: 50, title: '新标题', dueAt: facts.dueAt });
  });
  it('alarms nobody once the public has it', () => {
    expect(openTask([queued, warned, published])).toBeNull();
    expect(openTask([])).toBeNull();
  });
  const published: RepostEvent = {
    type: 'repost.published',
    ...key,
    url: 'https://portal.example/x',
    publicPosition: 1,
    publishedAt: noon,
  };
  const bound: RepostEvent = {
    ...obliged.parse({ ...facts, itemId: 'portal', sourceName: '省政府', dueAt: minutesLater(60) }),
    type: 'repost.bound',
    ...key,
  };
  it('alarms by the obligation that is due first', () => {
    expect(openTask([queued, warned, bound])).toMatchObject({
      sourceName: '省政府',
      dueAt: minutesLater(60),
      warned: [50],
    });
    expect(openTask([queued, published, bound])).toBeNull();
    expect(openTask([queued, { type: 'repost.merged', ...key, into: 'other', mergedAt: noon }])).toBeNull();
  });
  it('alarms anew when what the public has must be brought up to date, in a round of its own', () => {
    const { version, contentHash, title, itemId } = facts;
    const update = {
      version,
      contentHash,
      title,
      limit: 'PT12H',
      startsAt: minutesLater(100),
      dueAt: minutesLater(820),
    };
    const due: RepostEvent = { type: 'repost.update_due', ...key, itemId, ...update };
    const past = [queued, warned, published, due];
    expect(openTask(past)).toMatchObject({ sourceName: facts.sourceName, dueAt: minutesLater(820), warned: [] });
    expect([roundOf([queued]), roundOf(past)]).toEqual([0, 1]);
    expect(openTask([...past, published])).toBeNull();
  });
  it('alarms anew when what is out has to come down, and nobody when its source has it again', () => {
    const { version, contentHash, title, itemId } = facts;
    const due: RepostEvent = {
      type: 'repost.retract_due',
      ...key,
      itemId,
      version,
      contentHash,
      title,
      reason: 'gone',
      limit: 'PT12H',
      startsAt: minutesLater(100),
      dueAt: minutesLater(820),
    };
    const past = [queued, published, due];
    expect(openTask(past)).toMatchObject({ sourceName: facts.sourceName, dueAt: minutesLater(820), warned: [] });
    expect(roundOf(past)).toBe(1);
    expect(openTask([...past, { type: 'repost.retract_lifted', ...key, itemId, liftedAt: noon }])).toBeNull();
  });
  it('alarms by the other source when one took the item back, and nobody when none is left', () => {
    const gone = (itemId: string): RepostEvent => ({
      type: 'repost.source_withdrawn',
      ...key,
      itemId,
      reason: 'gone',
      detail: 'HTTP 404',
      withdrawnAt: noon,
    });
    expect(openTask([queued, bound, gone('portal')])).toMatchObject({ dueAt: facts.dueAt });
    expect(openTask([queued, bound, gone('item')])).toMatchObject({ sourceName: '省政府' });
    const back: RepostEvent = { type: 'repost.source_returned', ...key, itemId: 'portal', returnedAt: noon };
    expect(openTask([queued, bound, gone('portal'), back])).toMatchObject({ sourceName: '省政府' });
    expect(openTask([queued, gone('item')])).toBeNull();
  });
});

describe('a rumor', () => {
  const rumor = { rumorCaseId: 'rumor', site: 'province' };
  const by = { by: 'comms', byName: '赵宣传' };
  const reported: RumorEvent = {
    type: 'rumor.reported',
    ...rumor,
    claim: '存款要缴税',
    seenWhere: '微信群',
    link: null,
    since: null,
    reach: '',
    evidence: [],
    limit: 'PT5H',
    dueAt: minutesLater(300),
    ...by,
    reportedAt: noon,
  };
  const assessed = (decision: 'rebut' | 'watch', dueAt?: string): RumorEvent => ({
    type: 'rumor.assessed',
    ...rumor,
    verdict: 'false',
    facts: '',
    basis: '',
    decision,
    ...(dueAt !== undefined && { dueAt }),
    ...by,
    assessedAt: minutesLater(30),
  });
  const rebutted: RumorEvent = {
    type: 'rumor.rebutted',
    ...rumor,
    releaseId: 'release',
    url: 'https://tax.example/1',
    rebuttedAt: noon,
  };
  const gone: RumorEvent = { type: 'rumor.warned', ...rumor, share: 50, fellDueAt: noon, warnedAt: noon };
  it('waits for an answer from the clue to the rebuttal, unless it is only watched', () => {
    expect(openRumor([reported, gone])).toMatchObject({ startsAt: noon, dueAt: minutesLater(300), warned: [50] });
    expect(openRumor([reported, assessed('rebut')])).not.toBeNull();
    expect(openRumor([reported, assessed('watch')])).toBeNull();
    expect(openRumor([reported, assessed('rebut'), rebutted])).toBeNull();
  });
  it('has its whole time when it is to be rebutted after all', () => {
    const anew = openRumor([reported, gone, assessed('watch'), assessed('rebut', minutesLater(330))]);
    expect(anew).toMatchObject({ startsAt: minutesLater(30), dueAt: minutesLater(330), warned: [] });
  });
});

describe('an answer to a submission', () => {
  const key = { submissionId: 'offer', site: 'city' };
  const by = { by: 'comms', byName: '赵宣传' };
  const offered = (to: Extract<SubmissionEvent, { type: 'submission.offered' }>['to']): SubmissionEvent => ({
    type: 'submission.offered',
    ...key,
    releaseId: 'release',
    contentHash: hashA,
    title: '便民措施',
    to,
    slot: null,
    html: null,
    message: '',
    limit: 'PT1H',
    dueAt: minutesLater(60),
    ...by,
    offeredAt: noon,
  });
  const province = { kind: 'site' as const, site: 'province', name: '省局' };
  const countered: SubmissionEvent = {
    type: 'submission.countered',
    ...key,
    side: 'receiving',
    slot: null,
    html: null,
    message: '',
    dueAt: minutesLater(90),
    ...by,
    counteredAt: minutesLater(30),
  };
  it('is owed an answer by the other side, and after its counter-proposal by ours', () => {
    expect(openSubmission([offered(province)])).toMatchObject({ waitsFor: '省局', sites: ['province', 'city'] });
    expect(openSubmission([offered(province), countered])).toMatchObject({
      waitsFor: null,
      sites: ['city', 'province'],
      startsAt: minutesLater(30),
      dueAt: minutesLater(90),
    });
  });
  it('of an office outside is a matter of the site that waits', () => {
    const office = { kind: 'email' as const, address: 'portal@gov.example', name: '门户' };
    expect(openSubmission([offered(office)])).toMatchObject({ waitsFor: '门户', sites: ['city'] });
  });
  it('is owed none once it is agreed', () => {
    const agreed: SubmissionEvent = {
      type: 'submission.agreed',
      ...key,
      side: 'offering',
      slot: null,
      html: null,
      ...by,
      agreedAt: minutesLater(40),
    };
    expect(openSubmission([offered(province), countered, agreed])).toBeNull();
  });
});

describe('a source that was escalated', () => {
  const escalated = (hours: 1 | 3, detector?: string): Extract<SourceHealthEvent, { type: 'source.escalated' }> => ({
    type: 'source.escalated',
    sourceId: 's',
    ...(detector && { detector }),
    code: 'timeout',
    failingSince: noon,
    hours,
    escalatedAt: minutesLater(hours * 60),
  });
  const recovered = (detector?: string): SourceHealthEvent => ({
    type: 'source.recovered',
    sourceId: 's',
    ...(detector && { detector }),
    recoveredAt: minutesLater(200),
  });
  it('is silent still, unless that very way of reading it recovered or was escalated further', () => {
    const list = 'https://upstream.example/list';
    expect(isEscalatedStill([escalated(1)], escalated(1))).toBe(true);
    expect(isEscalatedStill([escalated(1), recovered()], escalated(1))).toBe(false);
    expect(isEscalatedStill([escalated(1), escalated(3)], escalated(1))).toBe(false);
    expect(isEscalatedStill([escalated(1, list), recovered()], escalated(1, list))).toBe(true);
    expect(isEscalatedStill([escalated(1, list), recovered(list)], escalated(1, list))).toBe(false);
    expect(isEscalatedStill([recovered(), escalated(3)], escalated(3))).toBe(true);
  });
});

describe('a page that the public should not read like this', () => {
  const url = 'https://tax.example/province/repost/task';
  const evidence = { status: 200, pageHash: 'a'.repeat(64), bytes: 1, checks: [] };
  const published: RepostEvent = { type: 'repost.published', ...key, url, publicPosition: 1, publishedAt: noon };
  const verified: RepostEvent = { type: 'repost.verified', ...key, url, evidence, verifiedAt: noon };
  const removed: RepostEvent = { type: 'repost.removed', ...key, url, publicPosition: 2, removedAt: noon };
  const withdrawn: RepostEvent = { type: 'repost.withdrawn', ...key, url, evidence, withdrawnAt: noon };
  const drifted = (kind?: 'replaced' | 'reappeared' | 'edited'): RepostEvent => ({
    type: 'repost.drifted',
    ...key,
    reason: 'the page differs in: title',
    snapshot: null,
    ...(kind && { kind }),
    driftedAt: minutesLater(60),
  });
  const out = [queued, published, verified];

  it('is one where something else stands, or that came back, and what an alarm says of it', () => {
    expect(pageSubject([...out, drifted('replaced')])).toEqual({
      kind: 'page',
      taskId: 'task',
      title: facts.title,
      drift: 'replaced',
      url,
      detail: 'the page differs in: title',
      driftedAt: minutesLater(60),
    });
    expect(pageSubject([...out, removed, withdrawn, drifted('reappeared')])).toMatchObject({ drift: 'reappeared' });
  });
  it('is none that was merely changed, nor one of which no more was told then', () => {
    expect(pageSubject([...out, drifted('edited')])).toBeNull();
    expect(pageSubject([...out, drifted()])).toBeNull();
  });
  it('is over once it is right, gone or another one, and not before that is seen', () => {
    expect(pageSubject([...out, drifted('replaced'), verified])).toBeNull();
    expect(pageSubject([...out, drifted('replaced'), published])).toBeNull();
    expect(pageSubject([...out, removed, withdrawn, drifted('reappeared'), removed])).not.toBeNull();
    expect(pageSubject([...out, removed, withdrawn, drifted('reappeared'), removed, withdrawn])).toBeNull();
  });
});

describe('an urgent signature', () => {
  const key = { releaseId: 'release', site: 'province', contentHash: hashA };
  const by = { by: 'qian', byName: '钱审核' };
  const acts: ReviewAct[] = [{ step: 'review', roles: ['reviewer'] }];
  const signed: ReleaseEvent = { type: 'release.signed', ...key, ...pressDraft(), ...by, signedAt: noon };
  const urgent: ReleaseEvent = { ...signed, debt: { acts, dueAt: minutesLater(60) } };
  const review = { ...key, step: 'review' as const, ...by };
  it('owes its full review until that is done, or found a fault', () => {
    const warned: ReleaseEvent = { type: 'release.debt_warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon };
    expect(openDebt([signed])).toBeNull();
    expect(openDebt([urgent, warned])).toEqual({
      title: pressDraft().title,
      startsAt: noon,
      dueAt: minutesLater(60),
      warned: [50],
    });
    expect(openDebt([urgent, { type: 'release.debt_settled', ...review, settledAt: noon }])).toBeNull();
    expect(
      openDebt([urgent, { type: 'release.debt_objected', ...review, reason: '有误', objectedAt: noon }]),
    ).toBeNull();
  });
});

describe('what people hand over by hand', () => {
  const key = { deliveryId: 'delivery', site: 'province' };
  const requested: DeliveryEvent = {
    type: 'delivery.requested',
    ...key,
    releaseId: 'release',
    channelId: 'renmin',
    channelName: '人民号',
    channelKind: 'assisted',
    title: '通稿',
    contentHash: 'a'.repeat(64),
    onUnknown: 'assisted',
    requestedAt: noon,
  };
  const late = (share: 75 | 100): DeliveryEvent => ({
    type: 'delivery.warned',
    ...key,
    attempt: 1,
    share,
    startsAt: noon,
    dueAt: minutesLater(60),
    warnedAt: minutesLater(60),
  });
  const reported: DeliveryEvent = {
    type: 'delivery.reported',
    ...key,
    url: 'https://mp.example/1',
    visibleAt: noon,
    screenshot: null,
    note: '',
    by: 'li',
    byName: '李',
    reportedAt: noon,
    nextWatchAt: null,
  };
  it('is an alarm while it is late, and none once it was brought back', () => {
    expect(assignmentSubject([requested])).toBeNull();
    expect(assignmentSubject([requested, late(75), late(100)])).toMatchObject({
      kind: 'assignment',
      share: 100,
      title: '通稿',
      dueAt: minutesLater(60),
    });
    expect(assignmentSubject([requested, late(75), reported])).toBeNull();
  });
});

describe('a linked release before its moment', () => {
  const of = { linkedId: 'l', site: 'province' };
  const by = { by: 'comms', byName: '赵宣传' };
  const parts = [
    { releaseId: 'p', site: 'province', role: 'policy' as const },
    { releaseId: 'i', site: 'province', role: 'interpretation' as const },
  ];
  const t0 = minutesLater(60);
  const planned = (more: object = {}): LinkedEvent => ({
    type: 'linked.planned',
    ...of,
    title: '联动',
    parts,
    sites: ['province'],
    channels: [
      { channelId: 'wechat', required: true },
      { channelId: 'weibo', required: false },
    ],
    t0,
    revision: 1,
    ...by,
    plannedAt: noon,
    ...more,
  });
  const reminded = (unready: string[]): Extract<LinkedEvent, { type: 'linked.reminded' }> => ({
    type: 'linked.reminded',
    ...of,
    minutes: 10,
    unready,
    t0,
    remindedAt: noon,
  });
  const nameOf = ({ id }: { id: string }) => `“${id}”`;
  const said = (past: LinkedEvent[], told = reminded([])) => linkedSubject([...past, told], told, nameOf);

  it('is nobody’s alarm while only what may be late is missing', () => {
    expect(said([planned()], reminded(['channel/p/weibo']))).toBeNull();
  });
  it('says what must not be missing, by the names that people know', () => {
    expect(said([planned()], reminded(['channel/i/wechat', 'channel/p/weibo', 'page/p/province']))).toMatchObject({
      because: 'not_ready',
      missing: ['解读 → “wechat”', '政策 → “province”'],
      count: 2,
      minutes: 10,
    });
  });
  it('says that a policy would go alone, unless somebody answers for these parts', () => {
    const waived: LinkedEvent = { type: 'linked.waived', ...of, reason: '会上解读', ...by, waivedAt: noon };
    const alone = planned({ parts: parts.slice(0, 1) });
    expect(said([alone])).toMatchObject({ because: 'no_interpretation', count: 0 });
    expect(said([alone, waived])).toBeNull();
    expect(said([planned(), waived, alone])).toMatchObject({ because: 'no_interpretation' });
  });
  it('is no alarm any more when it was planned for another moment, or cancelled', () => {
    const told = reminded(['channel/p/wechat']);
    expect(linkedSubject([planned(), told, planned({ t0: minutesLater(90) })], told, nameOf)).toBeNull();
    const cancelled: LinkedEvent = { type: 'linked.cancelled', ...of, reason: '暂缓', ...by, cancelledAt: noon };
    expect(linkedSubject([planned(), told, cancelled], told, nameOf)).toBeNull();
  });
  it('says why nothing went out', () => {
    const stopped: LinkedEvent = {
      type: 'linked.stopped',
      ...of,
      because: 'not_ready',
      missing: Array.from({ length: 12 }, (_, n) => `channel/p/c${n}`),
      t0,
      stoppedAt: t0,
    };
    if (stopped.type !== 'linked.stopped') return;
    const about = linkedSubject([planned(), stopped], stopped, nameOf);
    expect(about).toMatchObject({ minutes: null, because: 'not_ready', count: 12 });
    expect(about?.missing).toHaveLength(10);
  });
});

describe('a delivery that only a person can settle', () => {
  const at = '2026-11-23T12:00:00.000Z';
  const key = { deliveryId: 'd', site: 'province' };
  const requested = (urgency: 'rebuttal' | 'routine'): DeliveryEvent => ({
    type: 'delivery.requested',
    ...key,
    releaseId: 'r',
    channelId: 'c',
    channelName: '邮件组',
    channelKind: 'email',
    title: '说明',
    contentHash: 'ab'.repeat(32),
    onUnknown: 'person',
    policy: { urgency, budget: 'P3D', canProbe: false, canWatch: false },
    requestedAt: at,
  });
  const answered = (
    outcome: 'unknown' | 'rejected_permanent' | 'confirmed',
    more: Partial<Extract<DeliveryEvent, { type: 'delivery.answered' }>> = {},
  ): DeliveryEvent => ({
    type: 'delivery.answered',
    ...key,
    attempt: 1,
    outcome,
    detail: 'so it was',
    receipt: null,
    answeredAt: at,
    nextAttemptAt: null,
    ...more,
  });
  const resolved: DeliveryEvent = {
    type: 'delivery.resolved',
    ...key,
    resolution: 'arrived',
    note: '已核实',
    by: 'comms',
    byName: '宣传',
    resolvedAt: at,
  };
  it('is one whose outcome nobody can be asked about, until somebody says', () => {
    const past = [requested('routine'), answered('unknown')];
    expect(stuckSubject(past)).toMatchObject({ because: 'unknown', lostAt: at });
    expect(stuckSubject([...past, resolved])).toBeNull();
    // Its process lived after all.
    expect(stuckSubject([...past, answered('confirmed')])).toBeNull();
    expect(stuckSubject([requested('routine'), answered('unknown', { nextProbeAt: at })])).toBeNull();
    expect(stuckSubject([requested('routine'), answered('unknown', { nextAttemptAt: at })])).toBeNull();
  });
  it('is a rebuttal that did not get through; of others the board is enough', () => {
    expect(stuckSubject([requested('rebuttal'), answered('rejected_permanent')])).toMatchObject({ because: 'failed' });
    expect(stuckSubject([requested('routine'), answered('rejected_permanent')])).toBeNull();
  });
});
