import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { readingClock } from './reading-clock.ts';

const workers: Worker[] = [];
const thread = async (code: string) => {
  const worker = new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true });
  workers.push(worker);
  await once(worker, 'online');
  return worker;
};
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

it('is over when the thread has worked for so long', async () => {
  const worker = await thread('for (;;);');
  await new Promise<void>((over) => readingClock(() => worker, 50, over));
  const { user, system } = await worker.cpuUsage();
  expect(user + system).toBeGreaterThanOrEqual(50_000);
});
it('is over when the thread only waits, in the end', async () => {
  const worker = await thread('setInterval(() => {}, 1_000)');
  await new Promise<void>((over) => readingClock(() => worker, 20, over));
});
it('does not count what the thread worked before', async () => {
  const worker = await thread(
    'const end = Date.now() + 300; while (Date.now() < end); parentPort.postMessage(0); setInterval(() => {}, 1_000)',
  );
  await once(worker, 'message');
  let looks = 0;
  await new Promise<void>((over) => readingClock(() => (looks++, worker), 100, over));
  // Once before and once after are all that it takes where the work before is counted.
  expect(looks).toBeGreaterThan(2);
});
it('says nothing once it is stopped', async () => {
  const worker = await thread('for (;;);');
  let isOver = false;
  const stop = readingClock(
    () => worker,
    20,
    () => (isOver = true),
  );
  stop();
  await new Promise<void>((over) => readingClock(() => worker, 80, over));
  expect(isOver).toBe(false);
});
