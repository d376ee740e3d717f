import { correctionIntake } from './correction.ts';
import type { AggregateName } from './events.ts';
import { buckets, streams } from './subjects.ts';

/** What one service may say and hear on the bus, and keep in Redis. What stands in no line is refused by the servers. */
export type Rights = {
  /** Aggregates whose events it writes. Every service of the back office reads the whole journal. */
  keeps: readonly AggregateName[];
  /** Doors for commands that it answers. */
  takes?: readonly string[];
  /** Questions that it answers. */
  answers?: readonly string[];
  /** Its reactions: the durable consumer, and whose events it is told of. */
  reacts?: Readonly<Record<string, AggregateName>>;
  /** Doors that it sends commands to. */
  tells?: readonly string[];
  /** Questions that it asks. */
  asks?: readonly string[];
  /** Streams and stores beside the journal that it reads. */
  reads?: readonly Place[];
  /** Streams and stores beside the journal that it writes. */
  writes?: readonly Place[];
  /** Where single messages may be overwritten. */
  erases?: readonly Place[];
  /** The projections that it keeps, `*` for any end of a name; it tells how far they are, and builds them again when told to. */
  projects?: readonly string[];
  /** How names begin of what else it keeps in Redis, where it may be lost. */
  remembers?: readonly string[];
  /** Answers whether its process lives, and asks others. */
  lives?: true;
  /** Tells consumers to try a dead letter again. */
  replays?: true;
  /** Follows streams that neighbours brought here, whatever their names. */
  followsNeighbours?: true;
  /** Writes them, and what neighbours are told. */
  writesNeighbours?: true;
};

type Place = 'public' | 'hub' | 'dead' | 'tried' | 'evidence' | 'publicFiles' | 'working';

/** What stands in which stream of JetStream: object stores and key-value stores are streams, too. */
export const streamOf: Record<Place, string> = {
  public: streams.public,
  hub: streams.hub,
  dead: streams.dead,
  tried: streams.tried,
  evidence: `OBJ_${buckets.evidence}`,
  publicFiles: `OBJ_${buckets.publicFiles}`,
  working: 'KV_WORKING',
};

const registered = [
  'calendar',
  'chain',
  'channel',
  'checklist',
  'contact',
  'ladder',
  'leave',
  'means',
  'override',
  'person',
  'policy',
  'release_chain',
  'rule',
  'shift',
  'sign_in',
  'site',
  'source',
  'token',
] as const satisfies AggregateName[];

/**
 * Every service of the back office, each a user of its own on the bus. `test/guards` compares this with what the services
 * declare; the server is configured from it and from nothing else.
 */
