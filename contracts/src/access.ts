import { z } from 'zod';
import { directory, signInMeans } from './login.ts';
import { instant, personId, token } from './words.ts';

/** Where a request came from, for the audit. */
const from = { address: z.string().max(64), agent: z.string().max(300) };

/** Someone signed in. */
const SessionOpened = z.object({
  type: z.literal('session.opened'),
  personId,
  ...from,
  /** How they proved it; absent, by the password alone. */
  by: signInMeans.optional(),
  /** The directory that proved the first step, where there was a second. */
  through: directory.optional(),
  openedAt: instant,
});
/** Someone signed out, or was signed out. */
const SessionClosed = z.object({
  type: z.literal('session.closed'),
  personId,
  /** `revoked`: from another of the person's own; `changed`: what they sign in with is another; `ended`: by an administrator. */
  reason: z.enum(['signed_out', 'expired', 'revoked', 'changed', 'ended']),
  /** The administrator. */
  by: personId.optional(),
  closedAt: instant,
});
/** A wrong name or password, or a wrong second factor after the right one. The name is kept as typed, cut to what a name can be. */
const SignInFailed = z.object({
  type: z.literal('session.sign_in_failed'),
  personId: token,
  ...from,
  /** What was wrong; absent, the name or the password. */
  by: signInMeans.optional(),
  /** Why, where it was neither name nor proof: a refusal's code. */
  code: z.string().max(60).optional(),
  failedAt: instant,
});
/** A request that the door refused: not signed in, a role or a site that is missing. */
const AccessRefused = z.object({
  type: z.literal('access.refused'),
  personId: token,
  code: z.string(),
  action: z.string().max(300),
  ...from,
  refusedAt: instant,
});

/** What happens at the door. Appended by the gateway as it happens; there is no command and nothing to refuse. */
export const AccessEvent = z.discriminatedUnion('type', [SessionOpened, SessionClosed, SignInFailed, AccessRefused]);
export type AccessEvent = z.infer<typeof AccessEvent>;
