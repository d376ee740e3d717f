import type {
  DeliveryCommand,
  DeliveryEvent,
  DeliveryPolicy,
  Finding,
  OnUnknown,
  Outcome,
  RecipientAnswer,
} from '@tongsheng/contracts';
import { hashA, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delivery } from './delivery.ts';

type Answered = Extract<DeliveryEvent, { type: 'delivery.answered' }>;

const given = specify(delivery);
const key = { deliveryId: 'delivery', site: 'province' };
const plain: DeliveryPolicy = { urgency: 'routine', budget: 'P3D', canProbe: false, canWatch: false };
/** A channel that can be asked and looked at. */
const asking: DeliveryPolicy = { ...plain, canProbe: true, canWatch: true };
const facts = (onUnknown: OnUnknown, policy: DeliveryPolicy) => ({
  releaseId: 'release',
  channelId: 'newsroom',
  channelName: '新闻通气邮件组',
  channelKind: 'email',
  title: '题',
  contentHash: hashA,
  onUnknown,
  policy,
});
const requested = (onUnknown: OnUnknown = 'person', policy = plain, awaitsCommit?: true): DeliveryEvent => ({
  type: 'delivery.requested',
  ...key,
  ...facts(onUnknown, policy),
  ...(awaitsCommit && { awaitsCommit }),
  requestedAt: noon,
});
const attempted = (attempt = 1, startedAt = noon): DeliveryEvent => ({
  type: 'delivery.attempted',
  ...key,
  attempt,
  instance: 'one',
  startedAt,
});
const answered = (outcome: Outcome, more: Partial<Answered> = {}): DeliveryEvent => ({
  type: 'delivery.answered',
  ...key,
  attempt: 1,
  outcome,
  detail: 'so it was',
  receipt: null,
  answeredAt: noon,
  nextAttemptAt: null,
  doubtful: outcome === 'unknown',
  spentMs: 0,
  nextProbeAt: null,
  nextWatchAt: null,
  ...more,
});
const receipt = { remoteId: '4711', url: 'https://paper.example/4711', receivedAt: noon };
const probed = (
  finding: Finding,
  more: Partial<Extract<DeliveryEvent, { type: 'delivery.probed' }>> = {},
): DeliveryEvent => ({
  type: 'delivery.probed',
  ...key,
  attempt: 1,
  by: 'poll',
  finding,
  detail: '',
  receipt: null,
  probedAt: noon,
  nextProbeAt: null,
  nextAttemptAt: null,
  nextWatchAt: null,
  spentMs: 0,
  ...more,
});

const head = (at = noon) => ({ id: 'c', at, actor: service, ...key });
const person = { kind: 'person' as const, id: 'comms', name: '宣传' };
const request = (onUnknown: OnUnknown = 'person', policy = plain): DeliveryCommand => ({
  type: 'delivery.request',
  ...head(),
  ...facts(onUnknown, policy),
});
const attempt = (at = noon, instance = 'one'): DeliveryCommand => ({ type: 'delivery.attempt', ...head(at), instance });
const answer = (
  outcome: Outcome,
  number = 1,
  at = noon,
  more: Partial<Extract<DeliveryCommand, { type: 'delivery.answer' }>> = {},
): DeliveryCommand => ({
  type: 'delivery.answer',
  ...head(at),
  attempt: number,
  outcome,
  detail: 'so it was',
  receipt: null,
  retryAfterSeconds: null,
  ...more,
});
const resolve = (resolution: 'arrived' | 'send_again' | 'absent', at = noon): DeliveryCommand => ({
  type: 'delivery.resolve',
  ...head(at),
  actor: person,
  resolution,
  note: '已电话确认',
});
const resolved = (resolution: 'arrived' | 'send_again' | 'absent'): DeliveryEvent => ({
  type: 'delivery.resolved',
  ...key,
  resolution,
  note: '已电话确认',
  by: 'comms',
  byName: '宣传',
  resolvedAt: noon,
});
const probe = (finding: Finding, at = noon, by: 'poll' | 'callback' = 'poll'): DeliveryCommand => ({
  type: 'delivery.record_probe',
  ...head(at),
  attempt: 1,
  by,
  finding,
  detail: '',
  receipt: null,
  retryAfterSeconds: null,
});
const look = (number: number, found: 'present' | 'gone' | 'banned' | 'unsure', at = noon): DeliveryCommand => ({
  type: 'delivery.record_watch',
  ...head(at),
  look: number,
  found,
  detail: '',
});
const accepted = (name: string): RecipientAnswer => ({
  address: `${name}@newsroom.example`,
  outcome: 'accepted',
  status: '',
  detail: '',
});
const deferred = (name: string): RecipientAnswer => ({
  address: `${name}@newsroom.example`,
  outcome: 'deferred',
  status: '4.2.1',
  detail: '450 4.2.1 full',
});
const halt: DeliveryCommand = { type: 'delivery.halt', ...head(), reason: '已更正' };
const halted = (nextProbeAt: string | null = null): DeliveryEvent => ({
  type: 'delivery.halted',
  ...key,
  reason: '已更正',
  haltedAt: noon,
  nextProbeAt,
});
const sending = [requested(), attempted()];

describe('a delivery', () => {
  it('is requested once', () => {
    given().when(request()).yields(requested());
    given(requested()).when(request()).yields();
  });
  it('is written down before it is tried, with the process that tries', () => {
    given(requested()).when(attempt()).yields(attempted());
  });
  it('is tried by one at a time', () => {
    given(...sending)
      .when(attempt(noon, 'two'))
      .isRefused('delivery_attempt_mismatch');
  });
  it('ends with the channel’s proof', () => {
    given(...sending)
      .when(answer('confirmed'))
      .yields(answered('confirmed'));
    given(...sending, answered('confirmed'))
      .when(attempt())
      .isRefused('delivery_closed');
  });
  it('ends when the channel says no for good', () => {
    const no = answered('rejected_permanent', { trouble: 'content' });
    given(...sending)
      .when(answer('rejected_permanent'))
      .yields(no);
    given(...sending, no)
      .when(attempt())
      .isRefused('delivery_closed');
  });
  it('that nobody asked for is not there', () => {
    given().when(attempt()).isRefused('delivery_missing');
  });
  it('of before there were policies goes on as one of routine', () => {
    const { policy: _policy, ...old } = facts('person', plain);
    const past: DeliveryEvent[] = [{ type: 'delivery.requested', ...key, ...old, requestedAt: noon }, attempted()];
    expect(
      given(...past)
        .when(answer('not_sent'))
        .events(),
    ).toMatchObject([{ spentMs: 5_000 }]);
  });
});

