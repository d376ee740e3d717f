// Whatever dies on the way to T0 and after it: a policy is never public without its interpretation, no page is missing in
// the end, and no channel is told twice. Watched from outside all the while.
import { BusClient, connectBus, followStream, Journal, type Bus, type Following } from '@tongsheng/bus';
import {
  streams,
  subjects,
  type Draft,
  type LinkedCommand,
  type LinkedEvent,
  type ReleaseCommand,
} from '@tongsheng/contracts';
import {
  everyRole,
  hashA,
  pressDraft,
  readLog,
  startSystem,
  until,
  type ServiceName,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenByNow } from '../support/promises.ts';

const services = ['registry', 'releases', 'delivery', 'clock', 'portal'] as const satisfies readonly ServiceName[];
const channel = 'province-press-hook';
const sites = ['province', 'city'];
const roles = ['policy', 'interpretation'] as const;

let system: System;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let following: Following;
let said = 0;
/** What is waited for in the log, and what happens when it is there for the first time. */
let traps: { mark: string; spring: () => void }[] = [];

beforeAll(async () => {
  system = await startSystem({ services, samples: false });
  bus = await connectBus({ url: system.servers.nats.url, name: 'witness' });
  journal = new Journal(bus, 'witness');
  client = new BusClient(bus);
  await until(async () => expect((await readLog(bus)).some(({ aggregate }) => aggregate === 'site')).toBe(true));
  following = await followStream(bus, {
    stream: streams.journal,
    subject: subjects.events(),
    onFailure: () => {},
    onMessage({ data }) {
      if (traps.length === 0) return;
      const body = Buffer.from(data);
      const sprung = traps.filter(({ mark }) => body.includes(mark));
      traps = traps.filter((each) => !sprung.includes(each));
      for (const { spring } of sprung) spring();
    },
  });
});
afterAll(async () => {
  await following?.stop();
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

const head = (who: string) => ({
  id: `linked-faults/${++said}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: who, name: who },
  site: 'province',
});
/** Says it until somebody is there to hear it: the same command is carried out once. */
async function say(send: () => Promise<unknown>): Promise<void> {
  await until(send, 60_000);
}
const partsOf = (name: string) => roles.map((role) => ({ releaseId: `${name}-${role}`, site: 'province', role }));
const pathsOf = (name: string) =>
  partsOf(name).flatMap(({ releaseId, role }) => sites.map((site) => `/${site}/${role}/${releaseId}`));
const eventsOf = async (linkedId: string) =>
  (await journal.read({ aggregate: 'linked', site: 'province', id: linkedId })).events as LinkedEvent[];

async function plan(name: string, inMs: number, baseRevision: number): Promise<number> {
  const t0 = Date.now() + inMs;
  const command: LinkedCommand = {
    type: 'linked.plan',
    ...head('planner'),
    linkedId: name,
    plan: {
      title: name,
      parts: partsOf(name),
      sites,
      channels: [{ channelId: channel, required: true }],
      t0: new Date(t0).toISOString(),
    },
    baseRevision,
  };
  await say(() => client.command('linked', command));
  return t0;
}
async function sign(name: string): Promise<void> {
  for (const { releaseId, role } of partsOf(name)) {
    const linked = { site: 'province', linkedId: name };
    const draft: Draft = pressDraft({ kind: role, title: releaseId, linked, channels: [channel] });
    const pass = (step: 'review' | 'confidentiality' | 'sign'): ReleaseCommand => ({
      type: 'release.pass_step',
      ...everyRole,
      ...head(step),
      releaseId,
      step,
      seenHash: hashA,
    });
    const steps: ReleaseCommand[] = [
      { type: 'release.draft', ...head('writer'), releaseId, draft, contentHash: hashA, baseRevision: 0 },
      { type: 'release.submit', ...head('writer'), releaseId, seenHash: hashA },
      ...(['review', 'confidentiality', 'sign'] as const).map(pass),
    ];
    for (const step of steps) await say(() => client.command('release', step));
  }
}

/** Null while the portal is not there. */
const status = (path: string): Promise<number | null> =>
  fetch(`${system.portalUrl}${path}`).then(
    (response) => response.status,
    () => null,
  );
/** Looks at the pages again and again: whoever sees one must see its companions next. */
function watch(name: string) {
  const wrong: string[] = [];
  let seenFirst: number | null = null;
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      for (const path of pathsOf(name)) {
        if ((await status(path)) !== 200) continue;
        seenFirst ??= Date.now();
        for (const other of pathsOf(name)) {
          const found = await status(other);
          if (found !== null && found !== 200 && found !== 503) wrong.push(`${path} without ${other}: ${found}`);
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    async end() {
      isOver = true;
      await done;
      return { wrong, seenFirst };
    },
  };
}

async function goesOut(name: string, deaths: { mark: string; die: () => Promise<void> }[]): Promise<void> {
  const all = Promise.withResolvers<void>();
  // One after the other: what is still being started is killed when it is there.
  let dying = Promise.resolve();
  let left = deaths.length;
  traps = deaths.map(({ mark, die }) => ({
    mark: `"${mark}"`,
    spring: () => {
      dying = dying.then(die);
      dying.then(() => --left === 0 && all.resolve(), all.reject);
    },
  }));
  const watching = watch(name);
  await plan(name, 3_600_000, 0);
  await sign(name);
  await until(
    async () => expect((await eventsOf(name)).some(({ type }) => type === 'linked.sealed')).toBe(true),
    60_000,
  );
  let t0 = await plan(name, 1_500, 1);
  for (let revision = 2; ; revision++) {
    const last = await until(async () => {
      const event = (await eventsOf(name)).findLast(
        ({ type }) => type === 'linked.opened' || type === 'linked.stopped',
      );
      if (!event || ('t0' in event && Date.parse(event.t0) < t0)) throw new Error('neither open nor stopped');
      return event;
    }, 60_000);
    if (last.type === 'linked.opened') break;
    // What must not be missing was: then nothing of it is public, and it is planned anew.
    for (const path of pathsOf(name)) expect(await status(path)).not.toBe(200);
    t0 = await plan(name, 2_500, revision);
  }
  await all.promise;
  await until(async () => {
    for (const path of pathsOf(name)) expect(await status(path)).toBe(200);
  }, 60_000);
  // Each part at its channel, and never twice.
  await until(() => {
    const told = [...system.newsroom.calls.values()].filter(({ body }) => body.includes(`"${name}-`));
    expect(told).toHaveLength(roles.length);
  }, 60_000);
  const { wrong, seenFirst } = await watching.end();
  expect(wrong).toEqual([]);
  expect(seenFirst).toBeGreaterThanOrEqual(t0);
  expect(brokenByNow(await readLog(bus))).toEqual([]);
}
const restart = async (service: ServiceName) => {
  await system.kill(service);
  await system.start(service);
};

describe('a linked release goes out whole and once although', () => {
  const each = (deaths: Partial<Record<ServiceName, string[]>>) =>
    (Object.entries(deaths) as [ServiceName, string[]][]).flatMap(([service, marks]) =>
      marks.map((mark) => ({ mark, die: () => restart(service) })),
    );
  it('who decides and who says when die at each of their steps', async () => {
    const releases = ['linked.part_signed', 'linked.sealed', 'linked.committed', 'linked.opened'];
    await goesOut('deciders-die', each({ releases, clock: ['linked.sealed', 'linked.committed'] }));
  });
  it('who pushes and who shows die at each of their steps', async () => {
    const prepare = ['linked.part_signed', 'delivery.requested', 'delivery.prepared', 'linked.sealed'];
    const commit = ['linked.committed', 'delivery.committed', 'delivery.attempted'];
    const portal = ['linked.sealed', 'linked.committed', 'linked.opened'];
    await goesOut('pushers-die', each({ delivery: [...prepare, ...commit], portal }));
  });
  it('everything dies as it is made ready, and again as it is committed', async () => {
    const die = async () => {
      await Promise.all(services.map((service) => system.kill(service)));
      await Promise.all(services.map((service) => system.start(service)));
    };
    await goesOut('all-die', [
      { mark: 'delivery.requested', die },
      { mark: 'linked.committed', die },
    ]);
  });
});
