import { z } from 'zod';
import { sealedSecret } from './channel.ts';
import { sealState } from './registered-secrets.ts';
import { PublicDocument } from './public.ts';
import { warningShare } from './repost.ts';
import { TimelineEntry } from './views.ts';
import { commandHead, instant, line, personId, siteId, token } from './words.ts';

/** Also the receipt that the netizen looks the answer up by. */
export const correctionId = token;
const key = { correctionId, site: siteId };
const said = { by: personId, byName: line };

/** The page that is meant: one of ours by its names, else as the netizen wrote it. */
export const reportedPage = z.object({
  title: z.string().trim().max(300),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable(),
  document: z.object({ kind: PublicDocument.shape.kind, documentId: token }).nullable(),
});
export type ReportedPage = z.infer<typeof reportedPage>;

/** What a netizen says is wrong. Theirs alone: it is never public. */
export const reportedText = z.string().trim().min(5).max(2_000);

/** An e-mail address, sealed: only the service that answers opens it. */
const contact = z.string().startsWith('sealed.').max(2_000).nullable();

const limit = {
  /** The end of the third working day after the day of receipt. */
  dueAt: instant,
  /** Years of whose holidays no notice was known: for them only weekends were counted. Empty: the limit stands. */
  unknownYears: z.array(z.int()),
};

/** Where the page is mended: the repost that is brought up to date or taken down, or the release with its corrections and withdrawals. */
export const correctionWork = z.object({ kind: z.enum(['repost', 'release']), id: token });
export type CorrectionWork = z.infer<typeof correctionWork>;

/** What the netizen is told: mended; nothing to mend; another's, and passed on; the same as another report, with its answer. */
export const correctionOutcome = z.enum(['corrected', 'unchanged', 'forwarded', 'folded']);
export type CorrectionOutcome = z.infer<typeof correctionOutcome>;

export const correctionAnswer = z.string().trim().min(2).max(2_000);