describe('a try that did not get through', () => {
  const later = minutesLater(1);
  const waiting = [...sending, answered('not_sent', { nextAttemptAt: later, spentMs: 5_000 })];

  it.each(['not_sent', 'rejected_retryable'] as const)('is followed by another when it was %s', (outcome) => {
    const [event] = given(...sending)
      .when(answer(outcome))
      .events();
    expect(event).toMatchObject({ outcome, nextAttemptAt: expect.any(String), spentMs: 5_000 });
  });
  it('leaves the channel alone as long as it asked', () => {
    const [event] = given(...sending)
      .when(answer('rejected_retryable', 1, noon, { retryAfterSeconds: 3_600 }))
      .events();
    expect(event).toMatchObject({ nextAttemptAt: expect.toSatisfy((next: string) => next >= minutesLater(60)) });
  });
  it('is not repeated before its time', () => {
    given(...waiting)
      .when(attempt(noon))
      .isRefused('delivery_not_due');
    given(...waiting)
      .when(attempt(later))
      .yields(attempted(2, later));
  });
  it('is the end when its time is used up, until a person has it tried again with a whole budget', () => {
    const spent = answered('not_sent', { nextAttemptAt: noon, spentMs: 72 * 3_600_000 });
    const last = answered('not_sent', { attempt: 2, spentMs: 72 * 3_600_000, trouble: 'network' });
    const past = [...sending, spent, attempted(2)];
    given(...past)
      .when(answer('not_sent', 2))
      .yields(last);
    given(...past, last)
      .when(attempt())
      .isRefused('delivery_closed');
    const redrive: DeliveryCommand = { type: 'delivery.redrive', ...head(), actor: person, reason: '邮箱已修好' };
    const redriven: DeliveryEvent = {
      type: 'delivery.redriven',
      ...key,
      reason: '邮箱已修好',
      by: 'comms',
      byName: '宣传',
      redrivenAt: noon,
    };
    given(...past, last)
      .when(redrive)
      .yields(redriven);
    given(...past)
      .when(redrive)
      .isRefused('delivery_not_failed');
    expect(
      given(...past, last, redriven, attempted(3))
        .when(answer('not_sent', 3))
        .events(),
    ).toMatchObject([{ spentMs: 5_000 }]);
  });
  it.each(['rate_limited', 'quota', 'credential'] as const)('because of %s costs nothing', (trouble) => {
    const [event] = given(...sending)
      .when(answer('rejected_retryable', 1, noon, { trouble }))
      .events();
    expect(event).toMatchObject({ trouble, spentMs: 0, nextAttemptAt: expect.any(String) });
  });
});

describe('an answer', () => {
  it('belongs to the attempt that runs', () => {
    given(...sending)
      .when(answer('confirmed', 2))
      .isRefused('delivery_attempt_mismatch');
    given(requested()).when(answer('confirmed', 1)).isRefused('delivery_attempt_mismatch');
  });
  it('that comes late settles what was unknown', () => {
    given(...sending, answered('unknown'))
      .when(answer('confirmed'))
      .yields(answered('confirmed'));
    given(...sending, answered('unknown'))
      .when(answer('unknown'))
      .isRefused('delivery_attempt_mismatch');
  });
  it('that comes late changes nothing once the next attempt runs', () => {
    given(requested('same_key'), attempted(), answered('unknown', { nextAttemptAt: noon }), attempted(2))
      .when(answer('confirmed', 1))
      .isRefused('delivery_attempt_mismatch');
  });
  it('of acceptance waits for the proof', () => {
    given(...sending, answered('accepted_pending'))
      .when(attempt())
      .isRefused('delivery_not_due');
    given(...sending, answered('accepted_pending'))
      .when(answer('confirmed'))
      .yields(answered('confirmed'));
  });
});

describe('an unknown outcome', () => {
  const parked = [...sending, answered('unknown')];

  it('is never tried again by itself where a second copy would show', () => {
    given(...sending)
      .when(answer('unknown'))
      .yields(answered('unknown', { trouble: 'network' }));
    given(...parked)
      .when(attempt(minutesLater(10_000)))
      .isRefused('delivery_not_due');
  });
  it('says when its process had ended: that tells nothing of the channel', () => {
    given(...sending)
      .when(answer('unknown', 1, noon, { orphaned: true }))
      .yields(answered('unknown', { trouble: 'network', orphaned: true }));
  });
  it('is tried again under the same key where the receiver checks it', () => {
    const [event] = given(requested('same_key'), attempted()).when(answer('unknown')).events();
    expect(event).toMatchObject({ outcome: 'unknown', nextAttemptAt: expect.any(String), doubtful: true });
  });
  it('waits for a person when the time for tries under the same key is used up', () => {
    const spent = answered('unknown', { nextAttemptAt: noon, spentMs: 72 * 3_600_000 });
    const past = [requested('same_key'), attempted(), spent, attempted(2)];
    const last = answered('unknown', { attempt: 2, spentMs: 72 * 3_600_000, trouble: 'network' });
    given(...past)
      .when(answer('unknown', 2))
      .yields(last);
    given(...past, last)
      .when(resolve('arrived'))
      .yields(resolved('arrived'));
  });
  it('stays unknown when a second copy is refused: that says nothing of the first', () => {
    const past = [requested('same_key'), attempted(), answered('unknown', { nextAttemptAt: noon }), attempted(2)];
    const no = answered('rejected_permanent', { attempt: 2, doubtful: true, trouble: 'content' });
    given(...past)
      .when(answer('rejected_permanent', 2))
      .yields(no);
    given(...past, no)
      .when(resolve('send_again'))
      .yields(resolved('send_again'));
  });
  it('ends when a person found it there', () => {
    given(...parked)
      .when(resolve('arrived'))
      .yields(resolved('arrived'));
    given(...parked, resolved('arrived'))
      .when(attempt())
      .isRefused('delivery_closed');
  });
  it('is tried again when a person found it missing', () => {
    given(...parked)
      .when(resolve('send_again'))
      .yields(resolved('send_again'));
    given(...parked, resolved('send_again'))
      .when(attempt())
      .yields(attempted(2));
  });
  it('is the only one that a person settles', () => {
    given(...sending)
      .when(resolve('send_again'))
      .isRefused('delivery_not_unknown');
    given(...sending, answered('not_sent', { nextAttemptAt: noon }))
      .when(resolve('arrived'))
      .isRefused('delivery_not_unknown');
  });
});

