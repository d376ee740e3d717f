import {
  correctionIntake,
  rights,
  streamOf,
  streams,
  subjects,
  type BackOffice,
  type Rights,
} from '@tongsheng/contracts';

/** What a user may say and hear, in the server's words. */
export type Permissions = { publish: { allow: string[]; deny: string[] }; subscribe: { allow: string[] } };

export const backOffice = Object.keys(rights) as BackOffice[];

/** Where answers to a user arrive; nobody else may listen there. */
export const inboxOf = (user: string): string => `_INBOX_${user}`;

const everyStream = [streams.journal, ...Object.values(streamOf)];
const rightsOf = (service: BackOffice): Rights => rights[service];
const durables = backOffice.flatMap((service) =>
  Object.keys(rightsOf(service).reacts ?? {}).map((durable) => ({ service, durable })),
);

/** Reading a stream through consumers that the server forgets. */
const following = (stream: string): string[] => [
  `$JS.API.STREAM.MSG.GET.${stream}`,
  // Without a name in the subject the server takes no durable one.
  `$JS.API.CONSUMER.CREATE.${stream}`,
  ...['INFO', 'DELETE', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.*`),
  `$JS.FC.${stream}.>`,
];

/** The inboxes of all who ask this service something. The administrator's is the client's own. */
const askers = ({ takes = [], answers = [], projects, reacts, lives }: Rights): string[] => {
  const hears = (each: Rights) =>
    (each.tells ?? []).some((door) => takes.includes(door)) ||
    (each.asks ?? []).some((question) => answers.includes(question)) ||
    (lives && each.lives) ||
    (reacts && each.replays);
  const found = backOffice.filter((service) => hears(rightsOf(service))).map((service) => `${inboxOf(service)}.>`);
  const outside = answers.includes(correctionIntake) ? ['_R_.>'] : [];
  const administered = projects || reacts || takes.length > 0 || answers.length > 0 ? ['_INBOX.>'] : [];
  return [...found, ...outside, ...administered];
};

const written = { public: ['pub.>'], hub: ['hub.>'], dead: ['dead.>'], tried: ['tried.>'], working: ['$KV.WORKING.>'] };

/** What a service of the back office may do. What nothing here allows, the server refuses. */
export function permissionsOf(service: BackOffice): Permissions {
  const its = rightsOf(service);
  const { keeps, takes = [], answers = [], reacts = {}, tells = [], asks = [], reads = [], writes = [] } = its;
  const objects = (place: 'evidence' | 'publicFiles') => [`$O.${streamOf[place].slice('OBJ_'.length)}.>`];
  const readable = reads.map((place) =>
    place === 'evidence' || place === 'publicFiles'
      ? [`$JS.API.STREAM.MSG.GET.${streamOf[place]}`]
      : following(streamOf[place]),
  );
  const own = Object.entries(reacts).flatMap(([durable, aggregate]) => [
    `$JS.API.CONSUMER.CREATE.${streams.journal}.${durable}.${subjects.events(aggregate)}`,
    `$JS.ACK.${streams.journal}.${durable}.>`,
    subjects.dead(durable),
    subjects.tried(durable, '*'),
    `$JS.API.STREAM.MSG.GET.${streams.tried}`,
  ]);
  const allow = [
    ...keeps.map((aggregate) => subjects.events(aggregate)),
    ...tells.map((door) => subjects.command(door)),
    ...asks.map((question) => subjects.query(question)),
    ...askers(its),
    '$JS.API.STREAM.NAMES',
    ...everyStream.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
    ...following(streams.journal),
    ...own,
    ...readable.flat(),
    ...writes.flatMap((place) => (place === 'evidence' || place === 'publicFiles' ? objects(place) : written[place])),
    ...(its.erases ?? []).map((place) => `$JS.API.STREAM.MSG.DELETE.${streamOf[place]}`),
    ...(its.lives ? [subjects.alive('*')] : []),
    ...(its.replays ? ['replay.*'] : []),
    ...(its.writesNeighbours ? [subjects.brought('*', '>'), subjects.putOut('*', '>')] : []),
    ...(its.followsNeighbours ? ['$JS.API.STREAM.INFO.*', ...following('*')] : []),
  ];
  const foreign = durables
    .filter((each) => each.service !== service)
    .flatMap(({ durable }) => [
      `$JS.API.CONSUMER.*.${streams.journal}.${durable}`,
      `$JS.API.CONSUMER.MSG.NEXT.${streams.journal}.${durable}`,
    ]);
  // Whoever follows what neighbours brought here, by whatever name, has no business with what is ours alone.
  const ours = its.followsNeighbours
    ? Object.entries(streamOf)
        .filter(([place]) => !reads.some((each) => each === place))
        .flatMap(([, stream]) => [
          `$JS.API.STREAM.MSG.GET.${stream}`,
          `$JS.API.CONSUMER.*.${stream}`,
          `$JS.API.CONSUMER.*.${stream}.>`,
          `$JS.API.CONSUMER.*.*.${stream}.>`,
        ])
    : [];
  return {
    publish: { allow: unique(allow), deny: unique([...foreign, ...ours]) },
    subscribe: {
      allow: unique([
        `${inboxOf(service)}.>`,
        ...takes.map((door) => subjects.command(door)),
        ...answers.map((question) => subjects.query(question)),
        ...Object.keys(reacts).map((durable) => `replay.${durable}`),
        ...(its.projects ? [subjects.projections(), subjects.rebuild('*')] : []),
        ...(its.lives ? [subjects.alive('*')] : []),
      ]),
    },
  };
}

const unique = (list: string[]): string[] => [...new Set(list)];
