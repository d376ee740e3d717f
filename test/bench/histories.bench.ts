// Small histories of the core, seed after seed, on every core of the machine: see test/simulation/core. Not a race against a
// peer: what counts is that no promise is broken. SIMULATION_HISTORIES says how many, SIMULATION_FROM from which seed on.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { rounded, say } from './measure.ts';

const { SIMULATION_HISTORIES: many = '10000', SIMULATION_FROM: from = '1' } = process.env;
const first = Number(from);
const end = first + Number(many);
const block = 500;

/** What a worker found in a block of seeds. */
type Found = { histories: number; entries: number; deaths: number; broken: string[] };

if (process.send) {
  const { judged, liveHistory } = await import('../simulation/core/history.ts');
  process.on('message', ({ from, to }: { from: number; to: number }) => {
    const found: Found = { histories: 0, entries: 0, deaths: 0, broken: [] };
    for (let seed = from; seed < to; seed++) {
      const history = liveHistory(seed);
      found.histories++;
      found.entries += history.world.log.length;
      for (const { deaths } of history.processes) found.deaths += deaths;
      for (const { promise, about, wrong } of judged(history))
        found.broken.push(`SIMULATION_HISTORY=${seed} npm test -- core: ${promise}: ${about} ${wrong}`);
    }
    process.send!(found);
  });
} else {
  const began = performance.now();
  const sum: Found = { histories: 0, entries: 0, deaths: 0, broken: [] };
  const rate = () => rounded(sum.histories / ((performance.now() - began) / 1_000), 0);
  let next = first;
  let saidAt = 0;

  const work = async () => {
    // The simulation is written in more of TypeScript than Node strips.
    const worker = fork(import.meta.filename, { execArgv: ['--experimental-transform-types', '--no-warnings'] });
    const death = died(worker);
    while (next < end) {
      const [seed, to] = [next, Math.min(end, next + block)];
      next = to;
      worker.send({ from: seed, to });
      const [found] = (await Promise.race([once(worker, 'message'), death])) as [Found];
      sum.histories += found.histories;
      sum.entries += found.entries;
      sum.deaths += found.deaths;
      sum.broken.push(...found.broken);
      for (const each of found.broken) say(each);
      if (sum.histories - saidAt < 10_000) continue;
      saidAt = sum.histories;
      say(`${sum.histories} histories (seeds from ${first} on), ${rate()}/s, ${sum.broken.length} broken promises`);
    }
    worker.disconnect();
  };
  const died = async (worker: ReturnType<typeof fork>) => {
    const [code, signal] = await once(worker, 'exit');
    throw new Error(`a worker died: ${code ?? signal}`);
  };

  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const { broken, ...counts } = sum;
  const seconds = rounded((performance.now() - began) / 1_000, 0);
  console.log(
    JSON.stringify({ bench: 'histories', from: first, ...counts, broken: broken.length, seconds, perSecond: rate() }),
  );
  process.exitCode = broken.length > 0 ? 1 : 0;
}