describe('a key that the channel forgets', () => {
  const hour = { ...asking, keyLifetime: 'PT1H' };
  const unsure = answered('unknown', { nextAttemptAt: minutesLater(1), spentMs: 5_000 });

  it('is used again while it holds', () => {
    const past = [requested('same_key', hour), attempted(), unsure];
    given(...past)
      .when(attempt(minutesLater(59)))
      .yields(attempted(2, minutesLater(59)));
  });
  it('is not used past its time: the channel is asked', () => {
    const past = [requested('same_key', hour), attempted(), unsure];
    const [event] = given(...past)
      .when(attempt(minutesLater(60)))
      .events();
    expect(event).toMatchObject({ type: 'delivery.key_expired', nextProbeAt: expect.any(String) });
    given(...past, event!)
      .when(attempt(minutesLater(61)))
      .isRefused('delivery_not_due');
  });
  it('is not used past its time: a person is, where nobody can be asked', () => {
    const past = [requested('same_key', { ...plain, keyLifetime: 'PT1H' }), attempted(), unsure];
    const expired: DeliveryEvent = {
      type: 'delivery.key_expired',
      ...key,
      expiredAt: minutesLater(60),
      nextProbeAt: null,
    };
    given(...past)
      .when(attempt(minutesLater(60)))
      .yields(expired);
    given(...past, expired)
      .when(resolve('arrived'))
      .yields(resolved('arrived'));
  });
  it('is not planned to be used past its time', () => {
    const [event] = given(requested('same_key', { ...hour, keyLifetime: 'PT3S' }), attempted())
      .when(answer('unknown'))
      .events();
    expect(event).toMatchObject({ nextAttemptAt: null, nextProbeAt: expect.any(String) });
  });
  it('holds as long as nothing is in doubt', () => {
    const refused = answered('rejected_retryable', { nextAttemptAt: noon, spentMs: 5_000 });
    given(requested('same_key', hour), attempted(), refused)
      .when(attempt(minutesLater(600)))
      .yields(attempted(2, minutesLater(600)));
  });
});

describe('a channel that can be asked', () => {
  const begun = [requested('probe', asking), attempted()];
  const unsure = answered('unknown', { nextProbeAt: minutesLater(1) });
  const pending = answered('accepted_pending', { nextProbeAt: minutesLater(1) });

  it('is asked before anything is sent again', () => {
    const [event] = given(...begun)
      .when(answer('unknown'))
      .events();
    expect(event).toMatchObject({ nextAttemptAt: null, nextProbeAt: expect.any(String) });
    given(...begun, unsure)
      .when(attempt(minutesLater(99)))
      .isRefused('delivery_not_due');
  });
  it('that has it, has it', () => {
    given(...begun, unsure)
      .when(probe('present'))
      .yields(probed('present', { nextWatchAt: minutesLater(60) }));
  });
  it('that surely does not have it gets it again', () => {
    const [event] = given(...begun, unsure)
      .when(probe('absent'))
      .events();
    expect(event).toMatchObject({ nextAttemptAt: expect.any(String), spentMs: 5_000 });
    given(...begun, unsure, event!)
      .when(attempt(minutesLater(5)))
      .yields(attempted(2, minutesLater(5)));
  });
  it('that can’t tell is asked again, and in the end a person is', () => {
    let past = [...begun, unsure];
    for (let n = 0; n < 7; n++)
      past = [
        ...past,
        ...given(...past)
          .when(probe('unsure', minutesLater(n + 1)))
          .events(),
      ];
    expect(past.at(-1)).toMatchObject({ nextProbeAt: null });
    given(...past)
      .when(resolve('arrived'))
      .yields(resolved('arrived'));
  });
  it('is polled until what it took is visible', () => {
    const [event] = given(...begun)
      .when(answer('accepted_pending'))
      .events();
    expect(event).toMatchObject({ nextProbeAt: expect.any(String) });
    const [still] = given(...begun, pending)
      .when(probe('accepted'))
      .events();
    expect(still).toMatchObject({ nextProbeAt: expect.any(String) });
    given(...begun, pending, still!)
      .when(probe('present'))
      .yields(probed('present', { nextWatchAt: minutesLater(60) }));
  });
  it('may say no after it took it', () => {
    given(...begun, pending)
      .when(probe('refused'))
      .yields(probed('refused'));
    given(...begun, pending, probed('refused'))
      .when(attempt())
      .isRefused('delivery_closed');
  });
  it('says the same by a call of its own and when it is asked: the second changes nothing', () => {
    const told = probed('present', { by: 'callback', nextWatchAt: minutesLater(60) });
    given(...begun, pending)
      .when(probe('present', noon, 'callback'))
      .yields(told);
    given(...begun, pending, told)
      .when(probe('present'))
      .yields();
  });
  it('that takes back what it had confirmed is heard', () => {
    given(...begun, answered('confirmed', { receipt }))
      .when(probe('refused', noon, 'callback'))
      .yields({ type: 'delivery.lost', ...key, because: 'banned', detail: '', lostAt: noon });
  });
});

