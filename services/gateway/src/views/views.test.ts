import {
  DeliveryRow,
  ReleaseRow,
  RepostRow,
  SourceRow,
  type AnyEvent,
  type DeliveryEvent,
  type EventsByAggregate,
  type ItemEvent,
  type Outcome,
  type ReleaseEvent,
  type RepostEvent,
  type RunningChain,
  type Signature,
  type SourceHealthEvent,
  type SourceRegistered,
} from '@tongsheng/contracts';
import type { Projection } from '@tongsheng/projections';
import { hashA, hashB, minutesLater, noon, observation, pressDraft, queueing } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { deliveries } from './deliveries.ts';
import { releases } from './releases.ts';
import { reposts } from './reposts.ts';
import { sources } from './sources.ts';

/** The row after these events, by the fold that production runs. */
const folder =
  <A extends keyof EventsByAggregate, Row>(projection: Projection<A, Row>) =>
  (...events: EventsByAggregate[A][]) =>
    events.reduce<Row | null>((row, event) => projection.apply(row, event, {} as never), null);
const setsOf = <Row>(projection: { sets?(row: Row, key: string): Record<string, number> }, row: Row | null) =>
  row === null ? {} : projection.sets!(row, '');

describe('the queue of reposts', () => {
  const fold = folder(reposts);
  const key = { taskId: 'task', site: 'province' };
  const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
  const queued: RepostEvent = { type: 'repost.queued', ...facts };
  const version = { version: 1, contentHash: hashA, title: facts.title };
  const who = { by: 'li', byName: '李编辑' };
  const approved: RepostEvent = { type: 'repost.approved', ...key, ...version, ...who, approvedAt: minutesLater(5) };
  const url = 'https://province.example/province/repost/task';
  const published: RepostEvent = {
    type: 'repost.published',
    ...key,
    url,
    publicPosition: 1,
    publishedAt: minutesLater(6),
  };
  const verified: RepostEvent = {
    type: 'repost.verified',
    ...key,
    url,
    evidence: { status: 200, pageHash: hashA, bytes: 1, checks: [] },
    verifiedAt: minutesLater(7),
  };
  const failed: RepostEvent = {
    type: 'repost.verification_failed',
    ...key,
    reason: 'HTTP 404',
    checkedAt: minutesLater(6),
  };
  const asked: RepostEvent = {
    type: 'repost.exemption_requested',
    ...key,
    reason: '与本省无关',
    ...who,
    requestedAt: minutesLater(3),
  };
  const exempted: RepostEvent = {
    type: 'repost.exempted',
    ...key,
    by: 'wu',
    byName: '吴主任',
    exemptedAt: minutesLater(9),
  };
  const refused: RepostEvent = {
    type: 'repost.exemption_refused',
    ...key,
    reason: '应转',
    by: 'wu',
    byName: '吴主任',
    refusedAt: noon,
  };
  const due = Date.parse(facts.dueAt);

  it('keeps a task a month after it was proven, and for ever what somebody is still waited for', () => {
    const row = fold(queued, approved, published, verified)!;
    expect(reposts.leaves!.at(row)).toBe(Date.parse(facts.dueAt) + 31 * 86_400_000);
    expect(reposts.leaves!.at(fold(queued, approved, published)!)).toBeNull();
    expect(reposts.leaves!.at(fold(queued)!)).toBeNull();
  });
  it('shows a task open, by when it is due', () => {
    const row = fold(queued);
    expect(RepostRow.parse(row)).toMatchObject({ state: 'queued', warned: [], exemption: null });
    expect(setsOf(reposts, row)).toEqual({ open: due, 'item:item': due });
  });
  it('follows a task to its proof', () => {
    expect(fold(queued, approved)).toMatchObject({
      state: 'approved',
      approvedBy: '李编辑',
      approvedAt: minutesLater(5),
    });
    expect(fold(queued, approved, published)).toMatchObject({ state: 'published', url, publishedAt: minutesLater(6) });
    const trouble = fold(queued, approved, published, failed);
    expect(trouble).toMatchObject({ state: 'published', verificationTrouble: 'HTTP 404' });
    const done = RepostRow.parse(fold(queued, approved, published, failed, verified));
    expect(done).toMatchObject({ state: 'verified', verificationTrouble: null, verifiedAt: minutesLater(7) });
    const closed = Date.parse(minutesLater(5));
    expect(setsOf(reposts, done)).toEqual({ 'closed:province': closed, 'closed:*': closed, 'item:item': due });
  });
  it('shows the source’s newest version', () => {
    const changed: RepostEvent = {
      type: 'repost.source_changed',
      ...key,
      version: 2,
      contentHash: hashB,
      title: '新题',
    };
    expect(fold(queued, changed)).toMatchObject({ version: 2, contentHash: hashB, title: '新题', state: 'queued' });
  });
  it('shows who waits for a second person, and no longer once that was decided', () => {
    const waiting = fold(queued, asked);
    expect(waiting).toMatchObject({ state: 'queued', exemption: { reason: '与本省无关', byName: '李编辑' } });
    expect(setsOf(reposts, fold(queued, asked, refused))).toEqual({ open: due, 'item:item': due });
    expect(setsOf(reposts, fold(queued, asked, approved))).toHaveProperty('closed:*');
    const ended = RepostRow.parse(fold(queued, asked, exempted));
    expect(ended).toMatchObject({ state: 'exempted', exemptedBy: '吴主任' });
    expect(setsOf(reposts, ended)).toEqual({
      'closed:province': Date.parse(minutesLater(3)),
      'closed:*': Date.parse(minutesLater(3)),
      'item:item': due,
    });
  });
  it('shows who signed, what is left of it, and why a task came back', () => {
    const chain: RunningChain = {
      chainId: 'two',
      name: '两人',
      acts: [
        { steps: ['first'], roles: ['editor'] },
        { steps: ['confidentiality'], roles: ['reviewer'] },
      ],
    };
    const passed: RepostEvent = {
      type: 'repost.review_passed',
      ...key,
      itemId: 'item',
      ...version,
      chain,
      steps: ['first'],
      role: 'editor',
      ...who,
      passedAt: minutesLater(2),
    };
    const first = { steps: ['first'], role: 'editor', ...who, at: minutesLater(2) };
    const inReview = RepostRow.parse(fold(queued, passed));
    expect(inReview).toMatchObject({ state: 'queued', chain, reviews: [first] });
    expect(setsOf(reposts, inReview)).toEqual({ open: due, 'item:item': due });
    const last: Signature = {
      steps: ['confidentiality'],
      role: 'reviewer',
      by: 'sun',
      byName: '孙',
      at: minutesLater(5),
    };
    const both: RepostEvent = { ...approved, reviews: [first as Signature, last] } as RepostEvent;
    expect(fold(queued, passed, both)).toMatchObject({ state: 'approved', chain, reviews: [first, last] });
    const voided = (because: 'undone' | 'source_changed'): RepostEvent => ({
      type: 'repost.approval_voided',
      ...key,
      because,
      by: null,
      byName: null,
      voidedAt: minutesLater(6),
    });
    expect(fold(queued, passed, both, voided('undone'))).toMatchObject({ state: 'queued', chain, reviews: [first] });
    expect(fold(queued, passed, voided('source_changed'))).toMatchObject({ chain: null, reviews: [] });
    const returned: RepostEvent = {
      type: 'repost.returned',
      ...key,
      reason: '附件缺页',
      by: 'sun',
      byName: '孙',
      returnedAt: minutesLater(4),
    };
    const back = RepostRow.parse(fold(queued, passed, returned));
    expect(back).toMatchObject({ chain: null, reviews: [], returned: { reason: '附件缺页', byName: '孙' } });
    expect(setsOf(reposts, back)).not.toHaveProperty('review:*');
    expect(fold(queued, passed, returned, passed)).toMatchObject({ returned: { byName: '孙' } });
    expect(fold(queued, passed, returned, passed, both)).toMatchObject({ returned: null });
  });
  it('shows our own text until it is dropped', () => {
    const edit = { itemId: 'item', basedOn: hashA, contentHash: hashB, fidelity: 0.9 };
    const edited: RepostEvent = {
      type: 'repost.edited',
      ...key,
      ...edit,
      html: '<p>改</p>',
      ...who,
      editedAt: minutesLater(1),
    };
    const row = RepostRow.parse(fold(queued, edited));
    expect(row).toMatchObject({ edit: { ...edit, byName: who.byName, at: minutesLater(1) } });
    expect(JSON.stringify(row)).not.toContain('<p>');
    const dropped: RepostEvent = {
      type: 'repost.edit_dropped',
      ...key,
      itemId: 'item',
      ...who,
      droppedAt: minutesLater(2),
    };
    expect(fold(queued, edited, dropped)).toMatchObject({ edit: null });
  });
  it('shows what has to come down, who decided it, and the proof that it is gone', () => {
    const gone: RepostEvent = {
      type: 'repost.source_withdrawn',
      ...key,
      itemId: 'item',
      reason: 'gone',
      detail: 'HTTP 404',
      withdrawnAt: minutesLater(20),
    };
    const [startsAt, dueAt] = [minutesLater(20), minutesLater(740)];
    const retractDue: RepostEvent = {
      type: 'repost.retract_due',
      ...key,
      itemId: 'item',
      ...version,
      reason: 'gone',
      limit: 'PT12H',
      startsAt,
      dueAt,
    };
    const out = [queued, approved, published, verified, gone, retractDue];
    const open = RepostRow.parse(fold(...out));
    expect(open).toMatchObject({ state: 'queued', retract: { reason: 'gone', dueAt }, dueAt });
    expect(setsOf(reposts, open)).toMatchObject({ open: Date.parse(dueAt) });
    const kept = fold(...out, asked, exempted);
    expect(kept).toMatchObject({ state: 'verified', retract: null });
    const decided: RepostEvent = {
      type: 'repost.retract_decided',
      ...key,
      itemId: 'item',
      ...who,
      decidedAt: minutesLater(30),
      heldUntil: minutesLater(31),
    };
    expect(fold(...out, decided)).toMatchObject({ state: 'retracting', removal: { byName: '李编辑' } });
    const removed: RepostEvent = {
      type: 'repost.removed',
      ...key,
      url,
      publicPosition: 2,
      removedAt: minutesLater(32),
    };
    const evidence = { status: 410, pageHash: hashA, bytes: 1, snapshot: hashB, checks: [] };
    const proven: RepostEvent = {
      type: 'repost.withdrawn',
      ...key,
      url,
      evidence,
      withdrawnAt: minutesLater(33),
    };
    expect(fold(...out, decided, removed)).toMatchObject({ state: 'removed' });
    const done = RepostRow.parse(fold(...out, decided, removed, proven));
    expect(done).toMatchObject({
      state: 'withdrawn',
      withdrawn: { at: minutesLater(33), status: 410, snapshot: hashB },
    });
    expect(setsOf(reposts, done)).toHaveProperty('closed:*', Date.parse(minutesLater(30)));
    const again = fold(...out, decided, removed, proven, {
      type: 'repost.drifted',
      ...key,
      reason: 'HTTP 200',
      snapshot: null,
      driftedAt: minutesLater(90),
    });
    expect(again).toMatchObject({ state: 'removed', drift: { reason: 'HTTP 200' } });
  });
  it('remembers the warnings', () => {
    const warned = ([50, 75] as const).map((share): RepostEvent => ({
      type: 'repost.warned',
      ...key,
      share,
      fellDueAt: noon,
      warnedAt: noon,
    }));
    expect(fold(queued, ...warned)).toMatchObject({ warned: [50, 75], state: 'queued' });
  });
  it('makes nothing of a task that was never queued', () => {
    expect(fold(approved, published)).toBeNull();
  });
  it('keeps tasks of two sites apart', () => {
    expect(reposts.keyOf(queued, {} as never)).toBe('province/task');
  });
});

