import type { DeliveryEvent } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delivery } from './delivery.ts';
import { outlookOf } from './outlook.ts';

const key = { deliveryId: 'd1', site: 'province' };
const noon = '2026-11-23T12:00:00.000Z';
const requested = (over: Partial<Extract<DeliveryEvent, { type: 'delivery.requested' }>> = {}): DeliveryEvent => ({
  type: 'delivery.requested',
  ...key,
  releaseId: 'r1',
  channelId: 'c1',
  channelName: '渠道',
  channelKind: 'webhook',
  title: '通稿',
  contentHash: 'ab'.repeat(32),
  onUnknown: 'person',
  requestedAt: noon,
  ...over,
});
const attempted: DeliveryEvent = { type: 'delivery.attempted', ...key, attempt: 1, instance: 'i', startedAt: noon };
const answered = (over: Partial<Extract<DeliveryEvent, { type: 'delivery.answered' }>>): DeliveryEvent => ({
  type: 'delivery.answered',
  ...key,
  attempt: 1,
  outcome: 'rejected_permanent',
  detail: '',
  receipt: null,
  answeredAt: noon,
  nextAttemptAt: null,
  ...over,
});
const lost: DeliveryEvent = { type: 'delivery.lost', ...key, because: 'banned', detail: '', lostAt: noon };
const outlook = (past: DeliveryEvent[], at = noon) => outlookOf(key, past, at);

describe('what would become of a delivery that is sent again', () => {
  it('the channel said no to: it goes, and nothing of it is there', () => {
    expect(outlook([requested(), attempted, answered({})])).toMatchObject({ redrive: null, secondCopy: 'none' });
  });
  it('was taken down: it goes, as another post', () => {
    const past = [requested(), attempted, answered({ outcome: 'confirmed' }), lost];
    expect(outlook(past)).toMatchObject({ redrive: null, secondCopy: 'gone' });
  });
  it('may have arrived: that depends on whether the channel knows our key', () => {
    const unknown = answered({ outcome: 'unknown', doubtful: true });
    expect(outlook([requested(), attempted, unknown])).toMatchObject({
      redrive: 'delivery_not_failed',
      secondCopy: 'possible',
    });
    const keyed = requested({
      onUnknown: 'same_key',
      policy: { urgency: 'routine', budget: 'P3D', keyLifetime: 'PT1H', canProbe: true, canWatch: false },
    });
    expect(outlook([keyed, attempted, unknown])).toMatchObject({ secondCopy: 'same_key', canCheck: true });
    expect(outlook([keyed, attempted, unknown], '2026-11-23T13:00:00.000Z')).toMatchObject({
      secondCopy: 'possible',
    });
  });
  it('was corrected or taken back since: it does not go', () => {
    const halted: DeliveryEvent = {
      type: 'delivery.halted',
      ...key,
      reason: '已更正',
      haltedAt: noon,
      nextProbeAt: null,
    };
    expect(outlook([requested(), attempted, answered({}), halted]).redrive).toBe('delivery_halted');
  });
  it('is sent twice by nobody: a second click finds it under way', () => {
    const past = [requested(), attempted, answered({})];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (clicks) => {
        let [events, done] = [past, 0];
        for (let n = 0; n < clicks; n++) {
          if (outlook(events).redrive !== null) continue;
          const head = { id: `click ${n}`, at: noon, actor: { kind: 'person' as const, id: 'comms' } };
          const state = events.reduce(delivery.evolve, delivery.initial);
          events = [
            ...events,
            ...delivery.decide({ type: 'delivery.redrive', ...head, ...key, reason: '再发' }, state),
          ];
          done += 1;
        }
        expect(done).toBe(1);
      }),
    );
  });
});
