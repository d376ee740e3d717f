import type { Channel, DeliveryEvent, Outcome } from '@tongsheng/contracts';
import { hashA, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapters } from './channels/index.ts';
import { pastOf, standing, type PastDelivery } from './standing.ts';

const receipt = { remoteId: '4711', url: 'https://paper.example/4711', receivedAt: noon };
const requested = (version: number): DeliveryEvent => ({
  type: 'delivery.requested',
  deliveryId: `d${version}`,
  site: 'province',
  releaseId: 'release',
  channelId: 'newsroom',
  channelName: '新闻通气邮件组',
  channelKind: 'email',
  title: '题',
  contentHash: hashA,
  onUnknown: 'person',
  version,
  requestedAt: noon,
});
/** One version and how its only attempt ended; `null`: there was none. */
function past(version: number, outcome: Outcome | null): PastDelivery {
  const key = { deliveryId: `d${version}`, site: 'province' };
  const events: DeliveryEvent[] = [requested(version)];
  if (outcome)
    events.push(
      { type: 'delivery.attempted', ...key, attempt: 1, instance: 'one', startedAt: noon },
      {
        type: 'delivery.answered',
        ...key,
        attempt: 1,
        outcome,
        detail: '',
        receipt: outcome === 'confirmed' ? receipt : null,
        answeredAt: noon,
        nextAttemptAt: null,
      },
    );
  return pastOf(events)!;
}
const channel = {
  channelId: 'newsroom',
  site: 'province',
  name: '新闻通气邮件组',
  kind: 'email',
  settings: { smtp: 'smtp://mail.example:25', from: 'a@b.example', to: ['c@d.example'] },
  paused: false,
} as Channel;
const inAYear = '2027-11-23T04:00:00.000Z';
const of = (deliveries: PastDelivery[], more: object = {}) =>
  standing(deliveries, {
    channelId: 'newsroom',
    channel,
    adapter: adapters.email,
    intent: 'recall',
    at: inAYear,
    ...more,
  });

describe('what a channel has', () => {
  it('is the newest version that is there or may be', () => {
    expect(of([])).toMatchObject({ holding: 'never', has: 0 });
    expect(of([past(1, null)])).toMatchObject({ holding: 'under_way' });
    expect(of([past(1, 'confirmed')])).toMatchObject({ holding: 'has', has: 1, url: receipt.url, means: 'notice' });
    expect(of([past(1, 'confirmed'), past(2, 'unknown')])).toMatchObject({ holding: 'may_have', has: 2 });
    expect(of([past(1, 'confirmed'), past(2, 'rejected_permanent')])).toMatchObject({ holding: 'has', has: 1 });
    expect(of([past(1, 'rejected_permanent')])).toMatchObject({ holding: 'never', has: 0 });
  });
  it('is a person’s where the channel offers no way, its time is over, or it is no longer what it was', () => {
    const { recall: _none, ...dumb } = adapters.email;
    const windowed = { ...adapters.email, recall: { ...adapters.email.recall!, within: 'P1D' } };
    expect(of([past(1, 'confirmed')], { adapter: dumb })).toMatchObject({ means: 'person', why: 'no_interface' });
    expect(of([past(1, 'confirmed')], { adapter: windowed })).toMatchObject({ means: 'person', why: 'too_late' });
    expect(of([past(1, 'confirmed')], { adapter: windowed, at: noon })).toMatchObject({ means: 'notice', why: null });
    expect(of([past(1, 'confirmed')], { channel: undefined })).toMatchObject({
      means: 'person',
      why: 'channel_gone',
      name: '新闻通气邮件组',
    });
    const changed = { ...channel, kind: 'wecom' };
    expect(of([past(1, 'confirmed')], { channel: changed })).toMatchObject({ means: 'person', why: 'channel_changed' });
  });

  it('is never nothing where any version arrived or may have', () => {
    const outcome = fc.constantFrom<Outcome | null>(
      null,
      'confirmed',
      'unknown',
      'accepted_pending',
      'rejected_permanent',
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 5 }), (outcomes) => {
        const { holding, has } = of(outcomes.map((each, i) => past(i + 1, each)));
        const maybe = ['confirmed', 'unknown', 'accepted_pending'];
        const newest = outcomes.findLastIndex((each) => each !== null && maybe.includes(each));
        if (newest !== -1)
          expect({ is: ['has', 'may_have'].includes(holding), has }).toEqual({ is: true, has: newest + 1 });
        else expect(['under_way', 'never']).toContain(holding);
      }),
    );
  });
});
