import { z } from 'zod';
import { alarmMeans, MeansRegistered, mustBeMeansLines } from './alarm-means.ts';
import { sealedSecret } from './channel.ts';
import { channel, mustBeLines, mustKeepSecretsApart } from './channels.ts';
import { chain } from './chain.ts';
import { checklist, ChecklistRegistered } from './checks.ts';
import { contact, ContactRegistered, ladder, LadderRegistered, mustBeAShift, shift, ShiftRegistered } from './duty.ts';
import { SignInRegistered, signInRules } from './login.ts';
import { override, policy, priority } from './policy.ts';
import { leave, LeaveRegistered, mustBeALeave, releaseChain, ReleaseChainRegistered } from './release-chain.ts';
import { siteColumn } from './site-check.ts';
import { sitePublication } from './site-publication.ts';
import { mustBeReadable, source } from './source.ts';
import { CalendarRegistered, mustBeACalendar, workCalendar } from './work-calendar.ts';
import { commandHead, duration, line, personId, region, role, siteId, sourceId, token } from './words.ts';

export const level = z.enum(['national', 'province', 'city']);

/** A website of ours that must repost and may release. */
export const site = z.object({
  siteId,
  name: line,
  level,
  /** Whose website it is. Without it nothing follows from the hierarchy. */
  region: region.optional(),
  /** Whom it answers to, where that is not the region around its own: a city under separate planning answers to the nation. */
  superior: region.optional(),
  /** Counties have no website and speak through this one. */
  speaksFor: z
    .array(z.object({ region, name: line }))
    .max(200)
    .default([]),
  /** From the clue of a rumor to its rebuttal: PT1H, PT5H, PT24H, or the site's own; absent, five hours. */
  rumorLimit: duration.optional(),
  /** From the opening of an incident to its first report upward; absent, one hour. */
  incidentLimit: duration.optional(),
  /** Where the public reads it; pages of the portal are `<baseUrl>/<site>/<kind>/<id>`. */
  baseUrl: z.url(),
  /** What an inspection opens besides the home page, and how long each may stand still. */
  columns: z.array(siteColumn).max(50).optional(),
  /** Who puts its reposts before the public; absent, our portal does. */
  publication: sitePublication.optional(),
});
export type Site = z.infer<typeof site>;

/** What a rule may look at. `level` is the level of the source. */
export const ruleField = z.enum(['source', 'level', 'column', 'issuer', 'document_number', 'kind', 'title', 'text']);
export type RuleField = z.infer<typeof ruleField>;

/** Holds when the field is, begins with or includes any of the values; `not` turns it round. */
export const condition = z.strictObject({
  field: ruleField,
  op: z.enum(['is', 'begins', 'includes']),
  values: z.array(line).min(1).max(100),
  not: z.boolean().default(false),
});
export type Condition = z.infer<typeof condition>;

/**
 * What becomes of an item: the first rule, by order, whose conditions all hold decides. Who owes it, and within which
 * limit, follows from the obligation policies, unless the rule names sites of its own.
 */
export const rule = z.object({
  ruleId: token,
  name: line,
  /** Lower first. */
  order: z.int(),
  /** Any of these sources; empty means all. */
  sources: z.array(sourceId).default([]),
  /** Any of these words in the title; empty means every title. */
  titleIncludes: z.array(line).default([]),
  /** All of these, besides. */
  conditions: z.array(condition).max(20).default([]),
  /** `optional`: an editor may take it up. `ignore`: it concerns nobody here. */
  effect: z.enum(['mandatory', 'optional', 'ignore']),
  /** Exactly these sites; empty means those that the obligation policies bind. */
  sites: z.array(siteId).default([]),
  /** For sites that the rule names and no policy binds (税总发〔2017〕84号 二(五)3: 12 hours). */
  limit: duration.default('PT12H'),
  column: line,
  priority: priority.default('normal'),
  enabled: z.boolean().default(true),
});
export type Rule = z.infer<typeof rule>;

