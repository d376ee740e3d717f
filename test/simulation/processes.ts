import { Bus, BusClient, BusServer, EvidenceStore, Journal, PublicFiles, reasonOf } from '@tongsheng/bus';
import { Clock, Log, SecretBox } from '@tongsheng/runtime';
import { createHash } from 'node:crypto';
import { Clockwork, RedisUrl as ClockRedis } from '../../services/clock/src/clockwork.ts';
import { deadlines, firingsOf, type Deadline, type Firing } from '../../services/clock/src/deadlines.ts';
import { Ticker } from '../../services/clock/src/ticker.ts';
import { DutyModule } from '../../services/duty/src/duty.module.ts';
import { PassOn, RedisUrl as DutyRedis } from '../../services/duty/src/pass-on.ts';
import { Outside } from '../../services/duty/src/tell-people.reaction.ts';
import { waits, type Wait } from '../../services/duty/src/waits.ts';
import { reposts } from '../../services/gateway/src/views/reposts.ts';
import { complianceIn } from '../../services/oversight/src/compliance.ts';
import { PublishRepost } from '../../services/reposts/src/publish-repost.reaction.ts';
import { Visitor } from '../../services/reposts/src/looks.ts';
import { RemoveRepost } from '../../services/reposts/src/remove-repost.reaction.ts';
import { Hold } from '../../services/reposts/src/reposts.controller.ts';
import { RepostsModule } from '../../services/reposts/src/reposts.module.ts';
import { Allowed } from '../../services/reposts/src/site-publisher.ts';
import { Camera } from '../../services/reposts/src/take-pictures.ts';
import { VerifyReposts } from '../../services/reposts/src/verify-reposts.ts';
import { watchedPages, type Watched } from '../../services/reposts/src/watched.ts';
import { Rechecks, RedisUrl as RepostsRedis, Watchlist } from '../../services/reposts/src/watchlist.ts';
import { assemble, controllersOf, open, runHook } from './assemble.ts';
import { connectTo, disconnect, type Faults } from './connection.ts';
import type { Chance } from './chance.ts';
import { Ingest } from './ingest.ts';
import type { Desk } from './people.ts';
import type { Portal } from './portal.ts';
import { ReadModel } from './read-model.ts';
import type { SimulatedServer } from './server.ts';
import type { Owner } from './time.ts';
import type { Upstreams } from './upstreams.ts';

/** What stands outside the processes and outlives them. */
export type House = {
  server: SimulatedServer;
  chance: Chance;
  faults: Faults;
  upstreams: Upstreams;
  portal: Portal;
  rechecks: readonly string[];
  models: ReturnType<typeof readModels>;
  /** What processes complained of, by words, with how often. */
  complaints: Map<string, number>;
};

export const readModels = (rechecks: readonly string[]) => ({
  watched: new ReadModel(watchedPages(rechecks)),
  deadlines: new ReadModel(deadlines),
  waits: new ReadModel(waits),
  reposts: new ReadModel(reposts),
  compliance: new ReadModel(complianceIn('Asia/Shanghai')),
});

/** A process's own clock: it runs with the world's, and may be wrong. */
class WallClock extends Clock {
  constructor(readonly process: SimulatedProcess) {
    super();
  }
  now(): string {
    return new Date(this.process.house.server.time.now + this.process.clockErrorMs).toISOString();
  }
}

class Complaints extends Log {
  constructor(readonly house: House) {
    super();
  }
  debug(): void {}
  info(): void {}
  warn(event: string, fields: Record<string, unknown> = {}): void {
    const words = `${event}: ${String(fields['reason'] ?? '')}`.replaceAll(/[0-9a-f]{12,}|\d{4,}/g, '…').slice(0, 160);
    this.house.complaints.set(words, (this.house.complaints.get(words) ?? 0) + 1);
  }
  error(event: string, fields?: Record<string, unknown>): void {
    this.warn(event, fields);
  }
}

/** Evidence by its hash; what it is of can be made again. */
class Hashes extends EvidenceStore {
  override async keep(bytes: Uint8Array): Promise<string> {
    return createHash('sha256').update(bytes).digest('hex');
  }
}

