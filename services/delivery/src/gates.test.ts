import type { Channel, DeliveryEvent } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import type { Credentials } from './credentials.ts';
import { Gates } from './gates.ts';

const channel: Channel = {
  channelId: 'hook',
  name: '融媒体',
  site: 'province',
  paused: false,
  kind: 'webhook',
  settings: { url: 'https://media.example/hooks', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
};
const answered = (minute: number, more: Partial<Extract<DeliveryEvent, { type: 'delivery.answered' }>> = {}) =>
  ({
    type: 'delivery.answered',
    outcome: 'not_sent',
    detail: 'HTTP 503',
    trouble: 'busy',
    answeredAt: minutesLater(minute),
    nextAttemptAt: null,
    ...more,
  }) as Extract<DeliveryEvent, { type: 'delivery.answered' }>;

/** What stands before a channel after five troubles, and what a person says of its login. */
function afterTrouble() {
  const login = { failed: false, wellSince: null as string | null };
  const credentials = { of: () => 'login', isFailed: () => login.failed, wellSince: () => login.wellSince };
  const gates = new Gates(credentials as unknown as Credentials);
  for (let i = 0; i < 5; i++) gates.heard('hook', channel, answered(i));
  return { gates, login };
}

describe('a channel that gave no good answer', () => {
  it('is left alone, and known by when that began and what it said last', () => {
    const { gates } = afterTrouble();
    expect(gates.hold(channel, 'routine', minutesLater(4), 0)?.until).not.toBeNull();
    expect(gates.stopped(channel)).toEqual({ since: minutesLater(4), detail: 'HTTP 503' });
    gates.heard('hook', channel, answered(9, { detail: 'HTTP 500' }));
    expect(gates.stopped(channel)).toEqual({ since: minutesLater(4), detail: 'HTTP 500' });
  });
  it('is tried at once when a person resets its breaker, and opens anew only after five more troubles', () => {
    const { gates, login } = afterTrouble();
    login.wellSince = minutesLater(5);
    expect(gates.hold(channel, 'routine', minutesLater(5), 0)).toBeNull();
    expect(gates.stopped(channel)).toBeNull();
    for (let i = 6; i < 10; i++) gates.heard('hook', channel, answered(i));
    expect(gates.hold(channel, 'routine', minutesLater(10), 0)).toBeNull();
    gates.heard('hook', channel, answered(10));
    expect(gates.stopped(channel)).toMatchObject({ since: minutesLater(10) });
  });
  it('is not opened by what a person said before the trouble began', () => {
    const { gates, login } = afterTrouble();
    login.wellSince = noon;
    expect(gates.hold(channel, 'routine', minutesLater(4), 0)).not.toBeNull();
  });
  it('is well again with the first good answer', () => {
    const { gates } = afterTrouble();
    gates.heard('hook', channel, answered(6, { outcome: 'confirmed' }));
    expect(gates.stopped(channel)).toBeNull();
  });
});
