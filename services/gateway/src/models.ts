import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, bury, LiveTable, logOf, ourLog, reasonOf } from '@tongsheng/bus';
import { lastOfCredential, type AggregateName, type ItemRow } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Projection, type Redis } from '@tongsheng/projections';
import { Clock, Log } from '@tongsheng/runtime';
import { Settings } from './settings.ts';
import { alarms } from './views/alarms.ts';
import { audit } from './views/audit.ts';
import { corrections } from './views/corrections.ts';
import { deliveries } from './views/deliveries.ts';
import { handovers } from './views/handovers.ts';
import { incidents } from './views/incidents.ts';
import { inspections } from './views/inspections.ts';
import { items, type StoredItem } from './views/items.ts';
import { linked } from './views/linked.ts';
import { quotas } from './views/quotas.ts';
import { recalls } from './views/recalls.ts';
import { releases } from './views/releases.ts';
import { reports } from './views/reports.ts';
import { reposts } from './views/reposts.ts';
import { rumors } from './views/rumors.ts';
import { siteChecks } from './views/site-checks.ts';
import { sources } from './views/sources.ts';
import { ofNeighbour, submissions } from './views/submissions.ts';

type Model<A extends AggregateName, Row> = {
  projection: Projection<A, Row>;
  reader: ProjectionReader<A, Row>;
  runner: ProjectionRunner<A, Row>;
};