describe('progress', () => {
  const noting = (number: number, notes: Record<string, string>): DeliveryCommand => ({
    type: 'delivery.note',
    ...head(),
    attempt: number,
    notes,
  });
  const noted: DeliveryEvent = {
    type: 'delivery.noted',
    ...key,
    attempt: 1,
    notes: { draft: 'M1' },
    notedAt: noon,
  };
  it('is noted while the attempt runs, and once', () => {
    given(...sending)
      .when(noting(1, { draft: 'M1' }))
      .yields(noted);
    given(...sending, noted)
      .when(noting(1, { draft: 'M1' }))
      .yields();
    given(requested())
      .when(noting(1, { draft: 'M1' }))
      .isRefused('delivery_attempt_mismatch');
  });
  it('is there for the next attempt', () => {
    const past = [...sending, noted, answered('not_sent', { nextAttemptAt: noon }), attempted(2)];
    expect(past.reduce(delivery.evolve, delivery.initial)).toMatchObject({ notes: { draft: 'M1' } });
  });
});

describe('a part of a linked release', () => {
  const begun = requested('probe', asking, true);
  const prepare = (ready: boolean, trouble: 'content' | 'credential' | null): DeliveryCommand => ({
    type: 'delivery.record_prepared',
    ...head(),
    ready,
    trouble,
    detail: '',
  });
  const commit: DeliveryCommand = { type: 'delivery.commit', ...head(minutesLater(5)) };
  const committed: DeliveryEvent = { type: 'delivery.committed', ...key, committedAt: minutesLater(5) };
  const cancel: DeliveryCommand = { type: 'delivery.cancel', ...head(), reason: '撤下' };

  it('is made ready and is not handed over before it is committed', () => {
    given(begun).when(attempt()).isRefused('delivery_not_due');
    expect(given(begun).when(prepare(true, null)).events()).toMatchObject([{ ready: true, nextPrepareAt: null }]);
    given(begun).when(commit).yields(committed);
    given(begun, committed).when(commit).yields();
    given(begun, committed)
      .when(attempt(minutesLater(5)))
      .yields(attempted(1, minutesLater(5)));
  });
  it('is tried to be made ready again, unless it is about what is in it', () => {
    const again = given(begun).when(prepare(false, 'credential')).events();
    expect(again).toMatchObject([{ ready: false, nextPrepareAt: minutesLater(1) }]);
    expect(given(begun).when(prepare(false, 'content')).events()).toMatchObject([{ nextPrepareAt: null }]);
  });
  it('can be taken back until it is begun', () => {
    const cancelled: DeliveryEvent = { type: 'delivery.cancelled', ...key, reason: '撤下', cancelledAt: noon };
    given(begun).when(cancel).yields(cancelled);
    given(begun, committed).when(cancel).yields(cancelled);
    given(begun, cancelled).when(commit).isRefused('delivery_closed');
    given(begun, committed, attempted()).when(cancel).isRefused('delivery_begun');
  });
  const cancelled: DeliveryEvent = { type: 'delivery.cancelled', ...key, reason: '撤下', cancelledAt: noon };
  const discard = (done: boolean): DeliveryCommand => ({
    type: 'delivery.record_discarded',
    ...head(),
    done,
    detail: '',
  });
  const prepared: DeliveryEvent = {
    type: 'delivery.prepared',
    ...key,
    ready: true,
    trouble: null,
    detail: '',
    preparedAt: noon,
    nextPrepareAt: null,
  };
  const noted: DeliveryEvent = { type: 'delivery.noted', ...key, attempt: 0, notes: { draft: 'M1' }, notedAt: noon };
  const move = (goesOutAt: string): DeliveryCommand => ({ type: 'delivery.reschedule', ...head(), goesOutAt });

  it('that was cancelled has its draft taken away, tried again a few times; without one nothing is to be done', () => {
    const gone = [begun, noted, prepared, cancelled];
    expect(
      given(...gone)
        .when(discard(true))
        .events(),
    ).toMatchObject([{ done: true, nextDiscardAt: null }]);
    expect(
      given(...gone)
        .when(discard(false))
        .events(),
    ).toMatchObject([{ nextDiscardAt: minutesLater(5) }]);
    const failed: DeliveryEvent = {
      type: 'delivery.discarded',
      ...key,
      done: false,
      detail: '',
      discardedAt: noon,
      nextDiscardAt: noon,
    };
    const last = given(...gone, failed, failed, failed, failed).when(discard(false));
    expect(last.events()).toMatchObject([{ nextDiscardAt: null }]);
    given(begun, prepared, cancelled).when(discard(true)).yields();
    // Somebody may be making a draft at this very moment.
    expect(given(begun, cancelled).when(discard(true)).events()).toMatchObject([{ done: true }]);
  });
  it('is made ready anew when its moment moves to where other slots count', () => {
    const moved = given(begun, noted, prepared)
      .when(move(minutesLater(90)))
      .events();
    expect(moved).toMatchObject([{ type: 'delivery.rescheduled', goesOutAt: minutesLater(90) }]);
    expect([begun, noted, prepared, ...moved].reduce(delivery.evolve, delivery.initial)).toMatchObject({
      status: 'preparing',
      ready: false,
      nextPrepareAt: noon,
      notes: { draft: 'M1' },
    });
    given(begun, noted, prepared, ...moved)
      .when(move(minutesLater(90)))
      .yields();
    given(begun, committed)
      .when(move(minutesLater(90)))
      .yields();
  });
  it('is never handed over before it is committed, nor after it was cancelled, whatever is said', () => {
    const any = fc.oneof(
      times.map((at) => attempt(at)),
      fc.constantFrom(commit, cancel, discard(true), discard(false), move(minutesLater(90)), prepare(true, null)),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
        const first = request('probe', asking);
        let [isCommitted, isCancelled] = [false, false];
        for (const event of play([{ ...first, awaitsCommit: true } as DeliveryCommand, ...commands])) {
          isCommitted ||= event.type === 'delivery.committed';
          isCancelled ||= event.type === 'delivery.cancelled';
          if (event.type === 'delivery.attempted') expect([isCommitted, isCancelled]).toEqual([true, false]);
        }
      }),
    );
  });
});

