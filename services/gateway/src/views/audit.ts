import type {
  AccessEvent,
  LoginEvent,
  PersonRegistered,
  SignInRegistered,
  TimelineEntry,
  TokenRegistered,
} from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

type Audited = AccessEvent | LoginEvent | PersonRegistered | SignInRegistered | TokenRegistered;

/** What is kept to sign in with is nothing to read, not even sealed or hashed. */
const kept: ReadonlySet<string> = new Set(['passwordHash', 'secretHash', 'secret', 'publicKey', 'codes', 'code']);

/** What happened at the door, and who may come through it: sign-ins, refusals, second factors, people, by time. */
export const audit = defineProjection({
  name: 'audit',
  version: 2,
  follows: ['access', 'login', 'person', 'sign_in', 'token'],
  keyOf: (_: Audited, { position }) => String(position),
  apply(_: TimelineEntry | null, event, { position, envelope }): TimelineEntry {
    const { type, ...facts } = event;
    // The code of a refusal is no code that opens anything.
    const isRefusal = type === 'access.refused' || type === 'session.sign_in_failed';
    const isOpen = ([name]: [string, unknown]) => !kept.has(name) || (name === 'code' && isRefusal);
    const shown = Object.fromEntries(Object.entries(facts).filter(isOpen));
    return { position, at: envelope.time, type, actor: envelope.actor, facts: shown };
  },
  sets: ({ position }) => ({ all: position }),
});
