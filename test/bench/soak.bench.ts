// A whole house at work while something breaks every so many seconds, chosen by a seed; judged by `support/promises.ts` after
// each fault and at the end, from the log and from outside, and by the books. SOAK_MINUTES (5) or SOAK_ROUNDS (a number of
// faults), SOAK_EVERY (seconds, 30), SOAK_SEED (1), SOAK_FAULTS (`power cut,disk full`; all when left out).
import { cp, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { countDeadLetters, streamTroubles } from '@tongsheng/bus';
import type { BalanceView } from '@tongsheng/contracts';
import { verifyLog } from '@tongsheng/evidence';
import { createRedis } from '@tongsheng/projections';
import { readLog, signIn, until } from '@tongsheng/test/support';
import { booked } from '../../services/oversight/src/conservation.ts';
import { canMount, makeDisk } from '../support/disk.ts';
import { startHouse } from '../support/house.ts';
import { faults, needsDisk, type FaultKind } from '../support/house-faults.ts';
import { endOnSignal, report, rounded, say } from './measure.ts';

const setting = (name: string, otherwise: number) => Number(process.env[`SOAK_${name}`] ?? otherwise);
const everySeconds = setting('EVERY', 30);
const seed = setting('SEED', 1);
const rounds = setting('ROUNDS', Infinity);
/** A round may take longer than it should: an hour is an hour. */
const minutes = rounds === Infinity ? setting('MINUTES', 5) : Infinity;
/** How long all that was begun may take to end when nothing breaks any more, in ms. */
const restMs = 15 * 60_000;
/** Room for what the streams reserve; the image holds only what was written. */
const diskMib = 8_192;

const asked = process.env['SOAK_FAULTS']?.split(',').map((each) => each.trim()) ?? Object.keys(faults);
const strange = asked.filter((each) => !(each in faults));
if (strange.length > 0)
  throw new Error(`there is no fault ${strange.join(', ')}; there are: ${Object.keys(faults).join(', ')}`);
if (!canMount) say('no full disk and no power cut: that needs root and loop devices');
const kinds = (asked as FaultKind[]).filter((kind) => canMount || !needsDisk.has(kind));

/** Numbers in [0, 1) that are the same for the same seed. */
const random = (() => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
})();
/** Each kind comes round once before any comes again. */
let left: FaultKind[] = [];
function next(): FaultKind {
  if (left.length === 0) left = [...kinds];
  return left.splice(Math.floor(random() * left.length), 1)[0]!;
}

await using started = new AsyncDisposableStack();
endOnSignal(started);
const disk = canMount ? makeDisk(await mkdtemp(join(tmpdir(), 'tongsheng-disk-')), diskMib) : null;
if (disk) started.use(disk);
/** Longer than the log waits for an acknowledgement; and time enough for people to see it. In ms. */
const house = started.use(
  await startHouse({ disk, stillMs: 15_000, unwellMs: 8_000, itemMs: 2_000, releaseMs: 6_000 }),
);
const { system, bus, people } = house;

type Tally = { faults: number; lost: number; twice: number; wrong: number };
const tallies = new Map<string, Tally>();
const known = new Set<string>();
const tallyOf = (kind: string): Tally => {
  const tally = tallies.get(kind) ?? { faults: 0, lost: 0, twice: 0, wrong: 0 };
  tallies.set(kind, tally);
  return tally;
};

/** Whatever was not known to be broken before counts for the fault that came last. */
async function judge(kind: string, atRest: boolean): Promise<void> {
  for (const { is, about } of await house.judge(atRest)) {
    if (known.has(about)) continue;
    known.add(about);
    tallyOf(kind)[is]++;
    say(`  ${is}: ${about}`);
  }
}

/** Somebody decides again: the house goes on. */
async function goesOn(): Promise<void> {
  const before = people.told.size;
  await until(() => {
    if (people.told.size <= before) throw new Error('nobody can decide any more');
  }, 180_000);
}

const begun = performance.now();
const minutesOn = () => (performance.now() - begun) / 60_000;
let faultCount = 0;
while (faultCount < rounds && minutesOn() < minutes) {
  faultCount++;
  const kind = next();
  const struck = performance.now();
  tallyOf(kind).faults++;
  await faults[kind](house, random);
  const healed = performance.now();
  await goesOn().catch((error: unknown) => {
    tallyOf(kind).wrong++;
    say(`  wrong: ${String(error)}`);
  });
  const howFar = rounds === Infinity ? `${rounded(minutesOn(), 1)} of ${minutes} minutes` : `${faultCount}/${rounds}`;
  say(
    `${howFar} ${kind}: ${rounded((healed - struck) / 1_000, 1)} s; decided again after ${rounded((performance.now() - healed) / 1_000, 1)} s; ${JSON.stringify(people.counts)}`,
  );
  await wait(Math.max(0, everySeconds * 1_000 - (performance.now() - struck)));
  await judge(kind, false);
}
const workedMinutes = minutesOn();

