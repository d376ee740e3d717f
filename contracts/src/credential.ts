import { z } from 'zod';
import { channelId, commandHead, hash, instant, line, personId, siteId, token } from './words.ts';

/** A login at a platform, which several channels may share: an app id, a user at a server. Never the secret. */
const key = { credentialId: token, site: siteId };

/** The platform does not let us in. Nothing of this login is tried from here on: repeating it locks accounts. */
const CredentialFailed = z.object({
  type: z.literal('credential.failed'),
  ...key,
  channelId,
  channelName: line,
  detail: z.string().max(2000),
  failedAt: instant,
});
/** It is tried again: the channel was registered anew, or a person says that the other side was mended. */
const CredentialMended = z.object({
  type: z.literal('credential.mended'),
  ...key,
  channelId,
  how: z.enum(['registered', 'try_again']),
  by: personId,
  byName: line,
  mendedAt: instant,
});

/** A person says that the channel is well again: what its breakers know of before is forgotten. */
const BreakerReset = z.object({
  type: z.literal('credential.breaker_reset'),
  ...key,
  channelId,
  reason: line,
  by: personId,
  byName: line,
  resetAt: instant,
});

/**
 * The platform gave a new secret in place of the one that we had, which it forgets. It stands here sealed under the login's
 * name and counts for every channel of it whose registered secret is the one that it came from.
 */
const renewal = {
  channelId,
  /** The setting that it stands for. */
  field: z.string().max(100),
  secret: z.string().max(4_000),
  /** SHA-256 of the secret that was registered: once another one is registered, this one counts no more. */
  of: hash,
  validUntil: instant.nullable(),
};
const CredentialRenewed = z.object({
  type: z.literal('credential.renewed'),
  ...key,
  ...renewal,
  renewedAt: instant,
});

/** Nothing was changed but the key that the renewed secret is sealed with. */
const CredentialResealed = z.object({
  type: z.literal('credential.resealed'),
  ...key,
  channelId,
  secret: renewal.secret,
  resealedAt: instant,
});

export const CredentialEvent = z.discriminatedUnion('type', [
  CredentialFailed,
  CredentialMended,
  BreakerReset,
  CredentialRenewed,
  CredentialResealed,
]);
export type CredentialEvent = z.infer<typeof CredentialEvent>;

const command = { ...commandHead, ...key };

export const CredentialCommand = z.discriminatedUnion('type', [
  /** `seenAt` is when the platform said so: what was mended since then has not failed. */
  z.strictObject({
    type: z.literal('credential.fail'),
    ...command,
    channelId,
    channelName: line,
    detail: z.string().max(2000),
    seenAt: instant,
  }),
  z.strictObject({ type: z.literal('credential.mend'), ...command, how: z.enum(['registered', 'try_again']) }),
  z.strictObject({ type: z.literal('credential.reset_breaker'), ...command, channelId, reason: line }),
  z.strictObject({ type: z.literal('credential.renew'), ...command, ...renewal }),
  /** What stands under an older key, and what it becomes, are filled in by the service. */
  z.strictObject({
    type: z.literal('credential.reseal'),
    ...command,
    was: renewal.secret.nullable().default(null),
    now: renewal.secret.nullable().default(null),
  }),
]);
export type CredentialCommand = z.infer<typeof CredentialCommand>;

/** What is known of a login last; under which key its secret stands says nothing of it. */
export const lastOfCredential = (before: CredentialEvent | undefined, event: CredentialEvent): CredentialEvent =>
  event.type === 'credential.resealed' ? (before ?? event) : event;