describe('a mail that comes back', () => {
  const recipients = [{ address: 'desk@newsroom.example', status: '5.1.1', detail: 'no such user' }];
  const bounce: DeliveryCommand = { type: 'delivery.record_bounce', ...head(), recipients };
  const bounced: DeliveryEvent = { type: 'delivery.bounced', ...key, recipients, bouncedAt: noon };
  const redrive: DeliveryCommand = { type: 'delivery.redrive', ...head(), actor: person, reason: '邮箱已修好' };
  const said = [accepted('radio'), { ...recipients[0]!, outcome: 'refused' as const }];
  it('is a fact beside the receipt: whoever else got it has it, and nothing is sent again', () => {
    const taken = [requested('person'), attempted(), answered('confirmed', { receipt })];
    given(...taken)
      .when(bounce)
      .yields(bounced);
    given(...taken, bounced)
      .when(attempt(minutesLater(5)))
      .isRefused('delivery_closed');
  });
  it('is sent again by a person to those alone whom it did not reach, and once they have it to nobody', () => {
    const taken = [requested('person'), attempted(), answered('confirmed', { receipt })];
    given(...taken)
      .when(redrive)
      .isRefused('delivery_not_failed');
    const again = given(...taken, bounced)
      .when(redrive)
      .events();
    const to = given(...taken, bounced, ...again)
      .when(attempt(noon))
      .events();
    expect(to).toMatchObject([{ attempt: 2, to: ['desk@newsroom.example'] }]);
    const has = answered('confirmed', { attempt: 2, receipt, recipients: [accepted('desk@newsroom.example')] });
    given(...taken, bounced, ...again, ...to, has)
      .when(redrive)
      .isRefused('delivery_not_failed');
    const refused = { attempt: 2, othersHaveIt: true, recipients: [said[1]!] };
    given(...taken, bounced, ...again, ...to, answered('rejected_permanent', refused), bounced)
      .when(redrive)
      .yields(...again);
  });
  it('is named at once where the server takes it for others alone', () => {
    given(requested('person'), attempted())
      .when(answer('confirmed', 1, noon, { receipt, recipients: said }))
      .yields(answered('confirmed', { receipt, recipients: said }), bounced);
  });
  it('was sent before', () => {
    given(requested('person')).when(bounce).isRefused('delivery_attempt_mismatch');
  });
});

describe('a mail that some have and others may get later', () => {
  const [desk, busy, full] = [accepted('desk'), deferred('busy'), deferred('full')];
  const second = minutesLater(1);
  const partly = answered('confirmed', {
    receipt,
    recipients: [desk, busy, full],
    nextAttemptAt: second,
    spentMs: 5_000,
  });
  const begun = [requested('person'), attempted(), partly];
  const toRest = { ...attempted(2, second), to: [busy.address, full.address] } as DeliveryEvent;
  const late = { attempt: 2, answeredAt: second, othersHaveIt: true };
  const bounced = (...who: RecipientAnswer[]): DeliveryEvent => ({
    type: 'delivery.bounced',
    ...key,
    recipients: who.map(({ address, status, detail }) => ({ address, status, detail })),
    bouncedAt: second,
  });
  const end = { attempt: 2, spentMs: 259_200_000 };
  const spent: DeliveryEvent[] = [
    requested('person'),
    attempted(),
    { ...partly, spentMs: end.spentMs } as DeliveryEvent,
    toRest,
  ];

  it('is tried again for those alone, by the schedule of everything else', () => {
    const [told] = given(requested('person'), attempted())
      .when(answer('confirmed', 1, noon, { receipt, recipients: [desk, busy, full] }))
      .events();
    expect(told).toMatchObject({ outcome: 'confirmed', spentMs: 5_000, nextAttemptAt: expect.any(String) });
    expect(given(requested('person'), attempted()).when(answer('not_sent')).events()).toMatchObject([
      { nextAttemptAt: (told as Answered).nextAttemptAt },
    ]);
    given(...begun)
      .when(attempt(second))
      .yields(toRest);
  });
  it('is confirmed once the last of them has it', () => {
    const has = answered('confirmed', {
      ...late,
      receipt,
      spentMs: 5_000,
      recipients: [accepted('busy'), accepted('full')],
    });
    given(...begun, toRest)
      .when(answer('confirmed', 2, second, { receipt, recipients: [accepted('busy'), accepted('full')] }))
      .yields(has);
    given(...begun, toRest, has)
      .when(attempt(minutesLater(9)))
      .isRefused('delivery_closed');
  });
  it('goes on for who is left when the server says no to one of them for good', () => {
    const gone = { ...full, outcome: 'refused' as const };
    const events = given(...begun, toRest)
      .when(answer('rejected_retryable', 2, second, { recipients: [busy, gone] }))
      .events();
    expect(events).toMatchObject([{ outcome: 'rejected_retryable', othersHaveIt: true }, bounced(gone)]);
    const { nextAttemptAt } = events[0] as Answered;
    expect(
      given(...begun, toRest, ...events)
        .when(attempt(nextAttemptAt!))
        .events(),
    ).toMatchObject([{ attempt: 3, to: [busy.address] }]);
  });
  it('is given up for them, by name, when its time is used up; the others have it', () => {
    const events = given(...spent)
      .when(answer('rejected_retryable', 2, second, { recipients: [busy, full] }))
      .events();
    expect(events).toMatchObject([{ nextAttemptAt: null, othersHaveIt: true }, bounced(busy, full)]);
    const again = given(...spent, ...events)
      .when({ type: 'delivery.redrive', ...head(), actor: person, reason: '再试' })
      .events();
    expect(
      given(...spent, ...events, ...again)
        .when(attempt(second))
        .events(),
    ).toMatchObject([{ attempt: 3, to: [busy.address, full.address] }]);
    // Where nobody answered for each, each is named with what was heard.
    expect(
      given(...spent)
        .when(answer('not_sent', 2, second))
        .events()[1],
    ).toMatchObject({ recipients: [{ address: busy.address, detail: 'so it was' }, { address: full.address }] });
  });
  it('is a person’s to settle when it may have arrived there, and goes to nobody else whatever that person says', () => {
    const unknown = answered('unknown', { ...late, doubtful: true, trouble: 'network', spentMs: 5_000 });
    given(...begun, toRest)
      .when(answer('unknown', 2, second))
      .yields(unknown);
    expect(
      given(...begun, toRest, unknown, resolved('send_again'))
        .when(attempt(second))
        .events(),
    ).toMatchObject([{ attempt: 3, to: [busy.address, full.address] }]);
    const again = given(...begun, toRest, unknown, resolved('absent'))
      .when({ type: 'delivery.redrive', ...head(), actor: person, reason: '再试' })
      .events();
    expect(
      given(...begun, toRest, unknown, resolved('absent'), ...again)
        .when(attempt(second))
        .events(),
    ).toMatchObject([{ attempt: 3, to: [busy.address, full.address] }]);
  });
  it('is not sent to them any more once it was corrected, and who has it has it', () => {
    given(...begun)
      .when(halt)
      .yields(halted());
    given(...begun, halted())
      .when(attempt(second))
      .isRefused('delivery_closed');
  });
});

