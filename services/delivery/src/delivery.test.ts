import type { DeliveryCommand, DeliveryEvent, Outcome } from '@tongsheng/contracts';
import { hashA, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delivery } from './delivery.ts';
import { maxAttempts } from './schedule.ts';

const given = specify(delivery);
const key = { deliveryId: 'delivery', site: 'province' };
const facts = (onUnknown: 'person' | 'same_key') => ({
  releaseId: 'release',
  channelId: 'newsroom',
  channelName: '新闻通气邮件组',
  channelKind: 'email',
  title: '题',
  contentHash: hashA,
  onUnknown,
});
const requested = (onUnknown: 'person' | 'same_key' = 'person'): DeliveryEvent => ({
  type: 'delivery.requested',
  ...key,
  ...facts(onUnknown),
  requestedAt: noon,
});
const attempted = (attempt = 1, startedAt = noon): DeliveryEvent => ({
  type: 'delivery.attempted',
  ...key,
  attempt,
  instance: 'one',
  startedAt,
});
const answered = (outcome: Outcome, nextAttemptAt: string | null = null, attempt = 1): DeliveryEvent => ({
  type: 'delivery.answered',
  ...key,
  attempt,
  outcome,
  detail: 'so it was',
  receipt: null,
  answeredAt: noon,
  nextAttemptAt,
});

const head = (at = noon) => ({ id: 'c', at, actor: service, ...key });
const request = (onUnknown: 'person' | 'same_key' = 'person'): DeliveryCommand => ({
  type: 'delivery.request',
  ...head(),
  ...facts(onUnknown),
});
const attempt = (at = noon, instance = 'one'): DeliveryCommand => ({ type: 'delivery.attempt', ...head(at), instance });
const answer = (outcome: Outcome, number = 1, at = noon, retryAfterSeconds: number | null = null): DeliveryCommand => ({
  type: 'delivery.answer',
  ...head(at),
  attempt: number,
  outcome,
  detail: 'so it was',
  receipt: null,
  retryAfterSeconds,
});
const resolve = (resolution: 'arrived' | 'send_again', at = noon): DeliveryCommand => ({
  type: 'delivery.resolve',
  ...head(at),
  actor: { kind: 'person', id: 'comms', name: '宣传' },
  resolution,
  note: '已电话确认',
});
const resolved = (resolution: 'arrived' | 'send_again'): DeliveryEvent => ({
  type: 'delivery.resolved',
  ...key,
  resolution,
  note: '已电话确认',
  by: 'comms',
  byName: '宣传',
  resolvedAt: noon,
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
    given(...sending)
      .when(answer('rejected_permanent'))
      .yields(answered('rejected_permanent'));
    given(...sending, answered('rejected_permanent'))
      .when(attempt())
      .isRefused('delivery_closed');
  });
  it('that nobody asked for is not there', () => {
    given().when(attempt()).isRefused('delivery_missing');
  });
});

describe('a try that did not get through', () => {
  const later = minutesLater(1);
  const waiting = [...sending, answered('not_sent', later)];

  it.each(['not_sent', 'rejected_retryable'] as const)('is followed by another when it was %s', (outcome) => {
    const [event] = given(...sending)
      .when(answer(outcome))
      .events();
    expect(event).toMatchObject({ outcome, nextAttemptAt: expect.any(String) });
  });
  it('leaves the channel alone as long as it asked', () => {
    const [event] = given(...sending)
      .when(answer('rejected_retryable', 1, noon, 3_600))
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
  it('is the end after the last one', () => {
    const last = answered('not_sent', null, maxAttempts);
    given(requested(), attempted(maxAttempts)).when(answer('not_sent', maxAttempts)).yields(last);
    given(requested(), attempted(maxAttempts), last).when(attempt()).isRefused('delivery_closed');
  });
});

describe('an answer', () => {
  it('belongs to the attempt that runs', () => {
    given(...sending)
      .when(answer('confirmed', 2))
      .isRefused('delivery_attempt_mismatch');
    given(requested())
      .when(answer('confirmed', 0 + 1))
      .isRefused('delivery_attempt_mismatch');
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
    given(requested('same_key'), attempted(), answered('unknown', noon), attempted(2))
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
      .yields(answered('unknown'));
    given(...parked)
      .when(attempt(minutesLater(10_000)))
      .isRefused('delivery_not_due');
  });
  it('is tried again under the same key where the receiver checks it', () => {
    const [event] = given(requested('same_key'), attempted()).when(answer('unknown')).events();
    expect(event).toMatchObject({ outcome: 'unknown', nextAttemptAt: expect.any(String) });
  });
  it('waits for a person when even the last try under the same key ended so', () => {
    const parkedLast = answered('unknown', null, maxAttempts);
    given(requested('same_key'), attempted(maxAttempts)).when(answer('unknown', maxAttempts)).yields(parkedLast);
    given(requested('same_key'), attempted(maxAttempts), parkedLast)
      .when(resolve('arrived'))
      .yields(resolved('arrived'));
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
    given(...sending, answered('not_sent', noon))
      .when(resolve('arrived'))
      .isRefused('delivery_not_unknown');
  });
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
const anyCommand: fc.Arbitrary<DeliveryCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(times, fc.constantFrom('one', 'two')).map(([at, who]) => attempt(at, who)) },
  { weight: 6, arbitrary: fc.tuple(outcomes, fc.integer({ min: 1, max: 12 }), times).map((said) => answer(...said)) },
  fc.tuple(fc.constantFrom('arrived' as const, 'send_again' as const), times).map((said) => resolve(...said)),
  fc.constant(request()),
);
const anyHistory = fc
  .tuple(fc.constantFrom('person' as const, 'same_key' as const), fc.array(anyCommand, { maxLength: 80 }))
  .map(([onUnknown, commands]) => [request(onUnknown), ...commands]);

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
  it('nothing follows a proof, a final no, or a person who found it there', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        const ends = events.findIndex(
          (event) =>
            (event.type === 'delivery.answered' && ['confirmed', 'rejected_permanent'].includes(event.outcome)) ||
            (event.type === 'delivery.resolved' && event.resolution === 'arrived'),
        );
        expect(ends === -1 || ends === events.length - 1).toBe(true);
      }),
    );
  });
  it('where a second copy would show, what may have arrived is sent again only when a person says so', () => {
    fc.assert(
      fc.property(anyHistory, (commands) => {
        const events = play(commands);
        if (events[0]?.type === 'delivery.requested' && events[0].onUnknown === 'same_key') return;
        let doubtful = false;
        for (const event of events) {
          if (event.type === 'delivery.answered') doubtful = event.outcome === 'unknown';
          if (event.type === 'delivery.resolved') doubtful = false;
          if (event.type === 'delivery.attempted') expect(doubtful).toBe(false);
        }
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
