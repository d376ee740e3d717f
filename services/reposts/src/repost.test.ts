import {
  obliged,
  RepostCommand,
  type Chain,
  type Role,
  type RepostEvent,
  type RunningChain,
  type Signature,
} from '@tongsheng/contracts';
import { editor, hashA, hashB, minutesLater, noon, queueing, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repost } from './repost.ts';

const given = specify(repost);
const key = { taskId: 'task', site: 'province' };
const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { type: 'repost.queued', ...facts };
const version = { version: 1, contentHash: hashA, title: facts.title };
const signedBy = (id: string, ...steps: Signature['steps']): Signature => ({
  steps,
  role: 'editor',
  by: id,
  byName: `编辑${id}`,
  at: noon,
});
const approvedBy = (id: string): Extract<RepostEvent, { type: 'repost.approved' }> => ({
  type: 'repost.approved',
  ...key,
  itemId: 'item',
  ...version,
  reviews: [signedBy(id, 'first', 'confidentiality')],
  by: id,
  byName: `编辑${id}`,
  approvedAt: noon,
  heldUntil: noon,
});
const published: Extract<RepostEvent, { type: 'repost.published' }> = {
  type: 'repost.published',
  ...key,
  url: 'https://province.example/task',
  publicPosition: 7,
  publishedAt: minutesLater(5),
};
const askedBy = (id: string): RepostEvent => ({
  type: 'repost.exemption_requested',
  ...key,
  reason: '与本省无关',
  by: id,
  byName: `编辑${id}`,
  requestedAt: noon,
});

const update = { limit: 'PT12H', startsAt: noon, dueAt: minutesLater(720) };
const head = (who = 'editor') => ({ id: `c-${who}`, at: noon, actor: editor(who), ...key });
type Approve = Extract<RepostCommand, { type: 'repost.approve' }>;
const approve = (who = 'editor', seenHash = hashA, more: Partial<Approve> = {}): Approve => ({
  type: 'repost.approve',
  ...head(who),
  seenHash,
  roles: ['editor'],
  ...more,
});
const exempt = (who: string): RepostCommand => ({ type: 'repost.exempt', ...head(who) });
const warn = (share: 50 | 75 | 90 | 100): RepostCommand => ({ type: 'repost.warn', ...head(), share, fellDueAt: noon });

