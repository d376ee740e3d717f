import { z } from 'zod';
import { commandHead, hash, instant, line, personId, role, token } from './words.ts';

/** What a person shows beside the password: codes of an app (RFC 6238), or a key that signs (WebAuthn). */
export const factorKind = z.enum(['totp', 'passkey']);
export type FactorKind = z.infer<typeof factorKind>;

/** How somebody proved who they are. A passkey by itself is both factors: the device, and who unlocks it. */
export const signInMeans = z.enum(['password', 'totp', 'passkey', 'recovery', 'oidc', 'ldap']);
export type SignInMeans = z.infer<typeof signInMeans>;

/** An outside directory that proves who somebody is: an OpenID provider, or LDAP. */
export const directory = z.enum(['oidc', 'ldap']);
export type Directory = z.infer<typeof directory>;
/** By what name the directory knows somebody. */
export const directoryName = z.string().trim().min(1).max(200);

/** Two authenticators may have the same name; a person tells them apart by when they came. */
const factorName = z.string().trim().min(1).max(60);
/** SHA-256 of codes of 120 random bits: nobody guesses what is behind such a hash. */
const recovery = z.array(hash).max(20);
const totp = { factorId: token, name: factorName, secret: z.string().startsWith('sealed.') };
const passkey = {
  /** The credential's id, in base64url. */
  factorId: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/),
  name: factorName,
  /** COSE, in base64url. It opens nothing. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{1,4000}$/),
  transports: z.array(z.string().max(20)).max(10).default([]),
};

const TotpEnrolled = z.object({ type: z.literal('login.totp_enrolled'), personId, ...totp, enrolledAt: instant });
const PasskeyEnrolled = z.object({
  type: z.literal('login.passkey_enrolled'),
  personId,
  ...passkey,
  enrolledAt: instant,
});
const FactorRemoved = z.object({
  type: z.literal('login.factor_removed'),
  personId,
  factorId: z.string().max(1400),
  removedAt: instant,
});
/** New recovery codes stand in the place of all before them. */
const RecoveryMade = z.object({ type: z.literal('login.recovery_made'), personId, codes: recovery, madeAt: instant });
const RecoverySpent = z.object({ type: z.literal('login.recovery_spent'), personId, code: hash, spentAt: instant });

const by = { by: personId, byName: line };
/** One administrator says that somebody has lost what they sign in with. Nothing is changed yet. */
const ResetAsked = z.object({ type: z.literal('login.reset_asked'), personId, ...by, reason: line, askedAt: instant });
/** Another agrees: from here on the password alone signs in, and a new factor is enrolled first of all. */
const LoginReset = z.object({ type: z.literal('login.reset'), personId, ...by, askedBy: personId, resetAt: instant });
const ResetDropped = z.object({ type: z.literal('login.reset_dropped'), personId, ...by, droppedAt: instant });

/** An administrator says by which name of a directory somebody signs in; from here on nothing of ours alone lets them in. */
const Linked = z.object({
  type: z.literal('login.linked'),
  personId,
  ...by,
  directory,
  name: directoryName,
  linkedAt: instant,
});
/** The directory's own key of whoever came first by that name: a later bearer of the name is somebody else. */
const subject = z.string().min(1).max(600);
const Bound = z.object({ type: z.literal('login.bound'), personId, subject, boundAt: instant });
const Unlinked = z.object({ type: z.literal('login.unlinked'), personId, ...by, unlinkedAt: instant });

/** Nothing was changed but the key that the secrets of authenticator apps are sealed with. */
const resealed = z.array(z.object({ factorId: token, secret: totp.secret })).max(20);
const LoginResealed = z.object({
  type: z.literal('login.resealed'),
  personId,
  factors: resealed,
  resealedAt: instant,
});

export const LoginEvent = z.discriminatedUnion('type', [
  TotpEnrolled,
  PasskeyEnrolled,
  FactorRemoved,
  RecoveryMade,
  RecoverySpent,
  ResetAsked,
  LoginReset,
  ResetDropped,
  Linked,
  Bound,
  Unlinked,
  LoginResealed,
]);
export type LoginEvent = z.infer<typeof LoginEvent>;

