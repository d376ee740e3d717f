import { setTimeout as wait } from 'node:timers/promises';
import { carryOut, connectBus, Journal, type Bus, type Entry } from '@tongsheng/bus';
import type { DeliveryEvent } from '@tongsheng/contracts';
import { registrations } from '../../services/registry/src/registration.ts';
import type { Disk } from './disk.ts';
import { channels, People, sites } from './house-people.ts';
import { brokenByNow, brokenPromises } from './promises.ts';
import { readLog, readPublic } from './record.ts';
import { sampleRule, sampleSource, service } from './samples.ts';
import { startSite } from './site.ts';
import { allServices, startSystem, type ServiceName, type System } from './system.ts';
import { until } from './until.ts';

/** What is not as it was promised: gone, there twice, or otherwise wrong. */
export type Flaw = { is: 'lost' | 'twice' | 'wrong'; about: string };

/** A whole house at work, for who breaks things in it. */
export type House = {
  system: System;
  bus: Bus;
  journal: Journal;
  people: People;
  /** The disk under the log, where one can be mounted. */
  disk: Disk | null;
  /** Services that are down because somebody wanted it; any other that ends is a flaw, and is started again. */
  down: Set<ServiceName>;
  /** How long something stands still, and how long it is unwell, in ms. */
  stillMs: number;
  unwellMs: number;
  /** Waits until the log has so many entries more, or some seconds have gone. */
  entries(more: number): Promise<void>;
  /** Brings nothing new, and waits until all that was begun has its end. @throws what is still open after so many ms */
  rest(ms: number): Promise<void>;
  /** What is broken, from the log and from outside. @param atRest all that was begun has ended */
  judge(atRest: boolean): Promise<Flaw[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type HouseOptions = Pick<House, 'disk' | 'stillMs' | 'unwellMs'> & { itemMs: number; releaseMs: number };

export async function startHouse({ disk, stillMs, unwellMs, ...pace }: HouseOptions): Promise<House> {
  await using starting = new AsyncDisposableStack();
  const feed = starting.use(await startSite());
  const system = starting.use(
    await startSystem({
      samples: false,
      ...(disk && { store: disk.path }),
      environment: { WEB_ALLOW: `127.0.0.1:${feed.port}` },
    }),
  );
  const bus = await connectBus({ url: system.servers.nats.url, name: 'witness' });
  starting.defer(() => bus.nc.close());
  const journal = new Journal(bus, 'witness');
  const people = new People(system, feed, pace);
  const head = (id: string) => ({ id, at: new Date().toISOString(), actor: service });
  await carryOut(journal, registrations['rule.register'], {
    type: 'rule.register',
    ...head('house-rule'),
    rule: sampleRule('house', sites, { sources: ['house'] }),
  });
  await carryOut(journal, registrations['source.register'], {
    type: 'source.register',
    ...head('house-source'),
    source: sampleSource('house', people.feedUrl, { pollSeconds: 2 }),
  });
  people.start();

  const down = new Set<ServiceName>();
  const fell: string[] = [];
  const keeping = new AbortController();
  const keeper = keep(system, down, fell, keeping.signal);
  starting.defer(async () => {
    keeping.abort();
    await keeper;
  });
  const started = starting.move();
  const house: House = {
    system,
    bus,
    journal,
    people,
    disk,
    down,
    stillMs,
    unwellMs,
    async entries(more) {
      const now = () => journal.position().catch(() => 0);
      const from = await now();
      const end = performance.now() + 5_000;
      while (performance.now() < end && (await now()) < from + more) await wait(5);
    },
    async rest(ms) {
      await people.finish(ms);
      await until(async () => {
        const open = brokenPromises(await readLog(bus), { atRest: true }).filter(({ promise }) => promise === 'ends');
        if (open.length > 0) throw new Error(`${open.length} have no end, such as ${open[0]!.about}`);
      }, ms);
    },
    async judge(atRest) {
      const ended = fell.splice(0).map((about): Flaw => ({ is: 'wrong', about }));
      return [...ended, ...(await judgeHouse(house, atRest))];
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
  return house;
}

/** Starts again what ended by itself, as a supervisor does, and remembers it. */
async function keep(system: System, down: ReadonlySet<ServiceName>, fell: string[], signal: AbortSignal) {
  const isGone = (pid: number) => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  while (!signal.aborted) {
    for (const each of allServices) {
      const pid = system.pidOf(each);
      if (down.has(each) || pid === null || !isGone(pid)) continue;
      const said = (await system.logOf(each)).trimEnd().split('\n').at(-1)?.slice(0, 300);
      fell.push(`${each} ended by itself: ${said}`);
      await system.start(each).catch(() => {});
    }
    await wait(500);
  }
}

const twiceBroken: ReadonlySet<string> = new Set(['decided_once', 'shown_once', 'public_once']);

async function judgeHouse({ bus, people, system: { newsroom } }: House, atRest: boolean): Promise<Flaw[]> {
  // What is told while the log is read may not be in it yet.
  const answers = new Map(people.told);
  const log = await until(() => readLog(bus), 120_000);
  const pages = (await until(() => readPublic(bus)))
    .filter(({ kind }) => kind === 'repost')
    .map(({ site, documentId, contentHash }) => ({ taskId: `${site}/${documentId}`, contentHash }));
  const told = [...answers].map(([commandId, answer]) => ({ commandId, refused: 'refused' in answer }));
  const [mail, hook] = channels;
  // Alarms about a delivery go to the same mailbox and bear its title, but not its Message-ID.
  const ids = newsroom.mails.map(({ messageId }) => messageId);
  const bodies = [...newsroom.calls.values()].map(({ body }) => body);
  const shown = new Map([
    [mail, timesOf(log, mail, ids, ({ deliveryId }) => `<${deliveryId}.`)],
    [hook, timesOf(log, hook, bodies, ({ title }) => title)],
  ]);
  const outside = { told, pages, ...(atRest && { atRest, now: Date.now(), shown }) };
  const broken = (atRest ? brokenPromises : brokenByNow)(log, outside).map(({ promise, about, wrong }): Flaw => {
    const is = promise === 'conserved' ? 'lost' : twiceBroken.has(promise) ? 'twice' : 'wrong';
    return { is, about: `${about}: ${wrong}` };
  });
  const wrong = people.read.wrong.splice(0).map((about): Flaw => ({ is: 'wrong', about }));
  return [...lostOf(log, answers), ...wrong, ...broken];
}

/** What was told to people and is not in the log, or stands elsewhere. */
function lostOf(log: readonly Entry[], told: People['told']): Flaw[] {
  const places = new Map(log.map(({ envelope, position }) => [envelope.id, position]));
  return [...told].flatMap(([id, said]): Flaw[] => {
    if (!('position' in said) || places.get(id) === said.position) return [];
    return [
      { is: 'lost', about: `${id} was acknowledged at ${said.position} and stands at ${places.get(id) ?? 'no place'}` },
    ];
  });
}

/** How often each delivery of a channel is among what arrived there, known by what only it bears. */
function timesOf(
  log: readonly Entry[],
  channelId: string,
  arrived: readonly string[],
  sign: (requested: Extract<DeliveryEvent, { type: 'delivery.requested' }>) => string,
): Map<string, number> {
  const times = new Map<string, number>();
  for (const event of log.flatMap(({ events }) => events)) {
    if (event.type !== 'delivery.requested' || event.channelId !== channelId) continue;
    const count = arrived.filter((each) => each.includes(sign(event))).length;
    if (count > 0) times.set(event.deliveryId, count);
  }
  return times;
}