describe('the list of releases', () => {
  const fold = folder(releases);
  const key = { releaseId: 'r', site: 'province' };
  const draft = pressDraft({ title: '通稿', channels: ['mail'] });
  const drafted = (revision = 1, by = 'zhao'): ReleaseEvent => ({
    type: 'release.drafted',
    ...key,
    ...draft,
    revision,
    contentHash: revision === 1 ? hashA : hashB,
    by,
    byName: by,
    draftedAt: minutesLater(revision),
  });
  const submitted: ReleaseEvent = {
    type: 'release.submitted',
    ...key,
    contentHash: hashA,
    by: 'zhao',
    byName: 'zhao',
    submittedAt: minutesLater(3),
  };
  const passed = (step: 'review' | 'confidentiality'): ReleaseEvent => ({
    type: 'release.step_passed',
    ...key,
    step,
    contentHash: hashA,
    by: step,
    byName: step,
    passedAt: minutesLater(4),
  });
  const returned: ReleaseEvent = {
    type: 'release.returned',
    ...key,
    step: 'confidentiality',
    contentHash: hashA,
    by: 'sun',
    byName: '孙保密',
    reason: '请核对',
    returnedAt: minutesLater(5),
  };
  const signed: ReleaseEvent = {
    type: 'release.signed',
    ...key,
    ...draft,
    contentHash: hashA,
    by: 's',
    byName: 's',
    signedAt: minutesLater(6),
  };
  const out: ReleaseEvent = {
    type: 'release.published',
    ...key,
    url: 'https://a.example/r',
    publicPosition: 1,
    publishedAt: minutesLater(7),
  };

  it('shows the step that a release waits for', () => {
    const chain = [drafted(), submitted, passed('review'), passed('confidentiality'), signed, out];
    const states = chain.map((_, i) => ReleaseRow.parse(fold(...chain.slice(0, i + 1))).state);
    expect(states).toEqual(['draft', 'review', 'confidentiality', 'sign', 'signed', 'published']);
    expect(fold(...chain)!.signatures.map(({ step }) => step)).toEqual(['review', 'confidentiality', 'sign']);
  });
  it('voids every signature when it comes back, and says why until it is sent in again', () => {
    const back = fold(drafted(), submitted, passed('review'), returned);
    expect(back).toMatchObject({ state: 'draft', signatures: [], returned: { byName: '孙保密', reason: '请核对' } });
    expect(fold(drafted(), submitted, passed('review'), returned, drafted(2))!.returned).toMatchObject({
      reason: '请核对',
    });
    expect(fold(drafted(), submitted, passed('review'), returned, drafted(2), submitted)!.returned).toBeNull();
  });
  it('voids them when it is written anew, and keeps who wrote it first', () => {
    const again = fold(drafted(), submitted, passed('review'), drafted(2, 'qian'));
    expect(again).toMatchObject({ state: 'draft', signatures: [], revision: 2, contentHash: hashB, draftedBy: 'zhao' });
  });
  it('is sorted by its last change, and what waits for a signature stands apart', () => {
    const at = Date.parse(minutesLater(3));
    const all = { 'all:*': at, 'all:province': at };
    expect(setsOf(releases, fold(drafted(), submitted))).toEqual({ ...all, 'review:*': at, 'review:province': at });
  });
  it('keeps what an urgent signature left undone, and which comments are open', () => {
    const dueAt = minutesLater(60);
    const acts = [{ step: 'review' as const, roles: ['reviewer' as const] }];
    const owing = fold(drafted(), submitted, { ...signed, debt: { acts, dueAt } } as ReleaseEvent)!;
    expect(owing.debt).toMatchObject({ acts, dueAt, end: null });
    expect(setsOf(releases, owing)).toMatchObject({
      'debts:*': Date.parse(dueAt),
      'debts:province': Date.parse(dueAt),
    });
    const key = { releaseId: owing.releaseId, site: owing.site, contentHash: owing.contentHash };
    const by = { by: 'qian', byName: '钱审核' };
    const settled = { ...key, ...by, type: 'release.debt_settled' as const, step: 'review' as const, settledAt: dueAt };
    const comment = { commentId: 'c1', text: '请核对', quote: null, revision: 1, commentedAt: dueAt };
    const urgently = { ...signed, debt: { acts, dueAt } } as ReleaseEvent;
    const commented = { ...key, ...by, ...comment, type: 'release.commented' as const };
    const after = fold(drafted(), submitted, urgently, settled, commented)!;
    expect(after.debt).toMatchObject({ end: { how: 'settled' }, signatures: [{ step: 'review', by: 'qian' }] });
    expect(after).toMatchObject({ openComments: 1 });
    expect(Object.keys(setsOf(releases, after))).not.toContain('debts:*');
  });
});

