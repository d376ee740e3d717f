import {
  plainReview,
  usualRoles,
  type Authority,
  type Draft,
  type ReleaseCommand,
  type ReleaseEvent,
  type ReviewAct,
  type ReviewStep,
} from '@tongsheng/contracts';
import { everyRole, hashA, hashB, noon, pressDraft, service, specify } from '@tongsheng/test/support';
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
const pass = (step: ReviewStep, who: string, seenHash = hashA, as: Authority = everyRole): ReleaseCommand => ({
  type: 'release.pass_step',
  ...head(who),
  ...as,
  step,
  seenHash,
});
const sendBack = (step: ReviewStep, who: string, seenHash = hashA): ReleaseCommand => ({
  type: 'release.return',
  ...head(who),
  ...everyRole,
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

const act = (step: ReviewStep): ReviewAct => ({ step, roles: usualRoles[step] });
const long: ReviewAct[] = (['review', 'recheck', 'legal', 'confidentiality', 'sign'] as const).map(act);
const short: ReviewAct[] = (['confidentiality', 'sign'] as const).map(act);
const tomorrow = '2026-11-24T12:00:00.000Z';
const hurried = (who = 'writer', full = [...plainReview], seenHash = hashA): ReleaseCommand => ({
  ...(submit(who, seenHash) as Extract<ReleaseCommand, { type: 'release.submit' }>),
  urgent: '谣言扩散快',
  known: { acts: full, urgent: short, debtLimit: 'PT24H', forbidden: [] },
});
const urgently: ReleaseEvent = {
  ...(submitted as Extract<ReleaseEvent, { type: 'release.submitted' }>),
  acts: short,
  urgent: { reason: '谣言扩散快', full: [...plainReview], limit: 'PT24H' },
};
const signHurried = (who = 'signer'): ReleaseCommand =>
  ({ ...pass('sign', who), debtDueAt: tomorrow }) as ReleaseCommand;
const inDebt: ReleaseEvent = {
  ...(signed as Extract<ReleaseEvent, { type: 'release.signed' }>),
  debt: { acts: [act('review')], dueAt: tomorrow },
};
const owing = [drafted(), urgently, passed('confidentiality', 'secrets'), inDebt];
const review = (type: 'release.pass_debt', step: ReviewStep, who: string): ReleaseCommand => ({
  type,
  ...head(who),
  ...everyRole,
  step,
  seenHash: hashA,
});
const object = (step: ReviewStep, who: string): ReleaseCommand => ({
  type: 'release.object_debt',
  ...head(who),
  ...everyRole,
  step,
  seenHash: hashA,
  reason: '数字有误',
});

describe('the chain of a release', () => {
  const known = { acts: long, urgent: null, debtLimit: 'PT24H', forbidden: [] };
  const ofFive: ReleaseCommand = { ...submit(), known } as ReleaseCommand;
  const five: ReleaseEvent = { ...submitted, acts: long } as ReleaseEvent;
  it('is fixed when it is submitted, and has as many steps as its site settled', () => {
    given(drafted()).when(ofFive).yields(five);
    given(drafted(), five).when(pass('recheck', 'second')).isRefused('release_wrong_step');
    given(drafted(), five, passed('review', 'reviewer'))
      .when(pass('recheck', 'second'))
      .yields(passed('recheck', 'second'));
    given(drafted(), five, passed('review', 'reviewer'), passed('recheck', 'second'))
      .when(pass('legal', 'lawyer'))
      .yields(passed('legal', 'lawyer'));
  });
  it('asks each step for its own role', () => {
    for (const step of ['review', 'confidentiality', 'sign'] as const) {
      const roles = everyRole.roles.filter((role) => role !== usualRoles[step][0]);
      const past = { review: inReview, confidentiality: [...inReview, passed('review', 'reviewer')], sign: ready };
      given(...past[step])
        .when(pass(step, 'somebody', hashA, { roles, deputyOf: [] }))
        .isRefused('release_not_yours');
    }
  });
});

describe('a deputy', () => {
  const standingFor = (personId: string, steps: ReviewStep[] = []): Authority => ({
    roles: ['comms'],
    deputyOf: [{ personId, name: `同志${personId}`, roles: ['reviewer'], steps }],
  });
  it('signs for who is away, and the signature says for whom', () => {
    const said = { ...passed('review', 'deputy'), onBehalfOf: { personId: 'away', name: '同志away' } } as ReleaseEvent;
    given(...inReview)
      .when(pass('review', 'deputy', hashA, standingFor('away')))
      .yields(said);
  });
  it('signs only the steps that were handed over', () => {
    given(...inReview)
      .when(pass('review', 'deputy', hashA, standingFor('away', ['sign'])))
      .isRefused('release_not_yours');
  });
  it('signs neither for a writer nor for who signed another step', () => {
    given(...inReview)
      .when(pass('review', 'deputy', hashA, standingFor('writer')))
      .isRefused('release_same_person');
    given(...inReview, passed('review', 'away'))
      .when(
        pass('confidentiality', 'deputy', hashA, {
          roles: [],
          deputyOf: [{ personId: 'away', name: '同志away', roles: ['confidentiality'], steps: [] }],
        }),
      )
      .isRefused('release_same_person');
  });
});

describe('what the checks forbid', () => {
  const forbidden = [{ listId: 'words', field: 'body', found: '停征' }];
  const known = { acts: [...plainReview], urgent: null, debtLimit: 'PT24H', forbidden };
  it('is not submitted, unless somebody says why it is right here', () => {
    given(drafted())
      .when({ ...submit(), known } as ReleaseCommand)
      .isRefused('release_findings');
    given(drafted())
      .when({ ...submit(), known, waiver: '引用原话' } as ReleaseCommand)
      .yields({
        ...submitted,
        acts: [...plainReview],
        waived: { reason: '引用原话', findings: forbidden },
      } as ReleaseEvent);
  });
});

describe('an urgent release', () => {
  it('takes the short path with a reason, where its kind has one', () => {
    given(drafted()).when(hurried()).yields(urgently);
    given(drafted())
      .when({ ...submit(), urgent: '快' } as ReleaseCommand)
      .isRefused('release_not_urgent');
  });
  it('leaves the steps that were skipped as a debt', () => {
    given(drafted(), urgently, passed('confidentiality', 'secrets')).when(signHurried()).yields(inDebt);
    given(drafted(), urgently, passed('confidentiality', 'secrets'))
      .when(pass('sign', 'signer'))
      .isRefused('command_invalid');
  });
  it('is reviewed in full afterwards, by others than who wrote and signed it', () => {
    const settled = {
      type: 'release.debt_settled',
      ...key,
      step: 'review',
      contentHash: hashA,
      ...by('reviewer'),
      settledAt: noon,
    } as const;
    given(...owing)
      .when(review('release.pass_debt', 'review', 'reviewer'))
      .yields(settled);
    for (const who of ['writer', 'secrets', 'signer'])
      given(...owing)
        .when(review('release.pass_debt', 'review', who))
        .isRefused('release_same_person');
    given(...owing, settled)
      .when(review('release.pass_debt', 'review', 'another'))
      .isRefused('release_no_debt');
    given(...owing, published)
      .when(review('release.pass_debt', 'review', 'reviewer'))
      .yields(settled);
  });
  it('may turn out to be wrong: the fault is recorded, and the debt is over', () => {
    const objected = {
      type: 'release.debt_objected',
      ...key,
      step: 'review',
      contentHash: hashA,
      ...by('reviewer'),
      reason: '数字有误',
      objectedAt: noon,
    } as const;
    given(...owing, published)
      .when(object('review', 'reviewer'))
      .yields(objected);
    given(...owing, published, objected)
      .when(review('release.pass_debt', 'review', 'another'))
      .isRefused('release_no_debt');
  });
  it('waits with its review while a correction is written, and owes none once that is signed', () => {
    const corrected = pressDraft({ kind: 'press', correction: { note: '数字有误' } });
    const out = [...owing, published, drafted('writer', 2, hashB, corrected)];
    given(...out)
      .when(review('release.pass_debt', 'review', 'reviewer'))
      .isRefused('release_wrong_step');
    const dropped: ReleaseEvent = {
      type: 'release.correction_dropped',
      ...key,
      title: press.title,
      contentHash: hashA,
      reason: '无误',
      ...by('writer'),
      droppedAt: noon,
    };
    // Who signed urgently then does not review it now.
    given(...out, dropped)
      .when(review('release.pass_debt', 'review', 'signer'))
      .isRefused('release_same_person');
    const again = [
      { ...submitted, contentHash: hashB },
      { ...passed('review', 'r'), contentHash: hashB },
      { ...passed('confidentiality', 'c'), contentHash: hashB },
      { ...signed, ...corrected, contentHash: hashB, version: 2 },
    ] as ReleaseEvent[];
    given(...out, ...again)
      .when(review('release.pass_debt', 'review', 'reviewer'))
      .isRefused('release_no_debt');
  });
  it('warns of each share of the time once, and no more when it was reviewed', () => {
    const warn: ReleaseCommand = {
      type: 'release.warn_debt',
      ...head('clock'),
      actor: service,
      share: 50,
      fellDueAt: noon,
    };
    const warned = { type: 'release.debt_warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon } as const;
    given(...owing)
      .when(warn)
      .yields(warned);
    given(...owing, warned)
      .when(warn)
      .yields();
    given(...ready, signed)
      .when(warn)
      .yields();
  });
});

describe('a comment', () => {
  const about = { commentId: 'c1', text: '请核对文号' };
  const quote = { exact: '正文', prefix: '', suffix: '' };
  const comment: ReleaseCommand = { type: 'release.comment', ...head('reviewer'), ...about, quote, seenHash: hashA };
  const commented: ReleaseEvent = {
    type: 'release.commented',
    ...key,
    ...about,
    quote,
    revision: 1,
    contentHash: hashA,
    ...by('reviewer'),
    commentedAt: noon,
  };
  const settle: ReleaseCommand = {
    type: 'release.settle_comment',
    ...head('writer'),
    commentId: 'c1',
    resolved: true,
  };
  it('is said of the text that was seen, and said twice is said once', () => {
    given(drafted()).when(comment).yields(commented);
    given(drafted(), commented).when(comment).yields();
    given(drafted('writer', 1, hashB))
      .when(comment)
      .isRefused('release_changed');
  });
  it('outlives revisions, returns and the signature', () => {
    const past = [drafted(), commented, drafted('writer', 2, hashB), drafted('writer', 3), submitted];
    const settled = [
      { type: 'release.comment_settled', ...key, commentId: 'c1', resolved: true, ...by('writer'), settledAt: noon },
    ];
    given(...past, returned('review', 'reviewer'))
      .when(settle)
      .yields(...(settled as ReleaseEvent[]));
    given(...past, passed('review', 'reviewer'), passed('confidentiality', 'secrets'), signed)
      .when(settle)
      .yields(...(settled as ReleaseEvent[]));
  });
  it('that nobody made can be neither answered nor settled', () => {
    given(drafted()).when(settle).isRefused('comment_missing');
    given(drafted())
      .when({ type: 'release.answer_comment', ...head('writer'), commentId: 'c1', answerId: 'a1', text: '已改' })
      .isRefused('comment_missing');
  });
});

const people = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const steps = fc.constantFrom<ReviewStep>('review', 'recheck', 'legal', 'confidentiality', 'sign');
/** Any roles, now and then standing in for anybody. */
const authorities: fc.Arbitrary<Authority> = fc.record({
  roles: fc.constantFrom(everyRole.roles, ['reviewer'], ['signer'], []),
  deputyOf: fc.oneof(
    fc.constant<Authority['deputyOf']>([]),
    people.map((personId) => [{ personId, name: personId, roles: everyRole.roles, steps: [] }]),
  ),
});
const chains = fc.constantFrom<ReviewAct[]>([...plainReview], long, [act('legal'), ...short]);
const hashes = fc.constantFrom(hashA, hashB);
const anyCommand: fc.Arbitrary<ReleaseCommand> = fc.oneof(
  fc.tuple(people, fc.nat(4), hashes).map((draftOf) => draft(...draftOf)),
  { weight: 2, arbitrary: fc.tuple(people, hashes).map((submission) => submit(...submission)) },
  { weight: 2, arbitrary: fc.tuple(people, chains, hashes).map((submission) => hurried(...submission)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(steps, people, hashes, authorities)
      .map((passing) => ({ ...pass(...passing), debtDueAt: tomorrow }) as ReleaseCommand),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(steps, people, authorities)
      .map(([step, who, as]) => ({ ...review('release.pass_debt', step, who), ...as }) as ReleaseCommand),
  },
  fc.tuple(steps, people).map((objecting) => object(...objecting)),
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
      [draft('a'), hurried('a', long), pass('confidentiality', 'b'), signHurried('c')],
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

type Signing = { step: ReviewStep; by: string; contentHash: string; onBehalfOf?: { personId: string } | undefined };
type Chain = { writers: Set<string>; current: string; acts: readonly ReviewAct[]; round: Signing[]; owed: number };

/** Everybody whose authority stands in some signatures. */
const behind = (signings: Signing[]) =>
  signings.flatMap(({ by: who, onBehalfOf }) => [who, ...(onBehalfOf ? [onBehalfOf.personId] : [])]);

/** The chain told a second time, straight from the regulation; it must agree with the log at every signature. */
function checkChain(events: ReleaseEvent[]): { signatures: number; debts: number } {
  const chain: Chain = { writers: new Set(), current: '', acts: plainReview, round: [], owed: 0 };
  let [signatures, debts] = [0, 0];
  const mustBeOthers = () => {
    const signers = behind(chain.round);
    expect(new Set(signers).size).toBe(signers.length);
    expect(signers.some((who) => chain.writers.has(who))).toBe(false);
    expect(new Set(chain.round.map(({ contentHash }) => contentHash))).toEqual(new Set([chain.current]));
  };
  for (const event of events) {
    switch (event.type) {
      case 'release.drafted':
        chain.writers.add(event.by);
        chain.current = event.contentHash;
        chain.round = [];
        break;
      case 'release.submitted':
        chain.acts = event.acts ?? plainReview;
        chain.round = [];
        break;
      case 'release.returned':
        chain.round = [];
        break;
      case 'release.step_passed':
        chain.round.push(event);
        break;
      case 'release.signed':
        chain.round.push({ ...event, step: 'sign' });
        chain.owed = event.debt?.acts.length ?? 0;
        expect(chain.round.map(({ step }) => step)).toEqual(chain.acts.map(({ step }) => step));
        expect(chain.round.some(({ step }) => step === 'confidentiality')).toBe(true);
        mustBeOthers();
        signatures++;
        break;
      case 'release.debt_step_passed':
      case 'release.debt_settled':
      case 'release.debt_objected':
        chain.round.push(event);
        chain.owed--;
        mustBeOthers();
        if (event.type === 'release.debt_settled') expect(chain.owed).toBe(0);
        debts++;
        break;
      case 'release.published':
      case 'release.pulled_back':
      case 'release.correction_dropped':
      case 'release.withdrawn':
      case 'release.debt_warned':
      case 'release.commented':
      case 'release.comment_answered':
      case 'release.comment_settled':
    }
  }
  return { signatures, debts };
}

describe('whatever people say, in any order', () => {
  it('a signature means a whole chain with its confidentiality review, each step another person, no writer, one content', () => {
    let [reached, owed] = [0, 0];
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const { signatures, debts } = checkChain(play(commands));
        reached += signatures;
        owed += debts;
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThan(0);
    expect(owed).toBeGreaterThan(0);
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
