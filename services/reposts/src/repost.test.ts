import { obliged, type RepostCommand, type RepostEvent } from '@tongsheng/contracts';
import { editor, hashA, hashB, minutesLater, noon, queueing, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repost } from './repost.ts';

const given = specify(repost);
const key = { taskId: 'task', site: 'province' };
const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { type: 'repost.queued', ...facts };
const version = { version: 1, contentHash: hashA, title: facts.title };
const approvedBy = (id: string): RepostEvent => ({
  type: 'repost.approved',
  ...key,
  itemId: 'item',
  ...version,
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
const approve = (who = 'editor', seenHash = hashA): RepostCommand => ({
  type: 'repost.approve',
  ...head(who),
  seenHash,
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
      .when({ ...approve(), heldUntil: minutesLater(1) } as RepostCommand)
      .yields({ ...approvedBy('editor'), heldUntil: minutesLater(1) } as RepostEvent);
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

const people = fc.constantFrom('a', 'b', 'c');
const anyCommand: fc.Arbitrary<RepostCommand> = fc.oneof(
  fc.constant(queueing()),
  fc.constant({ ...queueing(), itemId: 'portal', sourceId: 'portal', contentHash: hashB }),
  fc.constantFrom('item', 'portal').map((itemId): RepostCommand => ({ type: 'repost.unbind', ...head(), itemId })),
  fc.tuple(people, fc.constantFrom(hashA, hashB)).map(([who, hash]) => approve(who, hash)),
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

/** Every event that a history of commands leads to; refusals leave no trace. */
function play(commands: RepostCommand[]): RepostEvent[] {
  const events: RepostEvent[] = [];
  let state = repost.initial;
  for (const command of commands) {
    try {
      const decided = repost.decide(command, state);
      events.push(...decided);
      state = decided.reduce(repost.evolve, state);
    } catch {
      continue;
    }
  }
  return events;
}

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