/** The read models that the console looks at, and the registrations it needs at hand. */
@Injectable()
export class Models implements OnModuleInit, OnModuleDestroy {
  redis!: Redis;
  reposts!: ReturnType<typeof this.openReposts>;
  releases!: ReturnType<typeof this.openReleases>;
  recalls!: ReturnType<typeof this.openRecalls>;
  linked!: ReturnType<typeof this.openLinked>;
  reports!: ReturnType<typeof this.openReports>;
  rumors!: ReturnType<typeof this.openRumors>;
  corrections!: ReturnType<typeof this.openCorrections>;
  submissions!: ReturnType<typeof this.openSubmissions>;
  /** What neighbours offer to sites of ours, by their names. */
  submissionsOf = new Map<string, ReturnType<typeof this.openSubmissions>>();
  inspections!: ReturnType<typeof this.openInspections>;
  siteChecks!: ReturnType<typeof this.openSiteChecks>;
  quotas!: ReturnType<typeof this.openQuotas>;
  deliveries!: ReturnType<typeof this.openDeliveries>;
  sources!: ReturnType<typeof this.openSources>;
  items!: ReturnType<typeof this.openItems>;
  audit!: ReturnType<typeof this.openAudit>;
  alarms!: ReturnType<typeof this.openAlarms>;
  incidents!: ReturnType<typeof this.openIncidents>;
  handovers!: ReturnType<typeof this.openHandovers>;
  people!: LiveTable<'person'>;
  tokens!: LiveTable<'token'>;
  sites!: LiveTable<'site'>;
  channels!: LiveTable<'channel'>;
  credentials!: LiveTable<'credential'>;
  registeredSources!: LiveTable<'source'>;
  policies!: LiveTable<'policy'>;
  overrides!: LiveTable<'override'>;
  rules!: LiveTable<'rule'>;
  chains!: LiveTable<'chain'>;
  shifts!: LiveTable<'shift'>;
  ladders!: LiveTable<'ladder'>;
  contacts!: LiveTable<'contact'>;
  means!: LiveTable<'means'>;
  releaseChains!: LiveTable<'release_chain'>;
  leaves!: LiveTable<'leave'>;
  checklists!: LiveTable<'checklist'>;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    this.redis = createRedis(this.settings.values.REDIS_URL, (error) => this.#trouble(error));
    await this.redis.connect();
    const table = <A extends AggregateName>(aggregate: A) =>
      LiveTable.open(this.bus, aggregate, (error) => this.#trouble(error));
    [this.people, this.tokens, this.sites, this.channels, this.credentials] = await Promise.all([
      table('person'),
      table('token'),
      table('site'),
      table('channel'),
      LiveTable.open(this.bus, 'credential', (error) => this.#trouble(error), lastOfCredential),
    ]);
    [this.registeredSources, this.policies, this.overrides, this.rules, this.chains] = await Promise.all([
      table('source'),
      table('policy'),
      table('override'),
      table('rule'),
      table('chain'),
    ]);
    [this.shifts, this.ladders, this.contacts, this.means] = await Promise.all([
      table('shift'),
      table('ladder'),
      table('contact'),
      table('means'),
    ]);
    [this.releaseChains, this.leaves, this.checklists] = await Promise.all([
      table('release_chain'),
      table('leave'),
      table('checklist'),
    ]);
    this.reposts = this.openReposts();
    this.releases = this.openReleases();
    this.recalls = this.openRecalls();
    this.linked = this.openLinked();
    this.reports = this.openReports();
    this.rumors = this.openRumors();
    this.corrections = this.openCorrections();
    this.submissions = this.openSubmissions();
    for (const { name } of this.settings.values.NEIGHBOURS?.neighbours ?? [])
      this.submissionsOf.set(name, this.#open(ofNeighbour(submissions, name), logOf(name)));
    this.inspections = this.openInspections();
    this.siteChecks = this.openSiteChecks();
    this.quotas = this.openQuotas();
    this.deliveries = this.openDeliveries();
    this.sources = this.openSources();
    this.items = this.openItems();
    this.audit = this.openAudit();
    this.alarms = this.openAlarms();
    this.incidents = this.openIncidents();
    this.handovers = this.openHandovers();
    await Promise.all(this.all.map(({ runner }) => runner.start()));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.all.map(({ runner }) => runner.stop()), ...this.#tables.map((table) => table.close())]);
    if (this.redis.isOpen) this.redis.destroy();
  }

  /** An item as people see it: its source by the name of today, and without the text that only a search looks into. */
  shownItem({ text: _text, ...row }: StoredItem): ItemRow {
    return { ...row, sourceName: this.registeredSources.get(row.sourceId)?.name ?? row.sourceId };
  }

  get #tables() {
    const { people, tokens, sites, channels, credentials, registeredSources, policies, overrides, rules } = this;
    const { chains, shifts, ladders, contacts, means, releaseChains, leaves, checklists } = this;
    return [
      people,
      tokens,
      sites,
      channels,
      credentials,
      registeredSources,
      policies,
      overrides,
      rules,
      chains,
      shifts,
      ladders,
      contacts,
      means,
      releaseChains,
      leaves,
      checklists,
    ];
  }

  get all() {
    return [
      this.reposts,
      this.releases,
      this.recalls,
      this.linked,
      this.reports,
      this.rumors,
      this.corrections,
      this.submissions,
      ...this.submissionsOf.values(),
      this.inspections,
      this.siteChecks,
      this.quotas,
      this.deliveries,
      this.sources,
      this.items,
      this.audit,
      this.alarms,
      this.incidents,
      this.handovers,
    ];
  }

  private openReposts = () => this.#open(reposts);
  private openReleases = () => this.#open(releases);
  private openRecalls = () => this.#open(recalls);
  private openLinked = () => this.#open(linked);
  private openReports = () => this.#open(reports);
  private openRumors = () => this.#open(rumors);
  private openCorrections = () => this.#open(corrections);
  private openSubmissions = () => this.#open(submissions);
  private openInspections = () => this.#open(inspections);
  private openSiteChecks = () => this.#open(siteChecks);
  private openQuotas = () => this.#open(quotas);
  private openDeliveries = () => this.#open(deliveries);
  private openSources = () => this.#open(sources);
  private openItems = () => this.#open(items);
  private openAudit = () => this.#open(audit);
  private openAlarms = () => this.#open(alarms);
  private openIncidents = () => this.#open(incidents);
  private openHandovers = () => this.#open(handovers);

  #open<A extends AggregateName, Row>(projection: Projection<A, Row>, place = ourLog): Model<A, Row> {
    const runner = new ProjectionRunner({
      bus: this.bus,
      redisUrl: this.settings.values.REDIS_URL,
      projection,
      place,
      onError: (error) => this.#trouble(error),
      onUnreadable: async (error, message) => {
        this.log.error('projection.unreadable', {
          projection: projection.name,
          position: message.seq,
          reason: error.message,
        });
        const at = this.clock.now();
        await bury(this.bus, {
          consumer: `projection-${projection.name}`,
          message,
          reason: error.message,
          tries: 1,
          at,
        });
      },
    });
    return { projection, reader: new ProjectionReader(this.redis, projection), runner };
  }

  #trouble(error: unknown): void {
    this.log.warn('gateway.trouble', { reason: reasonOf(error) });
  }
}
