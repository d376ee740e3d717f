import { z } from 'zod';
import { commandHead, instant, line, siteId, sourceId, token } from './words.ts';

/**
 * Whose books they are. A source takes in items, which are decided about; a site what it owes, which stands in tasks; a
 * channel what goes there, which stands in deliveries.
 */
export const accountKind = z.enum(['source', 'site', 'channel']);
export type AccountKind = z.infer<typeof accountKind>;
export const account = z.object({ kind: accountKind, id: token });
export type Account = z.infer<typeof account>;

/** An account's name in the log. */
export const accountIdOf = ({ kind, id }: Account): string => `${kind}-${id}`;

/** Something that is not where it must be, exactly once. */
export const uneven = z.object({
  /** The item, or the release. */
  of: z.enum(['item', 'release']),
  site: siteId,
  id: token,
  /** Who carries the item. */
  sourceId: sourceId.nullable(),
  title: line,
  /** How often it must be there, and how often it is. */
  wanted: z.int().min(0),
  there: z.int().min(0),
  /** The tasks or deliveries that it is in; the site that they are of. */
  holders: z.array(z.object({ site: siteId, id: token })).max(20),
  since: instant,
});
export type Uneven = z.infer<typeof uneven>;

const sums = {
  takenIn: z.int(),
  delivered: z.int(),
  /** It will not go: decided so, refused, taken back. */
  refused: z.int(),
  /** It goes on by itself, or a person's turn has come in the usual course. */
  waiting: z.int(),
  /** It stands still until a person has done something out of the usual course. */
  parked: z.int(),
  /** What was taken in less all four. 0 is well; more is missing, less is there twice. */
  difference: z.int(),
};

/** The books of one account, from the log alone. */
export const BalanceRow = z.object({
  ...account.shape,
  name: line,
  /** Of a channel. */
  site: siteId.nullable(),
  ...sums,
  /** What is behind a difference, the oldest first; and how many in all. */
  uneven: z.array(uneven).max(50),
  unevenCount: z.int(),
});
export type BalanceRow = z.infer<typeof BalanceRow>;

/** `at`: of the question. */
export const BalanceQuery = z.strictObject({ at: instant });
export type BalanceQuery = z.infer<typeof BalanceQuery>;

export const BalanceView = z.object({
  /** How far the log has been read, and whether that is all of it since the service began. */
  position: z.int().min(0),
  isRead: z.boolean(),
  /** When all accounts were looked at last, and how often. */
  checkedAt: instant.nullable(),
  everySeconds: z.number(),
  rows: z.array(BalanceRow),
});
export type BalanceView = z.infer<typeof BalanceView>;

const key = { account, site: siteId.nullable() };
const broken = {
  name: line,
  ...sums,
  /** What is missing, what is there twice; and the first few of both. */
  missing: z.int().min(0),
  doubled: z.int().min(0),
  uneven: z.array(uneven).min(1).max(20),
  /** How far the log had been read. */
  position: z.int().min(1),
  since: instant,
};

/** What was taken in is not where it must be, at a moment at which nothing was on its way. */
const BalanceBroken = z.object({ type: z.literal('balance.broken'), ...key, ...broken, brokenAt: instant });
/** Everything is where it must be again. */
const BalanceRestored = z.object({
  type: z.literal('balance.restored'),
  ...key,
  since: instant,
  restoredAt: instant,
});

export const BalanceEvent = z.discriminatedUnion('type', [BalanceBroken, BalanceRestored]);
export type BalanceEvent = z.infer<typeof BalanceEvent>;

const command = { ...commandHead, ...key };

export const BalanceCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('balance.break'), ...command, ...broken }),
  z.strictObject({ type: z.literal('balance.restore'), ...command }),
]);
export type BalanceCommand = z.infer<typeof BalanceCommand>;
