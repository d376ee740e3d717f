/**
 * The only place where a NATS subject or stream is spelled.
 *
 * - `ev.<aggregate>.<site>.<id>`: the journal, one subject an aggregate.
 * - `pub.<site>.<kind>.<id>`: what the world may see, and only that; of the kinds `sealed` and `key`, pages that nobody
 *   can read yet, and what opens them.
 * - `hub.<id>`: who is told of what is public (W3C WebSub), the newest of each; beside the journal, and the portal's own.
 * - `told.pub.…`, `told.hub.…`: the same, as the public front hears of them in its own account: bells, not records.
 * - `from.<neighbour>.…`, `out.<neighbour>.…`: what another deployment told us, and what it is told by us.
 * - `dead.<consumer>`: messages that a consumer could not handle.
 * - `tried.<consumer>.<position>`: how often a process ended in the midst of a message that was handed out again and again.
 * - `cmd.<aggregate>`, `ask.<query>`, `alive.<instance>`, `projections`, `rebuild.<projection>`: request and reply, core
 *   NATS.
 */
export const streams = { journal: 'EVENTS', public: 'PUBLIC', hub: 'HUB', dead: 'DEAD', tried: 'TRIED' } as const;

/** Object stores, by the hash of what is in them: what servers answered and copies of files; and files that are public. */
export const buckets = { evidence: 'EVIDENCE', publicFiles: 'PUBLIC_FILES' } as const;

/** What people have written and not saved, by person, site and release. */
export const workingCopiesBucket = 'WORKING';

export const subjects = {
  event: (aggregate: string, site: string, id: string) => `ev.${aggregate}.${site}.${id}`,
  /** Every event of some aggregates' kind: `ev.repost.>`; without a name, the whole journal. */
  events: (aggregate?: string) => (aggregate ? `ev.${aggregate}.>` : 'ev.>'),
  /** Whose events stand under a subject of the journal; empty where it is none. */
  placeOf(subject: string): { aggregate: string; site: string; id: string } {
    const [, aggregate = '', site = '', id = ''] = subject.split('.');
    return { aggregate, site, id };
  },
  publicDocument: (site: string, kind: string, id: string) => `pub.${site}.${kind}.${id}`,
  publicDocuments: () => 'pub.>',
  sealedDocument: (site: string, sealId: string, name: string) => `pub.${site}.sealed.${sealId}-${name}`,
  sealKey: (site: string, sealId: string) => `pub.${site}.key.${sealId}`,
  /** What a message of the PUBLIC stream is, by its subject. */
  publicKindOf: (subject: string) => subject.split('.')[2] ?? '',
  hubEntry: (id: string) => `hub.${id}`,
  hubEntries: () => 'hub.>',
  /** A neighbour's message as it stands here, and one of ours as it is put out for a neighbour. */
  brought: (neighbour: string, subject: string) => `from.${neighbour}.${subject}`,
  putOut: (neighbour: string, subject: string) => `out.${neighbour}.${subject}`,
  told: (subject: string) => `told.${subject}`,
  dead: (consumer: string) => `dead.${consumer}`,
  deadLetters: () => 'dead.>',
  tried: (consumer: string, position: number | '*') => `tried.${consumer}.${position}`,
  allTried: () => 'tried.>',
  command: (aggregate: string) => `cmd.${aggregate}`,
  query: (name: string) => `ask.${name}`,
  /** Answered by one running process, named by its own id, for as long as it lives. */
  alive: (instance: string) => `alive.${instance}`,
  /** Answered by every process for each projection that it keeps: how far it is. */
  projections: () => 'projections',
  /** Asks one of the processes that keep a projection to build it again. */
  rebuild: (projection: string) => `rebuild.${projection}`,
} as const;
