import { z } from 'zod';
import { runningChain, signature } from './chain.ts';
import { bodyManner, channelLimits } from './channel.ts';
import { textFinding, waivedFindings } from './checks.ts';
import { ChannelState } from './channel-state.ts';
import { member, signal } from './cluster.ts';
import { Transcript } from './conversation.ts';
import { assignment, DeliveryEvent, intent, onUnknown, outcome, recipientAnswer, trouble } from './delivery.ts';
import { textEdit } from './edit.ts';
import { evidence } from './evidence.ts';
import { absence, content, itemKind, keptFile, publication } from './item.ts';
import { linkedPlan, linkedTarget, pressContact, targetReadiness } from './linked.ts';
import { clue, rumorSpread, rumorVerdict } from './rumor.ts';
import { DeliveryOutlook } from './outlook.ts';
import { PageLook } from './outside.ts';
import { sessionDuty } from './login.ts';
import { priority, target } from './policy.ts';
import { site } from './registry.ts';
import { RecallRow } from './recall.ts';
import { draft, quote, releaseFile, releaseKind, reviewDebt } from './release.ts';
import { seat, standstill } from './release-chain.ts';
import { hurry, reviewAct, reviewStep, standsFor } from './review.ts';
import { obliged, voidedBecause, warningShare } from './repost.ts';
import { routingEffect, RoutingEvent } from './routing.ts';
import { shownPublication } from './site-publication.ts';
import { SourceStatus } from './source-health.ts';
import { detector, source, sourceKind } from './source.ts';
import { recipient, side, submissionLetter } from './submission.ts';
import {
  actor,
  channelId,
  duration,
  hash,
  instant,
  itemId,
  line,
  personId,
  role,
  siteId,
  sourceId,
  token,
  urgency,
} from './words.ts';

/** Who is signed in, and what they may do. */
export const Me = z.object({
  personId,
  name: line,
  roles: z.array(role),
  sites: z.array(z.string()),
  /** Goes into the header `x-csrf-token` of every request that changes something. */
  csrfToken: z.string(),
  expiresAt: instant,
  /** What must be done before anything else; null: nothing. */
  must: sessionDuty.nullable().default(null),
});
export type Me = z.infer<typeof Me>;

/** `retracting`: it was decided that it comes down; `removed`: told to come down, not yet proven. */
export const repostState = z.enum([
  'queued',
  'approved',
  'published',
  'verified',
  'retracting',
  'removed',
  'withdrawn',
  'exempted',
  'merged',
]);
export type RepostState = z.infer<typeof repostState>;

/**
 * A task as the queue shows it: the obligation that is due first, and all of them. Overdue is a fact about time (`dueAt`
 * has passed and it is not published), not a state.
 */
export const RepostRow = z.object({
  taskId: token,
  site: siteId,
  ...obliged.shape,
  column: line,
  clusterId: token.nullable(),
  kind: itemKind,
  priority,
  target,
  obligations: z.array(obliged),
  state: repostState,
  /** The source changed what the public has: since when it is owed, and which version is out. */
  update: z.object({ startsAt: instant, dueAt: instant, fromVersion: z.int() }).nullable(),
  /** Items that their sources took back: of the obligations those that do not count now. */
  gone: z.array(z.object({ itemId, reason: absence, at: instant })),
  /** The source took back what the public has: since when it has to come down, or be kept for a reason. */
  retract: z.object({ itemId, reason: absence, startsAt: instant, dueAt: instant }).nullable(),
  /** Who decided that it comes down; until `heldUntil` that can be taken back. */
  removal: z.object({ byName: line, at: instant, heldUntil: instant }).nullable(),
  /** Why that did not stand, or need not be decided any more. */
  retractVoided: z
    .object({ because: z.enum(['undone', 'source_returned']), byName: line.nullable(), at: instant })
    .nullable(),
  /** Since when it is neither owed nor public; with the proof, where it was public. */
  withdrawn: z.object({ at: instant, status: z.int().nullable(), snapshot: hash.nullable() }).nullable(),
  /** The task that is the same policy, where this one was merged. */
  mergedInto: token.nullable(),
  /** Who has it in hand, and since when. */
  claim: z.object({ by: personId, byName: line, at: instant }).nullable(),
  approvedBy: line.nullable(),
  approvedAt: instant.nullable(),
  /** Until then the approval can be taken back. */
  heldUntil: instant.nullable(),
  /** Attempts to publish it, or to take it down, and what was wrong with the last one. */
  goingOut: z.object({
    attempts: z.int(),
    trouble: z.object({ code: z.string(), detail: z.string(), nextAttemptAt: instant.nullable() }).nullable(),
  }),
  /** Why an approval, or the signatures before it, did not stand. */
  voided: z.object({ because: voidedBecause, byName: line.nullable(), at: instant }).nullable(),
  /** The chain that it runs through, once someone has signed; null: the one that the rule book names. */
  chain: runningChain.nullable(),
  /** Who signed what, of what is now to be decided, or was. */
  reviews: z.array(signature),
  /** Sent back by a later act; told until it is approved. */
  returned: z.object({ reason: line, byName: line, at: instant }).nullable(),
  /** Our own text of one of its items. */
  edit: z.object({ itemId, ...textEdit.shape, byName: line, at: instant }).nullable(),
  url: z.url().nullable(),
  publishedAt: instant.nullable(),
  verifiedAt: instant.nullable(),
  verificationTrouble: z.string().nullable(),
  /** Looked at again after it was verified: when last, and since when it is not what it was. */
  rechecked: z.object({ count: z.int(), at: instant }).nullable(),
  drift: z.object({ reason: z.string(), snapshot: hash.nullable(), at: instant }).nullable(),
  warned: z.array(warningShare),
  exemption: z.object({ reason: line, by: personId, byName: line, requestedAt: instant }).nullable(),
  exemptedBy: line.nullable(),
});
export type RepostRow = z.infer<typeof RepostRow>;

