import { defineAggregate } from '@tongsheng/bus';
import {
  changeSecrets,
  channelKinds,
  keptSecret,
  ladderIdOf,
  Refusal,
  RegistryCommand,
  RegistryEvent,
  withSecrets,
  type Channel,
} from '@tongsheng/contracts';

/** What was registered last, as JSON: equal text means that nothing changes. */
type Registration = string | null;

/** The event that a command asks for; registering is saying how something is from now on. */
function wanted(command: RegistryCommand, registered: Registration): RegistryEvent {
  switch (command.type) {
    case 'site.register':
      return { type: 'site.registered', ...command.site };
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
      return { type: 'person.registered', ...command.person };
    case 'channel.register':
      return { type: 'channel.registered', channel: keepingSecrets(command.channel, registered) };
    case 'token.register':
      return { type: 'token.registered', ...command.token };
    case 'shift.register':
      return { type: 'shift.registered', ...command.shift };
    case 'ladder.register':
      return { type: 'ladder.registered', ...command.ladder };
    case 'contact.register':
      return { type: 'contact.registered', ...command.contact };
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
  }
}

/** What a form could not show and did not change stays as it was, unless it would be sent to somebody else now. */
function keepingSecrets(channel: Channel, registered: Registration): Channel {
  const event = registered === null ? null : (JSON.parse(registered) as RegistryEvent);
  const before = event?.type === 'channel.registered' ? event.channel : null;
  const known = new Map<string, string>();
  if (before?.kind === channel.kind && hostsOf(before) === hostsOf(channel)) {
    const note = (value: string, path: string) => {
      known.set(path, value);
      return value;
    };
    changeSecrets(channelKinds[before.kind].settings, before.settings, note);
  }
  return withSecrets(channel, (value, path) => {
    if (value !== keptSecret) return value;
    const kept = known.get(path);
    if (kept === undefined) throw new Refusal('secret_missing', `${channel.channelId} has no ${path} to keep`);
    return kept;
  });
}

/** Everybody that the settings name by an address. */
const hostsOf = ({ settings }: Channel): string =>
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
      return JSON.stringify(event) === registered ? [] : [event];
    },
    evolve: (_, event): Registration => JSON.stringify(event),
  });

/** Configuration is events too: one aggregate a kind, all with the same rule. */
export const registrations = {
  'site.register': registration('site'),
  'source.register': registration('source'),
  'policy.register': registration('policy'),
  'override.register': registration('override'),
  'rule.register': registration('rule'),
  'chain.register': registration('chain'),
  'person.register': registration('person'),
  'channel.register': registration('channel'),
  'token.register': registration('token'),
  'shift.register': registration('shift'),
  'ladder.register': registration('ladder'),
  'contact.register': registration('contact'),
};
