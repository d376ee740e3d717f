import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal, Query } from '@tongsheng/bus';
import {
  ClusterCommand,
  FidelityQuery,
  MatrixQuery,
  RepostCommand,
  RoutingCommand,
  SimilarQuery,
  SimulationQuery,
  SiteTestQuery,
  type FidelityView,
  type MatrixView,
  type Receipt,
  type RepostEvent,
  type SimilarView,
  type Simulation,
  type SiteTest,
} from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';
import { cluster } from './cluster.ts';
import { Configuration } from './configuration.ts';
import { Edits } from './edits.ts';
import { owedBy } from './matrix.ts';
import { repost } from './repost.ts';
import { routing } from './routing.ts';
import { SimilarClusters } from './similar-clusters.ts';
import { Simulations } from './simulation.ts';
import { SitePublisher } from './site-publisher.ts';

type Approve = Extract<RepostCommand, { type: 'repost.approve' }>;

/** How long a decision can be taken back before anything goes out or comes down; an ISO 8601 duration. */
export class Hold {
  constructor(readonly duration: string) {}
}

@Controller()
export class RepostsController {
  constructor(
    private readonly journal: Journal,
    private readonly configuration: Configuration,
    private readonly simulations: Simulations,
    private readonly similar: SimilarClusters,
    private readonly edits: Edits,
    private readonly hold: Hold,
    private readonly publisher: SitePublisher,
  ) {}

  @Commands('repost')
  async decide(@Payload({ schema: RepostCommand }) command: RepostCommand): Promise<Receipt> {
    if (command.type === 'repost.approve') return this.#approve(command);
    if (command.type === 'repost.retract')
      return carryOut(this.journal, repost, { ...command, heldUntil: this.#heldUntil(command) });
    const whole = command.type === 'repost.edit' ? await this.edits.made(command) : command;
    return carryOut(this.journal, repost, whole);
  }

  /** How long it is held, and who must sign, is the house's to say and not the caller's. */
  async #approve(command: Approve): Promise<Receipt> {
    const { taskId, site } = command;
    const { events } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const queued = (events as RepostEvent[]).find((event) => event.type === 'repost.queued');
    const chain = await this.configuration.chainFor({ site, kind: queued?.kind ?? 'news' });
    return carryOut(this.journal, repost, { ...command, chain, heldUntil: this.#heldUntil(command) });
  }

  #heldUntil({ at }: { at: string }): string {
    return DateTime.fromISO(at, { zone: 'utc' }).plus(Duration.fromISO(this.hold.duration)).toISO()!;
  }

  @Commands('routing')
  route(@Payload({ schema: RoutingCommand }) command: RoutingCommand): Promise<Receipt> {
    return carryOut(this.journal, routing, command);
  }

  @Commands('cluster')
  gather(@Payload({ schema: ClusterCommand }) command: ClusterCommand): Promise<Receipt> {
    return carryOut(this.journal, cluster, command);
  }

  @Query('obligations.matrix')
  matrix(@Payload({ schema: MatrixQuery }) { sites, sources }: MatrixQuery): MatrixView {
    const { book } = this.configuration;
    const cells = sites.flatMap((siteId) => {
      const site = this.configuration.site(siteId);
      return sources.flatMap((sourceId) => {
        const source = this.configuration.source(sourceId);
        if (!site || !source) return [];
        const owed = owedBy(site, source, book);
        const override = book.overrides.find((each) => each.site === siteId && each.sourceId === sourceId) ?? null;
        return owed.length > 0 || override ? [{ site: siteId, sourceId, owed, override }] : [];
      });
    });
    return { cells };
  }

  @Query('reposts.fidelity')
  fidelity(@Payload({ schema: FidelityQuery }) query: FidelityQuery): Promise<FidelityView> {
    return this.edits.compared(query);
  }

  @Query('rules.simulate')
  simulate(@Payload({ schema: SimulationQuery }) query: SimulationQuery): Promise<Simulation> {
    return this.simulations.part(query);
  }

  @Query('clusters.similar')
  similarTo(@Payload({ schema: SimilarQuery }) { clusterId }: { clusterId: string }): SimilarView {
    return this.similar.to(clusterId);
  }

  @Query('site.test')
  async test(@Payload({ schema: SiteTestQuery }) { siteId }: { siteId: string }): Promise<SiteTest> {
    const trouble = await this.publisher.test(siteId);
    return { trouble: trouble && { code: trouble.code, detail: trouble.detail.slice(0, 1_000) } };
  }
}