describe('the delivery board', () => {
  const fold = folder(deliveries);
  const key = { deliveryId: 'd', site: 'province' };
  const requested: DeliveryEvent = {
    type: 'delivery.requested',
    ...key,
    releaseId: 'r',
    channelId: 'mail',
    channelName: '邮件组',
    channelKind: 'email',
    title: '通稿',
    contentHash: hashA,
    onUnknown: 'person',
    requestedAt: noon,
  };
  const attempted = (attempt = 1): DeliveryEvent => ({
    type: 'delivery.attempted',
    ...key,
    attempt,
    instance: 'i',
    startedAt: noon,
  });
  const answered = (outcome: Outcome, nextAttemptAt: string | null = null): DeliveryEvent => ({
    type: 'delivery.answered',
    ...key,
    attempt: 1,
    outcome,
    detail: outcome,
    receipt: outcome === 'confirmed' ? { remoteId: '250 ok', url: null, receivedAt: minutesLater(1) } : null,
    answeredAt: minutesLater(1),
    nextAttemptAt,
  });
  const resolved = (resolution: 'arrived' | 'send_again'): DeliveryEvent => ({
    type: 'delivery.resolved',
    ...key,
    resolution,
    note: '已电话核实',
    by: 'zhao',
    byName: '赵宣传',
    resolvedAt: minutesLater(2),
  });

  it('claims nothing that is not known', () => {
    const states: [Outcome, string][] = [
      ['not_sent', 'failed'],
      ['rejected_permanent', 'failed'],
      ['rejected_retryable', 'failed'],
      ['accepted_pending', 'pending'],
      ['confirmed', 'confirmed'],
      ['unknown', 'unknown'],
    ];
    for (const [outcome, state] of states) {
      const row = DeliveryRow.parse(fold(requested, attempted(), answered(outcome)));
      expect(row).toMatchObject({ state, lastOutcome: outcome, detail: outcome });
      expect(row.confirmedAt).toBe(outcome === 'confirmed' ? minutesLater(1) : null);
      expect(fold(requested, attempted(), answered(outcome, minutesLater(9)))).toMatchObject({
        state: 'waiting',
        nextAttemptAt: minutesLater(9),
      });
    }
  });
  it('counts attempts and forgets the appointment once it is kept', () => {
    const again = fold(requested, attempted(), answered('not_sent', minutesLater(9)), attempted(2));
    expect(again).toMatchObject({ state: 'sending', attempts: 2, nextAttemptAt: null });
  });
  it('keeps the channel’s own proof', () => {
    expect(fold(requested, attempted(), answered('confirmed'))).toMatchObject({ receiptId: '250 ok' });
  });
  it('says who settled what was unknown', () => {
    const unknown = [requested, attempted(), answered('unknown')] as const;
    expect(fold(...unknown, resolved('arrived'))).toMatchObject({
      state: 'confirmed',
      confirmedAt: minutesLater(2),
      detail: '赵宣传：已电话核实',
    });
    expect(fold(...unknown, resolved('send_again'))).toMatchObject({ state: 'waiting', confirmedAt: null });
  });
  it('shows of a mail to several what is known of each, whoever has it and whoever is still to get it', () => {
    const [desk, busy] = ['desk@newsroom.example', 'busy@newsroom.example'] as const;
    const each = (address: string, outcome: 'accepted' | 'deferred' | 'refused') => ({
      address,
      outcome,
      status: '',
      detail: '',
    });
    const partly = {
      ...answered('confirmed', minutesLater(9)),
      recipients: [each(desk, 'accepted'), each(busy, 'deferred')],
    };
    const begun = [requested, attempted(), partly as DeliveryEvent] as const;
    const rest = (outcome: Outcome, recipients?: ReturnType<typeof each>[]): DeliveryEvent => ({
      ...(answered(outcome) as Extract<DeliveryEvent, { type: 'delivery.answered' }>),
      attempt: 2,
      othersHaveIt: true,
      ...(recipients && { recipients }),
    });
    const outcomes = (...events: DeliveryEvent[]) => {
      const { state, confirmedAt, recipients } = DeliveryRow.parse(fold(...begun, ...events));
      return {
        state,
        confirmedAt,
        of: Object.fromEntries(recipients.map(({ address, outcome }) => [address, outcome])),
      };
    };
    const known = { confirmedAt: minutesLater(1) };
    const bounced: DeliveryEvent = {
      type: 'delivery.bounced',
      ...key,
      recipients: [{ address: busy, status: '4.2.1', detail: 'full' }],
      bouncedAt: minutesLater(9),
    };
    const halted: DeliveryEvent = {
      type: 'delivery.halted',
      ...key,
      reason: '已更正',
      haltedAt: minutesLater(9),
      nextProbeAt: null,
    };
    const of = (outcome: string) => ({ [desk]: 'accepted', [busy]: outcome });
    expect(outcomes()).toEqual({ ...known, state: 'waiting', of: of('deferred') });
    expect(outcomes(attempted(2), rest('confirmed', [each(busy, 'accepted')]))).toEqual({
      ...known,
      state: 'confirmed',
      of: of('accepted'),
    });
    expect(outcomes(attempted(2), rest('rejected_retryable', [each(busy, 'deferred')]), bounced)).toEqual({
      ...known,
      state: 'confirmed',
      of: of('refused'),
    });
    expect(outcomes(attempted(2), { ...rest('unknown'), doubtful: true } as DeliveryEvent)).toEqual({
      ...known,
      state: 'unknown',
      of: of('unknown'),
    });
    expect(outcomes(halted)).toEqual({ ...known, state: 'confirmed', of: of('deferred') });
  });
  it('is found by its site and by its release', () => {
    const at = Date.parse(noon);
    expect(setsOf(deliveries, fold(requested))).toEqual({
      'all:*': at,
      'all:province': at,
      'open:*': at,
      'open:province': at,
      'release:r': at,
      'channel:mail': at,
    });
  });
});