export const rights = {
  registry: { keeps: registered, takes: ['registry'], answers: ['secrets'] },
  ingest: {
    keeps: ['alias', 'item', 'poll'],
    answers: ['source.preview', 'source.read_now', 'source.status'],
    reads: ['evidence'],
    writes: ['evidence'],
    followsNeighbours: true,
  },
  reposts: {
    keeps: ['cluster', 'cluster_key', 'repost', 'routing'],
    takes: ['cluster', 'repost', 'routing'],
    answers: [
      'clusters.similar',
      'obligations.matrix',
      'reposts.fidelity',
      'reposts.look',
      'reposts.of_item',
      'rules.simulate',
      'site.test',
    ],
    reacts: {
      'regroup-reposts': 'cluster',
      'follow-items': 'item',
      'queue-reposts': 'item',
      'publish-repost': 'repost',
      'remove-repost': 'repost',
      'bind-reposts': 'routing',
    },
    reads: ['public', 'evidence', 'publicFiles'],
    writes: ['public', 'evidence', 'publicFiles'],
    projects: ['watched-pages'],
  },
  exchange: {
    keeps: [],
    answers: ['links', 'neighbour'],
    tells: ['submission'],
    followsNeighbours: true,
    writesNeighbours: true,
  },
  clock: {
    keeps: [],
    tells: [
      'correction',
      'handover',
      'incident',
      'inspection',
      'linked',
      'release',
      'report',
      'repost',
      'routing',
      'rumor',
      'site_check',
      'submission',
    ],
    projects: ['appointments', 'deadlines', 'duty-moments', 'inspection-moments', 'report-moments'],
  },
  releases: {
    keeps: ['linked', 'recall', 'release', 'rumor', 'submission'],
    takes: ['linked', 'recall', 'release', 'rumor', 'submission'],
    answers: ['releases.recall-plan'],
    asks: ['deliveries.holdings', 'linked.ready'],
    reacts: {
      'follow-recall-deliveries': 'delivery',
      'adopt-linked-submissions': 'linked',
      'follow-parts': 'linked',
      'open-pages': 'linked',
      'seal-pages': 'linked',
      'carry-recalls': 'recall',
      'adopt-own-submissions': 'release',
      'answer-rumors': 'release',
      'correct-everywhere': 'release',
      'join-parts': 'release',
      'publish-release': 'release',
      'arrange-submissions': 'submission',
      'look-at-adoptions': 'submission',
      'tell-offices': 'submission',
    },
    reads: ['public', 'evidence', 'publicFiles'],
    writes: ['public', 'evidence', 'publicFiles'],
    erases: ['public'],
  },
  delivery: {
    keeps: ['callback', 'credential', 'delivery', 'quota', 'stoppage'],
    takes: ['credential', 'delivery'],
    answers: [
      'channels.health',
      'channels.preview',
      'channels.states',
      'channels.try',
      'channels.undo_trial',
      'credential.secrets',
      'deliveries.holdings',
      'deliveries.outlook',
      'linked.ready',
    ],
    reacts: {
      'mend-credentials': 'channel',
      'request-linked-deliveries': 'linked',
      'reserve-slots': 'linked',
      'recall-deliveries': 'recall',
      'request-deliveries': 'release',
    },
    reads: ['evidence', 'publicFiles'],
    writes: ['evidence'],
    remembers: ['delivery:'],
    lives: true,
  },
  oversight: {
    keeps: ['balance', 'checkpoint', 'correction', 'inspection', 'report', 'site_check'],
    takes: ['correction', 'inspection', 'report', 'site_check'],
    answers: [
      'balance',
      'calendars',
      'checkpoint',
      'checkpoint.list',
      'compliance',
      'compliance.tasks',
      correctionIntake,
      'corrections.addresses',
      'corrections.figures',
      'forecast',
      'report.counting',
      'report.file',
    ],
    asks: ['reposts.look'],
    reacts: {
      'move-deadlines': 'calendar',
      'answer-folded': 'correction',
      'check-deadlines': 'correction',
      'mail-answers': 'correction',
      'begin-site-checks': 'inspection',
      'expect-next-inspection': 'inspection',
      'publish-inspection': 'inspection',
      'expect-next-report': 'report',
      'publish-report': 'report',
      'expect-first-inspection': 'site',
      'expect-first-report': 'site',
      'go-on-checking': 'site_check',
      'look-at-sites': 'site_check',
      'probe-sites': 'site_check',
    },
    reads: ['public', 'evidence', 'publicFiles'],
    writes: ['public', 'evidence', 'publicFiles'],
    projects: ['compliance', 'compliance-*', 'correction-cases', 'pace', 'report-marks'],
    remembers: ['p:pasts', 'p:probe'],
    followsNeighbours: true,
  },
  duty: {
    keeps: ['alarm', 'handover', 'incident'],
    takes: ['alarm', 'drill', 'handover', 'incident'],
    answers: ['means.try'],
    reacts: {
      'open-incidents': 'alarm',
      'tell-people': 'alarm',
      'raise-balance-alarms': 'balance',
      'close-calendar-alarms': 'calendar',
      'raise-correction-alarms': 'correction',
      'raise-credential-alarms': 'credential',
      'raise-delivery-alarms': 'delivery',
      'raise-handover-alarms': 'handover',
      'raise-incident-alarms': 'incident',
      'raise-inspection-alarms': 'inspection',
      'raise-linked-alarms': 'linked',
      'raise-source-alarms': 'poll',
      'raise-recall-alarms': 'recall',
      'raise-debt-alarms': 'release',
      'raise-report-alarms': 'report',
      'raise-page-alarms': 'repost',
      'raise-task-alarms': 'repost',
      'raise-rumor-alarms': 'rumor',
      'end-alarms-of-paused-sources': 'source',
      'raise-stoppage-alarms': 'stoppage',
      'raise-submission-alarms': 'submission',
    },
    reads: ['evidence'],
    projects: ['alarm-waits'],
  },
  gateway: {
    keeps: ['access', 'login'],
    takes: ['login'],
    answers: ['login.secrets'],
    tells: [
      'alarm',
      'cluster',
      'correction',
      'credential',
      'delivery',
      'drill',
      'handover',
      'incident',
      'inspection',
      'linked',
      'recall',
      'registry',
      'release',
      'report',
      'repost',
      'routing',
      'rumor',
      'site_check',
      'submission',
    ],
    asks: [
      'balance',
      'calendars',
      'channels.health',
      'channels.preview',
      'channels.states',
      'channels.try',
      'channels.undo_trial',
      'checkpoint',
      'clusters.similar',
      'compliance',
      'compliance.tasks',
      'corrections.figures',
      'deliveries.outlook',
      'forecast',
      'links',
      'means.try',
      'neighbour',
      'obligations.matrix',
      'releases.recall-plan',
      'report.counting',
      'report.file',
      'reposts.fidelity',
      'reposts.of_item',
      'rules.simulate',
      'site.test',
      'source.preview',
      'source.read_now',
      'source.status',
    ],
    reads: ['public', 'dead', 'evidence', 'publicFiles', 'working'],
    writes: ['dead', 'evidence', 'working'],
    erases: ['dead'],
    projects: [
      'alarms',
      'audit',
      'corrections',
      'deliveries',
      'handovers',
      'incidents',
      'inspections',
      'items',
      'linked',
      'quotas',
      'recalls',
      'releases',
      'reports',
      'reposts',
      'rumors',
      'site_checks',
      'sources',
      'submissions',
      'submissions-of-*',
    ],
    remembers: ['editing:', 'enrol:', 'p:probe', 'passkey:', 'session:', 'sessions:', 'sign-in:', 'totp:', 'upload:'],
    followsNeighbours: true,
    replays: true,
  },
} as const satisfies Record<string, Rights>;

export type BackOffice = keyof typeof rights;
