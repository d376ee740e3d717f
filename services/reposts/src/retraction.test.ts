import { obliged, type RepostCommand, type RepostEvent } from '@tongsheng/contracts';
import { editor, hashA, hashB, minutesLater, noon, queueing, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repost } from './repost.ts';

const given = specify(repost);
const key = { taskId: 'task', site: 'province' };
const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { type: 'repost.queued', ...facts };
const bound: RepostEvent = {
  ...obliged.parse({ ...facts, itemId: 'portal', sourceId: 'portal', contentHash: hashB }),
  type: 'repost.bound',
  ...key,
};
const version = { version: 1, contentHash: hashA, title: facts.title };
const who = (id: string) => ({ by: id, byName: `编辑${id}` });
const approved = (itemId = 'item', contentHash = hashA): RepostEvent => ({
  type: 'repost.approved',
  ...key,
  itemId,
  ...version,
  contentHash,
  ...who('a'),
  approvedAt: noon,
  heldUntil: noon,
});
const started: RepostEvent = { type: 'repost.publication_started', ...key, attempt: 1, startedAt: noon };
const url = 'https://province.example/task';
const published: RepostEvent = { type: 'repost.published', ...key, url, publicPosition: 7, publishedAt: noon };
const evidence = { status: 410, pageHash: hashA, bytes: 10, snapshot: hashB, checks: [] };
const verified: RepostEvent = { type: 'repost.verified', ...key, url, evidence, verifiedAt: noon };
const out = [queued, approved(), started, published, verified];

const limit = { limit: 'PT12H', startsAt: noon, dueAt: minutesLater(720) };
const head = (id = 'editor') => ({ id: `c-${id}`, at: noon, actor: editor(id), ...key });
const lost = { reason: 'gone' as const, detail: 'HTTP 404' };
const follow = (itemId = 'item'): RepostCommand => ({
  type: 'repost.follow_withdrawal',
  ...head(),
  actor: service,
  itemId,
  ...lost,
  retract: limit,
});
const comeback = (itemId = 'item'): RepostCommand => ({
  type: 'repost.follow_return',
  ...head(),
  actor: service,
  itemId,
  again: limit,
});
const gone = (itemId = 'item'): RepostEvent => ({
  type: 'repost.source_withdrawn',
  ...key,
  itemId,
  ...lost,
  withdrawnAt: noon,
});
const back = (itemId = 'item'): RepostEvent => ({ type: 'repost.source_returned', ...key, itemId, returnedAt: noon });
const due: RepostEvent = {
  type: 'repost.retract_due',
  ...key,
  itemId: 'item',
  ...version,
  reason: 'gone',
  ...limit,
};
const lifted: RepostEvent = { type: 'repost.retract_lifted', ...key, itemId: 'item', liftedAt: noon };
const again: RepostEvent = { type: 'repost.owed_again', ...key, itemId: 'item', ...version, ...limit };
const closed: RepostEvent = { type: 'repost.withdrawn', ...key, url: null, evidence: null, withdrawnAt: noon };
const voided: RepostEvent = {
  type: 'repost.approval_voided',
  ...key,
  because: 'source_withdrawn',
  by: null,
  byName: null,
  voidedAt: noon,
};
const retract = (id = 'editor'): RepostCommand => ({
  type: 'repost.retract',
  ...head(id),
  heldUntil: minutesLater(1),
});
const decided: RepostEvent = {
  type: 'repost.retract_decided',
  ...key,
  itemId: 'item',
  ...who('editor'),
  decidedAt: noon,
  heldUntil: minutesLater(1),
};
const begun = (attempt = 1): RepostEvent => ({ type: 'repost.removal_started', ...key, attempt, startedAt: noon });
const start = (attempt = 1): RepostCommand => ({ type: 'repost.start_removal', ...head(), attempt });
const failing = { attempt: 1, code: 'unreachable', detail: 'ECONNREFUSED', nextAttemptAt: null };
const removed: RepostEvent = { type: 'repost.removed', ...key, url, publicPosition: 9, removedAt: noon };
const record: RepostCommand = { type: 'repost.record_removed', ...head(), url, publicPosition: 9 };
const prove: RepostCommand = { type: 'repost.record_withdrawn', ...head(), url, evidence };
const proven: RepostEvent = { type: 'repost.withdrawn', ...key, url, evidence, withdrawnAt: noon };
const ask = (id: string): RepostCommand => ({ type: 'repost.request_exemption', ...head(id), reason: '误判' });
const asked = (id: string): RepostEvent => ({
  type: 'repost.exemption_requested',
  ...key,
  reason: '误判',
  ...who(id),
  requestedAt: noon,
});
const kept: RepostEvent = { type: 'repost.exempted', ...key, ...who('b'), exemptedAt: noon };
const approve = (seenHash: string): RepostCommand => ({
  type: 'repost.approve',
  ...head('a'),
  seenHash,
  roles: ['editor'],
});

