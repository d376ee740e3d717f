import { defineAggregate } from '@tongsheng/bus';
import {
  administrators,
  keptSecret,
  ladderIdOf,
  meansIdOf,
  releaseChainIdOf,
  Refusal,
  RegistryCommand,
  RegistryEvent,
  withContactSecrets,
  withMeansSecrets,
  withPublicationSecrets,
  withRegisteredSecrets,
  withSecrets,
  type AlarmMeans,
  type Channel,
  type Contact,
  type Person,
  type Site,
} from '@tongsheng/contracts';

type Reseal = Extract<RegistryCommand, { registrationId: string }>;

/** What was registered last, as JSON: equal text means that nothing changes. */
type Registration = string | null;

/** The event that a command asks for; registering is saying how something is from now on. Null: nothing. */
function wanted(command: RegistryCommand, registered: Registration): RegistryEvent | null {
  switch (command.type) {
    case 'site.register':
      return { type: 'site.registered', ...siteKeeping(command.site, registered) };
    case 'source.register':
      return { type: 'source.registered', ...command.source };
    case 'policy.register':
      return { type: 'policy.registered', ...command.policy };
    case 'override.register':
      return { type: 'override.registered', ...command.override };
    case 'rule.register':
      return { type: 'rule.registered', ...command.rule };
    case 'chain.register':
      return { type: 'chain.registered', ...command.chain };
    case 'person.register':
      mustBeApart(command.person);
      return { type: 'person.registered', ...command.person };
    case 'person.enrol':
    case 'person.grant':
    case 'person.disable':
    case 'person.enable':
    case 'person.change_password':
    case 'person.reset_password':
      return personAfter(command, past(registered));
    case 'channel.register':
      return {
        type: 'channel.registered',
        channel: channelKeeping(command.channel, registered),
        ...(command.reason !== undefined && { reason: command.reason }),
      };
    case 'token.register':
      mustBeApart(command.token);
      return { type: 'token.registered', ...command.token };
    case 'shift.register':
      return { type: 'shift.registered', ...command.shift };
    case 'ladder.register':
      return { type: 'ladder.registered', ...command.ladder };
    case 'contact.register':
      return { type: 'contact.registered', ...contactKeeping(command.contact, registered) };
    case 'release_chain.register':
      return { type: 'release_chain.registered', ...command.releaseChain };
    case 'leave.register':
      return { type: 'leave.registered', ...command.leave };
    case 'checklist.register':
      return { type: 'checklist.registered', checklist: command.checklist };
    case 'sign_in.register':
      return { type: 'sign_in.registered', ...command.rules };
    case 'channel.reseal':
    case 'site.reseal':
    case 'source.reseal':
    case 'contact.reseal':
    case 'means.reseal':
      return resealed(command, past(registered));
    case 'calendar.register':
      return { type: 'calendar.registered', ...command.calendar };
    case 'means.register':
      return { type: 'means.registered', means: meansKeeping(command.means, registered) };
  }
}

function idOf(command: RegistryCommand): string {
  switch (command.type) {
    case 'site.register':
      return command.site.siteId;
    case 'source.register':
      return command.source.sourceId;
    case 'policy.register':
      return command.policy.policyId;
    case 'override.register':
      return `${command.override.site}--${command.override.sourceId}`;
    case 'rule.register':
      return command.rule.ruleId;
    case 'chain.register':
      return command.chain.chainId;
    case 'person.register':
      return command.person.personId;
    case 'person.enrol':
    case 'person.grant':
    case 'person.disable':
    case 'person.enable':
    case 'person.change_password':
    case 'person.reset_password':
      return command.personId;
    case 'channel.register':
      return command.channel.channelId;
    case 'token.register':
      return command.token.tokenId;
    case 'shift.register':
      return command.shift.shiftId;
    case 'ladder.register':
      return ladderIdOf(command.ladder);
    case 'contact.register':
      return command.contact.personId;
    case 'release_chain.register':
      return releaseChainIdOf(command.releaseChain);
    case 'leave.register':
      return command.leave.leaveId;
    case 'checklist.register':
      return command.checklist.listId;
    case 'sign_in.register':
      return 'house';
    case 'channel.reseal':
    case 'site.reseal':
    case 'source.reseal':
    case 'contact.reseal':
    case 'means.reseal':
      return command.registrationId;
    case 'calendar.register':
      return String(command.calendar.year);
    case 'means.register':
      return meansIdOf(command.means);
  }
}

/** @throws Refusal roles_apart: who runs the house, who says who may what, and who watches both are three people */
function mustBeApart({ roles }: Pick<Person, 'roles'>): void {
  const held = administrators.filter((role) => roles.includes(role));
  if (held.length > 1) throw new Refusal('roles_apart', held.join(' and '), { roles: held.join(',') });
}

type OnPerson = Extract<RegistryCommand, { type: `person.${string}`; personId: string }>;