describe('a channel without an interface', () => {
  const assignment = { files: [], dueAt: minutesLater(60) };
  const begun = [requested('assisted', { ...plain, canWatch: true }), attempted()];
  const assigned = answered('accepted_pending', { assignment });
  const report: DeliveryCommand = {
    type: 'delivery.report',
    ...head(),
    actor: person,
    url: 'https://mp.example/1',
    visibleAt: noon,
    screenshot: hashA,
    note: '',
  };
  it('is served by a person, who brings back where it is; then it is watched like any other', () => {
    given(...begun)
      .when(answer('accepted_pending', 1, noon, { assignment }))
      .yields(assigned);
    const [reported] = given(...begun, assigned)
      .when(report)
      .events();
    // In this very moment, and then like any other.
    expect(reported).toMatchObject({ by: 'comms', url: 'https://mp.example/1', nextWatchAt: noon });
    const [looked] = given(...begun, assigned, reported!)
      .when(look(1, 'present', noon))
      .events();
    expect(looked).toMatchObject({ type: 'delivery.watched', nextWatchAt: minutesLater(60) });
    expect(
      given(...begun, assigned, reported!, looked!)
        .when(look(2, 'present', minutesLater(60)))
        .events(),
    ).toMatchObject([{ nextWatchAt: minutesLater(24 * 60) }]);
    given(...begun, assigned, reported!)
      .when(report)
      .isRefused('delivery_closed');
  });
  it('whose package was not finished makes it again by itself: nobody was given it', () => {
    const [unknown] = given(...begun)
      .when(answer('unknown', 1, noon, { orphaned: true }))
      .events();
    expect(unknown).toMatchObject({ outcome: 'unknown', nextAttemptAt: expect.any(String) });
    const again = (unknown as Answered).nextAttemptAt!;
    given(...begun, unknown!)
      .when(attempt(again))
      .yields(attempted(2, again));
    given(...begun, unknown!, attempted(2, again), answered('accepted_pending', { attempt: 2, assignment }))
      .when(answer('accepted_pending', 1, again, { assignment }))
      .isRefused('delivery_attempt_mismatch');
  });
  it('is warned of when it is soon due and when it is overdue, once each, and not once it is brought back', () => {
    const warn = (share: 75 | 100, at: string): DeliveryCommand => ({ type: 'delivery.warn', ...head(at), share });
    const warned = (share: 75 | 100, at: string): DeliveryEvent => ({
      type: 'delivery.warned',
      ...key,
      attempt: 1,
      share,
      startsAt: noon,
      dueAt: minutesLater(60),
      warnedAt: at,
    });
    const [soon, late] = [warned(75, minutesLater(45)), warned(100, minutesLater(60))];
    given(...begun, assigned)
      .when(warn(75, minutesLater(44)))
      .isRefused('delivery_not_due');
    given(...begun, assigned)
      .when(warn(75, minutesLater(45)))
      .yields(soon);
    given(...begun, assigned, soon)
      .when(warn(75, minutesLater(46)))
      .yields();
    given(...begun, assigned, soon)
      .when(warn(100, minutesLater(60)))
      .yields(late);
    given(...begun, assigned, soon, late)
      .when(warn(100, minutesLater(61)))
      .yields();
    const [reported] = given(...begun, assigned, soon)
      .when(report)
      .events();
    given(...begun, assigned, soon, reported!)
      .when(warn(100, minutesLater(60)))
      .yields();
  });
  it('is the only one that a person reports', () => {
    given(...sending, answered('accepted_pending'))
      .when(report)
      .isRefused('delivery_not_assigned');
  });
});

describe('what was visible', () => {
  const shown = [
    requested('probe', asking),
    attempted(),
    answered('confirmed', { receipt, nextWatchAt: minutesLater(60) }),
  ];
  it('is looked at again, each look once', () => {
    const watched: DeliveryEvent = {
      type: 'delivery.watched',
      ...key,
      look: 1,
      found: 'present',
      detail: '',
      watchedAt: minutesLater(60),
      nextWatchAt: minutesLater(24 * 60),
    };
    given(...shown)
      .when(look(1, 'present', minutesLater(60)))
      .yields(watched);
    given(...shown, watched)
      .when(look(1, 'present', minutesLater(61)))
      .yields();
  });
  it.each(['gone', 'banned'] as const)('and is %s is lost, once', (because) => {
    const lost: DeliveryEvent = { type: 'delivery.lost', ...key, because, detail: '', lostAt: noon };
    given(...shown)
      .when(look(1, because))
      .yields(lost);
    given(...shown, lost)
      .when(look(1, because))
      .yields();
  });
  it('is not looked at where nobody can', () => {
    given(...sending, answered('confirmed', { receipt }))
      .when(look(1, 'gone'))
      .yields();
  });
});

