import { setTimeout as wait } from 'node:timers/promises';

/** Waits until the assertion holds; its last failure is the test's. For what no event tells. */
export async function until<T>(assertion: () => Promise<T> | T, withinMs = 60_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(20);
    }
  }
}