export const person = z.object({
  personId,
  name: line,
  roles: z.array(role),
  /** Sites this person works for; `*` is all of them. */
  sites: z.array(z.union([siteId, z.literal('*')])),
  /** argon2id in PHC form; never the password. */
  passwordHash: z.string().startsWith('$argon2id$'),
  disabled: z.boolean().default(false),
  /** Somebody else chose the password: it must be changed before anything else. */
  passwordIsInitial: z.boolean().optional(),
});
export type Person = z.infer<typeof person>;

/** A token of the API: only the hash of the secret is ever stored. */
export const apiToken = z.object({
  tokenId: token,
  name: line,
  secretHash: z.string().length(64),
  roles: z.array(role),
  sites: z.array(z.union([siteId, z.literal('*')])).min(1),
  revoked: z.boolean().default(false),
});
export type ApiToken = z.infer<typeof apiToken>;

/** A site, as it is from now on. Configuration is events too: who changed what, and when, stays in the log. */
export const SiteRegistered = z.object({ type: z.literal('site.registered'), ...site.shape });
/** An obligation policy, as it binds from now on; tasks that exist keep the deadline they were born with. */
export const PolicyRegistered = z.object({ type: z.literal('policy.registered'), ...policy.shape });
/** A decision of people about one site and one source, against what the policies say. */
export const OverrideRegistered = z.object({ type: z.literal('override.registered'), ...override.shape });
/** A source, as it is read from now on. */
export const SourceRegistered = z.object({ type: z.literal('source.registered'), ...source.shape });
/** A rule, as it binds from now on; tasks that exist keep the deadline they were born with. */
export const RuleRegistered = z.object({ type: z.literal('rule.registered'), ...rule.shape });
/** A review chain, as tasks that nobody has signed yet run through it from now on. */
export const ChainRegistered = z.object({ type: z.literal('chain.registered'), ...chain.shape });
/** A person, with the roles and sites they hold from now on. */
export const PersonRegistered = z.object({ type: z.literal('person.registered'), ...person.shape });
/** A channel, as it is pushed to from now on. */
export const ChannelRegistered = z.object({
  type: z.literal('channel.registered'),
  channel,
  /** Why it was changed, where somebody said so: of a pause. */
  reason: line.optional(),
  /** Nothing was changed but the key that its secrets are sealed with. */
  resealed: z.literal(true).optional(),
});
/** An API token, valid from now on unless revoked. */
export const TokenRegistered = z.object({ type: z.literal('token.registered'), ...apiToken.shape });

export type SiteRegistered = z.infer<typeof SiteRegistered>;
export type SourceRegistered = z.infer<typeof SourceRegistered>;
export type PolicyRegistered = z.infer<typeof PolicyRegistered>;
export type OverrideRegistered = z.infer<typeof OverrideRegistered>;
export type RuleRegistered = z.infer<typeof RuleRegistered>;
export type ChainRegistered = z.infer<typeof ChainRegistered>;
export type PersonRegistered = z.infer<typeof PersonRegistered>;
export type ChannelRegistered = z.infer<typeof ChannelRegistered>;
export type TokenRegistered = z.infer<typeof TokenRegistered>;

export const RegistryEvent = z.discriminatedUnion('type', [
  SiteRegistered,
  SourceRegistered,
  PolicyRegistered,
  OverrideRegistered,
  RuleRegistered,
  ChainRegistered,
  PersonRegistered,
  ChannelRegistered,
  TokenRegistered,
  ShiftRegistered,
  LadderRegistered,
  ContactRegistered,
  ReleaseChainRegistered,
  LeaveRegistered,
  ChecklistRegistered,
  CalendarRegistered,
  SignInRegistered,
  MeansRegistered,
]);
export type RegistryEvent = z.infer<typeof RegistryEvent>;