it('what waits for a slot of its quota is not tried before it', () => {
  const notBefore = minutesLater(600);
  const postpone: DeliveryCommand = { type: 'delivery.postpone', ...head(), because: 'quota', notBefore };
  const postponed: DeliveryEvent = {
    type: 'delivery.postponed',
    ...key,
    because: 'quota',
    notBefore,
    postponedAt: noon,
  };
  given(requested()).when(postpone).yields(postponed);
  given(requested(), postponed).when(postpone).yields();
  given(requested(), postponed)
    .when(attempt(minutesLater(599)))
    .isRefused('delivery_not_due');
  given(requested(), postponed).when(attempt(notBefore)).yields(attempted(1, notBefore));
});

const outcomes = fc.constantFrom<Outcome>(
  'not_sent',
  'rejected_permanent',
  'rejected_retryable',
  'accepted_pending',
  'confirmed',
  'unknown',
);
const times = fc.nat(100_000).map(minutesLater);
const findings = fc.constantFrom<Finding>('present', 'accepted', 'absent', 'refused', 'unsure');
const recipientAnswers = fc.uniqueArray(
  fc.record({
    address: fc.constantFrom('desk@newsroom.example', 'busy@newsroom.example', 'left@newsroom.example'),
    outcome: fc.constantFrom<RecipientAnswer['outcome']>('accepted', 'deferred', 'refused'),
    status: fc.constant(''),
    detail: fc.constant(''),
  }),
  { minLength: 1, selector: ({ address }) => address },
);
/** As the mail adapter says it: it is out when one has it, and worth another try while one of them may take it. */
function answerOfEach([number, at, recipients]: [number, string, RecipientAnswer[]]): DeliveryCommand {
  const some = (outcome: string) => recipients.some((each) => each.outcome === outcome);
  const outcome = some('accepted') ? 'confirmed' : some('deferred') ? 'rejected_retryable' : 'rejected_permanent';
  return answer(outcome, number, at, { recipients });
}
const anyCommand: fc.Arbitrary<DeliveryCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(times, fc.constantFrom('one', 'two')).map(([at, who]) => attempt(at, who)) },
  { weight: 6, arbitrary: fc.tuple(outcomes, fc.integer({ min: 1, max: 12 }), times).map((said) => answer(...said)) },
  { weight: 6, arbitrary: fc.tuple(fc.integer({ min: 1, max: 12 }), times, recipientAnswers).map(answerOfEach) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(findings, times, fc.constantFrom('poll' as const, 'callback' as const), fc.integer({ min: 1, max: 6 }))
      .map(([finding, at, by, number]) => ({ ...probe(finding, at, by), attempt: number }) as DeliveryCommand),
  },
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('present' as const, 'gone' as const), times)
    .map((said) => look(...said)),
  fc
    .tuple(fc.constantFrom('arrived' as const, 'send_again' as const, 'absent' as const), times)
    .map((said) => resolve(...said)),
  fc.constantFrom(request(), halt),
);
describe('what was corrected or withdrawn since', () => {
  it('is cancelled where surely nothing has left the house', () => {
    const cancelled: DeliveryEvent = { type: 'delivery.cancelled', ...key, reason: '已更正', cancelledAt: noon };
    given(requested()).when(halt).yields(cancelled);
    given(requested('person', plain, true))
      .when(halt)
      .yields(cancelled);
    given(...sending, answered('not_sent', { nextAttemptAt: minutesLater(5) }))
      .when(halt)
      .yields(cancelled);
    given(requested(), cancelled).when(halt).yields();
  });
  it('is still found out about: the channel is asked anew, and nothing is sent again', () => {
    const unknown = [requested('probe', asking), attempted(), answered('unknown', { nextProbeAt: null })];
    given(...unknown)
      .when(halt)
      .yields(halted('2026-11-23T04:00:10.000Z'));
    given(...unknown, halted('2026-11-23T04:00:10.000Z'))
      .when(probe('absent'))
      .yields(probed('absent'));
    given(...unknown, halted('2026-11-23T04:00:10.000Z'))
      .when(resolve('send_again'))
      .isRefused('delivery_halted');
    given(...unknown, halted('2026-11-23T04:00:10.000Z'))
      .when(resolve('absent'))
      .yields(resolved('absent'));
    given(...sending, halted())
      .when(answer('not_sent'))
      .yields(answered('not_sent', { trouble: 'network', spentMs: 5_000 }));
  });
  it('is not sent again under its key either, and not because a person wants it', () => {
    const retrying = [requested('same_key'), attempted(), answered('unknown', { nextAttemptAt: minutesLater(1) })];
    given(...retrying)
      .when(halt)
      .yields(halted());
    given(...retrying, halted())
      .when(attempt(minutesLater(2)))
      .isRefused('delivery_not_due');
    const failed = [...sending, answered('rejected_permanent', { trouble: 'content' })];
    given(...failed, halted())
      .when({ type: 'delivery.redrive', ...head(), actor: person, reason: '再试' })
      .isRefused('delivery_halted');
  });
});

const anyHistory = fc
  .tuple(
    fc.constantFrom<OnUnknown>('person', 'same_key', 'probe'),
    fc.constantFrom(plain, asking, { ...asking, keyLifetime: 'PT1H' }),
    fc.array(anyCommand, { maxLength: 80 }),
  )
  .map(([onUnknown, policy, commands]) => [request(onUnknown, policy), ...commands]);

/** Every event that a history of commands leads to; refusals leave no trace. */
function play(commands: DeliveryCommand[]): DeliveryEvent[] {
  const events: DeliveryEvent[] = [];
  let state = delivery.initial;
  for (const command of commands) {
    try {
      const decided = delivery.decide(command, state);
      events.push(...decided);
      state = decided.reduce(delivery.evolve, state);
    } catch {
      continue;
    }
  }
  return events;
}

