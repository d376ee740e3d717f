import type { Outcome, Trouble } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterSignal, closedBreaker, heldUntil, resting, signalOf, type Breaker, type Signal } from './breaker.ts';

const later = (seconds: number) => new Date(Date.parse(noon) + seconds * 1_000).toISOString();
const ill = (times: number, at = noon, from: Breaker = closedBreaker) =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterSignal(breaker, 'ill', at), from);

describe('a breaker', () => {
  it('opens after five troubles in a row, and not after four', () => {
    expect(heldUntil(ill(4), noon, 'routine', 0)).toBeNull();
    expect(heldUntil(ill(5), noon, 'routine', 0)).toBe(later(30));
  });
  it('lets one find out when its time is over', () => {
    const open = ill(5);
    expect(heldUntil(open, later(30), 'routine', 0)).toBeNull();
    expect(heldUntil(open, later(30), 'routine', 1)).toBe(later(31));
  });
  it('closes when that one is answered, and stays open longer when it is not', () => {
    const open = ill(5);
    expect(heldUntil(afterSignal(open, 'well', later(30)), later(30), 'routine', 9)).toBeNull();
    const again = afterSignal(open, 'ill', later(30));
    expect(heldUntil(again, later(31), 'routine', 0)).toBe(later(90));
  });
  it('lets a rebuttal find out every half minute', () => {
    let breaker = ill(5);
    for (const at of [30, 90, 210, 510]) breaker = ill(1, later(at), breaker);
    expect(heldUntil(breaker, later(511), 'routine', 0)).toBe(later(1_110));
    expect(heldUntil(breaker, later(511), 'rebuttal', 0)).toBe(later(540));
    expect(heldUntil(breaker, later(540), 'rebuttal', 0)).toBeNull();
  });
  it('leaves a channel alone that asked for it, whatever else is true', () => {
    const asked = resting(closedBreaker, later(60));
    expect(heldUntil(asked, later(59), 'rebuttal', 0)).toBe(later(60));
    expect(heldUntil(asked, later(60), 'rebuttal', 0)).toBeNull();
    expect(resting(asked, later(30))).toBe(asked);
  });
  it('is never open for longer than ten minutes, and always closes on a good answer', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom<Signal>('well', 'ill', 'none'), fc.integer({ min: 0, max: 900 })), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(steps, (signals) => {
        let breaker = closedBreaker;
        let seconds = 0;
        for (const [signal, wait] of signals) {
          seconds += wait;
          breaker = afterSignal(breaker, signal, later(seconds));
          const until = heldUntil(breaker, later(seconds), 'routine', 0);
          if (signal === 'well') expect(until).toBeNull();
          if (until !== null) {
            expect(until > later(seconds)).toBe(true);
            expect(until <= later(seconds + 600)).toBe(true);
          }
        }
      }),
    );
  });
});

it.each<[Outcome, Trouble | undefined, Signal]>([
  ['confirmed', undefined, 'well'],
  ['accepted_pending', undefined, 'well'],
  ['rejected_permanent', 'content', 'well'],
  ['rejected_retryable', 'busy', 'ill'],
  ['rejected_retryable', undefined, 'ill'],
  ['not_sent', 'network', 'ill'],
  ['unknown', 'network', 'ill'],
  ['rejected_retryable', 'rate_limited', 'none'],
  ['rejected_retryable', 'credential', 'none'],
  ['rejected_permanent', 'credential', 'none'],
])('an answer of %s because of %s says %s', (outcome, trouble, signal) => {
  expect(signalOf(outcome, trouble)).toBe(signal);
});

it('what a process of ours died over says nothing of the channel', () => {
  expect(signalOf('unknown', 'network')).toBe('ill');
  expect(signalOf('unknown', 'network', true)).toBe('none');
});
