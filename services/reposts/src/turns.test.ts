import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('there are never more than so many under one name, all get their turn, and a failure holds nobody up', async () => {
  const works = fc.array(fc.record({ name: fc.constantFrom('a', 'b'), fails: fc.boolean() }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(works, fc.scheduler(), async (list, scheduler) => {
      const turns = new Turns(3);
      const running = new Map<string, number>();
      let most = 0;
      const all = list.map(({ name, fails }, i) =>
        turns.take(name, async () => {
          running.set(name, (running.get(name) ?? 0) + 1);
          most = Math.max(most, running.get(name)!);
          await scheduler.schedule(Promise.resolve(), String(i));
          running.set(name, running.get(name)! - 1);
          if (fails) throw new Error(String(i));
          return i;
        }),
      );
      const settled = Promise.allSettled(all);
      await scheduler.waitFor(settled);
      const said = (await settled).map((each) => (each.status === 'fulfilled' ? each.value : each.reason));
      expect(said).toEqual(list.map(({ fails }, i) => (fails ? new Error(String(i)) : i)));
      expect(most).toBeLessThanOrEqual(3);
    }),
    { numRuns: 100 },
  );
});

it('a name that nobody waits under is free at once', async () => {
  const turns = new Turns(1);
  const held = Promise.withResolvers<void>();
  const first = turns.take('a', () => held.promise);
  expect(await turns.take('b', async () => 'done')).toBe('done');
  held.resolve();
  await first;
  expect(await turns.take('a', async () => 'done')).toBe('done');
});