/** One line of an entry's history, straight from the log. */
export const TimelineEntry = z.object({
  position: z.int(),
  at: instant,
  type: z.string(),
  actor,
  facts: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** Whether an item's own page is where it was: one look that misses it is a suspicion, two are a withdrawal. */
export const presence = z.enum(['present', 'missing', 'withdrawn']);

/** Items that are the same policy, why the machine or a person thought so, and what belongs beside them. */
export const ClusterView = z.object({
  clusterId: token,
  members: z.array(
    z.object({
      ...member.shape,
      because: z.array(signal),
      /** Who put it here; null: the machine. */
      byName: line.nullable(),
      joinedAt: instant,
    }),
  ),
  paired: z.array(
    z.object({
      clusterId: token,
      as: z.enum(['policy', 'interpretation']),
      title: line,
      because: z.string(),
      /** Its task of the same site, where there is one. */
      task: z.object({ taskId: token, state: repostState }).nullable(),
    }),
  ),
});
export type ClusterView = z.infer<typeof ClusterView>;

/** What was decided about an item, newest last: by the rules, and by people. */
export const RoutingRecord = z.array(RoutingEvent);
export type RoutingRecord = z.infer<typeof RoutingRecord>;

/** A task opened: the original, our page as the public will see it, and all that happened. */
export const RepostDetail = z.object({
  row: RepostRow,
  cluster: ClusterView.nullable(),
  routing: RoutingRecord,
  /** Of the items that are the same policy, the one that was asked for, was approved, or is due first. */
  original: z.object({
    ...content.omit({ html: true }).shape,
    itemId,
    sourceId,
    sourceName: line,
    version: z.int(),
    publication,
    firstSeenAt: instant,
  }),
  /** Of the original upstream, at this moment. */
  presence,
  /** The original as it was cleaned, in the same type as the preview. */
  originalHtml: z.string(),
  /** Our page's article, made by the same code that serves the public. */
  previewHtml: z.string(),
  /** What the page would be made of: our own text where there is one, else the source's. */
  html: z.string(),
  /** The words of it, one line a block, and of the source's version; and of what the public has, while that is older. */
  texts: z.object({
    ours: z.string(),
    source: z.string(),
    out: z.object({ version: z.int(), ours: z.string(), source: z.string() }).nullable(),
  }),
  /** What was found of its page from outside, the newest first. */
  looks: z.array(PageLook),
  timeline: z.array(TimelineEntry),
});
export type RepostDetail = z.infer<typeof RepostDetail>;

export const releaseState = z.enum(['draft', ...reviewStep.options, 'signed', 'published', 'withdrawn']);
export type ReleaseState = z.infer<typeof releaseState>;

/** Who passed a step, and for whom when they stood in for another. */
export const releaseSignature = z.object({
  step: reviewStep,
  by: personId,
  byName: line,
  onBehalfOf: standsFor.nullable(),
  at: instant,
});
export type ReleaseSignature = z.infer<typeof releaseSignature>;

export const ReleaseRow = z.object({
  releaseId: token,
  site: siteId,
  kind: draft.shape.kind,
  title: line,
  state: releaseState,
  revision: z.int(),
  contentHash: hash,
  draftedBy: personId,
  draftedByName: line,
  /** Everybody who ever wrote in it. */
  drafters: z.array(personId),
  updatedAt: instant,
  /** The chain that it was submitted to; of a draft none yet. */
  acts: z.array(reviewAct),
  urgent: hurry.nullable(),
  signatures: z.array(releaseSignature),
  /** What an urgent signature left to be signed; `end` when it was, or when a fault was found. */
  debt: z
    .object({
      ...reviewDebt.shape,
      since: instant,
      /** Who signed it then, and for whom: none of them reviews it now. */
      signers: z.array(personId),
      signatures: z.array(releaseSignature),
      end: z
        .object({ how: z.enum(['settled', 'objected']), byName: line, reason: line.nullable(), at: instant })
        .nullable(),
    })
    .nullable(),
  returned: z.object({ step: reviewStep, byName: line, reason: line, at: instant }).nullable(),
  openComments: z.int(),
  channels: z.array(channelId),
  url: z.url().nullable(),
  /** The version that is public; 0: none. While a correction is written and signed, the one before stays. */
  publicVersion: z.int().default(0),
});
export type ReleaseRow = z.infer<typeof ReleaseRow>;

/** A remark on a draft, whichever revision it was made on. */
export const ReleaseComment = z.object({
  commentId: token,
  text: z.string(),
  quote: quote.nullable(),
  revision: z.int(),
  by: personId,
  byName: line,
  at: instant,
  resolved: z.boolean(),
  answers: z.array(z.object({ answerId: token, text: z.string(), by: personId, byName: line, at: instant })),
});
export type ReleaseComment = z.infer<typeof ReleaseComment>;

/** The step that is due, be it of the chain or of the full review afterwards, who can take it now, and what stands in the way. */
export const ReleaseTurn = z.object({
  step: reviewStep,
  isDebt: z.boolean(),
  dueAt: instant.nullable(),
  seats: z.array(seat),
  standstill: standstill.nullable(),
});
export type ReleaseTurn = z.infer<typeof ReleaseTurn>;

export const ReleaseDetail = z.object({
  row: ReleaseRow,
  draft,
  previewHtml: z.string(),
  comments: z.array(ReleaseComment),
  findings: z.array(textFinding),
  waived: waivedFindings.nullable(),
  turn: ReleaseTurn.nullable(),
  timeline: z.array(TimelineEntry),
});
export type ReleaseDetail = z.infer<typeof ReleaseDetail>;

export const RecallDetail = z.object({ row: RecallRow, timeline: z.array(TimelineEntry) });
export type RecallDetail = z.infer<typeof RecallDetail>;

export const linkedState = z.enum(['planned', 'stopped', 'committed', 'open', 'cancelled']);
export type LinkedState = z.infer<typeof linkedState>;

/** A linked release as its board shows it: what goes out together, what is signed, and what became of it. */
export const LinkedRow = z.object({
  linkedId: token,
  site: siteId,
  ...linkedPlan.shape,
  state: linkedState,
  revision: z.int(),
  plannedByName: line,
  /** Parts whose content was signed for it. */
  signed: z.array(token),
  /** Since when the pages of all sites lie ready and unreadable; null while they don't. */
  sealedAt: instant.nullable(),
  pages: z.array(z.object({ target: linkedTarget, url: z.url() })),
  waived: z.object({ reason: line, byName: line, at: instant }).nullable(),
  reminded: z.object({ minutes: z.int(), unready: z.array(linkedTarget), at: instant }).nullable(),
  stopped: z
    .object({
      because: z.enum(['not_ready', 'part_unsigned', 'no_interpretation']),
      missing: z.array(linkedTarget),
      at: instant,
    })
    .nullable(),
  /** What the last rehearsal found wanting, and of how many targets. */
  rehearsed: z.object({ unready: z.array(targetReadiness), count: z.int(), byName: line, at: instant }).nullable(),
  /** Who of the press got it early, when, until when it binds them, and whether it is what is signed now. */
  press: z.array(
    z.object({
      channelId,
      people: z.array(pressContact),
      contents: z.record(token, hash),
      until: instant,
      byName: line,
      at: instant,
    }),
  ),
  /** Part → the content that was signed. */
  contents: z.record(token, hash),
  late: z.array(linkedTarget),
  committedAt: instant.nullable(),
  openedAt: instant.nullable(),
  cancelled: z.object({ reason: line, byName: line, at: instant }).nullable(),
  updatedAt: instant,
});
export type LinkedRow = z.infer<typeof LinkedRow>;

export const rumorState = z.enum(['reported', 'watched', 'to_rebut', 'rebutted', 'closed']);
export type RumorState = z.infer<typeof rumorState>;

/** A rumor as its case shows it: what is being said, until when it has to be answered, and what became of it. */
export const RumorRow = z.object({
  rumorCaseId: token,
  site: siteId,
  /** As it was first seen; `spread` as it was seen last. */
  ...clue.shape,
  state: rumorState,
  verdict: rumorVerdict.nullable(),
  facts: z.string(),
  basis: z.string(),
  limit: duration,
  startsAt: instant,
  dueAt: instant,
  reportedAt: instant,
  reportedByName: line,
  /** How often it was seen. */
  clues: z.int().min(1),
  releaseId: token.nullable(),
  url: z.url().nullable(),
  rebuttedAt: instant.nullable(),
  spread: rumorSpread.nullable(),
  updatedAt: instant,
});
export type RumorRow = z.infer<typeof RumorRow>;

/** A public rebuttal of before that may fit; `likeness` 0 to 1, of what is claimed. Whose clue it was stays with its site. */
const similarRumor = z.object({
  rumorCaseId: token,
  site: siteId,
  claim: line,
  verdict: rumorVerdict,
  url: z.url(),
  rebuttedAt: instant,
  likeness: z.number(),
});
export const SimilarRumors = z.object({ rows: z.array(similarRumor) });
export type SimilarRumors = z.infer<typeof SimilarRumors>;

export const RumorDetail = z.object({
  row: RumorRow,
  clues: z.array(clue.extend({ byName: line, at: instant })),
  effects: z.array(z.object({ spread: rumorSpread, reach: z.string(), note: z.string(), byName: line, at: instant })),
  /** The release that answers it, as it stands. */
  release: ReleaseRow.nullable(),
  similar: z.array(similarRumor),
  timeline: z.array(TimelineEntry),
});
export type RumorDetail = z.infer<typeof RumorDetail>;

export const submissionState = z.enum([
  'offered',
  'acknowledged',
  'negotiated',
  'agreed',
  'declined',
  'withdrawn',
  'adopted',
]);
export type SubmissionState = z.infer<typeof submissionState>;

/** A submission as both sides' lists show it: what, to whom, whose answer is waited for until when, and what became of it. */
export const SubmissionRow = z.object({
  submissionId: token,
  /** Who offers. */
  site: siteId,
  releaseId: token,
  contentHash: hash,
  title: line,
  to: recipient,
  state: submissionState,
  /** How many proposals were made, and who is to answer the last; null once it is settled. */
  turn: z.int().min(1),
  owes: side.nullable(),
  slot: instant.nullable(),
  limit: duration,
  /** Of the answer that is waited for. */
  startsAt: instant,
  dueAt: instant,
  offeredAt: instant,
  offeredByName: line,
  /** When the other side first answered with more than that it has it, and until when it should have. */
  answeredAt: instant.nullable(),
  answerDueAt: instant,
  /** Why it was declined or withdrawn. */
  reason: z.string().nullable(),
  linked: z.object({ site: siteId, linkedId: token }).nullable(),
  adoptedAs: z.object({ site: siteId, releaseId: token }).nullable(),
  agreedHash: hash.nullable(),
  /** Why what was agreed could not be arranged. */
  trouble: z.string().nullable(),
  /** What an office outside was written to last, and what became of it. */
  told: z
    .object({
      letter: submissionLetter,
      by: z.enum(['email', 'webhook']),
      outcome: z.enum(['sending', 'confirmed', 'failed', 'unknown']),
      detail: z.string(),
      at: instant,
    })
    .nullable(),
  /** Where somebody says that it was published, while it is looked at and after it was not found there. */
  claimed: z.object({ url: z.url(), unproven: z.string().nullable() }).nullable(),
  url: z.url().nullable(),
  adoptedAt: instant.nullable(),
  updatedAt: instant,
});
export type SubmissionRow = z.infer<typeof SubmissionRow>;

export const SubmissionDetail = z.object({
  row: SubmissionRow,
  /** What was offered, as it was offered. */
  offered: z.object({ kind: releaseKind, title: line, summary: z.string(), files: z.array(releaseFile) }),
  /** What each side wanted, oldest first; `html` is the whole text that it would be, `text` its words. */
  proposals: z.array(
    z.object({
      turn: z.int().min(1),
      side,
      byName: line,
      at: instant,
      dueAt: instant,
      slot: instant.nullable(),
      message: z.string(),
      html: z.string(),
      text: z.string(),
      isOffered: z.boolean(),
    }),
  ),
  /** The text on the table, as a page. */
  previewHtml: z.string(),
  /** The release as it stands, for those who work for the site that wrote it. */
  release: ReleaseRow.nullable(),
  /** The linked release that it became. */
  linked: LinkedRow.pick({ site: true, linkedId: true, state: true, t0: true, sites: true }).nullable(),
  timeline: z.array(TimelineEntry),
});
export type SubmissionDetail = z.infer<typeof SubmissionDetail>;

/** Whom this person may offer to: every site, offices that were written to before, and partners' channels. */
export const SubmissionRecipients = z.object({
  sites: z.array(z.object({ siteId, name: line })),
  offices: z.array(z.object({ address: z.string(), name: line })),
  partners: z.array(z.object({ channelId, site: siteId, name: line })),
});
export type SubmissionRecipients = z.infer<typeof SubmissionRecipients>;

/** Of the submissions that were offered in a period, by site: what it offered, and what it was offered. */
export const submissionFigures = z.object({
  offered: z.int(),
  /** Answered with more than that it arrived; in time, of these. */
  answered: z.int(),
  inTime: z.int(),
  agreed: z.int(),
  declined: z.int(),
  withdrawn: z.int(),
  adopted: z.int(),
  /** Unanswered after its time. */
  overdue: z.int(),
});
export type SubmissionFigures = z.infer<typeof submissionFigures>;
export const SubmissionCounts = z.object({
  rows: z.array(z.object({ site: siteId, out: submissionFigures, in: submissionFigures })),
  serverTime: instant,
});
export type SubmissionCounts = z.infer<typeof SubmissionCounts>;

/**
 * `requested → sending → (waiting to try again | pending | unknown) → confirmed | failed`; before it `preparing`, of what
 * goes out at a T0, or `cancelled`; after it `lost`, when what was there is gone.
 */
export const deliveryState = z.enum([
  'preparing',
  'requested',
  'sending',
  'waiting',
  'pending',
  'unknown',
  'confirmed',
  'failed',
  'lost',
  'cancelled',
]);
export type DeliveryState = z.infer<typeof deliveryState>;

export const DeliveryRow = z.object({
  deliveryId: token,
  site: siteId,
  releaseId: token,
  title: line,
  channelId,
  channelName: line,
  channelKind: z.string(),
  state: deliveryState,
  attempts: z.int(),
  lastOutcome: outcome.nullable(),
  detail: z.string(),
  requestedAt: instant,
  updatedAt: instant,
  nextAttemptAt: instant.nullable(),
  confirmedAt: instant.nullable(),
  receiptId: z.string().nullable(),
  urgency: urgency.default('routine'),
  /** Why it did not get through, as far as it was told. */
  trouble: trouble.nullable().default(null),
  /** Whether what is prepared is ready to go; null for what is not prepared. */
  ready: z.boolean().nullable().default(null),
  /** Where the public sees it. */
  url: z.url().nullable().default(null),
  /** When the channel will be asked what became of it. */
  nextProbeAt: instant.nullable().default(null),
  /** When somebody looked last that it is still there. */
  watchedAt: instant.nullable().default(null),
  /** The linked release that it is part of; when it was made ready for it, told to go, and begun. */
  linked: z.object({ site: siteId, linkedId: token }).nullable().default(null),
  preparedAt: instant.nullable().default(null),
  committedAt: instant.nullable().default(null),
  sentAt: instant.nullable().default(null),
  /** An early copy for one person of the press. */
  embargo: z.object({ until: instant, name: line, email: z.string() }).nullable().default(null),
  /** What a person is to hand over. */
  assignment: assignment.nullable().default(null),
  /** Whether it brings something, changes or takes back what an earlier one brought. */
  intent: intent.default('deliver'),
  /** Who is asked when it may have arrived. */
  onUnknown: onUnknown.nullable().default(null),
  /** Of a mail to several, what is known of each; `unknown`: it may have arrived there. */
  recipients: z
    .array(recipientAnswer.extend({ outcome: z.enum([...recipientAnswer.shape.outcome.options, 'unknown']) }))
    .default([]),
  /** What that person brought back beside the address. */
  reported: z
    .object({ byName: line, visibleAt: instant, screenshot: hash.nullable(), note: z.string(), at: instant })
    .nullable()
    .default(null),
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;

/** What the board divides deliveries into. */
export const deliveryGroup = z.enum(['open', 'unknown', 'failed', 'confirmed', 'cancelled']);
export type DeliveryGroup = z.infer<typeof deliveryGroup>;
export const groupOf: Record<DeliveryState, DeliveryGroup> = {
  preparing: 'open',
  requested: 'open',
  sending: 'open',
  waiting: 'open',
  pending: 'open',
  unknown: 'unknown',
  confirmed: 'confirmed',
  failed: 'failed',
  lost: 'failed',
  cancelled: 'cancelled',
};

/** One delivery: how it stands, all that happened, and what would become of it if it were sent again. */
export const DeliveryDetail = z.object({
  row: DeliveryRow,
  steps: z.array(z.object({ position: z.int(), at: instant, actor, event: DeliveryEvent })),
  /** Null while those who push do not answer. */
  outlook: DeliveryOutlook.nullable(),
});
export type DeliveryDetail = z.infer<typeof DeliveryDetail>;

/** What was said in an attempt, hashed again; `transcript` is null where it is not, or not any more, in the store. */
export const TranscriptView = z.object({ transcript: Transcript.nullable(), intact: z.boolean() });
export type TranscriptView = z.infer<typeof TranscriptView>;

export const DeliveryBoard = z.object({
  rows: z.array(DeliveryRow),
  /** How many there are of each group, beyond the rows that are listed. */
  counts: z.record(deliveryGroup, z.int()),
  position: z.int(),
  serverTime: instant,
});
export type DeliveryBoard = z.infer<typeof DeliveryBoard>;
/** One period of one quota: who has its slots. */
export const QuotaRow = z.object({
  credentialId: token,
  /** `20261123`, `202611`. */
  period: z.string(),
  limit: z.int(),
  holders: z.array(
    z.object({
      deliveryId: token,
      channelId,
      /** Not known of slots from before it was written down. */
      for: z.object({ site: siteId, releaseId: token }).nullable(),
    }),
  ),
});
export type QuotaRow = z.infer<typeof QuotaRow>;

/** What goes out, is due or waits at one moment; its id is unique among all of a calendar. */
const calendarEntry = { id: z.string(), at: instant, site: siteId, title: line };
export const CalendarEntry = z.discriminatedUnion('kind', [
  /** A linked release, at its T0. */
  z.object({
    kind: z.literal('linked'),
    ...calendarEntry,
    linkedId: token,
    sites: z.array(siteId),
    state: linkedState,
    parts: z.array(z.object({ site: siteId, releaseId: token })),
    channels: z.array(z.object({ channelId, name: line })),
  }),
  /** The moment that a submission wants, or has agreed on without a linked release. */
  z.object({ kind: z.literal('slot'), ...calendarEntry, submissionId: token, isAgreed: z.boolean(), with: line }),
  /** Until when a submission has to be answered. */
  z.object({ kind: z.literal('due'), ...calendarEntry, submissionId: token, with: line }),
  /** A release that went out alone. */
  z.object({ kind: z.literal('release'), ...calendarEntry, releaseId: token }),
  /** A delivery that waits for a slot of its channel. */
  z.object({ kind: z.literal('postponed'), ...calendarEntry, releaseId: token, channelName: line }),
]);
export type CalendarEntry = z.infer<typeof CalendarEntry>;

/**
 * What does not fit. `near`: two linked releases on the same site, closer than people can read. `quota`: its channel's
 * slots of the day are taken by others. `rate`: more at one moment than its channel takes at once.
 */
export const CalendarConflict = z.object({
  kind: z.enum(['near', 'quota', 'rate']),
  /** The entries that it is about. */
  entries: z.array(z.string()),
  at: instant,
  channelName: line.nullable(),
  limit: z.int().nullable(),
});
export type CalendarConflict = z.infer<typeof CalendarConflict>;

/** How much of a channel's quota of one day is taken, and by what. */
export const CalendarQuota = z.object({
  channelId,
  channelName: line,
  site: siteId,
  day: z.iso.date(),
  limit: z.int(),
  used: z.int(),
  titles: z.array(line),
});
export type CalendarQuota = z.infer<typeof CalendarQuota>;

export const CalendarView = z.object({
  entries: z.array(CalendarEntry),
  conflicts: z.array(CalendarConflict),
  quotas: z.array(CalendarQuota),
  /** Days that are no working days as a rule, by their names; the State Council's notice of the year may say otherwise. */
  restDays: z.array(z.object({ day: z.iso.date(), name: line })),
  position: z.int(),
  serverTime: instant,
});
export type CalendarView = z.infer<typeof CalendarView>;

export const LinkedDetail = z.object({
  row: LinkedRow,
  /** Its parts as they stand; one that was never written is missing. */
  parts: z.array(ReleaseRow),
  /** Each part at each channel from made ready to visible, and the early copies for the press. */
  deliveries: z.array(DeliveryRow),
  timeline: z.array(TimelineEntry),
});
export type LinkedDetail = z.infer<typeof LinkedDetail>;

/** Something wrong with one way of reading a source, since when, and what was received. */
const troubleSince = z.object({
  /** The detector's address. */
  detector: z.url(),
  code: z.string(),
  detail: z.string(),
  since: instant,
  evidence: evidence.nullable(),
  /** Hours of failing after which it was said that people must act; 0: not yet. */
  escalatedHours: z.int(),
});

/** A source at a glance: what it brought, and what is wrong with it. */
export const SourceRow = z.object({
  sourceId,
  name: line,
  level: z.string(),
  kind: sourceKind,
  url: z.url(),
  column: line,
  paused: z.boolean(),
  detectors: z.array(z.object({ kind: sourceKind, url: z.url() })),
  items: z.int(),
  lastItemAt: instant.nullable(),
  /** The newest answers that brought items. */
  received: z.array(evidence),
  /** One for each detector that fails. */
  troubles: z.array(troubleSince),
  quiet: z.object({ lastAt: instant, usualSeconds: z.int(), since: instant }).nullable(),
  disagreements: z.array(
    z.object({
      detector: z.url(),
      missing: z.array(z.object({ title: z.string(), link: z.url().nullable() })),
      since: instant,
    }),
  ),
  /** The newest entries that could not become items. */
  rejected: z.array(
    z.object({
      title: z.string(),
      code: z.string(),
      detail: z.string(),
      at: instant,
      evidence: evidence.nullable(),
    }),
  ),
});
export type SourceRow = z.infer<typeof SourceRow>;

const unsecret = <T extends typeof detector.shape>(shape: T) => {
  const { secret: _secret, ...shown } = shape;
  return { ...shown, hasSecret: z.boolean() };
};

/** A source's registration as people see it: whether a secret is set, never which. */
export const SourceSettings = z.object({
  ...unsecret(source.shape),
  also: z.array(z.object(unsecret(detector.shape))),
});
export type SourceSettings = z.infer<typeof SourceSettings>;

/** A source's page. `status` is null while its reader does not answer. */
export const SourceDetail = z.object({
  row: SourceRow,
  source: SourceSettings,
  status: SourceStatus.nullable(),
});
export type SourceDetail = z.infer<typeof SourceDetail>;

/** An item as the browser lists it. */
export const ItemRow = z.object({
  itemId,
  sourceId,
  sourceName: line,
  title: line,
  link: z.url().nullable(),
  documentNumber: z.string().nullable(),
  issuer: z.string().nullable(),
  column: z.string().nullable(),
  publication,
  firstSeenAt: instant,
  changedAt: instant,
  version: z.int(),
  presence,
  attachments: z.int(),
  files: z.object({ kept: z.int(), failed: z.int() }),
  /** Sites that owe it. */
  tasks: z.int(),
  /** What was decided about it; null until the rules were asked. */
  routing: z
    .object({
      effect: routingEffect,
      /** The rule's name, or the person's. */
      by: line.nullable(),
      routeBy: instant.nullable(),
      overdue: z.boolean(),
    })
    .nullable(),
});
export type ItemRow = z.infer<typeof ItemRow>;

/** What a search found, newest first. It goes back so far, and on request further. */
export const ItemSearch = z.object({
  rows: z.array(z.object({ ...ItemRow.shape, excerpt: z.string().nullable() })),
  /** Items looked at, and where to go on; null at the end. */
  searched: z.int(),
  next: z.string().nullable(),
});
export type ItemSearch = z.infer<typeof ItemSearch>;

/** One item with every version, its proof of first sight, and what became of it. */
export const ItemDetail = z.object({
  row: ItemRow,
  versions: z.array(
    z.object({
      ...content.shape,
      version: z.int(),
      seenAt: instant,
      /** Visible text, one line a block: what versions are compared by. */
      text: z.string(),
      /** The version as a page of its own, for a frame without script. */
      page: z.string(),
      evidence: evidence.nullable(),
      /** Where the version stands in the log. */
      position: z.int(),
      entryHash: hash,
    }),
  ),
  files: z.array(keptFile),
  failedFiles: z.array(z.object({ url: z.url(), code: z.string(), detail: z.string() })),
  tasks: z.array(z.object({ site: siteId, taskId: token, state: repostState, dueAt: instant })),
  routing: RoutingRecord,
  timeline: z.array(TimelineEntry),
});
export type ItemDetail = z.infer<typeof ItemDetail>;

/** What a server said, taken out of the object store and hashed again. */
export const EvidenceView = z.object({
  url: z.url(),
  seenAt: instant,
  statusLine: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  snapshot: hash,
  bodyHash: hash,
  bytes: z.int(),
  /** The stored answer still has the hash that the log names. */
  intact: z.boolean(),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

/** How the system is: what guarantee holds, how far each projection is. */
export const HealthView = z.object({
  ok: z.boolean(),
  serverTime: instant,
  durability: z.string(),
  journalPosition: z.int(),
  /** What of the running streams would let history be lost; none is well. */
  streams: z.array(z.string()),
  /** Which settings of Redis cost memory; none is well. */
  memory: z.array(z.string()),
  /** The newest checkpoint of the log; none where no key signs. */
  checkpoint: z.object({ size: z.int(), signedAt: instant, keyId: z.string() }).nullable(),
  projections: z.array(
    z.object({
      name: z.string(),
      position: z.int(),
      behind: z.int(),
      rebuilding: z.number().nullable(),
      parked: z.int(),
    }),
  ),
  deadLetters: z.int(),
});
export type HealthView = z.infer<typeof HealthView>;

/** One live change, as SSE carries it; `position` is its `id`. A `gap` asks the console to read again. */
export const LiveChange = z.object({
  view: z.enum([
    'reposts',
    'releases',
    'recalls',
    'linked',
    'reports',
    'rumors',
    'corrections',
    'submissions',
    'deliveries',
    'sources',
    'items',
    'alarms',
    'incidents',
    'handovers',
    'inspections',
    'site_checks',
  ]),
  key: z.string(),
  row: z.unknown().nullable(),
  position: z.int(),
});
export type LiveChange = z.infer<typeof LiveChange>;

/** Sites and channels, for menus. */
export const SiteRow = site.extend({ publication: shownPublication });
export const ChannelRow = z.object({
  channelId,
  name: line,
  site: siteId,
  kind: z.string(),
  paused: z.boolean(),
  /** What fits, as this channel has it registered, and whether the text must fit whole or is cut where it ends. */
  limits: channelLimits.pick({ text: true, pictures: true }),
  body: bodyManner,
});
const channelAtAGlance = ChannelRow.pick({ channelId: true, name: true, site: true, kind: true, paused: true });

/** Every channel with what stands before its attempts; a channel of which those who push say nothing has no state. */
export const ChannelOverview = z.object({
  rows: z.array(channelAtAGlance),
  states: z.array(ChannelState),
  serverTime: instant,
});
export type ChannelOverview = z.infer<typeof ChannelOverview>;

/** One channel as people may see it: of a secret only when it was set, and by whom. */
export const ChannelDetail = z.object({
  channel: z.object({
    ...channelAtAGlance.shape,
    limits: channelLimits.partial().optional(),
    settings: z.record(z.string(), z.unknown()),
  }),
  secrets: z.array(z.object({ path: z.string(), setAt: instant.nullable(), byName: z.string().nullable() })),
  state: ChannelState.nullable(),
  /** Its registrations, the newest first. */
  changes: z.array(
    z.object({
      at: instant,
      byName: z.string().nullable(),
      paused: z.boolean(),
      reason: z.string().nullable(),
      /** Only the key of its secrets was changed. */
      resealed: z.boolean(),
    }),
  ),
  serverTime: instant,
});
export type ChannelDetail = z.infer<typeof ChannelDetail>;

/** A login that a platform refuses: nothing of it is tried until somebody has done something. */
export const RefusedLogin = z.object({
  credentialId: token,
  site: siteId,
  channelId,
  channelName: line,
  detail: z.string(),
  failedAt: instant,
});
export type RefusedLogin = z.infer<typeof RefusedLogin>;
export type SiteRow = z.infer<typeof SiteRow>;
export type ChannelRow = z.infer<typeof ChannelRow>;