export const RegistryCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('site.register'), ...commandHead, site }),
  z.strictObject({ type: z.literal('source.register'), ...commandHead, source: source.superRefine(mustBeReadable) }),
  z.strictObject({ type: z.literal('policy.register'), ...commandHead, policy }),
  z.strictObject({ type: z.literal('override.register'), ...commandHead, override }),
  z.strictObject({ type: z.literal('rule.register'), ...commandHead, rule }),
  z.strictObject({ type: z.literal('chain.register'), ...commandHead, chain }),
  z.strictObject({ type: z.literal('person.register'), ...commandHead, person }),
  z.strictObject({
    type: z.literal('channel.register'),
    ...commandHead,
    channel: channel.superRefine(mustKeepSecretsApart).superRefine(mustBeLines),
    reason: line.optional(),
  }),
  z.strictObject({ type: z.literal('token.register'), ...commandHead, token: apiToken }),
  z.strictObject({ type: z.literal('shift.register'), ...commandHead, shift: shift.superRefine(mustBeAShift) }),
  z.strictObject({ type: z.literal('ladder.register'), ...commandHead, ladder }),
  z.strictObject({ type: z.literal('contact.register'), ...commandHead, contact }),
  z.strictObject({ type: z.literal('release_chain.register'), ...commandHead, releaseChain }),
  z.strictObject({ type: z.literal('leave.register'), ...commandHead, leave: leave.superRefine(mustBeALeave) }),
  z.strictObject({ type: z.literal('checklist.register'), ...commandHead, checklist }),
  /** Its secrets are to stand under the newest key. What that makes of each is filled in by the registry. */
  z.strictObject({
    type: z.enum(['channel.reseal', 'site.reseal', 'source.reseal', 'contact.reseal', 'means.reseal']),
    ...commandHead,
    registrationId: token,
    secrets: z.array(z.strictObject({ path: z.string(), was: z.string(), now: sealedSecret })).default([]),
  }),
  /** A new account, with a password that somebody else chose and no right to anything. */
  z.strictObject({
    type: z.literal('person.enrol'),
    ...commandHead,
    ...person.pick({ personId: true, name: true, passwordHash: true }).shape,
  }),
  z.strictObject({
    type: z.literal('person.grant'),
    ...commandHead,
    ...person.pick({ personId: true, roles: true, sites: true }).shape,
  }),
  z.strictObject({ type: z.enum(['person.disable', 'person.enable']), ...commandHead, personId }),
  /** `change`: by the person. `reset`: by somebody else, so that it must be changed at once. */
  z.strictObject({
    type: z.enum(['person.change_password', 'person.reset_password']),
    ...commandHead,
    ...person.pick({ personId: true, passwordHash: true }).shape,
  }),
  z.strictObject({ type: z.literal('sign_in.register'), ...commandHead, rules: signInRules }),
  z.strictObject({
    type: z.literal('calendar.register'),
    ...commandHead,
    calendar: workCalendar.superRefine(mustBeACalendar),
  }),
  z.strictObject({
    type: z.literal('means.register'),
    ...commandHead,
    means: alarmMeans.superRefine(mustBeMeansLines),
  }),
]);
export type RegistryCommand = z.infer<typeof RegistryCommand>;

/** What a new installation starts with: `SEED_FILE`. Entries that exist are left as people have changed them since. */
export const Seed = z.strictObject({
  sites: z.array(site),
  sources: z.array(source),
  policies: z.array(policy).default([]),
  rules: z.array(rule),
  chains: z.array(chain).default([]),
  channels: z.array(channel),
  /** Passwords in clear are only for the first start; the log holds their argon2id hashes. */
  people: z.array(z.strictObject({ ...person.omit({ passwordHash: true }).shape, password: z.string().min(8) })),
  shifts: z.array(shift).default([]),
  ladders: z.array(ladder).default([]),
  contacts: z.array(contact).default([]),
  releaseChains: z.array(releaseChain).default([]),
  leaves: z.array(leave).default([]),
  checklists: z.array(checklist).default([]),
  calendars: z.array(workCalendar).default([]),
  /** Who needs a second factor; absent, `factorRolesByDefault`. */
  signIn: signInRules.optional(),
  means: z.array(alarmMeans).default([]),
});
export type Seed = z.infer<typeof Seed>;
