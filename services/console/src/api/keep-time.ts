import { hasJumped, setServerTime, type Moment } from '../time.ts';
import { read } from './client.ts';

const everyMs = 60_000;
const tickMs = 1_000;
const triesAtOnce = 3;

const momentNow = (): Moment => ({ wall: Date.now(), steady: performance.now() });

let asking: Promise<void> | null = null;

/** Asks the server what time it is; whoever asks meanwhile waits for the same answer. */
export function askTime(): Promise<void> {
  asking ??= tryToAsk().finally(() => (asking = null));
  return asking;
}

async function tryToAsk(): Promise<void> {
  for (let tries = 0; tries < triesAtOnce; tries++) {
    const sent = momentNow();
    // Unreachable, or signed out: the next beat of the stream, or the next minute, brings it.
    const answer = await read<{ serverTime: string }>('/api/time').catch(() => null);
    if (answer === null) return;
    const received = momentNow();
    const way = { sentAt: sent.wall, receivedAt: received.wall, took: received.steady - sent.steady };
    if (setServerTime(way, answer.serverTime)) return;
  }
}

/**
 * Keeps countdowns true: the server's time is asked for every minute, and at once when the page is looked at again, when
 * ticks show that the machine slept or its clock was set, and when the network is back. Returns how to stop.
 */
export function keepTime(): () => void {
  let before = momentNow();
  const tick = () => {
    const now = momentNow();
    if (!document.hidden && hasJumped(before, now)) void askTime();
    before = now;
  };
  const look = () => {
    if (!document.hidden) void askTime();
  };
  const timers = [setInterval(tick, tickMs), setInterval(look, everyMs)];
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pageshow', look);
  window.addEventListener('online', look);
  void askTime();
  return () => {
    for (const timer of timers) clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pageshow', look);
    window.removeEventListener('online', look);
  };
}