describe('an item that its source took back', () => {
  it('is not owed where nothing of it is out', () => {
    given(queued).when(follow()).yields(gone(), closed);
    given(queued, gone(), closed).when(follow()).yields();
    given(queued, gone(), closed).when(approve(hashA)).isRefused('repost_already_closed');
  });
  it('falls away alone where another source still binds', () => {
    given(queued, bound).when(follow()).yields(gone());
    given(queued, bound, gone()).when(approve(hashA)).isRefused('repost_source_withdrawn');
    expect(given(queued, bound, gone()).when(approve(hashB)).events()[0]).toMatchObject({ itemId: 'portal' });
    given(queued, bound, gone()).when(follow('portal')).yields(gone('portal'), closed);
  });
  it('voids what was signed for its text, and closes the task as well where nobody else has it', () => {
    given(queued, approved()).when(follow()).yields(gone(), voided, closed);
    given(queued, bound, approved('portal', hashB)).when(follow()).yields(gone());
    given(queued, bound, approved('portal', hashB)).when(follow('portal')).yields(gone('portal'), voided);
  });
  it('is owed again, from its return, once its source has it again', () => {
    given(queued, gone(), closed).when(comeback()).yields(back(), again);
    given(queued, gone(), closed, back(), again).when(comeback()).yields();
    expect(given(queued, gone(), closed, back(), again).when(approve(hashA)).events()).toHaveLength(1);
  });
  it('never takes with it what another source binds later', () => {
    const events = given(queued, gone(), closed)
      .when({ ...queueing(), itemId: 'portal', contentHash: hashB })
      .events();
    expect(events[0]!.type).toBe('repost.bound');
    expect(given(queued, gone(), closed, bound).when(approve(hashB)).events()).toHaveLength(1);
  });
  it('does not matter to who was let off it', () => {
    given(queued, asked('a'), kept).when(follow()).yields();
  });
  it('closes a task that only it is left in', () => {
    const unbind: RepostCommand = { type: 'repost.unbind', ...head(), itemId: 'portal' };
    const unbound: RepostEvent = { type: 'repost.unbound', ...key, itemId: 'portal', unboundAt: noon };
    given(queued, bound, gone()).when(unbind).yields(unbound, closed);
  });
});

describe('what is out and was taken back upstream', () => {
  it('has to come down, within a limit of its own', () => {
    given(...out)
      .when(follow())
      .yields(gone(), due);
    given(...out, gone(), due)
      .when(follow())
      .yields();
  });
  it('has to come down also where it was being brought up to date', () => {
    const update: RepostEvent = { type: 'repost.update_due', ...key, itemId: 'item', ...version, ...limit };
    given(...out, update)
      .when(follow())
      .yields(gone(), due);
  });
  it('stays where the page was made from another source', () => {
    given(...out, bound)
      .when(follow('portal'))
      .yields(gone('portal'));
  });
  it('has to come down once it is out, where it was on its way', () => {
    given(queued, approved(), started).when(follow()).yields(gone());
    given(queued, approved(), started, gone(), published).when(follow()).yields(due);
  });
  it('has to come down also where the item was split off to another task', () => {
    const unbound: RepostEvent = { type: 'repost.unbound', ...key, itemId: 'item', unboundAt: noon };
    given(...out, bound, unbound)
      .when(follow())
      .yields(due);
  });
  it('may give its place to a source that still has it', () => {
    expect(
      given(...out, bound, gone(), due)
        .when(approve(hashB))
        .events()[0],
    ).toMatchObject({ itemId: 'portal' });
    given(...out, bound, gone(), due)
      .when(approve(hashA))
      .isRefused('repost_source_withdrawn');
    given(...out, bound, gone(), due, approved('portal', hashB), published)
      .when(retract())
      .isRefused('repost_retract_not_due');
  });
  it('stays, and says so, when the source has it again before it came down', () => {
    given(...out, gone(), due)
      .when(comeback())
      .yields(back(), lifted);
    given(...out, gone(), due, decided)
      .when(comeback())
      .yields(
        back(),
        {
          type: 'repost.retract_voided',
          ...key,
          because: 'source_returned',
          by: null,
          byName: null,
          voidedAt: noon,
        },
        lifted,
      );
    given(...out, gone(), due, back(), lifted)
      .when(follow())
      .yields(gone(), due);
  });
  it('is kept only by two persons, and then until it comes back and goes again', () => {
    given(...out, gone(), due)
      .when(ask('a'))
      .yields(asked('a'));
    given(...out, gone(), due, asked('a'))
      .when({ type: 'repost.exempt', ...head('a') })
      .isRefused('exemption_own');
    given(...out, gone(), due, asked('a'))
      .when({ type: 'repost.exempt', ...head('b') })
      .yields(kept);
    given(...out, gone(), due, asked('a'), kept)
      .when(follow())
      .yields();
    given(...out, gone(), due, asked('a'), kept, back())
      .when(follow())
      .yields(gone(), due);
  });
});

