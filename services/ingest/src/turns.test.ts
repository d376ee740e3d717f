import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Turns, type Urgency } from './turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Takes turns for work that never ends by itself, and notes when each one began. */
function start(options: ConstructorParameters<typeof Turns>[0] = {}) {
  const turns = new Turns(options);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (host: string, name: string, urgency: Urgency = 'urgent', spacingMs = 1_000) =>
    void turns.take(host, urgency, spacingMs, () => {
      began.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  return { take, began, end: (name: string) => ends.get(name)?.() };
}

describe('a host', () => {
  it('is asked one request after the other, with a pause between', async () => {
    const { take, began } = start();
    for (const name of ['1', '2', '3']) take('a', name);
    take('b', 'other');
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual(['1', 'other']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(began).toEqual(['1', 'other', '2']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(began).toEqual(['1', 'other', '2', '3']);
  });
  it('is looked at before its pages and files are fetched', async () => {
    const { take, began } = start();
    take('a', 'first', 'patient');
    take('a', 'page', 'patient');
    take('a', 'look');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(began).toEqual(['first', 'look', 'page']);
  });
  it('that was let alone for a while is asked at once', async () => {
    const { take, began } = start();
    take('a', '1');
    await vi.advanceTimersByTimeAsync(5_000);
    take('a', '2');
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual(['1', '2']);
  });
});

describe('two hundred sources that drip', () => {
  it('hold back nobody else for a second, even one that falls due behind all of them', async () => {
    const { take, began, end } = start();
    for (let i = 0; i < 200; i++) take(`drip-${i}`, `drip-${i}`);
    for (let i = 0; i < 50; i++) take(`healthy-${i}`, `healthy-${i}`);
    await vi.advanceTimersByTimeAsync(999);
    expect(began).toHaveLength(250);
    // From then on every place is free again although all of them drip still, and nobody waits at all.
    for (let i = 0; i < 50; i++) end(`healthy-${i}`);
    await vi.advanceTimersByTimeAsync(1_000);
    take('healthy-0', 'again');
    await vi.advanceTimersByTimeAsync(0);
    expect(began.at(-1)).toBe('again');
  });
  it('give a place away once, also when they end after all', async () => {
    const { take, began, end } = start({ parallel: 1, placeMs: 100 });
    for (const name of ['1', '2', '3', '4']) take(name, name);
    await vi.advanceTimersByTimeAsync(100);
    expect(began).toEqual(['1', '2']);
    end('1');
    await vi.advanceTimersByTimeAsync(50);
    expect(began).toEqual(['1', '2']);
    await vi.advanceTimersByTimeAsync(50);
    expect(began).toEqual(['1', '2', '3']);
  });
});

it('nobody asks while too many answers wait to be read, except for the pages that a reading needs', async () => {
  const turns = new Turns({ unread: 2 });
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const read = () => void turns.reading(() => new Promise<void>((resolve) => ends.push(resolve)));
  const take = (name: string, urgency: Urgency = 'urgent') =>
    void turns.take(name, urgency, 0, async () => void began.push(name));
  for (let i = 0; i < 3; i++) read();
  for (const name of ['look', 'another', 'third']) take(name);
  take('page', 'patient');
  await vi.advanceTimersByTimeAsync(0);
  expect(began).toEqual(['page']);
  ends[0]!();
  await vi.advanceTimersByTimeAsync(0);
  expect(began).toEqual(['page']);
  // Then there is room, and what brought nothing to read lets the next one in.
  ends[1]!();
  await vi.advanceTimersByTimeAsync(0);
  expect(began).toEqual(['page', 'look', 'another', 'third']);
});