describe('the page of sources', () => {
  const fold = folder(sources);
  const registered: SourceRegistered = {
    type: 'source.registered',
    sourceId: 'national-policy',
    name: '总局',
    level: 'national',
    kind: 'feed',
    url: 'https://upstream.example/feed.xml',
    column: '税收政策',
    zone: 'Asia/Shanghai',
    pollSeconds: 60,
    paused: false,
    fullText: false,
    also: [],
  };
  const listUrl = 'https://upstream.example/list/';
  const withList: SourceRegistered = {
    ...registered,
    also: [{ kind: 'list', url: listUrl, selectors: { row: 'li' } }],
  };
  const { itemId, sourceId, key, publication, content, at } = observation('item');
  const seen: ItemEvent = {
    type: 'item.published',
    itemId,
    sourceId,
    version: 1,
    ...content,
    key,
    publication,
    firstSeenAt: at,
  };
  const revised: ItemEvent = {
    type: 'item.revised',
    itemId,
    sourceId,
    version: 2,
    ...content,
    seenAt: minutesLater(5),
  };
  const failed = (code: string, minutes: number, detector?: string): SourceHealthEvent => ({
    type: 'source.failed',
    sourceId,
    ...(detector && { detector }),
    code,
    detail: code,
    failedAt: minutesLater(minutes),
  });
  const recovered = (detector?: string): SourceHealthEvent => ({
    type: 'source.recovered',
    sourceId,
    ...(detector && { detector }),
    recoveredAt: minutesLater(3),
  });
  const missing = [{ title: '漏了的公告', link: null }];
  const turnedAway = (n: number): SourceHealthEvent => ({
    type: 'source.entry_rejected',
    sourceId,
    key: String(n),
    title: `第${n}篇`,
    code: 'no_title',
    detail: '',
    rejectedAt: minutesLater(n),
  });

  it('counts what a source brought, each item once', () => {
    expect(SourceRow.parse(fold(registered, seen, revised))).toMatchObject({ items: 1, lastItemAt: minutesLater(5) });
  });
  it('remembers the newest five answers that brought something, each once', () => {
    const answer = (letter: string) => ({
      url: registered.url,
      status: 200,
      snapshot: letter.repeat(64),
      bodyHash: hashB,
      bytes: 1,
      seenAt: noon,
    });
    const brought = [...'aabcdefa'].map((letter): ItemEvent => ({ ...seen, evidence: answer(letter) }));
    const row = SourceRow.parse(fold(registered, ...brought, revised));
    expect(row.received.map(({ snapshot }) => snapshot[0])).toEqual(['a', 'f', 'e', 'd', 'c']);
  });
  it('says since when a source fails, also when it fails in another way since', () => {
    expect(fold(registered, failed('timeout', 1), failed('http_error', 2))!.troubles).toEqual([
      {
        detector: registered.url,
        code: 'http_error',
        detail: 'http_error',
        since: minutesLater(1),
        evidence: null,
        escalatedHours: 0,
      },
    ]);
    expect(fold(registered, failed('timeout', 1), recovered())!.troubles).toEqual([]);
  });
  it('tells the detectors of a source apart', () => {
    const both = [withList, failed('timeout', 1), failed('no_rows', 2, listUrl)] as const;
    const row = SourceRow.parse(fold(...both));
    expect(row.detectors).toEqual([
      { kind: 'feed', url: registered.url },
      { kind: 'list', url: listUrl },
    ]);
    expect(row.troubles.map(({ detector, code }) => [detector, code])).toEqual([
      [registered.url, 'timeout'],
      [listUrl, 'no_rows'],
    ]);
    expect(fold(...both, recovered())!.troubles).toMatchObject([{ detector: listUrl }]);
    expect(fold(...both, recovered(listUrl))!.troubles).toMatchObject([{ detector: registered.url }]);
    expect(fold(...both, registered)!.troubles).toMatchObject([{ detector: registered.url }]);
  });
  it('says after how many hours people must act, until the trouble is over', () => {
    const escalated: SourceHealthEvent = {
      type: 'source.escalated',
      sourceId,
      code: 'timeout',
      failingSince: minutesLater(1),
      hours: 3,
      escalatedAt: minutesLater(181),
    };
    const row = fold(registered, failed('timeout', 1), escalated, failed('http_error', 200));
    expect(row!.troubles).toMatchObject([{ code: 'http_error', escalatedHours: 3 }]);
    expect(
      fold(registered, failed('timeout', 1), escalated, recovered(), failed('timeout', 300))!.troubles,
    ).toMatchObject([{ escalatedHours: 0 }]);
  });
  it('says when a source has been quiet for unusually long, and when its detectors disagree, until they do not', () => {
    const quiet: SourceHealthEvent = {
      type: 'source.went_quiet',
      sourceId,
      lastAt: noon,
      usualSeconds: 3_600,
      quietAt: minutesLater(600),
    };
    const disagreed: SourceHealthEvent = {
      type: 'source.disagreed',
      sourceId,
      detector: listUrl,
      missing,
      disagreedAt: minutesLater(9),
    };
    const row = SourceRow.parse(fold(withList, quiet, disagreed, disagreed));
    expect(row.quiet).toEqual({ lastAt: noon, usualSeconds: 3_600, since: minutesLater(600) });
    expect(row.disagreements).toEqual([{ detector: listUrl, missing, since: minutesLater(9) }]);
    const spoke: SourceHealthEvent = { type: 'source.spoke', sourceId, spokeAt: noon };
    const agreed: SourceHealthEvent = { type: 'source.agreed', sourceId, detector: listUrl, agreedAt: noon };
    expect(fold(withList, quiet, disagreed, spoke, agreed)).toMatchObject({ quiet: null, disagreements: [] });
  });
  it('keeps the newest twenty entries that were turned away', () => {
    const row = fold(registered, ...Array.from({ length: 25 }, (_, i) => turnedAway(i)));
    expect(row!.rejected.map(({ title }) => title)).toEqual(Array.from({ length: 20 }, (_, i) => `第${24 - i}篇`));
  });
  it('keeps what it counted when a source is registered anew', () => {
    expect(fold(registered, seen, { ...registered, name: '新名', paused: true })).toMatchObject({
      items: 1,
      name: '新名',
      paused: true,
    });
  });
});

it('the audit has a row for each event at the door, in the order of the log', () => {
  const event = { type: 'session.closed', personId: 'li', reason: 'expired', closedAt: noon } as const;
  const entry = { position: 7, envelope: { time: noon, actor: { kind: 'service', id: 'gateway' } } } as never;
  const row = audit.apply(null, event, entry)!;
  expect(row).toMatchObject({ position: 7, type: 'session.closed', facts: { personId: 'li', reason: 'expired' } });
  expect(audit.keyOf(event satisfies AnyEvent, entry)).toBe('7');
  expect(setsOf(audit, row)).toEqual({ all: 7 });
});