const command = { ...commandHead, personId };
/** Secrets are to stand under the newest key. What that makes of each is filled in by the service. */
export const ResealLogin = z.strictObject({
  type: z.literal('login.reseal'),
  ...command,
  factors: resealed.default([]),
});
export type ResealLogin = z.infer<typeof ResealLogin>;
export const LoginCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('login.enrol_totp'), ...command, ...totp }),
  z.strictObject({ type: z.literal('login.enrol_passkey'), ...command, ...passkey }),
  z.strictObject({ type: z.literal('login.remove_factor'), ...command, factorId: z.string().max(1400) }),
  z.strictObject({ type: z.literal('login.make_recovery'), ...command, codes: recovery.min(1) }),
  z.strictObject({ type: z.literal('login.spend_recovery'), ...command, code: hash }),
  z.strictObject({ type: z.literal('login.ask_reset'), ...command, reason: line }),
  z.strictObject({ type: z.literal('login.reset'), ...command }),
  z.strictObject({ type: z.literal('login.drop_reset'), ...command }),
  z.strictObject({ type: z.literal('login.link'), ...command, directory, name: directoryName }),
  z.strictObject({ type: z.literal('login.bind'), ...command, subject }),
  z.strictObject({ type: z.literal('login.unlink'), ...command }),
  ResealLogin,
]);
export type LoginCommand = z.infer<typeof LoginCommand>;

/** What stands between a session and the rest: a password that others know, or a second factor that the role needs. */
export const sessionDuty = z.enum(['password', 'factor']);
export type SessionDuty = z.infer<typeof sessionDuty>;

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
export const argon2id = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Characters of a password; whatever they are. Fifteen and more are recommended. */
export const passwordLength = { least: 8, recommended: 15, most: 128 } as const;

/** Who needs a second factor where nobody has registered otherwise: whoever could open the house to others, and who signs. */
export const factorRolesByDefault = ['admin', 'security', 'auditor', 'signer'] as const satisfies z.infer<
  typeof role
>[];

/** Who must show a second factor, from now on. */
export const signInRules = z.object({ factorRoles: z.array(role) });
export type SignInRules = z.infer<typeof signInRules>;
/** There is one for the whole house. */
export const SignInRegistered = z.object({ type: z.literal('sign_in.registered'), ...signInRules.shape });
export type SignInRegistered = z.infer<typeof SignInRegistered>;

const Factor = z.object({ factorId: z.string(), kind: factorKind, name: z.string(), enrolledAt: instant });
const OpenSession = z.object({
  /** Names it; opens nothing. */
  sessionId: token,
  openedAt: instant,
  seenAt: instant,
  endsAt: instant,
  address: z.string(),
  agent: z.string(),
  by: signInMeans,
  /** The directory that came first, where the rest was shown to us. */
  through: directory.nullable(),
  isThis: z.boolean(),
});

/** One's own account. */
export const AccountView = z.object({
  personId,
  name: line,
  factors: z.array(Factor),
  recoveryLeft: z.int(),
  /** The roles of this person for which a second factor is required. */
  requiredFor: z.array(role),
  /** False where the address is no name that a passkey could be bound to. */
  passkeysPossible: z.boolean(),
  /** The directory that proves who this is; our own password opens nothing then. */
  link: z.object({ directory, name: directoryName }).nullable(),
  sessions: z.array(OpenSession),
});
export type AccountView = z.infer<typeof AccountView>;

/** A person, as the administrators see them. */
export const PersonRow = z.object({
  personId,
  name: line,
  roles: z.array(role),
  sites: z.array(z.string()),
  disabled: z.boolean(),
  /** Somebody else chose the password, and it was not changed yet. */
  passwordIsInitial: z.boolean(),
  factors: z.array(factorKind),
  /** By which name of a directory they sign in. Not bound: nobody has come by it yet. */
  link: z.object({ directory, name: directoryName, isBound: z.boolean() }).nullable(),
  /** Needs a second factor and has none. */
  lacksFactor: z.boolean(),
  /** Somebody asked that the second factors be forgotten; another must agree. */
  resetAsked: z.object({ by: personId, byName: line, reason: line, askedAt: instant }).nullable(),
});
export type PersonRow = z.infer<typeof PersonRow>;
export const PeopleView = z.object({
  rows: z.array(PersonRow),
  factorRoles: z.array(role),
  /** The directories that are set here. */
  directories: z.array(directory),
});
export type PeopleView = z.infer<typeof PeopleView>;

/** System, security and audit administrator (GB/T 22239-2019 level 3: 系统、安全、审计管理员): nobody is two of them. */
export const administrators = ['admin', 'security', 'auditor'] as const satisfies z.infer<typeof role>[];
