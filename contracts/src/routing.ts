import { z } from 'zod';
import { itemKind, publication } from './item.ts';
import { priority, target } from './policy.ts';
import { ruleField } from './registry.ts';
import { commandHead, duration, instant, itemId, line, personId, siteId, sourceId, token } from './words.ts';

const key = { itemId, sourceId };

/** `unrouted`: no rule spoke of it. A lost item is worst, so it has a deadline of its own until a person routes it. */
export const routingEffect = z.enum(['mandatory', 'optional', 'ignore', 'unrouted']);
export type RoutingEffect = z.infer<typeof routingEffect>;

/** Sites that owe an item for one reason within one limit. */
export const binding = z.object({
  /** Null: a rule or a person named the sites. */
  policy: z.object({ policyId: token, name: line, basis: line }).nullable(),
  because: z.string().max(500),
  target,
  limit: duration,
  sites: z.array(siteId).min(1).max(1_000),
});
export type Binding = z.infer<typeof binding>;

/** The condition that held, and the part of the item that met it. */
export const matched = z.object({ field: ruleField, value: z.string().max(500), found: z.string().max(300) });
export type Matched = z.infer<typeof matched>;

/** A rule that came before the one that decided, and the first of its conditions that did not hold. */
export const triedRule = z.object({ ruleId: token, name: line, failed: ruleField });
export type TriedRule = z.infer<typeof triedRule>;

/** What was decided about an item, and why: its decision record. */
export const decision = z.object({
  kind: itemKind,
  effect: routingEffect,
  rule: z.object({ ruleId: token, name: line }).nullable(),
  matched: z.array(matched).max(30),
  tried: z.array(triedRule).max(500),
  column: line,
  priority,
  /** `stated`: the source gave a time. `first_seen`: it gave none, only a date, or one in the future. */
  basis: z.enum(['stated', 'first_seen']),
  startsAt: instant,
  bindings: z.array(binding).max(200),
  /** Until when a person must route what is unrouted. */
  routeBy: instant.nullable(),
});
export type Decision = z.infer<typeof decision>;

const about = { ...key, title: line, link: z.url().nullable(), publication, firstSeenAt: instant };

/** The rules were asked about an item; again when it changed, as long as it binds nobody. */
const RoutingDecided = z.object({
  type: z.literal('routing.decided'),
  ...about,
  ...decision.shape,
  decidedAt: instant,
});
/** A person decided what the rules had not: who owes it, or that nobody does. */
const RoutingAssigned = z.object({
  type: z.literal('routing.assigned'),
  ...key,
  effect: routingEffect.exclude(['unrouted']),
  column: line,
  priority,
  bindings: z.array(binding).max(1),
  reason: line,
  by: personId,
  byName: line,
  assignedAt: instant,
});
/** Nobody has routed it in time. */
const RoutingOverdue = z.object({ type: z.literal('routing.overdue'), ...key, fellDueAt: instant, warnedAt: instant });

export const RoutingEvent = z.discriminatedUnion('type', [RoutingDecided, RoutingAssigned, RoutingOverdue]);
export type RoutingEvent = z.infer<typeof RoutingEvent>;

const command = { ...commandHead, ...key };

export const RoutingCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('routing.decide'), ...commandHead, ...about, decision }),
  z.strictObject({
    type: z.literal('routing.assign'),
    ...command,
    effect: routingEffect.exclude(['unrouted']),
    sites: z.array(siteId).max(1_000).default([]),
    column: line,
    priority: priority.default('normal'),
    limit: duration.default('PT12H'),
    reason: line,
  }),
  z.strictObject({ type: z.literal('routing.warn'), ...command, fellDueAt: instant }),
]);
export type RoutingCommand = z.infer<typeof RoutingCommand>;
