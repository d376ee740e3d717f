import { z } from 'zod';
import { chain } from './chain.ts';
import { clusterId, signal } from './cluster.ts';
import { override, policy } from './policy.ts';
import { rule } from './registry.ts';
import { source } from './source.ts';
import { binding, routingEffect } from './routing.ts';
import { duration, instant, itemId, line, siteId, sourceId } from './words.ts';

/** What judges items, as it is in force, with the sources that it can speak of. */
export const RulebookView = z.object({
  policies: z.array(policy),
  overrides: z.array(override),
  rules: z.array(rule),
  chains: z.array(chain),
  sources: z.array(source.pick({ sourceId: true, name: true, level: true, column: true, publisher: true })),
});
export type RulebookView = z.infer<typeof RulebookView>;

/** Which cells of the obligation matrix are asked for. */
export const MatrixQuery = z.strictObject({
  sites: z.array(siteId).min(1).max(100),
  sources: z.array(sourceId).min(1).max(100),
});
export type MatrixQuery = z.infer<typeof MatrixQuery>;

/** What a site owes for a source, and why. Empty columns and kinds: for all of its items. */
export const owed = z.object({
  ...binding.omit({ sites: true }).shape,
  columns: policy.shape.columns,
  kinds: policy.shape.kinds,
});

/** The obligation matrix 义务矩阵: only cells that bind, or that people have said something of. */
export const MatrixView = z.object({
  cells: z.array(z.object({ site: siteId, sourceId, owed: z.array(owed), override: override.nullable() })),
});
export type MatrixView = z.infer<typeof MatrixView>;

/** What would be registered beside what is there: each replaces what has its name. */
export const BookChange = z.strictObject({
  rules: z.array(rule).max(200).default([]),
  policies: z.array(policy).max(200).default([]),
  overrides: z.array(override).max(200).default([]),
});
export type BookChange = z.infer<typeof BookChange>;

/** Asks what a change would have done to the items since a moment; `after` is where the last answer ended. */
export const SimulationQuery = z.strictObject({
  change: BookChange,
  since: instant,
  after: z.int().min(0).default(0),
});
export type SimulationQuery = z.infer<typeof SimulationQuery>;

const outcome = z.object({ effect: routingEffect, rule: line.nullable(), limit: duration.nullable() });

/** A part of a simulation: the log is replayed piece by piece, so that the one who asked sees how far it is. */
export const Simulation = z.object({
  items: z.int(),
  changes: z.array(
    z.object({
      itemId,
      sourceId,
      title: line,
      firstSeenAt: instant,
      before: outcome,
      after: outcome,
      gained: z.array(siteId),
      lost: z.array(siteId),
    }),
  ),
  /** The newest item that was replayed. */
  reached: instant.nullable(),
  /** Null at the end. */
  next: z.int().nullable(),
});
export type Simulation = z.infer<typeof Simulation>;

/** Clusters that may be the same policy as this one; a person decides. */
export const SimilarQuery = z.strictObject({ clusterId });
export const SimilarView = z.object({
  rows: z.array(
    z.object({
      clusterId,
      itemId,
      sourceId,
      sourceName: line,
      title: line,
      firstSeenAt: instant,
      because: z.array(signal).min(1),
    }),
  ),
});
export type SimilarView = z.infer<typeof SimilarView>;