/** @throws Refusal person_exists, person_own, registration_missing, password_not_yours, roles_apart */
function personAfter(command: OnPerson, event: RegistryEvent | null): RegistryEvent {
  const { personId, actor } = command;
  const isOwn = actor.id === personId;
  const before = event?.type === 'person.registered' ? event : null;
  if (command.type === 'person.enrol') {
    if (before) throw new Refusal('person_exists', `${personId} is ${before.name}`, { name: before.name });
    const { name, passwordHash } = command;
    const nothing = { roles: [], sites: [], disabled: false, passwordIsInitial: true };
    return { type: 'person.registered', personId, name, passwordHash, ...nothing };
  }
  if (!before) throw new Refusal('registration_missing', `nobody is ${personId}`);
  if (command.type === 'person.change_password') {
    if (!isOwn) throw new Refusal('password_not_yours', `${actor.id} is not ${personId}`);
    return { ...before, passwordHash: command.passwordHash, passwordIsInitial: false };
  }
  // Nobody gives themselves a right, takes their own account away, or goes round the old password.
  if (isOwn) throw new Refusal('person_own', `${personId} can’t ${command.type} themselves`);
  switch (command.type) {
    case 'person.grant':
      mustBeApart(command);
      return { ...before, roles: command.roles, sites: command.sites };
    case 'person.disable':
    case 'person.enable':
      return { ...before, disabled: command.type === 'person.disable' };
    case 'person.reset_password':
      return { ...before, passwordHash: command.passwordHash, passwordIsInitial: true };
  }
}

const past = (registered: Registration): RegistryEvent | null =>
  registered === null ? null : (JSON.parse(registered) as RegistryEvent);

/** As it stands, with the secrets that still are what they were when they were sealed anew. */
function resealed({ secrets }: Pick<Reseal, 'secrets'>, event: RegistryEvent | null): RegistryEvent | null {
  if (event === null) return null;
  let changed = false;
  const next = withRegisteredSecrets(event, (value, path) => {
    const found = secrets.find((each) => each.path === path && each.was === value);
    changed ||= found !== undefined;
    return found?.now ?? value;
  });
  if (!changed) return null;
  return next.type === 'channel.registered' ? { type: next.type, channel: next.channel, resealed: true } : next;
}

/** What a form could not show and did not change stays as it was, unless it would be sent to somebody else now. */
function channelKeeping(channel: Channel, registered: Registration): Channel {
  const event = past(registered);
  const before = event?.type === 'channel.registered' ? event.channel : null;
  const noted = new Map<string, string>();
  if (before?.kind === channel.kind && hostsOf(before) === hostsOf(channel)) withSecrets(before, note(noted));
  return withSecrets(channel, keep(noted, channel.channelId));
}

/** The same for who publishes a site. */
function siteKeeping(site: Site, registered: Registration): Site {
  const { publication } = site;
  if (!publication) return site;
  const event = past(registered);
  const before = event?.type === 'site.registered' ? event.publication : undefined;
  const noted = new Map<string, string>();
  if (before?.kind === publication.kind && hostsOf(before) === hostsOf(publication))
    withPublicationSecrets(before, note(noted));
  return { ...site, publication: withPublicationSecrets(publication, keep(noted, site.siteId)) };
}

/** And for how a person is reached. */
function contactKeeping(contact: Contact, registered: Registration): Contact {
  const event = past(registered);
  const noted = new Map<string, string>();
  if (event?.type === 'contact.registered' && hostsOf(event) === hostsOf(contact))
    withContactSecrets(event, note(noted));
  return withContactSecrets(contact, keep(noted, contact.personId));
}

/** And for a means of alarm. */
function meansKeeping(means: AlarmMeans, registered: Registration): AlarmMeans {
  const event = past(registered);
  const noted = new Map<string, string>();
  if (event?.type === 'means.registered' && hostsOf(event.means) === hostsOf(means))
    withMeansSecrets(event.means, note(noted));
  return withMeansSecrets(means, keep(noted, meansIdOf(means)));
}

const note = (noted: Map<string, string>) => (value: string, path: string) => {
  noted.set(path, value);
  return value;
};

/** @throws Refusal secret_missing */
const keep = (noted: ReadonlyMap<string, string>, owner: string) => (value: string, path: string) => {
  if (value !== keptSecret) return value;
  const kept = noted.get(path);
  if (kept === undefined) throw new Refusal('secret_missing', `${owner} has no ${path} to keep`);
  return kept;
};

/** Everybody that settings name by an address. */
const hostsOf = (settings: object): string =>
  [...JSON.stringify(settings).matchAll(/[a-z][a-z0-9+.-]*:\/\/(?:[^/@"\s]*@)?([^/?#"\s]+)/gi)]
    .map(([, host]) => host)
    .join(' ');

const registration = (name: string) =>
  defineAggregate({
    name,
    commands: RegistryCommand,
    events: RegistryEvent,
    siteOf: () => 'registry',
    idOf,
    initial: null as Registration,
    decide(command, registered): RegistryEvent[] {
      const event = wanted(command, registered);
      return event === null || JSON.stringify(event) === registered ? [] : [event];
    },
    evolve: (_, event): Registration => JSON.stringify(event),
  });

const site = registration('site');
const source = registration('source');
const channel = registration('channel');
const contact = registration('contact');
const person = registration('person');
const means = registration('means');

/** Configuration is events too: one aggregate a kind, all with the same rule. */
export const registrations = {
  'site.register': site,
  'site.reseal': site,
  'source.register': source,
  'source.reseal': source,
  'policy.register': registration('policy'),
  'override.register': registration('override'),
  'rule.register': registration('rule'),
  'chain.register': registration('chain'),
  'person.register': person,
  'person.enrol': person,
  'person.grant': person,
  'person.disable': person,
  'person.enable': person,
  'person.change_password': person,
  'person.reset_password': person,
  'channel.register': channel,
  'channel.reseal': channel,
  'token.register': registration('token'),
  'shift.register': registration('shift'),
  'ladder.register': registration('ladder'),
  'contact.register': contact,
  'contact.reseal': contact,
  'means.register': means,
  'means.reseal': means,
  'release_chain.register': registration('release_chain'),
  'leave.register': registration('leave'),
  'checklist.register': registration('checklist'),
  'calendar.register': registration('calendar'),
  'sign_in.register': registration('sign_in'),
};