/** Our production code, started on a connection. */
export type Started = {
  bus: Bus;
  journal: Journal;
  client: BusClient;
  clock: Clock;
  log: Log;
  evidence: EvidenceStore;
};
type Start = (shell: Started, process: SimulatedProcess) => Promise<void>;

/** One process of the installation: it can die at any moment, and starts anew from the log. */
export class SimulatedProcess {
  owner: Owner;
  clockErrorMs = 0;
  /** How often it died, and how long it was away in all. */
  deaths = 0;
  awayMs = 0;
  /** From when to when it was away, as the world knows. */
  readonly absences: { from: number; to: number }[] = [];
  #starts = 0;

  constructor(
    readonly name: string,
    readonly house: House,
    readonly start: Start,
    /** How long it stays away after a death, on average, in ms. */
    readonly meanAwayMs: number,
  ) {
    this.owner = { name, alive: false };
  }

  boot(): void {
    const { server, chance, faults, complaints } = this.house;
    const owner: Owner = { name: `${this.name}-${this.#starts++}`, alive: true };
    this.owner = owner;
    server.time.within(owner, () => {
      const die = () => this.die(owner);
      const bus = connectTo({ server, owner, chance: chance.of(owner.name), faults, die });
      const log = new Complaints(this.house);
      const clock = new WallClock(this);
      const shell: Started = {
        bus,
        journal: new Journal(bus, this.name),
        client: new BusClient(bus),
        clock,
        log,
        evidence: new Hashes(bus),
      };
      // A supervisor starts what could not start.
      this.start(shell, this).catch((error: unknown) => {
        const words = `${this.name} did not start: ${reasonOf(error)}`;
        complaints.set(words, (complaints.get(words) ?? 0) + 1);
        this.die(owner);
      });
    });
  }

  /** It ends in the middle of whatever it does, and comes back after a while. */
  die(
    owner = this.owner,
    awayMs = Math.max(500, this.house.chance.of(`${owner.name}/away`).wait(this.meanAwayMs)),
  ): void {
    if (!owner.alive) return;
    const { time } = this.house.server;
    disconnect(owner);
    this.deaths++;
    this.awayMs += awayMs;
    this.absences.push({ from: time.now, to: time.now + awayMs });
    time.after(awayMs, () => this.boot(), null);
  }
}

const serving = ({ bus, clock, log }: Started, service: string) =>
  new BusServer({
    bus,
    service,
    now: () => clock.now(),
    onFailure: ({ durable, error, dead }) =>
      log.warn(dead ? `${durable} gave up` : `${durable} failed`, { reason: reasonOf(error) }),
    onError: (subject, error) => log.warn(subject, { reason: reasonOf(error) }),
  });

const listen = (server: BusServer) =>
  new Promise<void>((resolve, reject) => {
    void server.listen((error) => (error === undefined ? resolve() : reject(error as Error)));
  });

const given = ({ bus, journal, client, clock, log, evidence }: Started) =>
  new Map<unknown, object>([
    [Bus, bus],
    [Journal, journal],
    [BusClient, client],
    [Clock, clock],
    [Log, log],
    [EvidenceStore, evidence],
    [PublicFiles, new PublicFiles(bus)],
  ]);

/** Which pages are looked at when, in the world's read model instead of Redis. */
class ListOfPages extends Watchlist {
  override readonly lookMs = 60_000;
  readonly #model: ReadModel<'repost', Watched>;

  constructor(
    readonly shell: Started,
    { rechecks, models }: House,
  ) {
    super(shell.bus, shell.log, new Rechecks(rechecks), new RepostsRedis(''));
    this.#model = models.watched;
  }
  override open(): Promise<void> {
    return this.#model.follow(this.shell.bus);
  }
  override due(max: number, limit: number): Promise<Watched[]> {
    return this.#model.list('next', { max, limit });
  }
  override async page({ site, taskId }: Watched): Promise<Watched | null> {
    return this.#model.rows.get(`${site}/${taskId}`) ?? null;
  }
  override async close(): Promise<void> {}
}

type Part = (type: unknown) => boolean;

