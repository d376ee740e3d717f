import { z } from 'zod';
import { itemKind } from './item.ts';
import { commandHead, instant, itemId, line, personId, sourceId, token } from './words.ts';

export const clusterId = token;

/** What is compared of an item. `print` is a 64-bit simhash of its text, in hex; null where there is too little text. */
export const member = z.object({
  itemId,
  sourceId,
  sourceName: line,
  title: line,
  link: z.url().nullable(),
  documentNumber: z.string().max(100).nullable(),
  issuer: z.string().max(200).nullable(),
  kind: itemKind,
  firstSeenAt: instant,
  print: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
});
export type Member = z.infer<typeof member>;

/** Why two items are taken for the same policy. `person`: somebody said so. */
export const signal = z.object({
  signal: z.enum(['document_number', 'link', 'title', 'text', 'person']),
  /** What they share, or how alike they are. */
  detail: z.string().max(500),
});
export type Signal = z.infer<typeof signal>;

const said = { by: personId.nullable(), byName: line.nullable() };

/** An item that is like none before it. */
const ClusterOpened = z.object({ type: z.literal('cluster.opened'), clusterId, member, openedAt: instant });
/** An item is the same policy as those that are here. */
const ClusterJoined = z.object({
  type: z.literal('cluster.joined'),
  clusterId,
  member,
  because: z.array(signal).min(1).max(8),
  ...said,
  joinedAt: instant,
});
/** A person said that an item is another policy; it has a cluster of its own from now on. */
const ClusterSplit = z.object({
  type: z.literal('cluster.split'),
  clusterId,
  itemId,
  to: clusterId,
  reason: line,
  ...said,
  splitAt: instant,
});
/** A person said that all of it is the same policy as another cluster. */
const ClusterMerged = z.object({
  type: z.literal('cluster.merged'),
  clusterId,
  into: clusterId,
  reason: line,
  ...said,
  mergedAt: instant,
});
/** A policy and its interpretation: another cluster that belongs beside this one. */
const ClusterPaired = z.object({
  type: z.literal('cluster.paired'),
  clusterId,
  with: clusterId,
  /** What the other one is to this one. */
  as: z.enum(['policy', 'interpretation']),
  title: line,
  because: z.string().max(500),
  pairedAt: instant,
});

export const ClusterEvent = z.discriminatedUnion('type', [
  ClusterOpened,
  ClusterJoined,
  ClusterSplit,
  ClusterMerged,
  ClusterPaired,
]);
export type ClusterEvent = z.infer<typeof ClusterEvent>;

const command = { ...commandHead, clusterId };

export const ClusterCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cluster.open'), ...command, member }),
  z.strictObject({ type: z.literal('cluster.join'), ...command, member, because: ClusterJoined.shape.because }),
  /** `to` is a new name for the cluster that the item will be alone in. */
  z.strictObject({ type: z.literal('cluster.split'), ...command, itemId, to: clusterId, reason: line }),
  z.strictObject({ type: z.literal('cluster.merge'), ...command, into: clusterId, reason: line }),
  z.strictObject({
    type: z.literal('cluster.pair'),
    ...command,
    with: clusterId,
    as: ClusterPaired.shape.as,
    title: line,
    because: z.string().max(500),
  }),
]);
export type ClusterCommand = z.infer<typeof ClusterCommand>;

/**
 * By what a cluster is found again: `item:<id>`, `number:<文号>`, `link:<address>`, `title:<issuer>/<title>`. Claimed in
 * the log, so that two items that arrive at the same moment meet in one cluster.
 */
const ClusterKeyClaimed = z.object({
  type: z.literal('cluster.key_claimed'),
  key: z.string().max(2_000),
  clusterId,
  claimedAt: instant,
});
export const ClusterKeyEvent = ClusterKeyClaimed;
export type ClusterKeyEvent = z.infer<typeof ClusterKeyEvent>;

export const ClusterKeyCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('cluster_key.claim'),
    ...command,
    keyId: token,
    key: z.string().min(1).max(2_000),
    /** Takes it from whoever holds it; else it stays with who claimed it first, or since this moment. */
    from: z.union([z.literal('anyone'), instant]),
  }),
]);
export type ClusterKeyCommand = z.infer<typeof ClusterKeyCommand>;