say('nothing breaks any more; all that was begun is to end');
const end = tallyOf('at the end');
const wrong = (about: string) => {
  end.wrong++;
  say(`  wrong: ${about}`);
};
await house.rest(restMs).catch((error: unknown) => wrong(String(error)));
const manager = await until(() => signIn(system.consoleUrl, 'manager'));
const books = await until(async () => {
  const { status, body } = await manager.get('/api/balance');
  const view = body as BalanceView;
  const last = (await readLog(bus)).findLast(({ aggregate }) => booked.has(aggregate))?.position ?? 0;
  if (status !== 200 || view.position < last)
    throw new Error(`the books are not read yet: ${status}, up to ${view.position}`);
  return view;
}).catch(wrong);
const sums = { takenIn: 0, delivered: 0, refused: 0, waiting: 0, parked: 0 };
for (const row of books?.rows ?? [])
  for (const each of Object.keys(sums) as (keyof typeof sums)[]) sums[each] += row[each];
const difference = sums.takenIn - sums.delivered - sums.refused - sums.waiting - sums.parked;
await judge('at the end', true);

const letters = await countDeadLetters(bus);
if (letters > 0) wrong(`${letters} good entries were buried as dead letters`);
for (const trouble of await streamTroubles(bus)) wrong(trouble);
const verified = await verifyLog(bus, {}).catch((error: unknown) => wrong(`the log is not whole: ${String(error)}`));

/** What people see, and once more when everything was built anew from the log. */
const views = async () => {
  const paths = ['/api/reposts?state=open', '/api/reposts?state=closed', '/api/releases', '/api/deliveries'];
  const session = await signIn(system.consoleUrl, 'manager');
  const editor = await signIn(system.consoleUrl, 'editor');
  const comms = await signIn(system.consoleUrl, 'comms');
  return Promise.all(
    paths.map(async (path) => {
      const who = path.includes('reposts') ? editor : path.includes('releases') ? comms : session;
      const { status, body } = await who.get(path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      return JSON.stringify((body as { rows: unknown[] }).rows);
    }),
  );
};
const seen = await until(views);
const redis = createRedis(system.servers.redis.url, () => {});
await redis.connect();
await redis.flushAll();
redis.destroy();
await until(async () => {
  const anew = await views();
  const differs = seen.findIndex((each, i) => each !== anew[i]);
  if (differs >= 0) throw new Error(`view ${differs} is another one when it is built anew`);
}, 180_000).catch((error: unknown) => wrong(String(error)));

say(
  `seed ${seed}: ${faultCount} faults in ${rounded(workedMinutes, 1)} minutes; ${verified ? `${verified.entries} entries, whole` : 'the log is broken'}; ${JSON.stringify(people.counts)}`,
);
for (const [why, times] of [...people.put].sort(([, one], [, other]) => other - one).slice(0, 12))
  say(`said again ${times} times: ${why}`);
for (const [kind, { faults: many, lost, twice, wrong: others }] of tallies)
  say(`${kind}: ${many > 0 ? `${many} faults, ` : ''}lost ${lost}, twice ${twice}, wrong ${others}`);
say(`books: ${JSON.stringify(sums)}, difference ${difference}`);
const total = [...tallies.values()].reduce((sum, { lost, twice, wrong: others }) => sum + lost + twice + others, 0);
if (total > 0 || difference !== 0) {
  process.exitCode = 1;
  const kept = await mkdtemp(join(tmpdir(), `tongsheng-soak-${seed}-`));
  for (const name of (await readdir(system.servers.dir)).filter((each) => each.endsWith('.log')))
    await cp(join(system.servers.dir, name), join(kept, name));
  const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const mails = system.newsroom.mails.map(({ messageId, subject, receivedAt }) => ({ messageId, subject, receivedAt }));
  await writeFile(join(kept, 'mails.jsonl'), linesOf(mails));
  await writeFile(join(kept, 'entries.jsonl'), linesOf(await readLog(bus)));
  say(`the services' logs, all entries and the mails are kept in ${kept}`);
}
report({
  bench: 'soak',
  ours: total,
  peer: 0,
  ratio: total === 0 ? 1 : 0,
  unit: 'broken promises',
  seed,
  faults: faultCount,
  difference,
});
