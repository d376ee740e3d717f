import type { LinkedEvent, ReleaseEvent, ReviewAct, RumorEvent, SubmissionEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon, pressDraft } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { appointments, type Appointment } from './appointments.ts';

const by = { by: 'comms', byName: '赵宣传' };
const fold = (...events: (LinkedEvent | ReleaseEvent | RumorEvent | SubmissionEvent)[]) =>
  events.reduce<Appointment | null>((row, event) => appointments.apply(row, event, {} as never), null);
const tells = (row: Appointment | null) => row?.moments.map(({ tell }) => tell) ?? null;
const ms = (minutes: number) => Date.parse(minutesLater(minutes));

describe('a linked release', () => {
  const key = { linkedId: 'linked', site: 'province' };
  const plan = { title: '同步发布', parts: [], sites: ['province'], channels: [] };
  const planned = (minutes: number): LinkedEvent => ({
    type: 'linked.planned',
    ...key,
    ...plan,
    t0: minutesLater(minutes),
    revision: 1,
    ...by,
    plannedAt: noon,
  });
  const reminded = (minutes: 30 | 10): LinkedEvent => ({
    type: 'linked.reminded',
    ...key,
    minutes,
    unready: [],
    t0: minutesLater(60),
    remindedAt: noon,
  });
  it('is spoken of thirty and ten minutes before, and at its moment', () => {
    expect(fold(planned(60))!.moments).toEqual([
      { tell: 30, at: ms(30) },
      { tell: 10, at: ms(50) },
      { tell: 0, at: ms(60) },
    ]);
    expect(appointments.sets!(fold(planned(60), reminded(30))!, '')).toEqual({ next: ms(50) });
  });
  it('is not reminded of what is over already when it is planned', () => {
    expect(tells(fold(planned(20)))).toEqual([10, 0]);
    expect(tells(fold(planned(5)))).toEqual([0]);
  });
  it('that is planned anew has all its moments anew, and none once it went out or was cancelled', () => {
    expect(tells(fold(planned(60), reminded(30), planned(90)))).toEqual([30, 10, 0]);
    const cancelled: LinkedEvent = { type: 'linked.cancelled', ...key, reason: '缓', ...by, cancelledAt: noon };
    expect(fold(planned(60), cancelled)).toBeNull();
  });
});

describe('a limit', () => {
  const rumor = { rumorCaseId: 'case', site: 'province' };
  const clue = { claim: '说法', seenWhere: '', link: null, since: null, reach: '', evidence: [] };
  const reported: RumorEvent = {
    type: 'rumor.reported',
    ...rumor,
    ...clue,
    limit: 'PT1H',
    dueAt: minutesLater(60),
    ...by,
    reportedAt: noon,
  };
  const assessed = (decision: 'rebut' | 'watch'): RumorEvent => ({
    type: 'rumor.assessed',
    ...rumor,
    verdict: 'false',
    facts: '',
    basis: '',
    decision,
    ...by,
    assessedAt: noon,
  });
  it('of a rebuttal warns at each share, until it is out or nothing is owed', () => {
    expect(fold(reported, assessed('rebut'))!.moments.map(({ at }) => at)).toEqual([ms(30), ms(45), ms(54), ms(60)]);
    expect(fold(reported, assessed('watch'))).toBeNull();
  });
  it('of the review that an urgent signature left open warns at each share, until it is done or a fault is found', () => {
    const key = { releaseId: 'release', site: 'province', contentHash: hashA };
    const acts: ReviewAct[] = [{ step: 'review', roles: ['reviewer'] }];
    const signed: ReleaseEvent = { type: 'release.signed', ...key, ...pressDraft(), ...by, signedAt: noon };
    const urgent: ReleaseEvent = { ...signed, debt: { acts, dueAt: minutesLater(60) } };
    const warned: ReleaseEvent = { type: 'release.debt_warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon };
    const review = { ...key, step: 'review' as const, ...by };
    expect(fold(signed)).toBeNull();
    expect(fold(urgent)!.moments.map(({ at }) => at)).toEqual([ms(30), ms(45), ms(54), ms(60)]);
    expect(tells(fold(urgent, warned))).toEqual([75, 90, 100]);
    expect(fold(urgent, { type: 'release.debt_settled', ...review, settledAt: noon })).toBeNull();
    expect(fold(urgent, { type: 'release.debt_objected', ...review, reason: '有误', objectedAt: noon })).toBeNull();
  });
  it('of an answer begins anew with each counter-proposal', () => {
    const key = { submissionId: 'offer', site: 'city' };
    const wish = { slot: null, html: null, message: '' };
    const offered: SubmissionEvent = {
      type: 'submission.offered',
      ...key,
      releaseId: 'release',
      contentHash: hashA,
      title: '题',
      to: { kind: 'site', site: 'province', name: '省' },
      ...wish,
      limit: 'PT1H',
      dueAt: minutesLater(60),
      ...by,
      offeredAt: noon,
    };
    const countered: SubmissionEvent = {
      type: 'submission.countered',
      ...key,
      side: 'receiving',
      ...wish,
      dueAt: minutesLater(100),
      ...by,
      counteredAt: minutesLater(40),
    };
    const warned: SubmissionEvent = { type: 'submission.warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon };
    expect(tells(fold(offered, warned))).toEqual([75, 90, 100]);
    expect(fold(offered, warned, countered)!.moments[0]).toEqual({ tell: 50, at: ms(70) });
  });
});