/** The reposts service, or a part of it in a process of its own. */
const repostsService =
  (does: { controllers: Part; verifies: boolean }): Start =>
  async (shell, { house }) => {
    class Citizen extends Visitor {
      override async visit(url: string) {
        return house.portal.visit(url, shell.bus);
      }
    }
    const made = assemble(
      RepostsModule,
      given(shell)
        .set(Allowed, new Allowed([]))
        .set(Visitor, new Citizen([]))
        .set(Hold, new Hold('PT10S'))
        .set(Watchlist, new ListOfPages(shell, house))
        .set(Camera, new Camera('/nowhere', [])),
    );
    await runHook('onModuleInit', made.values());
    const server = serving(shell, 'reposts');
    for (const type of controllersOf(RepostsModule)) if (does.controllers(type)) open(server, made.get(type)!);
    if (does.verifies) await runHook('onApplicationBootstrap', [made.get(VerifyReposts)!]);
    await listen(server);
  };

/** What a clock with a look every half minute fetches ahead, in ms. */
const looks = { lookMs: 30_000, aheadMs: 31_000 };

const clockService: Start = async ({ bus, client, clock, log }, { house }) => {
  const clockwork = new Clockwork(bus, client, clock, log, new ClockRedis(''));
  const model: ReadModel<'repost' | 'routing', Deadline> = house.models.deadlines;
  const ticker = new Ticker<Firing>({
    due: async (max, limit) => firingsOf(await model.list('next', { max, limit })),
    now: () => Date.parse(clock.now()),
    fire: (firing) => clockwork.warn(firing),
    onError: (error) => log.warn('clock.trouble', { reason: reasonOf(error) }),
    ...looks,
  });
  await model.follow(bus);
  ticker.look();
};

const passOnEveryMs = 60_000;

const dutyService: Start = async (shell, { house }) => {
  const made = assemble(
    DutyModule,
    given(shell)
      .set(DutyRedis, new DutyRedis(''))
      .set(
        Outside,
        new Outside(
          { smtp: undefined, from: 'duty@example.org', allow: [], secrets: new SecretBox([]) },
          'https://console.example',
        ),
      ),
  );
  await runHook('onModuleInit', made.values());
  const server = serving(shell, 'duty');
  for (const type of controllersOf(DutyModule)) open(server, made.get(type)!);
  const passOn = made.get(PassOn) as PassOn;
  const model: ReadModel<'alarm', Wait> = house.models.waits;
  await model.follow(shell.bus);
  await listen(server);
  const look = async () => {
    const due = await model.list('due', { max: Date.parse(shell.clock.now()), limit: 500 });
    for (const wait of due)
      await passOn.passOn(wait).catch((error: unknown) => shell.log.warn('duty.trouble', { reason: reasonOf(error) }));
    setTimeout(() => void look(), passOnEveryMs);
  };
  await look();
};

const ingestService: Start = (shell, { house }) =>
  new Ingest(shell, house.upstreams, house.chance.of('ingest')).start();

const minutes = 60_000;

/** Every process of an installation. The reactions run twice, as they may. */
export function processesOf(house: House, away: { mean: number }, onDesk: (desk: Desk) => void): SimulatedProcess[] {
  const deskService: Start = async ({ bus, client, journal }, process) => {
    await house.models.reposts.follow(bus);
    await house.models.compliance.follow(bus);
    const { owner } = process;
    onDesk({ client, journal, isUp: () => owner.alive });
  };
  const isPublisher: Part = (type) => type === PublishRepost || type === RemoveRepost;
  const isOther: Part = (type) => !isPublisher(type);
  const mean = away.mean * minutes;
  const one = (name: string, start: Start, share = 1) => new SimulatedProcess(name, house, start, mean * share);
  return [
    one('ingest', ingestService),
    one('reposts-1', repostsService({ controllers: isOther, verifies: false })),
    one('reposts-2', repostsService({ controllers: isOther, verifies: false })),
    one('publisher', repostsService({ controllers: isPublisher, verifies: false })),
    one('verifier', repostsService({ controllers: () => false, verifies: true })),
    one('clock', clockService),
    one('duty', dutyService),
    one('desk', deskService, 0.2),
  ];
}