describe('taking down', () => {
  const fallen = [...out, gone(), due];
  it('is an editor’s decision, held for as long as the service says, and can be taken back until then', () => {
    given(...fallen)
      .when(retract())
      .yields(decided);
    given(...out)
      .when(retract())
      .isRefused('repost_retract_not_due');
    given(...fallen, decided)
      .when(retract('b'))
      .isRefused('repost_retract_decided');
    const undo: RepostCommand = { type: 'repost.undo_approval', ...head() };
    const undone: RepostEvent = {
      type: 'repost.retract_voided',
      ...key,
      because: 'undone',
      ...who('editor'),
      voidedAt: noon,
    };
    given(...fallen, decided)
      .when(undo)
      .yields(undone);
    given(...fallen, decided, undone)
      .when(retract())
      .yields(decided);
    given(...fallen, decided, begun())
      .when(undo)
      .isRefused('repost_going_out');
  });
  it('is one attempt at a time, each in the log before it is made', () => {
    given(...fallen, decided)
      .when(start())
      .yields(begun());
    given(...fallen, decided, begun())
      .when(start())
      .yields();
    given(...fallen)
      .when(start())
      .yields();
  });
  it('keeps what was wrong with an attempt, until a person mended it', () => {
    const failed: RepostEvent = { type: 'repost.removal_failed', ...key, ...failing, failedAt: noon };
    given(...fallen, decided, begun())
      .when({ type: 'repost.fail_removal', ...head(), ...failing })
      .yields(failed);
    given(...fallen, decided, begun(), failed)
      .when({ type: 'repost.retry_publication', ...head() })
      .yields({ type: 'repost.removal_retried', ...key, ...who('editor'), retriedAt: noon });
  });
  it('is over only when somebody looked from outside', () => {
    given(...fallen, decided, begun())
      .when(record)
      .yields(removed);
    given(...fallen, decided, begun())
      .when(prove)
      .isRefused('repost_not_removed');
    given(...fallen, decided, begun(), removed)
      .when(prove)
      .yields(proven);
    given(...fallen, decided, begun(), removed, proven)
      .when(prove)
      .yields();
  });
  it('begins anew when the page is seen again', () => {
    const drift: RepostCommand = { type: 'repost.record_drift', ...head(), reason: 'HTTP 200', snapshot: null };
    const drifted: RepostEvent = {
      type: 'repost.drifted',
      ...key,
      reason: 'HTTP 200',
      snapshot: null,
      driftedAt: noon,
    };
    const retried: RepostEvent = { type: 'repost.removal_retried', ...key, ...who('editor'), retriedAt: noon };
    given(...fallen, decided, begun(), removed, proven)
      .when(drift)
      .yields(drifted);
    given(...fallen, decided, begun(), removed, proven, drifted)
      .when({ type: 'repost.retry_publication', ...head() })
      .yields(retried);
    given(...fallen, decided, begun(), removed, proven, drifted, retried)
      .when(start(2))
      .yields(begun(2));
    given(...fallen, decided, begun(), removed, proven, drifted)
      .when(prove)
      .yields(proven);
  });
  it('is followed by a new duty when the source has it again after all', () => {
    given(...fallen, decided, begun())
      .when(comeback())
      .yields(back());
    given(...fallen, decided, begun(), back(), removed, proven)
      .when(comeback())
      .yields(again);
  });
});