describe('whatever workers and people say, in any order', () => {
  it('no attempt begins while another runs, and attempts are counted without a gap', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        let running = false;
        let count = 0;
        for (const event of play(commands)) {
          if (event.type === 'delivery.attempted') {
            expect(running).toBe(false);
            expect(event.attempt).toBe(++count);
            running = true;
          }
          if (event.type === 'delivery.answered') {
            expect(event.attempt).toBe(count);
            running = false;
          }
        }
      }),
    );
  });
  it('nothing is tried after a proof, a final no that leaves no doubt, or a person who found it there', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        const ends = events.findIndex(
          (event) =>
            (event.type === 'delivery.answered' &&
              event.nextAttemptAt === null &&
              (event.outcome === 'confirmed' || (event.outcome === 'rejected_permanent' && !event.doubtful))) ||
            (event.type === 'delivery.probed' && (event.finding === 'present' || event.finding === 'refused')) ||
            (event.type === 'delivery.resolved' && event.resolution === 'arrived'),
        );
        if (ends === -1) return;
        const later = events.slice(ends + 1).map(({ type }) => type);
        const after = new Set<string>(['delivery.watched', 'delivery.lost', 'delivery.halted', 'delivery.bounced']);
        expect(later.filter((type) => !after.has(type))).toEqual([]);
      }),
    );
  });
  it('a mail goes to nobody again who has it, and to nobody who was told no for good', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const over = new Set<string>();
        let some = false;
        for (const event of play(commands)) {
          if (event.type === 'delivery.attempted' && some) {
            expect(event.to).toBeDefined();
            expect(event.to!.filter((address) => over.has(address))).toEqual([]);
          }
          if (event.type !== 'delivery.answered') continue;
          some ||= event.outcome === 'confirmed';
          if (!some) continue;
          for (const each of event.recipients ?? []) if (each.outcome !== 'deferred') over.add(each.address);
        }
      }),
    );
  });
  it('of a mail that somebody has, each of the others gets it, is named as not reached, or is a person’s to settle', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        const state = events.reduce(delivery.evolve, delivery.initial);
        const first = events.findIndex((event) => event.type === 'delivery.answered' && event.outcome === 'confirmed');
        if (first === -1 || state.status === 'new') return;
        expect(['failed', 'cancelled']).not.toContain(state.status);
        const settled = events.some(({ type }) => type === 'delivery.halted' || type === 'delivery.resolved');
        if (state.status !== 'confirmed' || settled) return;
        const after = events.slice(first);
        const waited = after.flatMap((event) =>
          event.type === 'delivery.answered'
            ? (event.recipients ?? []).flatMap((each) => (each.outcome === 'accepted' ? [] : [each.address]))
            : [],
        );
        const named = new Set(
          after.flatMap((event) =>
            event.type === 'delivery.bounced' ? event.recipients.map((each) => each.address) : [],
          ),
        );
        const reached = new Set(
          after.flatMap((event) =>
            event.type === 'delivery.answered'
              ? (event.recipients ?? []).flatMap((each) => (each.outcome === 'accepted' ? [each.address] : []))
              : [],
          ),
        );
        expect(waited.filter((address) => !named.has(address) && !reached.has(address))).toEqual([]);
      }),
    );
  });
  it('where a second copy would show, it is sent again only when the channel or a person says that it is not there', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        if (events[0]?.type === 'delivery.requested' && events[0].onUnknown === 'same_key') return;
        let doubtful = false;
        for (const event of events) {
          if (event.type === 'delivery.answered') doubtful = event.outcome === 'unknown';
          if (event.type === 'delivery.probed' && event.finding !== 'unsure') doubtful = false;
          if (event.type === 'delivery.resolved') doubtful = false;
          if (event.type === 'delivery.attempted') expect(doubtful).toBe(false);
        }
      }),
    );
  });
  it('a key is never used past its time once something is in doubt', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        if (events[0]?.type !== 'delivery.requested' || events[0].policy?.keyLifetime === undefined) return;
        let since: string | null = null;
        let started = noon;
        for (const event of events) {
          if (event.type === 'delivery.attempted') {
            if (since) expect(Date.parse(event.startedAt)).toBeLessThan(Date.parse(since) + 3_600_000);
            started = event.startedAt;
          }
          if (event.type === 'delivery.answered') since = event.doubtful ? (since ?? started) : null;
          if (event.type === 'delivery.probed' && event.finding !== 'unsure') since = null;
          if (event.type === 'delivery.resolved') since = null;
        }
      }),
    );
  });
  it('nothing is handed over any more once it was halted', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const types = play(commands).map(({ type }) => type);
        const over = types.indexOf('delivery.halted');
        if (over !== -1) expect(types.slice(over)).not.toContain('delivery.attempted');
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

describe('asking the channel before its turn', () => {
  const check: DeliveryCommand = { type: 'delivery.check', ...head(minutesLater(5)), actor: person };
  const checkAsked: DeliveryEvent = {
    type: 'delivery.check_asked',
    ...key,
    by: 'comms',
    byName: '宣传',
    askedAt: minutesLater(5),
  };
  const unknown = [requested('person', asking), attempted(), answered('unknown')];
  it('brings the look forward, also after the last one that was planned', () => {
    given(...unknown)
      .when(check)
      .yields(checkAsked);
    given(...unknown, probed('unsure'))
      .when(check)
      .yields(checkAsked);
  });
  it('asks once for two clicks', () => {
    given(...unknown, checkAsked)
      .when(check)
      .yields();
  });
  it('is refused where nobody can be asked, or nothing is in doubt', () => {
    given(requested(), attempted(), answered('unknown')).when(check).isRefused('delivery_not_askable');
    given(requested('person', asking), attempted(), answered('confirmed'))
      .when(check)
      .isRefused('delivery_not_askable');
  });
});