/** A netizen reported an error. Three working days run from here (税总发〔2017〕84号 二(五)2). */
const CorrectionReceived = z.object({
  type: z.literal('correction.received'),
  ...key,
  page: reportedPage,
  text: reportedText,
  contact,
  ...limit,
  receivedAt: instant,
});
/** Somebody else said the very same on the same day, and wants the answer by mail too. */
const CorrectionRepeated = z.object({
  type: z.literal('correction.repeated'),
  ...key,
  contact,
  repeatedAt: instant,
});
/** It is ours, and is being looked into. Also said to take back that it was folded or forwarded. */
const CorrectionAccepted = z.object({
  type: z.literal('correction.accepted'),
  ...key,
  ...said,
  acceptedAt: instant,
});
/** It says what another report says, and is answered with it. */
const CorrectionFolded = z.object({
  type: z.literal('correction.folded'),
  ...key,
  into: correctionId,
  ...said,
  foldedAt: instant,
});
/** The page is another's, who was told. The netizen still has to be answered. */
const CorrectionForwarded = z.object({
  type: z.literal('correction.forwarded'),
  ...key,
  to: line,
  reason: line,
  ...said,
  forwardedAt: instant,
});
const CorrectionLinked = z.object({
  type: z.literal('correction.linked'),
  ...key,
  work: correctionWork,
  ...said,
  linkedAt: instant,
});
/** The answer, public by its receipt. Said again it is put right; the first one counts for the limit. */
const CorrectionAnswered = z.object({
  type: z.literal('correction.answered'),
  ...key,
  outcome: correctionOutcome,
  answer: correctionAnswer,
  ...said,
  answeredAt: instant,
});
/** What became of the mail with the answer to those who left an address. */
const CorrectionMailed = z.object({
  type: z.literal('correction.mailed'),
  ...key,
  outcome: z.enum(['confirmed', 'failed', 'unknown']),
  detail: z.string().max(500),
  mailedAt: instant,
});
/** A person found that it reports nothing. Its clock stands. */
const CorrectionSpamMarked = z.object({
  type: z.literal('correction.spam_marked'),
  ...key,
  reason: line,
  ...said,
  markedAt: instant,
});
/** It was a report after all: it is due when it was, as if it had never been marked. */
const CorrectionSpamLifted = z.object({
  type: z.literal('correction.spam_lifted'),
  ...key,
  receivedAt: instant,
  ...limit,
  ...said,
  liftedAt: instant,
});
/** A share of the time is gone; at 100 the limit is exceeded. */
const CorrectionWarned = z.object({
  type: z.literal('correction.warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});
/** The holidays that its time runs over became known, or were told anew. */
const CorrectionDeadlineMoved = z.object({
  type: z.literal('correction.deadline_moved'),
  ...key,
  receivedAt: instant,
  ...limit,
  movedAt: instant,
});
/** Nothing was changed but the key that the addresses of those who wait for the answer are sealed with. */
const CorrectionResealed = z.object({
  type: z.literal('correction.resealed'),
  ...key,
  contacts: z.array(z.object({ was: z.string(), now: sealedSecret })).min(1),
  resealedAt: instant,
});

export const CorrectionEvent = z.discriminatedUnion('type', [
  CorrectionReceived,
  CorrectionRepeated,
  CorrectionAccepted,
  CorrectionFolded,
  CorrectionForwarded,
  CorrectionLinked,
  CorrectionAnswered,
  CorrectionMailed,
  CorrectionSpamMarked,
  CorrectionSpamLifted,
  CorrectionWarned,
  CorrectionDeadlineMoved,
  CorrectionResealed,
]);
export type CorrectionEvent = z.infer<typeof CorrectionEvent>;

const command = { ...commandHead, ...key };
/** Set by the service, from the calendar. */
const limitOfService = { dueAt: instant.optional(), unknownYears: limit.unknownYears.optional() };

export const CorrectionCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('correction.receive'),
    ...command,
    page: reportedPage,
    text: reportedText,
    contact,
    ...limit,
  }),
  z.strictObject({ type: z.literal('correction.accept'), ...command }),
  z.strictObject({
    type: z.literal('correction.fold'),
    ...command,
    into: correctionId,
    /** Set by the service: what that one was answered, when it was. */
    answer: correctionAnswer.nullable().optional(),
  }),
  z.strictObject({ type: z.literal('correction.forward'), ...command, to: line, reason: line }),
  z.strictObject({ type: z.literal('correction.link'), ...command, work: correctionWork }),
  z.strictObject({
    type: z.literal('correction.answer'),
    ...command,
    outcome: correctionOutcome,
    answer: correctionAnswer,
  }),
  z.strictObject({
    type: z.literal('correction.record_mailed'),
    ...command,
    outcome: CorrectionMailed.shape.outcome,
    detail: CorrectionMailed.shape.detail,
  }),
  z.strictObject({ type: z.literal('correction.mark_spam'), ...command, reason: line }),
  z.strictObject({ type: z.literal('correction.lift_spam'), ...command, ...limitOfService }),
  z.strictObject({ type: z.literal('correction.warn'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({ type: z.literal('correction.move_deadline'), ...command, ...limit }),
  /** The addresses are to stand under the newest key. What that makes of each is filled in by the service. */
  z.strictObject({
    type: z.literal('correction.reseal'),
    ...command,
    contacts: z.array(CorrectionResealed.shape.contacts.element).default([]),
  }),
]);
export type CorrectionCommand = z.infer<typeof CorrectionCommand>;

export const correctionState = z.enum(['received', 'accepted', 'folded', 'forwarded', 'answered', 'spam']);
export type CorrectionState = z.infer<typeof correctionState>;

/** A report as its case shows it. Who reported it stays sealed; only how many wait for a mail is known. */
export const CorrectionRow = z.object({
  ...key,
  page: reportedPage,
  text: z.string(),
  state: correctionState,
  /** What it was before it was marked as spam. */
  before: correctionState.nullable(),
  into: correctionId.nullable(),
  forwarded: z.object({ to: line, reason: line }).nullable(),
  work: z.array(correctionWork),
  outcome: correctionOutcome.nullable(),
  answer: z.string(),
  /** When it was answered first. */
  answeredAt: instant.nullable(),
  answeredByName: line.nullable(),
  spamBecause: line.nullable(),
  receivedAt: instant,
  ...limit,
  /** How many said the same, this one included; and to how many the answer goes by mail. */
  reports: z.int().min(1),
  contacts: z.int().min(0),
  mailed: z.object({ outcome: CorrectionMailed.shape.outcome, detail: z.string(), at: instant }).nullable(),
  updatedAt: instant,
});
export type CorrectionRow = z.infer<typeof CorrectionRow>;

export const CorrectionDetail = z.object({
  row: CorrectionRow,
  /** The page as our own work: where it is mended, and how that stands. */
  work: z.array(z.object({ ...correctionWork.shape, title: line, state: z.string(), linked: z.boolean() })),
  /** Reports of the same page that may be the same, newest first. */
  others: z.array(CorrectionRow),
  timeline: z.array(TimelineEntry),
});
export type CorrectionDetail = z.infer<typeof CorrectionDetail>;

const counts = {
  received: z.int(),
  /** Answered within their limit, or after it. */
  inTime: z.int(),
  late: z.int(),
  /** Not answered; those beyond their limit are among them. */
  open: z.int(),
  overdue: z.int(),
};
/** Reports by the month in which they came, Beijing's (`2026-11`), newest first. What a person found to be spam counts nowhere. */
export const CorrectionFigures = z.object({
  asOf: instant,
  total: z.object(counts),
  months: z.array(z.object({ month: z.string(), ...counts })),
  sites: z.array(z.object({ site: siteId, ...counts })),
});
export type CorrectionFigures = z.infer<typeof CorrectionFigures>;

/** Which sites; all of them where none is named. */
export const CorrectionFiguresQuery = z.strictObject({ at: instant, sites: z.array(siteId).optional() });
export type CorrectionFiguresQuery = z.infer<typeof CorrectionFiguresQuery>;

/** All that the public side may ask of the house: to take a report, to show an answer by its receipt, and the figures. */
export const CorrectionIntake = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('report'),
    site: siteId,
    page: reportedPage,
    text: reportedText,
    email: z.email().max(254).nullable(),
  }),
  z.strictObject({ ask: z.literal('answer'), receipt: correctionId }),
  z.strictObject({ ask: z.literal('figures') }),
]);
export type CorrectionIntake = z.infer<typeof CorrectionIntake>;

/** What the public learns of a report by its receipt: never what was written, nor by whom. */
export const PublicCorrection = z.object({
  receipt: correctionId,
  site: siteId,
  state: z.enum(['waiting', 'answered', 'closed']),
  receivedAt: instant,
  dueAt: instant,
  outcome: correctionOutcome.nullable(),
  answer: z.string(),
  answeredAt: instant.nullable(),
});
export type PublicCorrection = z.infer<typeof PublicCorrection>;

/** `mail`: whether the answer will be sent; an installation without keys can't keep an address. */
export const ReportTaken = z.object({ receipt: correctionId, mail: z.boolean() });
export const CorrectionFound = z.object({ found: PublicCorrection.nullable() });

/** The one query that the portal's user may ask. */
export const correctionIntake = 'correction_intake';

/** How the addresses of an open report are sealed: how many stand under which key. Never an address. */
export const AddressesStanding = z.object({
  rows: z.array(
    z.object({ site: siteId, correctionId, keys: z.array(z.object({ key: z.string().nullable(), state: sealState })) }),
  ),
});
export type AddressesStanding = z.infer<typeof AddressesStanding>;
