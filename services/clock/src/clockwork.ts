import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, BusClient, reasonOf } from '@tongsheng/bus';
import {
  Refusal,
  type AggregateName,
  type CorrectionCommand,
  type HandoverCommand,
  type IncidentCommand,
  type InspectionCommand,
  type LinkedCommand,
  type ReleaseCommand,
  type ReportCommand,
  type RepostCommand,
  type RoutingCommand,
  type RumorCommand,
  type SiteCheckCommand,
  type SubmissionCommand,
} from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Projection, type Redis } from '@tongsheng/projections';
import { Clock, Log } from '@tongsheng/runtime';
import { appointments, callsOf, type Appointment, type Call } from './appointments.ts';
import { deadlines, firingsOf, type Firing } from './deadlines.ts';
import { dutyMoments } from './duty-moments.ts';
import { inspectionMoments } from './inspection-moments.ts';
import { reportMoments } from './report-moments.ts';
import { SteadyClock } from './steady.ts';
import { Ticker, type Due } from './ticker.ts';

type Kept =
  | CorrectionCommand
  | HandoverCommand
  | IncidentCommand
  | InspectionCommand
  | LinkedCommand
  | ReleaseCommand
  | ReportCommand
  | RumorCommand
  | SiteCheckCommand
  | SubmissionCommand;

export class RedisUrl {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
}

/** Turns the passing of time into commands. What a command says twice is decided once, so clocks may run in pairs. */
@Injectable()
export class Clockwork implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #steady: SteadyClock;
  #redis!: Redis;

  constructor(
    private readonly bus: Bus,
    private readonly client: BusClient,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly redisUrl: RedisUrl,
  ) {
    this.#steady = new SteadyClock(
      () => this.#now(),
      () => performance.now(),
      (byMs) => this.log.error('clock.stepped', { byMs }),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#redis = createRedis(this.redisUrl.url, (error) => this.#trouble(error));
    await this.#redis.connect();
    await this.#tick(deadlines, firingsOf, this.#now, (firing) => this.warn(firing));
    const steadily = () => this.#steady.now();
    await this.#tick(appointments, callsOf, steadily, (call) => this.keep(call));
    await this.#tick(dutyMoments, callsOf, steadily, (call) => this.keep(call));
    await this.#tick(inspectionMoments, callsOf, steadily, (call) => this.keep(call));
    await this.#tick(reportMoments, callsOf, steadily, (call) => this.keep(call));
  }

  async onModuleDestroy(): Promise<void> {
    for (const stop of this.#stops) await stop();
    if (this.#redis.isOpen) this.#redis.destroy();
  }

  async #tick<A extends AggregateName, Row, D extends Due>(
    projection: Projection<A, Row>,
    duesOf: (rows: Row[]) => D[],
    now: () => number,
    fire: (due: D) => Promise<void>,
  ): Promise<void> {
    const onError = (error: unknown) => this.#trouble(error);
    const reader = new ProjectionReader(this.#redis, projection);
    const due = async (max: number, limit: number) => duesOf(await reader.list('next', { max, limit }));
    const ticker = new Ticker({ due, now, fire, onError });
    const runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.redisUrl.url,
      projection,
      onError,
      onUnreadable: (error, { seq }) => this.log.error('clock.unreadable', { position: seq, reason: error.message }),
      onApplied: () => ticker.look(),
    });
    this.#stops.push(
      () => ticker.stop(),
      () => runner.stop(),
    );
    await runner.start();
    ticker.look();
  }

  #trouble(error: unknown): void {
    // While the deadlines are being built again nothing is lost: what fell due fires when they are back.
    if (error instanceof Refusal && error.code === 'stale_view') return;
    this.log.warn('clock.trouble', { reason: reasonOf(error) });
  }

  #now = () => Date.parse(this.clock.now());

  /** Says that a share of the time is gone. @throws when nobody has heard it. */
  async warn({ deadline: { of, id, site }, share, moment }: Firing): Promise<void> {
    const head = {
      id: `${id}/warn/${share}/${moment}`,
      at: this.clock.now(),
      actor: { kind: 'service' as const, id: 'clock' },
      fellDueAt: new Date(moment).toISOString(),
    };
    const command: RepostCommand | RoutingCommand =
      of === 'repost'
        ? { type: 'repost.warn', ...head, taskId: id, site, share }
        : { type: 'routing.warn', ...head, itemId: id, sourceId: site };
    await this.client.command(of, command);
  }

  /** Says that the moment of an appointment has come. @throws when nobody has heard it. */
  async keep({ appointment: { of, id, site }, tell, moment }: Call): Promise<void> {
    const at = new Date(this.#steady.now()).toISOString();
    const fellDueAt = new Date(moment).toISOString();
    const head = { id: `${id}/${tell}/${moment}`, at, actor: { kind: 'service' as const, id: 'clock' }, site };
    const share = tell as 50;
    const commands: Record<Appointment['of'], Kept> = {
      correction: { type: 'correction.warn', ...head, correctionId: id, share, fellDueAt },
      handover: { type: 'handover.expect', ...head, handoverId: id, next: null },
      incident: { type: 'incident.warn', ...head, incidentId: id, share, fellDueAt },
      inspection: { type: 'inspection.warn', ...head, inspectionId: id, share, fellDueAt },
      site_check: { type: 'site_check.probe', ...head, checkId: id, n: tell, fellDueAt },
      linked:
        tell === 0
          ? { type: 'linked.commit', ...head, linkedId: id, ready: [] }
          : { type: 'linked.remind', ...head, linkedId: id, minutes: tell as 30, ready: [] },
      release: { type: 'release.warn_debt', ...head, releaseId: id, share, fellDueAt },
      report: { type: 'report.remind', ...head, reportId: id, days: tell, fellDueAt },
      rumor: { type: 'rumor.warn', ...head, rumorCaseId: id, share, fellDueAt },
      submission: { type: 'submission.warn', ...head, submissionId: id, actingSite: site, share, fellDueAt },
    };
    await this.client.command(of, commands[of]);
  }
}
