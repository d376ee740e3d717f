import type { Draft, ReleaseCommand, ReleaseEvent, ReviewStep } from '@tongsheng/contracts';
import { hashA, hashB, noon, pressDraft, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { release } from './release.ts';

const given = specify(release);
const key = { releaseId: 'release', site: 'province' };
const person = (id: string) => ({ kind: 'person' as const, id, name: `同志${id}` });
const by = (id: string) => ({ by: id, byName: `同志${id}` });

const press = pressDraft();
const rumor: Draft['rumor'] = {
  claim: '明年起存款要缴税',
  seenWhere: '某短视频',
  verdict: 'false',
  rumorCaseId: null,
  publicLink: null,
};
const rebuttal: Draft = { ...press, kind: 'rebuttal', rumor };

const drafted = (who = 'writer', revision = 1, contentHash = hashA, draft = press): ReleaseEvent => ({
  type: 'release.drafted',
  ...key,
  ...draft,
  revision,
  contentHash,
  ...by(who),
  draftedAt: noon,
});
const submitted: ReleaseEvent = {
  type: 'release.submitted',
  ...key,
  contentHash: hashA,
  ...by('writer'),
  submittedAt: noon,
};
const passed = (step: ReviewStep, who: string): ReleaseEvent => ({
  type: 'release.step_passed',
  ...key,
  step,
  contentHash: hashA,
  ...by(who),
  passedAt: noon,
});
const returned = (step: ReviewStep, who: string): ReleaseEvent => ({
  type: 'release.returned',
  ...key,
  step,
  contentHash: hashA,
  ...by(who),
  reason: '口径有误',
  returnedAt: noon,
});
const signed: ReleaseEvent = {
  type: 'release.signed',
  ...key,
  ...press,
  contentHash: hashA,
  ...by('signer'),
  signedAt: noon,
};
const published: ReleaseEvent = {
  type: 'release.published',
  ...key,
  url: 'https://province.example/province/press/release',
  publicPosition: 3,
  publishedAt: noon,
};
const inReview = [drafted(), submitted];
const ready = [...inReview, passed('review', 'reviewer'), passed('confidentiality', 'secrets')];

const head = (who: string) => ({ id: `c-${who}`, at: noon, actor: person(who), ...key });
const draft = (who = 'writer', baseRevision = 0, contentHash = hashA, content = press): ReleaseCommand => ({
  type: 'release.draft',
  ...head(who),
  draft: content,
  contentHash,
  baseRevision,
});
const submit = (who = 'writer', seenHash = hashA): ReleaseCommand => ({
  type: 'release.submit',
  ...head(who),
  seenHash,
});
const pass = (step: ReviewStep, who: string, seenHash = hashA): ReleaseCommand => ({
  type: 'release.pass_step',
  ...head(who),
  step,
  seenHash,
});
const sendBack = (step: ReviewStep, who: string, seenHash = hashA): ReleaseCommand => ({
  type: 'release.return',
  ...head(who),
  step,
  seenHash,
  reason: '口径有误',
});
const recordPublished: ReleaseCommand = {
  type: 'release.record_published',
  ...head('x'),
  actor: service,
  url: 'https://province.example/province/press/release',
  publicPosition: 3,
};

describe('a draft', () => {
  it('begins at revision 1', () => {
    given().when(draft()).yields(drafted());
  });
  it('is written once, however often it is saved', () => {
    given(drafted()).when(draft()).yields();
  });
  it('goes on from the revision that the writer saw', () => {
    given(drafted())
      .when(draft('second', 1, hashB))
      .yields(drafted('second', 2, hashB));
  });
  it('is not overwritten by who started from an older revision, and says who changed it', () => {
    given(drafted(), drafted('second', 2, hashB))
      .when(draft('writer', 1, 'c'.repeat(64)))
      .isRefused('release_changed');
    const late = () =>
      given(drafted(), drafted('second', 2, hashB))
        .when(draft('writer', 1, 'c'.repeat(64)))
        .events();
    expect(late).toThrowError(expect.objectContaining({ params: { ...by('second'), revision: 2 } }));
  });
  it('cannot be continued where there is none', () => {
    given().when(draft('writer', 3)).isRefused('release_missing');
  });
  it('is submitted by one of its writers only', () => {
    given(drafted()).when(submit()).yields(submitted);
    given(drafted()).when(submit('stranger')).isRefused('release_not_drafter');
  });
  it('is not submitted without a channel', () => {
    given(drafted('writer', 1, hashA, { ...press, channels: [] }))
      .when(submit())
      .isRefused('release_no_channel');
  });
  it('needs none of its own when a linked release says where it goes', () => {
    const linked = { site: 'province', linkedId: 'linked' };
    given(drafted('writer', 1, hashA, { ...press, channels: [], linked }))
      .when(submit())
      .yields(submitted);
  });
  it('names a rumor when it rebuts one, and only then', () => {
    given(drafted('writer', 1, hashA, { ...rebuttal, rumor: null }))
      .when(submit())
      .isRefused('command_invalid');
    given(drafted('writer', 1, hashA, { ...press, rumor }))
      .when(submit())
      .isRefused('command_invalid');
    given(drafted('writer', 1, hashA, rebuttal))
      .when(submit())
      .yields(submitted);
  });
});

describe('a policy', () => {
  const linked = { site: 'province', linkedId: 'linked' };
  const policy = pressDraft({ kind: 'policy', linked });
  const atSign = (draft = policy) => [
    drafted('writer', 1, hashA, draft),
    submitted,
    passed('review', 'reviewer'),
    passed('confidentiality', 'secrets'),
  ];
  const sign = (hasPart: boolean, speaksTogether: boolean) =>
    ({ ...pass('sign', 'signer'), linked: { hasPart, speaksTogether } }) as ReleaseCommand;
  const signedPolicy: ReleaseEvent = { ...signed, ...policy };

  it('is signed only when its interpretation goes out with it', () => {
    given(...atSign())
      .when(sign(true, true))
      .yields(signedPolicy);
    given(...atSign())
      .when(sign(true, false))
      .isRefused('release_no_interpretation');
    given(...atSign(pressDraft({ kind: 'policy' })))
      .when(pass('sign', 'signer'))
      .isRefused('release_no_interpretation');
  });
  it('is signed only when the linked release that it names counts it', () => {
    given(...atSign())
      .when(pass('sign', 'signer'))
      .isRefused('linked_not_part');
    given(...atSign(pressDraft({ linked })))
      .when(sign(false, true))
      .isRefused('linked_not_part');
  });
  it('is a draft again when its linked release lets go of it, and needs every signature anew', () => {
    const back = { reason: '移出方案', ...by('comms') };
    const pulled: ReleaseEvent = { type: 'release.pulled_back', ...key, ...back, pulledBackAt: noon };
    const command: ReleaseCommand = { type: 'release.pull_back', ...head('x'), actor: service, ...back };
    given(...atSign(), signedPolicy)
      .when(command)
      .yields(pulled);
    given(...atSign(), signedPolicy, pulled)
      .when(command)
      .yields();
    given(...atSign(), signedPolicy, pulled)
      .when(pass('sign', 'signer'))
      .isRefused('release_wrong_step');
    given(...ready, signed, published)
      .when(command)
      .yields();
  });
});

describe('the review chain', () => {
  it('is review, confidentiality, signature, each by another person', () => {
    given(...inReview)
      .when(pass('review', 'reviewer'))
      .yields(passed('review', 'reviewer'));
    given(...inReview, passed('review', 'reviewer'))
      .when(pass('confidentiality', 'secrets'))
      .yields(passed('confidentiality', 'secrets'));
    given(...ready)
      .when(pass('sign', 'signer'))
      .yields(signed);
  });
  it('skips no step', () => {
    given(...inReview)
      .when(pass('sign', 'signer'))
      .isRefused('release_wrong_step');
    given(...inReview, passed('review', 'reviewer'))
      .when(pass('sign', 'signer'))
      .isRefused('release_wrong_step');
    given(drafted()).when(pass('review', 'reviewer')).isRefused('release_wrong_step');
  });
  it('tells the second reviewer who was first', () => {
    const second = () =>
      given(...inReview, passed('review', 'first'))
        .when(pass('review', 'second'))
        .events();
    expect(second).toThrowError(
      expect.objectContaining({ params: { state: 'confidentiality', byName: '同志first', at: noon } }),
    );
  });
  it('is closed to everyone who wrote in it, also in an earlier revision', () => {
    given(drafted('early', 1, hashB), drafted('writer', 2), submitted)
      .when(pass('review', 'early'))
      .isRefused('release_same_person');
  });
  it('lets nobody pass two steps', () => {
    given(...ready)
      .when(pass('sign', 'reviewer'))
      .isRefused('release_same_person');
  });
  it('signs only what was on the screen', () => {
    given(...ready)
      .when(pass('sign', 'signer', hashB))
      .isRefused('release_changed');
  });
  it('starts anew when somebody edits', () => {
    given(...ready, drafted('writer', 2, hashB))
      .when(pass('sign', 'signer', hashB))
      .isRefused('release_wrong_step');
  });
  it('sends it back to its writers with a reason', () => {
    given(...inReview)
      .when(sendBack('review', 'reviewer'))
      .yields(returned('review', 'reviewer'));
    given(...inReview, returned('review', 'reviewer'))
      .when(submit())
      .yields(submitted);
  });
  it('forgets who passed when a new round begins', () => {
    given(...ready, returned('sign', 'signer'), submitted, passed('review', 'secrets'))
      .when(pass('confidentiality', 'reviewer'))
      .yields(passed('confidentiality', 'reviewer'));
  });
});

describe('a signed release', () => {
  it('stays as it was signed', () => {
    given(...ready, signed)
      .when(draft('writer', 1, hashB))
      .isRefused('release_wrong_step');
    given(...ready, signed)
      .when(sendBack('sign', 'signer'))
      .isRefused('release_wrong_step');
  });
  it('is published once', () => {
    given(...ready, signed)
      .when(recordPublished)
      .yields(published);
    given(...ready, signed, published)
      .when(recordPublished)
      .yields();
  });
  it('is the only one that can be published', () => {
    given(...ready)
      .when(recordPublished)
      .isRefused('release_wrong_step');
  });
});

describe('what is public', () => {
  const out = [...ready, signed, published];
  const corrected = pressDraft({
    title: '我省税务部门开展便民办税行动（更正）',
    correction: { note: '第三项应为五日' },
  });
  const redrafted = drafted('writer', 2, hashB, corrected);
  const withdraw: ReleaseCommand = {
    type: 'release.withdraw',
    ...head('x'),
    actor: service,
    version: 2,
    killed: false,
    reason: '数据有误',
    publicReason: null,
    ...by('signer'),
  };
  const withdrawn = (version: number): ReleaseEvent => ({
    type: 'release.withdrawn',
    ...key,
    version,
    killed: false,
    reason: '数据有误',
    publicReason: null,
    ...by('signer'),
    withdrawnAt: noon,
  });
  const again: ReleaseEvent[] = (['review', 'confidentiality'] as const).map((step) => ({
    type: 'release.step_passed',
    ...key,
    step,
    contentHash: hashB,
    ...by(step),
    passedAt: noon,
  }));
  const resubmitted: ReleaseEvent = { ...submitted, contentHash: hashB };
  const resigned: ReleaseEvent = { ...signed, ...corrected, contentHash: hashB, version: 2 };

  it('is corrected by a new version that says what is different, and goes the whole way again', () => {
    given(...out)
      .when(draft('writer', 1, hashB, corrected))
      .yields(redrafted);
    given(...out)
      .when(draft('writer', 1, hashB))
      .isRefused('release_no_note');
    given(drafted())
      .when(draft('writer', 1, hashB, corrected))
      .isRefused('release_not_public');
    given(...out, redrafted, resubmitted, ...again)
      .when(pass('sign', 'signer', hashB))
      .yields(resigned);
    given(...out, redrafted, resubmitted, ...again, resigned)
      .when({ ...recordPublished, version: 2 } as ReleaseCommand)
      .yields({ ...published, version: 2 } as ReleaseEvent);
    // The first version, told once more.
    given(...out, redrafted, resubmitted, ...again, resigned)
      .when(recordPublished)
      .yields();
  });
  it('keeps its kind, and is no part of a linked release once more', () => {
    for (const wrong of [{ kind: 'notice' as const }, { linked: { site: 'province', linkedId: 'l' } }])
      given(...out)
        .when(draft('writer', 1, hashB, { ...corrected, ...wrong }))
        .isRefused('command_invalid');
  });
  it('stays as it is when the correction is dropped', () => {
    const drop: ReleaseCommand = { type: 'release.drop_correction', ...head('writer'), reason: '无误' };
    const { title } = press;
    const dropped: ReleaseEvent = {
      type: 'release.correction_dropped',
      ...key,
      title,
      contentHash: hashA,
      reason: '无误',
      ...by('writer'),
      droppedAt: noon,
    };
    given(...out, redrafted)
      .when(drop)
      .yields(dropped);
    given(...out, redrafted, dropped)
      .when(drop)
      .yields();
    given(...out, redrafted, dropped)
      .when(draft('writer', 2, hashB, corrected))
      .yields(drafted('writer', 3, hashB, corrected));
    given(drafted()).when(drop).isRefused('release_wrong_step');
  });
  it('is taken back once, whatever is being written, and never written again', () => {
    given(...out)
      .when(withdraw)
      .yields(withdrawn(2));
    given(...out, redrafted)
      .when(withdraw)
      .yields(withdrawn(2));
    given(...out, withdrawn(2))
      .when(withdraw)
      .yields();
    given(...out, withdrawn(2))
      .when(draft('writer', 1, hashB, corrected))
      .isRefused('release_withdrawn');
    given(...out, withdrawn(2))
      .when(recordPublished)
      .yields();
    given(drafted()).when(withdraw).isRefused('release_not_public');
    given(...ready, { ...signed, linked: { site: 'province', linkedId: 'l' } } as ReleaseEvent)
      .when({ ...recordPublished, version: 3 } as ReleaseCommand)
      .yields();
  });
});

const people = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const steps = fc.constantFrom<ReviewStep>('review', 'confidentiality', 'sign');
const hashes = fc.constantFrom(hashA, hashB);
const anyCommand: fc.Arbitrary<ReleaseCommand> = fc.oneof(
  fc.tuple(people, fc.nat(4), hashes).map((draftOf) => draft(...draftOf)),
  { weight: 3, arbitrary: fc.tuple(people, hashes).map((submission) => submit(...submission)) },
  { weight: 6, arbitrary: fc.tuple(steps, people, hashes).map((passing) => pass(...passing)) },
  fc.tuple(steps, people, hashes).map((sending) => sendBack(...sending)),
  fc.constant(recordPublished),
);
/** A past that reaches far into the chain often enough, followed by anything. */
const anyHistory = fc
  .tuple(
    fc.constantFrom<ReleaseCommand[]>(
      [],
      [draft('a'), submit('a')],
      [draft('a'), submit('a'), pass('review', 'b')],
      [draft('b', 0, hashB), draft('a', 1), submit('a'), pass('review', 'c'), pass('confidentiality', 'd')],
    ),
    fc.array(anyCommand, { maxLength: 60 }),
  )
  .map(([opening, rest]) => [...opening, ...rest]);

/** Every event that a history of commands leads to; refusals leave no trace. */
function play(commands: ReleaseCommand[]): ReleaseEvent[] {
  const events: ReleaseEvent[] = [];
  let state = release.initial;
  for (const command of commands) {
    try {
      const decided = release.decide(command, state);
      events.push(...decided);
      state = decided.reduce(release.evolve, state);
    } catch {
      continue;
    }
  }
  return events;
}

type Chain = { writers: Set<string>; current: string; round: { step: string; by: string; contentHash: string }[] };

/** The chain told a second time, straight from the regulation; it must agree with the log at every signature. */
function checkChain(events: ReleaseEvent[]): number {
  const chain: Chain = { writers: new Set(), current: '', round: [] };
  let signatures = 0;
  for (const event of events) {
    if (event.type === 'release.drafted') {
      chain.writers.add(event.by);
      chain.current = event.contentHash;
      chain.round = [];
    }
    if (event.type === 'release.submitted' || event.type === 'release.returned') chain.round = [];
    if (event.type === 'release.step_passed') chain.round.push(event);
    if (event.type === 'release.signed') {
      const whole = [...chain.round, { step: 'sign', by: event.by, contentHash: event.contentHash }];
      expect(whole.map(({ step }) => step)).toEqual(['review', 'confidentiality', 'sign']);
      expect(new Set(whole.map((passing) => passing.by)).size).toBe(3);
      expect(whole.some((passing) => chain.writers.has(passing.by))).toBe(false);
      expect(new Set(whole.map(({ contentHash }) => contentHash))).toEqual(new Set([chain.current]));
      signatures++;
    }
  }
  return signatures;
}

describe('whatever people say, in any order', () => {
  it('a signature means three steps, three persons, none of them a writer, and one content', () => {
    let reached = 0;
    fc.assert(
      fc.property(anyHistory, (commands) => {
        reached += checkChain(play(commands));
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThan(0);
  });
  it('it is signed at most once, and published only after that', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const types = play(commands).map(({ type }) => type);
        const count = (type: string) => types.filter((each) => each === type).length;
        expect(count('release.signed')).toBeLessThanOrEqual(1);
        expect(count('release.published')).toBeLessThanOrEqual(count('release.signed'));
      }),
    );
  });
  it('a command carried out twice adds nothing', () => {
    fc.assert(
      fc.property(anyHistory, anyCommand, (before, command) => {
        expect(play([...before, command, command])).toEqual(play([...before, command]));
      }),
    );
  });
});

describe('the pictures of a text', () => {
  const shown = (alt: string, hash = hashB) => `<p>文</p><img src="files/${hash}" alt="${alt}" />`;
  const file = { hash: hashB, name: '图', bytes: 3, mediaType: 'image/png' };
  it('are all there and described before anybody reviews it', () => {
    const begun = (draft: Partial<Draft>) => given(drafted('writer', 1, hashA, { ...press, ...draft })).when(submit());
    begun({ html: shown('办税大厅') }).isRefused('release_file_missing');
    begun({ variants: { wechat: { html: shown('办税大厅') } } }).isRefused('release_file_missing');
    begun({ html: shown(''), files: [file] }).isRefused('release_picture_unnamed');
    begun({ html: shown('办税大厅'), files: [file] }).yields(submitted);
  });
});