describe('a queued repost', () => {
  it('is queued once, however often the item is told of', () => {
    given(queued).when(queueing()).yields();
  });
  it('is approved in exactly the version that the editor saw', () => {
    given(queued).when(approve()).yields(approvedBy('editor'));
  });
  it('is not approved when the source changed it meanwhile', () => {
    const changed: RepostEvent = { type: 'repost.source_changed', ...key, version: 2, contentHash: hashB, title: '改' };
    given(queued, changed).when(approve('editor', hashA)).isRefused('repost_changed');
    given(queued, changed)
      .when(approve('editor', hashB))
      .yields({ ...approvedBy('editor'), version: 2, contentHash: hashB, title: '改' } as RepostEvent);
  });
  it('tells the second editor who was first', () => {
    given(queued, approvedBy('first')).when(approve('second')).isRefused('repost_already_approved');
  });
  it('is warned of once for each share', () => {
    given(queued)
      .when(warn(50))
      .yields({ type: 'repost.warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon });
    given(queued, { type: 'repost.warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon })
      .when(warn(50))
      .yields();
  });
  it('is no longer warned of once the public can have it', () => {
    given(queued, approvedBy('a'), published).when(warn(100)).yields();
  });
  it('becomes published only after somebody approved', () => {
    const record: RepostCommand = {
      type: 'repost.record_published',
      ...head(),
      url: 'https://x.example/1',
      publicPosition: 1,
    };
    given(queued).when(record).isRefused('repost_not_approved');
  });
});

describe('what the public has', () => {
  const evidence = {
    status: 200,
    pageHash: hashA,
    bytes: 10,
    snapshot: hashB,
    checks: [{ name: 'title' as const, ok: true }],
  };
  const url = 'https://province.example/task';
  const verified: RepostEvent = { type: 'repost.verified', ...key, url, evidence, verifiedAt: noon };
  const recheck: RepostCommand = { type: 'repost.record_recheck', ...head(), url, evidence };
  const drift: RepostCommand = { type: 'repost.record_drift', ...head(), reason: 'HTTP 404', snapshot: null };
  const drifted: RepostEvent = { type: 'repost.drifted', ...key, reason: 'HTTP 404', snapshot: null, driftedAt: noon };
  const verify: RepostCommand = { type: 'repost.record_verified', ...head(), url, evidence };
  const out = [queued, approvedBy('editor'), published];

  it('is looked at again, and what is found is kept', () => {
    given(...out, verified)
      .when(recheck)
      .yields({ type: 'repost.rechecked', ...key, url, evidence, recheckedAt: noon });
    given(...out)
      .when(recheck)
      .yields();
  });
  it('opens the task again when it is not what it was, until it is verified anew', () => {
    given(...out, verified)
      .when(drift)
      .yields(drifted);
    given(...out, verified, drifted)
      .when(drift)
      .yields();
    given(...out, verified, drifted)
      .when(verify)
      .yields(verified);
  });
});

describe('an update', () => {
  const out = [queued, approvedBy('editor'), published];
  const now = { itemId: 'item', version: 2, contentHash: hashB, title: '改' };
  const follow: RepostCommand = { type: 'repost.follow_source', ...head(), actor: service, ...now, update };
  const changed: RepostEvent = { type: 'repost.source_changed', ...key, ...now };
  const due: RepostEvent = { type: 'repost.update_due', ...key, ...now, ...update };
  const again = { ...approvedBy('b'), version: 2, contentHash: hashB, title: '改' } as RepostEvent;

  it('is owed when the source changes what the public has, with a limit of its own', () => {
    given(...out)
      .when(follow)
      .yields(changed, due);
    given(...out, changed, due)
      .when(follow)
      .yields();
  });
  it('is not owed when another source of the same policy changes', () => {
    const bound: RepostEvent = { ...obliged.parse({ ...facts, itemId: 'portal' }), type: 'repost.bound', ...key };
    const other = { ...follow, itemId: 'portal' } as RepostCommand;
    given(...out, bound)
      .when(other)
      .yields({ ...changed, itemId: 'portal' } as RepostEvent);
  });
  it('is owed for what changed while it was going out', () => {
    const started: RepostEvent = { type: 'repost.publication_started', ...key, attempt: 1, startedAt: noon };
    given(queued, approvedBy('editor'), started).when(follow).yields(changed);
    given(queued, approvedBy('editor'), started, changed, published).when(follow).yields(due);
  });
  it('is approved as what it is, and goes out again', () => {
    given(...out, changed, due)
      .when(approve('b', hashB))
      .yields(again);
    given(...out, changed, due)
      .when(approve('b', hashA))
      .isRefused('repost_changed');
    const record: RepostCommand = { type: 'repost.record_published', ...head(), url: published.url, publicPosition: 8 };
    given(...out, changed, due, again)
      .when(record)
      .yields({ ...published, publicPosition: 8, publishedAt: noon } as RepostEvent);
  });
  it('can be let off by two, and what the public has stays owed', () => {
    const exempted: RepostEvent = { type: 'repost.exempted', ...key, by: 'b', byName: '编辑b', exemptedAt: noon };
    given(...out, changed, due, askedBy('a'))
      .when(exempt('b'))
      .yields(exempted);
    given(...out, changed, due, askedBy('a'), exempted)
      .when({ type: 'repost.record_verification_failed', ...head(), reason: 'x' })
      .yields({ type: 'repost.verification_failed', ...key, reason: 'x', checkedAt: noon });
  });
});

describe('a claim', () => {
  const claimedBy = (id: string): RepostEvent => ({
    type: 'repost.claimed',
    ...key,
    by: id,
    byName: `编辑${id}`,
    claimedAt: noon,
  });
  const claim = (who: string): RepostCommand => ({ type: 'repost.claim', ...head(who) });
  const release: RepostCommand = { type: 'repost.release_claim', ...head('b') };
  const released: RepostEvent = { type: 'repost.claim_released', ...key, by: 'b', byName: '编辑b', releasedAt: noon };

  it('says who is at it, and passes to whoever claims it next', () => {
    given(queued).when(claim('a')).yields(claimedBy('a'));
    given(queued, claimedBy('a')).when(claim('a')).yields();
    given(queued, claimedBy('a')).when(claim('b')).yields(claimedBy('b'));
    given(queued, claimedBy('a')).when(release).yields(released);
    given(queued, claimedBy('a'), released).when(release).yields();
  });
  it('is no lock: anybody may decide', () => {
    given(queued, claimedBy('a')).when(approve('b')).yields(approvedBy('b'));
    given(queued, approvedBy('a')).when(claim('b')).isRefused('repost_already_approved');
  });
});

describe('an approval', () => {
  const undo: RepostCommand = { type: 'repost.undo_approval', ...head() };
  const voided = (because: 'undone' | 'source_changed', by: string | null): RepostEvent => ({
    type: 'repost.approval_voided',
    ...key,
    because,
    by,
    byName: by && `编辑${by}`,
    voidedAt: noon,
  });
  const started = (attempt: number): RepostEvent => ({
    type: 'repost.publication_started',
    ...key,
    attempt,
    startedAt: noon,
  });
  const start = (attempt: number): RepostCommand => ({ type: 'repost.start_publication', ...head(), attempt });
  const failure = { attempt: 1, code: 'unreachable', detail: 'ECONNREFUSED', nextAttemptAt: null };
  const failed: RepostEvent = { type: 'repost.publication_failed', ...key, ...failure, failedAt: noon };
  const follow: RepostCommand = {
    type: 'repost.follow_source',
    ...head(),
    actor: service,
    itemId: 'item',
    version: 2,
    contentHash: hashB,
    title: '改',
    update,
  };
  const changed: RepostEvent = {
    type: 'repost.source_changed',
    ...key,
    itemId: 'item',
    version: 2,
    contentHash: hashB,
    title: '改',
  };

  it('is held for as long as the service says', () => {
    given(queued)
      .when(approve('editor', hashA, { heldUntil: minutesLater(1) }))
      .yields({ ...approvedBy('editor'), heldUntil: minutesLater(1) });
  });
  it('can be taken back until the first attempt begins, and given anew', () => {
    given(queued, approvedBy('a')).when(undo).yields(voided('undone', 'editor'));
    given(queued, approvedBy('a'), voided('undone', 'editor')).when(undo).yields();
    given(queued, approvedBy('a'), voided('undone', 'editor')).when(approve('b')).yields(approvedBy('b'));
    given(queued, approvedBy('a'), started(1)).when(undo).isRefused('repost_going_out');
    given(queued, approvedBy('a'), started(1), published).when(undo).isRefused('repost_going_out');
  });
  it('falls when the source changes what was approved, and says so', () => {
    given(queued, approvedBy('a')).when(follow).yields(changed, voided('source_changed', null));
    given(queued, approvedBy('a'), started(1)).when(follow).yields(changed);
  });
  it('leads to one attempt at a time, each in the log before it is made', () => {
    given(queued, approvedBy('a')).when(start(1)).yields(started(1));
    given(queued, approvedBy('a'), started(1)).when(start(1)).yields();
    given(queued, approvedBy('a'), started(1)).when(start(2)).yields(started(2));
    given(queued).when(start(1)).yields();
  });
  it('keeps what was wrong with an attempt, until a person mended it', () => {
    const fail: RepostCommand = { type: 'repost.fail_publication', ...head(), ...failure };
    const retry: RepostCommand = { type: 'repost.retry_publication', ...head() };
    const retried: RepostEvent = {
      type: 'repost.publication_retried',
      ...key,
      by: 'editor',
      byName: '编辑editor',
      retriedAt: noon,
    };
    given(queued, approvedBy('a'), started(1)).when(fail).yields(failed);
    given(queued, approvedBy('a'), started(1), failed).when(fail).yields();
    given(queued, approvedBy('a'), started(1), failed).when(retry).yields(retried);
    given(queued, approvedBy('a'), started(1)).when(retry).yields();
  });
});

describe('a policy that several sources carry', () => {
  const portal = { ...queueing(), itemId: 'portal', sourceId: 'portal', contentHash: hashB, dueAt: minutesLater(60) };
  const { type: _t, id: _i, at: _a, actor: _who, ...other } = portal;
  const bound: RepostEvent = { ...obliged.parse(other), type: 'repost.bound', ...key };
  const merged: RepostEvent = { type: 'repost.merged', ...key, into: 'elsewhere', mergedAt: noon };

  it('is one task: what another source adds is another obligation', () => {
    given(queued).when(portal).yields(bound);
    given(queued, bound).when(portal).yields();
  });
  it('is approved in the text of either source', () => {
    given(queued, bound)
      .when(approve('editor', hashB))
      .yields({ ...approvedBy('editor'), itemId: 'portal', contentHash: hashB } as RepostEvent);
  });
  it('is settled by the repost that is out already', () => {
    given(queued, approvedBy('editor'), published).when(portal).yields(bound);
  });
  it('is owed again where only the other item was exempted', () => {
    const exempted: RepostEvent = { type: 'repost.exempted', ...key, by: 'b', byName: 'b', exemptedAt: noon };
    given(queued, exempted, bound)
      .when(approve('editor', hashB))
      .yields({ ...approvedBy('editor'), itemId: 'portal', contentHash: hashB } as RepostEvent);
  });
  it('can be parted again, down to the last item', () => {
    const unbind: RepostCommand = { type: 'repost.unbind', ...head(), itemId: 'portal' };
    given(queued, bound)
      .when(unbind)
      .yields({ type: 'repost.unbound', ...key, itemId: 'portal', unboundAt: noon });
    given(queued).when(unbind).yields();
    given(queued)
      .when({ ...unbind, itemId: 'item' })
      .yields();
  });
  it('says where it went when it was merged', () => {
    const merge: RepostCommand = { type: 'repost.merge', ...head(), into: 'elsewhere' };
    given(queued).when(merge).yields(merged);
    given(queued, merged).when(merge).yields();
    given(queued, merged).when(approve()).isRefused('repost_merged');
    given(queued, merged).when(portal).isRefused('repost_merged');
  });
});

describe('an exemption', () => {
  it('takes two persons', () => {
    given(queued, askedBy('a')).when(exempt('a')).isRefused('exemption_own');
    given(queued, askedBy('a'))
      .when(exempt('b'))
      .yields({
        type: 'repost.exempted',
        ...key,
        by: 'b',
        byName: '编辑b',
        exemptedAt: noon,
      });
  });
  it('cannot be signed before it was asked for', () => {
    given(queued).when(exempt('b')).isRefused('exemption_missing');
  });
  it('does not stop an editor from approving', () => {
    given(queued, askedBy('a')).when(approve('b')).yields(approvedBy('b'));
  });
  it('ends the task', () => {
    given(queued, askedBy('a'), { type: 'repost.exempted', ...key, by: 'b', byName: 'b', exemptedAt: noon })
      .when(approve('c'))
      .isRefused('repost_already_closed');
  });
});

/** Three people, three reviews; the second also signs that it holds no secret. */
const three: RunningChain = {
  chainId: 'three',
  name: '三审三校',
  acts: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['reviewer', 'confidentiality'] },
    { steps: ['third'], roles: ['signer'] },
  ],
};
const actOf = (who: string, roles: Role[], seenHash = hashA) => approve(who, seenHash, { roles, chain: three });
const passed = (nth: number, who: string, role: Signature['role']): RepostEvent => ({
  type: 'repost.review_passed',
  ...key,
  itemId: 'item',
  ...version,
  chain: three,
  steps: three.acts[nth]!.steps,
  role,
  by: who,
  byName: `编辑${who}`,
  passedAt: noon,
});
const hashC = 'c'.repeat(64);
const hashD = 'd'.repeat(64);
const follow: RepostCommand = {
  type: 'repost.follow_source',
  ...head(),
  actor: service,
  itemId: 'item',
  version: 2,
  contentHash: hashB,
  title: '改',
  update,
};
const changed: RepostEvent = {
  type: 'repost.source_changed',
  ...key,
  itemId: 'item',
  version: 2,
  contentHash: hashB,
  title: '改',
};
type Because = Extract<RepostEvent, { type: 'repost.approval_voided' }>['because'];
const voidedBy = (because: Because, by: string | null): RepostEvent => ({
  type: 'repost.approval_voided',
  ...key,
  because,
  by,
  byName: by && `编辑${by}`,
  voidedAt: noon,
});

describe('a review chain', () => {
  const [first, second] = [passed(0, 'a', 'editor'), passed(1, 'b', 'reviewer')];
  const approved: RepostEvent = {
    ...approvedBy('c'),
    reviews: [
      signedBy('a', 'first'),
      { ...signedBy('b', 'second', 'confidentiality'), role: 'reviewer' },
      { ...signedBy('c', 'third'), role: 'signer' },
    ],
  };

  it('takes each act by another person, in its order, and the last one approves', () => {
    given(queued)
      .when(actOf('a', ['editor']))
      .yields(first);
    given(queued, first)
      .when(actOf('b', ['reviewer']))
      .yields(second);
    given(queued, first, second)
      .when(actOf('c', ['signer']))
      .yields(approved);
    given(queued, first)
      .when(actOf('a', ['reviewer']))
      .isRefused('review_same_person');
    given(queued, first, second)
      .when(actOf('b', ['signer']))
      .isRefused('review_same_person');
  });
  it('is for those whose turn it is', () => {
    given(queued)
      .when(actOf('b', ['reviewer', 'signer']))
      .isRefused('role_missing');
    given(queued, first)
      .when(actOf('b', ['editor', 'signer', 'manager', 'admin']))
      .isRefused('role_missing');
    given(queued).when(actOf('b', [])).isRefused('role_missing');
  });
  it('stays what it was when it was begun, whatever the rule book says meanwhile', () => {
    given(queued, first)
      .when(approve('b', hashA, { roles: ['editor'] }))
      .isRefused('role_missing');
    given(queued, first)
      .when(approve('b', hashA, { roles: ['reviewer'] }))
      .yields(second);
  });
  it('begins anew when what was signed changes, and says so', () => {
    given(queued, first, second).when(follow).yields(changed, voidedBy('source_changed', null));
    given(queued, first, second, changed, voidedBy('source_changed', null))
      .when(actOf('c', ['signer'], hashB))
      .isRefused('role_missing');
  });
  it('is about one text: the next one signs what the first one signed', () => {
    const portal = { ...queueing(), itemId: 'portal', sourceId: 'portal', contentHash: hashB };
    const { type: _t, id: _i, at: _a, actor: _who, ...other } = portal;
    const bound: RepostEvent = { ...obliged.parse(other), type: 'repost.bound', ...key };
    given(queued, bound, first)
      .when(actOf('b', ['reviewer'], hashB))
      .isRefused('review_other_text');
    const unbind: RepostCommand = { type: 'repost.unbind', ...head(), actor: service, itemId: 'item' };
    given(queued, bound, first)
      .when(unbind)
      .yields({ type: 'repost.unbound', ...key, itemId: 'item', unboundAt: noon }, voidedBy('unbound', null));
  });
  it('goes back to its last act when the approval is taken back', () => {
    const undo: RepostCommand = { type: 'repost.undo_approval', ...head('c') };
    given(queued, first, second, approved).when(undo).yields(voidedBy('undone', 'c'));
    given(queued, first, second, approved, voidedBy('undone', 'c'))
      .when(actOf('c', ['signer']))
      .yields(approved);
  });
  it('goes back to its first act when a later one returns it, with a reason', () => {
    const back = (who: string, roles: Role[]): RepostCommand => ({
      type: 'repost.return',
      ...head(who),
      reason: '附件缺页',
      roles,
    });
    const returned = (who: string): RepostEvent => ({
      type: 'repost.returned',
      ...key,
      reason: '附件缺页',
      by: who,
      byName: `编辑${who}`,
      returnedAt: noon,
    });
    given(queued, first)
      .when(back('b', ['reviewer']))
      .yields(returned('b'));
    given(queued, first)
      .when(back('a', ['editor']))
      .yields(returned('a'));
    given(queued, first)
      .when(back('c', ['signer']))
      .isRefused('role_missing');
    given(queued)
      .when(back('b', ['reviewer']))
      .isRefused('review_not_begun');
    given(queued, first, second, approved)
      .when(back('c', ['signer']))
      .isRefused('repost_already_approved');
    given(queued, first, second, returned('c'))
      .when(actOf('a', ['editor']))
      .yields(first);
  });
  it('is refused where it leaves out the confidentiality review, however it is put', () => {
    const bare = { ...three, acts: [{ steps: ['first', 'second', 'third'], roles: ['editor'] }] };
    const said = RepostCommand.safeParse({ ...approve(), chain: bare });
    expect(said.error?.issues.map(({ message }) => message)).toEqual(['the confidentiality review cannot be left out']);
  });
});

describe('our own text of an item', () => {
  const edit = (more: object = {}): RepostCommand => ({
    type: 'repost.edit',
    ...head('a'),
    itemId: 'item',
    basedOn: hashA,
    html: '<p>改</p>',
    replaces: null,
    made: { contentHash: hashC, fidelity: 0.9 },
    ...more,
  });
  const edited: RepostEvent = {
    type: 'repost.edited',
    ...key,
    itemId: 'item',
    basedOn: hashA,
    contentHash: hashC,
    fidelity: 0.9,
    html: '<p>改</p>',
    by: 'a',
    byName: '编辑a',
    editedAt: noon,
  };
  const drop: RepostCommand = { type: 'repost.drop_edit', ...head('a') };
  const dropped: RepostEvent = {
    type: 'repost.edit_dropped',
    ...key,
    itemId: 'item',
    by: 'a',
    byName: '编辑a',
    droppedAt: noon,
  };

  it('is what is approved, and nothing else of this item', () => {
    given(queued).when(edit()).yields(edited);
    given(queued, edited)
      .when(approve('b', hashC))
      .yields({ ...approvedBy('b'), edit: hashC });
    given(queued, edited).when(approve('b', hashA)).isRefused('repost_edited');
    given(queued, edited, dropped).when(approve('b', hashC)).isRefused('repost_changed');
    given(queued, edited, dropped).when(approve('b', hashA)).yields(approvedBy('b'));
  });
  it('stays recognisable', () => {
    given(queued)
      .when(edit({ made: { contentHash: hashC, fidelity: 0.79 } }))
      .isRefused('repost_unfaithful');
  });
  it('is not taken as it was sent, without the service that cleans it', () => {
    given(queued)
      .when(edit({ made: undefined }))
      .isRefused('command_invalid');
  });
  it('is made from what the source says now, and replaces only what was on the screen', () => {
    given(queued, changed).when(edit()).isRefused('repost_changed');
    given(queued, edited).when(edit()).yields();
    given(queued, edited)
      .when(edit({ made: { contentHash: hashD, fidelity: 1 } }))
      .isRefused('repost_edited');
    given(queued, edited)
      .when(edit({ made: { contentHash: hashD, fidelity: 1 }, replaces: hashC }))
      .yields({ ...edited, contentHash: hashD, fidelity: 1 } as RepostEvent);
  });
  it('voids what was signed before it, and so does dropping it', () => {
    given(queued, passed(0, 'b', 'editor'))
      .when(edit())
      .yields(edited, voidedBy('edited', 'a'));
    given(queued, approvedBy('b')).when(edit()).yields(edited, voidedBy('edited', 'a'));
    given(queued, edited, { ...approvedBy('b'), edit: hashC })
      .when(drop)
      .yields(dropped, voidedBy('edited', 'a'));
    given(queued).when(drop).yields();
    given(queued, approvedBy('b'), published).when(edit()).isRefused('repost_already_approved');
  });
  it('has to be made anew, or dropped, when the source changes', () => {
    given(queued, edited, changed).when(approve('b', hashC)).isRefused('repost_edit_old');
    given(queued, edited, changed).when(approve('b', hashB)).isRefused('repost_edit_old');
    given(queued, edited, changed, dropped)
      .when(approve('b', hashB))
      .yields({ ...approvedBy('b'), version: 2, contentHash: hashB, title: '改' });
  });
  it('is still there when what is out has to be brought up to date', () => {
    const due: RepostEvent = {
      type: 'repost.update_due',
      ...key,
      itemId: 'item',
      version: 2,
      contentHash: hashB,
      title: '改',
      ...update,
    };
    const out: RepostEvent[] = [queued, edited, { ...approvedBy('b'), edit: hashC }, published, changed, due];
    given(...out)
      .when(approve('b', hashB))
      .isRefused('repost_edit_old');
    given(...out, dropped)
      .when(approve('b', hashB))
      .yields({ ...approvedBy('b'), version: 2, contentHash: hashB, title: '改' });
  });
});

const people = fc.constantFrom('a', 'b', 'c');
/** Who is what in these histories; some may do nothing. */
const rolesOf: Record<string, Role[]> = { a: ['editor'], b: ['reviewer', 'editor'], c: ['signer', 'admin'] };
const chains = fc.constantFrom<RunningChain | undefined>(undefined, three, {
  chainId: 'two',
  name: '两人',
  acts: [
    { steps: ['first'], roles: ['editor', 'reviewer', 'signer'] },
    { steps: ['confidentiality'], roles: ['editor', 'signer'] },
  ],
} satisfies Partial<Chain>);
const anyCommand: fc.Arbitrary<RepostCommand> = fc.oneof(
  fc.constant(queueing()),
  fc.constant({ ...queueing(), itemId: 'portal', sourceId: 'portal', contentHash: hashB }),
  fc.constantFrom('item', 'portal').map((itemId): RepostCommand => ({ type: 'repost.unbind', ...head(), itemId })),
  fc
    .tuple(people, fc.constantFrom(hashA, hashB, hashC, hashD), chains)
    .map(([who, hash, chain]) => approve(who, hash, { roles: rolesOf[who]!, ...(chain && { chain }) })),
  people.map((who): RepostCommand => ({ type: 'repost.return', ...head(who), reason: '原因', roles: rolesOf[who]! })),
  fc
    .record({
      who: people,
      itemId: fc.constantFrom('item', 'portal'),
      basedOn: fc.constantFrom(hashA, hashB),
      replaces: fc.constantFrom(null, hashC, hashD),
      contentHash: fc.constantFrom(hashC, hashD),
      fidelity: fc.constantFrom(0.5, 0.95),
    })
    .map(({ who, itemId, basedOn, replaces, contentHash, fidelity }): RepostCommand => ({
      type: 'repost.edit',
      ...head(who),
      itemId,
      basedOn,
      html: '<p>改</p>',
      replaces,
      made: { contentHash, fidelity },
    })),
  people.map((who): RepostCommand => ({ type: 'repost.drop_edit', ...head(who) })),
  people.map(exempt),
  people.map((who): RepostCommand => ({ type: 'repost.claim', ...head(who) })),
  people.map((who): RepostCommand => ({ type: 'repost.release_claim', ...head(who) })),
  people.map((who): RepostCommand => ({ type: 'repost.undo_approval', ...head(who) })),
  fc.constantFrom(1, 2).map((attempt): RepostCommand => ({ type: 'repost.start_publication', ...head(), attempt })),
  people.map((who): RepostCommand => ({ type: 'repost.request_exemption', ...head(who), reason: '原因' })),
  people.map((who): RepostCommand => ({ type: 'repost.refuse_exemption', ...head(who), reason: '原因' })),
  fc.constantFrom(50, 75, 90, 100).map((share) => warn(share as 50)),
  fc.constantFrom(hashA, hashB).map((contentHash, i = 2): RepostCommand => ({
    type: 'repost.follow_source',
    ...head(),
    actor: service,
    itemId: 'item',
    version: i,
    contentHash,
    title: '题',
    update,
  })),
  fc.constant<RepostCommand>({
    type: 'repost.record_published',
    ...head(),
    url: 'https://x.example/1',
    publicPosition: 1,
  }),
);

/** What each command of a history leads to; refusals leave no trace. */
function told(commands: RepostCommand[]): { command: RepostCommand; events: RepostEvent[] }[] {
  let state = repost.initial;
  return commands.flatMap((command) => {
    try {
      const events = repost.decide(command, state);
      state = events.reduce(repost.evolve, state);
      return [{ command, events }];
    } catch {
      return [];
    }
  });
}
const play = (commands: RepostCommand[]): RepostEvent[] => told(commands).flatMap(({ events }) => events);
/** Edits that are mostly good ones, and the decisions that they meet. */
const reviewing = fc.oneof(
  { weight: 4, arbitrary: anyCommand },
  {
    weight: 3,
    arbitrary: fc
      .record({
        who: people,
        basedOn: fc.constantFrom(hashA, hashB),
        contentHash: fc.constantFrom(hashC, hashD),
        replaces: fc.constantFrom(null, hashC, hashD),
      })
      .map(({ who, basedOn, contentHash, replaces }): RepostCommand => ({
        type: 'repost.edit',
        ...head(who),
        itemId: 'item',
        basedOn,
        html: '<p>改</p>',
        replaces,
        made: { contentHash, fidelity: 0.95 },
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(people, fc.constantFrom(hashA, hashB, hashC))
      .map(([who, hash]) => approve(who, hash, { roles: rolesOf[who]!, chain: three })),
  },
);
/** Histories that begin with a task. */
const histories = fc
  .array(reviewing, { minLength: 5, maxLength: 60 })
  .map((commands): RepostCommand[] => [queueing(), ...commands]);

describe('whatever people and services say, in any order', () => {
  it('a task is queued, approved and published at most once, and no obligation is both approved and exempted', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        const types = play(commands).map(({ type }) => type);
        const count = (type: string) => types.filter((each) => each === type).length;
        expect(count('repost.queued')).toBeLessThanOrEqual(1);
        expect(count('repost.approved') - count('repost.approval_voided')).toBeLessThanOrEqual(
          1 + count('repost.update_due'),
        );
        // Only what another source binds anew can be decided anew.
        const again = (types.includes('repost.exempted') ? count('repost.bound') : 0) + 2 * count('repost.update_due');
        const approved = count('repost.approved') - count('repost.approval_voided');
        expect(approved + count('repost.exempted')).toBeLessThanOrEqual(1 + again);
        expect(count('repost.published')).toBeLessThanOrEqual(count('repost.approved'));
      }),
    );
  });
  it('nothing is signed that its signer did not have on the screen, as it was at that moment', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const now = new Map<string, string>();
        let edit: { itemId: string; basedOn: string; contentHash: string } | null = null;
        for (const { command, events } of told(commands))
          for (const event of events) {
            if (
              event.type === 'repost.queued' ||
              event.type === 'repost.bound' ||
              event.type === 'repost.source_changed'
            )
              now.set(event.itemId!, event.contentHash);
            if (event.type === 'repost.unbound' && edit?.itemId === event.itemId) edit = null;
            if (event.type === 'repost.edited') edit = event;
            if (event.type === 'repost.edit_dropped') edit = null;
            if (event.type !== 'repost.review_passed' && event.type !== 'repost.approved') continue;
            expect(command.type === 'repost.approve' && command.seenHash).toBe(event.edit ?? event.contentHash);
            expect(now.get(event.itemId!)).toBe(event.contentHash);
            if (edit?.itemId === event.itemId)
              expect([event.edit, event.contentHash]).toEqual([edit?.contentHash, edit?.basedOn]);
            else expect(event.edit).toBeUndefined();
          }
      }),
      { numRuns: 2_000 },
    );
  });
  it('nothing goes out without the first and the confidentiality review, each of its acts by another person, for one text', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        let passes: Extract<RepostEvent, { type: 'repost.review_passed' }>[] = [];
        let approved: Extract<RepostEvent, { type: 'repost.approved' }> | null = null;
        for (const event of play(commands)) {
          if (event.type === 'repost.review_passed') passes.push(event);
          if (event.type === 'repost.returned' || event.type === 'repost.update_due') passes = [];
          if (event.type === 'repost.approval_voided') {
            approved = null;
            if (event.because !== 'undone') passes = [];
          }
          if (event.type === 'repost.approved') {
            approved = event;
            const reviews = event.reviews!;
            expect(reviews.flatMap(({ steps }) => steps)).toEqual(expect.arrayContaining(['first', 'confidentiality']));
            expect(new Set(reviews.map(({ by }) => by)).size).toBe(reviews.length);
            // Who is told to have signed did sign, and exactly this.
            expect(reviews.slice(0, -1).map(({ by }) => by)).toEqual(passes.map(({ by }) => by));
            for (const pass of passes)
              expect([pass.itemId, pass.contentHash, pass.edit]).toEqual([event.itemId, event.contentHash, event.edit]);
            const chain = passes[0]?.chain;
            if (chain) expect(reviews.map(({ steps }) => steps)).toEqual(chain.acts.map(({ steps }) => steps));
          }
          if (event.type === 'repost.published') expect(approved).not.toBeNull();
        }
      }),
      { numRuns: 2_000 },
    );
  });
  it('no one signs their own exemption', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
        let askedLast: string | null = null;
        for (const event of play(commands)) {
          if (event.type === 'repost.exemption_requested') askedLast = event.by;
          if (event.type === 'repost.exempted') expect(event.by).not.toBe(askedLast);
        }
      }),
    );
  });
  it('a command carried out twice adds nothing', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 20 }), anyCommand, (before, command) => {
        fc.pre(command.type !== 'repost.request_exemption' && command.type !== 'repost.refuse_exemption');
        const once = play([...before, command]);
        const twice = play([...before, command, command]);
        expect(twice).toEqual(once);
      }),
    );
  });
});