const items = fc.constantFrom('item', 'portal');
const people = fc.constantFrom('a', 'b');
const anything: fc.Arbitrary<RepostCommand> = fc.oneof(
  fc.constant({ ...queueing(), itemId: 'portal', sourceId: 'portal', contentHash: hashB }),
  items.map((itemId): RepostCommand => ({ type: 'repost.unbind', ...head(), itemId })),
  fc.constantFrom(hashA, hashB).map(approve),
  people.map((id): RepostCommand => ({ type: 'repost.undo_approval', ...head(id) })),
  people.map((id): RepostCommand => ({ type: 'repost.retry_publication', ...head(id) })),
  people.map(ask),
  people.map((id): RepostCommand => ({ type: 'repost.exempt', ...head(id) })),
  fc.constantFrom(1, 2).map((attempt): RepostCommand => ({ type: 'repost.start_publication', ...head(), attempt })),
  fc.constant<RepostCommand>({ type: 'repost.record_published', ...head(), url, publicPosition: 1 }),
  fc.constant<RepostCommand>({ type: 'repost.record_verified', ...head(), url, evidence }),
  fc.constant<RepostCommand>({ type: 'repost.record_drift', ...head(), reason: 'x', snapshot: null }),
  items.map(follow),
  items.map(comeback),
  people.map(retract),
  fc.constantFrom(1, 2).map(start),
  fc.constant<RepostCommand>({ type: 'repost.fail_removal', ...head(), ...failing }),
  fc.constant(record),
  fc.constant(prove),
);
const histories = fc.array(anything, { maxLength: 60 }).map((commands) => [queueing(), ...commands]);

function play(commands: RepostCommand[]): RepostEvent[] {
  let state = repost.initial;
  return commands.flatMap((command) => {
    try {
      const events = repost.decide(command, state);
      state = events.reduce(repost.evolve, state);
      return events;
    } catch {
      return [];
    }
  });
}

describe('whatever people, sources and services say, in any order', () => {
  it('nothing is taken down that nobody decided to, and nothing is called proven that was not taken down', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        let stands = false;
        let isDown = false;
        for (const event of play(commands)) {
          if (event.type === 'repost.retract_decided' || event.type === 'repost.removal_retried') stands = true;
          if (event.type === 'repost.retract_voided') stands = false;
          if (event.type === 'repost.removal_started') expect(stands).toBe(true);
          if (event.type === 'repost.removed') isDown = true;
          if (event.type === 'repost.published') isDown = false;
          if (event.type === 'repost.withdrawn' && event.evidence) expect(isDown).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
  it('no task is closed while one of its items is still there upstream and nothing is out', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const there = new Set<string>();
        let isOut = false;
        for (const event of play(commands)) {
          if (
            event.type === 'repost.queued' ||
            event.type === 'repost.bound' ||
            event.type === 'repost.source_returned'
          )
            there.add(event.itemId);
          if (event.type === 'repost.source_withdrawn' || event.type === 'repost.unbound') there.delete(event.itemId);
          isOut ||= event.type === 'repost.published';
          // What two persons let it off is not owed, wherever it is.
          if (event.type === 'repost.exempted' && !isOut) there.clear();
          if (event.type !== 'repost.withdrawn') continue;
          if (event.evidence === null) expect([there.size, isOut]).toEqual([0, false]);
          else isOut = false;
        }
      }),
      { numRuns: 1_000 },
    );
  });
  it('what is out of an item that is gone is owed to come down, was kept by two, or is coming down', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const gone = new Set<string>();
        let out: string | null = null;
        let chosen: string | null = null;
        let answered = false;
        let asked: string | null = null;
        for (const event of play(commands)) {
          if (event.type === 'repost.source_withdrawn') gone.add(event.itemId);
          if (event.type === 'repost.source_returned') gone.delete(event.itemId);
          if (event.type === 'repost.approved') chosen = event.itemId!;
          if (event.type === 'repost.published') [out, answered] = [chosen, false];
          if (event.type === 'repost.retract_due') answered = true;
          if (event.type === 'repost.exemption_requested') asked = event.by;
          if (event.type === 'repost.exempted') expect(event.by).not.toBe(asked);
          if (event.type === 'repost.retract_lifted') answered = false;
          if (event.type === 'repost.removed') out = null;
        }
        // What was on its way when it went is told once more when it is out.
        const told = play([...commands, ...[...gone].map(follow)]);
        const isOnItsWay = play(commands).findLast(({ type }) =>
          ['repost.publication_started', 'repost.published', 'repost.approval_voided'].includes(type),
        );
        if (out !== null && gone.has(out) && isOnItsWay?.type !== 'repost.publication_started')
          expect(answered || told.some(({ type }) => type === 'repost.retract_due')).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
  it('what sources say twice adds nothing', () => {
    fc.assert(
      fc.property(histories, fc.oneof(items.map(follow), items.map(comeback)), (before, command) => {
        expect(play([...before, command, command])).toEqual(play([...before, command]));
      }),
    );
  });
});
