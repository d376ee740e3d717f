import { z } from 'zod';
import { contact, ContactRegistered, ladder, LadderRegistered, mustBeAShift, shift, ShiftRegistered } from './duty.ts';
import { mustBeReadable, source } from './source.ts';
import { channelId, commandHead, duration, line, personId, siteId, sourceId, token } from './words.ts';

export const level = z.enum(['national', 'province', 'city']);

/** A website of ours that must repost and may release. */
export const site = z.object({
  siteId,
  name: line,
  level,
  /** Where the public reads it; pages are `<baseUrl>/<site>/<kind>/<id>`. */
  baseUrl: z.url(),
});
export type Site = z.infer<typeof site>;

/** Which items of which sources which sites must repost, within which limit (税总发〔2017〕84号 二(五)3: 12 hours). */
export const rule = z.object({
  ruleId: token,
  name: line,
  /** Lower first; the first rule that matches an item decides. */
  order: z.int(),
  sources: z.array(sourceId).min(1),
  /** Any of these words in the title; empty means every item of the sources. */
  titleIncludes: z.array(line).default([]),
  effect: z.enum(['mandatory', 'ignore']),
  sites: z.array(siteId).default([]),
  limit: duration.default('PT12H'),
  column: line,
});
export type Rule = z.infer<typeof rule>;

export const role = z.enum(['editor', 'comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin']);
export type Role = z.infer<typeof role>;

export const person = z.object({
  personId,
  name: line,
  roles: z.array(role),
  /** Sites this person works for; `*` is all of them. */
  sites: z.array(z.union([siteId, z.literal('*')])).min(1),
  /** argon2id in PHC form; never the password. */
  passwordHash: z.string().startsWith('$argon2id$'),
  disabled: z.boolean().default(false),
});
export type Person = z.infer<typeof person>;

const channelHead = { channelId, name: line, site: siteId, paused: z.boolean().default(false) };

/** A list of newsrooms. `smtp` is `smtp://user:password@host:port` or `smtps://…`. */
export const emailSettings = z.strictObject({
  smtp: z.url(),
  from: z.email(),
  to: z.array(z.email()).min(1).max(100),
});
/** A partner's endpoint by Standard Webhooks 1.0.0; the secret is `whsec_` and base64. */
export const webhookSettings = z.strictObject({ url: z.url(), secret: z.string().startsWith('whsec_') });

/** A place that a release is pushed to; the settings are its kind's own. */
export const channel = z.discriminatedUnion('kind', [
  z.object({ ...channelHead, kind: z.literal('email'), settings: emailSettings }),
  z.object({ ...channelHead, kind: z.literal('webhook'), settings: webhookSettings }),
]);
export type Channel = z.infer<typeof channel>;

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
/** A source, as it is read from now on. */
export const SourceRegistered = z.object({ type: z.literal('source.registered'), ...source.shape });
/** A rule, as it binds from now on; tasks that exist keep the deadline they were born with. */
export const RuleRegistered = z.object({ type: z.literal('rule.registered'), ...rule.shape });
/** A person, with the roles and sites they hold from now on. */
export const PersonRegistered = z.object({ type: z.literal('person.registered'), ...person.shape });
/** A channel, as it is pushed to from now on. */
export const ChannelRegistered = z.object({ type: z.literal('channel.registered'), channel });
/** An API token, valid from now on unless revoked. */
export const TokenRegistered = z.object({ type: z.literal('token.registered'), ...apiToken.shape });

export type SiteRegistered = z.infer<typeof SiteRegistered>;
export type SourceRegistered = z.infer<typeof SourceRegistered>;
export type RuleRegistered = z.infer<typeof RuleRegistered>;
export type PersonRegistered = z.infer<typeof PersonRegistered>;
export type ChannelRegistered = z.infer<typeof ChannelRegistered>;
export type TokenRegistered = z.infer<typeof TokenRegistered>;

export const RegistryEvent = z.discriminatedUnion('type', [
  SiteRegistered,
  SourceRegistered,
  RuleRegistered,
  PersonRegistered,
  ChannelRegistered,
  TokenRegistered,
  ShiftRegistered,
  LadderRegistered,
  ContactRegistered,
]);
export type RegistryEvent = z.infer<typeof RegistryEvent>;

export const RegistryCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('site.register'), ...commandHead, site }),
  z.strictObject({ type: z.literal('source.register'), ...commandHead, source: source.superRefine(mustBeReadable) }),
  z.strictObject({ type: z.literal('rule.register'), ...commandHead, rule }),
  z.strictObject({ type: z.literal('person.register'), ...commandHead, person }),
  z.strictObject({ type: z.literal('channel.register'), ...commandHead, channel }),
  z.strictObject({ type: z.literal('token.register'), ...commandHead, token: apiToken }),
  z.strictObject({ type: z.literal('shift.register'), ...commandHead, shift: shift.superRefine(mustBeAShift) }),
  z.strictObject({ type: z.literal('ladder.register'), ...commandHead, ladder }),
  z.strictObject({ type: z.literal('contact.register'), ...commandHead, contact }),
]);
export type RegistryCommand = z.infer<typeof RegistryCommand>;

/** What a new installation starts with: `SEED_FILE`. Entries that exist are left as people have changed them since. */
export const Seed = z.strictObject({
  sites: z.array(site),
  sources: z.array(source),
  rules: z.array(rule),
  channels: z.array(channel),
  /** Passwords in clear are only for the first start; the log holds their argon2id hashes. */
  people: z.array(z.strictObject({ ...person.omit({ passwordHash: true }).shape, password: z.string().min(8) })),
  shifts: z.array(shift).default([]),
  ladders: z.array(ladder).default([]),
  contacts: z.array(contact).default([]),
});
export type Seed = z.infer<typeof Seed>;
