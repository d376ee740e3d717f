import { z } from 'zod';
import { channelId, commandHead, hash, instant, line, personId, siteId, token } from './words.ts';
import { releaseId } from './release.ts';

export const linkedId = token;
const key = { linkedId, site: siteId };

/** What a release is to the others that go out with it. */
export const partRole = z.enum(['policy', 'interpretation', 'qa', 'chart', 'news']);
export type PartRole = z.infer<typeof partRole>;

/** One release of several; `site` is the one that wrote it. */
export const linkedPart = z.object({ releaseId, site: siteId, role: partRole });

/** What goes out together, where to, and when. */
export const linkedPlan = z.object({
  title: line,
  /** None while they are still to be written. */
  parts: z.array(linkedPart).max(20),
  /** Every part has a page on each of these. A page that is not ready stops T0. */
  sites: z.array(siteId).min(1).max(500),
  /** Every part is pushed to each of these. One that is not required follows late and is marked. */
  channels: z.array(z.object({ channelId, required: z.boolean() })).max(100),
  /** T0: the moment at which all of it becomes public, and before which none of it does. */
  t0: instant,
});
export type LinkedPlan = z.infer<typeof linkedPlan>;

/** A part's page on a site, or a part at a channel: `page/<releaseId>/<siteId>`, `channel/<releaseId>/<channelId>`. */
export const linkedTarget = z.string().regex(/^(page|channel)\/[\w-]{1,64}\/[\w-]{1,64}$/);

/** What is known of one target, and why it is not ready. */
export const targetReadiness = z.object({ target: linkedTarget, ready: z.boolean(), detail: z.string().max(500) });
export type TargetReadiness = z.infer<typeof targetReadiness>;

/** Everything that a plan wants to reach, and whether T0 waits for it. */
export const targetsOf = ({ parts, sites, channels }: LinkedPlan): { target: string; required: boolean }[] =>
  parts.flatMap((part) => [
    ...sites.map((site) => ({ target: `page/${part.releaseId}/${site}`, required: true })),
    ...channels.map((each) => ({ target: `channel/${part.releaseId}/${each.channelId}`, required: each.required })),
  ]);

/** Whether a policy among the parts has its interpretation beside it, or somebody answers for going without. */
export const speaksTogether = ({ parts }: Pick<LinkedPlan, 'parts'>, waived: boolean): boolean =>
  waived ||
  !parts.some(({ role }) => role === 'policy') ||
  parts.some(({ role }) => role === 'interpretation' || role === 'chart');

/** Minutes before T0 at which the person on duty learns what is not ready. */
export const reminderMinutes = [30, 10] as const;
const reminder = z.union([z.literal(30), z.literal(10)]);

const said = { by: personId, byName: line };

/** Somebody of the press, and where their copy goes. */
export const pressContact = z.object({ name: line, email: z.email().max(200) });
export type PressContact = z.infer<typeof pressContact>;

/** What goes out together was planned, or planned anew. What was prepared for an earlier plan and differs is void. */
const LinkedPlanned = z.object({
  type: z.literal('linked.planned'),
  ...key,
  ...linkedPlan.shape,
  revision: z.int().min(1),
  ...said,
  plannedAt: instant,
});
/** A policy goes out without its interpretation (税总发〔2017〕84号 二(三)2 wants both): why, and who answers for it. */
const LinkedWaived = z.object({
  type: z.literal('linked.waived'),
  ...key,
  reason: line,
  ...said,
  waivedAt: instant,
});
/** A part passed its review chain: exactly this content goes out. */
const LinkedPartSigned = z.object({
  type: z.literal('linked.part_signed'),
  ...key,
  releaseId,
  contentHash: hash,
  partSignedAt: instant,
});
/** A person took a signed part out before T0: what goes out of it must be signed anew. */
const LinkedPartPulled = z.object({
  type: z.literal('linked.part_pulled'),
  ...key,
  releaseId,
  reason: line,
  ...said,
  pulledAt: instant,
});
/** The pages of all parts are with the public side, sealed: nobody can read them without the key, which is in no other place. */
const LinkedSealed = z.object({
  type: z.literal('linked.sealed'),
  ...key,
  /** Each sealing has a key of its own; what an earlier one sealed stays unreadable for ever. */
  generation: z.int().min(1),
  /** AES-256, base64. */
  sealKey: z.string().length(44),
  pages: z.array(z.object({ target: linkedTarget, url: z.url(), publicPosition: z.int().min(1) })),
  sealedAt: instant,
});
/** The time before T0 at which the person on duty is told what is not ready; an empty list says that all is. */
const LinkedReminded = z.object({
  type: z.literal('linked.reminded'),
  ...key,
  minutes: reminder,
  unready: z.array(linkedTarget),
  t0: instant,
  remindedAt: instant,
});
/** Everything but the flip was tried, and what came of it. */
const LinkedRehearsed = z.object({
  type: z.literal('linked.rehearsed'),
  ...key,
  results: z.array(targetReadiness),
  ...said,
  rehearsedAt: instant,
});
/** Chosen people of the press get the parts, as they were signed, before T0, under an embargo: who, what and until when. */
const LinkedPressTold = z.object({
  type: z.literal('linked.press_told'),
  ...key,
  /** The e-mail channel that carries it. */
  channelId,
  people: z.array(pressContact).min(1).max(50),
  parts: z.array(z.object({ releaseId, site: siteId, contentHash: hash })).min(1),
  /** T0 as it was planned then: what their copy says. */
  until: instant,
  ...said,
  toldAt: instant,
});
/** T0 came, and something that must not be missing was: nothing went out. */
const LinkedStopped = z.object({
  type: z.literal('linked.stopped'),
  ...key,
  because: z.enum(['not_ready', 'part_unsigned', 'no_interpretation']),
  missing: z.array(linkedTarget),
  t0: instant,
  stoppedAt: instant,
});
/** The moment: all of it is public from here on. `late` are the targets that T0 did not wait for. */
const LinkedCommitted = z.object({
  type: z.literal('linked.committed'),
  ...key,
  t0: instant,
  parts: z.array(z.object({ releaseId, site: siteId, contentHash: hash })),
  channels: linkedPlan.shape.channels,
  late: z.array(linkedTarget),
  committedAt: instant,
});
/** The key is public: every page of every part can be read, on all sites from the same message on. */
const LinkedOpened = z.object({
  type: z.literal('linked.opened'),
  ...key,
  publicPosition: z.int().min(1),
  openedAt: instant,
});
/** It will not go out. */
const LinkedCancelled = z.object({
  type: z.literal('linked.cancelled'),
  ...key,
  reason: line,
  ...said,
  cancelledAt: instant,
});

export const LinkedEvent = z.discriminatedUnion('type', [
  LinkedPlanned,
  LinkedWaived,
  LinkedPartSigned,
  LinkedPartPulled,
  LinkedSealed,
  LinkedReminded,
  LinkedRehearsed,
  LinkedPressTold,
  LinkedStopped,
  LinkedCommitted,
  LinkedOpened,
  LinkedCancelled,
]);
export type LinkedEvent = z.infer<typeof LinkedEvent>;

const command = { ...commandHead, ...key };

export const LinkedCommand = z.discriminatedUnion('type', [
  /** `baseRevision` is the revision the planner started from, 0 for a new one. */
  z.strictObject({ type: z.literal('linked.plan'), ...command, plan: linkedPlan, baseRevision: z.int().min(0) }),
  z.strictObject({ type: z.literal('linked.waive'), ...command, reason: line }),
  z.strictObject({ type: z.literal('linked.sign_part'), ...command, releaseId, contentHash: hash }),
  z.strictObject({ type: z.literal('linked.pull_part'), ...command, releaseId, reason: line }),
  z.strictObject({
    type: z.literal('linked.record_sealed'),
    ...command,
    sealKey: z.string().length(44),
    /** Content by part, as it was sealed: what was signed anew meanwhile is not what was sealed. */
    contents: z.record(token, hash),
    pages: LinkedSealed.shape.pages,
  }),
  /** `ready` holds the targets that are prepared, by what channels and the public side say at this moment. */
  z.strictObject({ type: z.literal('linked.remind'), ...command, minutes: reminder, ready: z.array(linkedTarget) }),
  /** Asked for by people; what came of it is said by the service that tried. */
  z.strictObject({
    type: z.literal('linked.record_rehearsal'),
    ...command,
    results: LinkedRehearsed.shape.results.default([]),
  }),
  z.strictObject({
    type: z.literal('linked.tell_press'),
    ...command,
    channelId,
    people: LinkedPressTold.shape.people,
  }),
  z.strictObject({ type: z.literal('linked.commit'), ...command, ready: z.array(linkedTarget) }),
  z.strictObject({ type: z.literal('linked.record_opened'), ...command, publicPosition: z.int().min(1) }),
  z.strictObject({ type: z.literal('linked.cancel'), ...command, reason: line }),
]);
export type LinkedCommand = z.infer<typeof LinkedCommand>;

/**
 * Asked of those who push: which parts of a linked release are ready at which channels. With `look` the platforms are
 * asked as well how login and quota are; without it the answer comes at once, from what is known.
 */
export const ReadinessQuery = z.strictObject({ site: siteId, linkedId, look: z.boolean() });
export type ReadinessQuery = z.infer<typeof ReadinessQuery>;

export const Readiness = z.object({ targets: z.array(targetReadiness) });
export type Readiness = z.infer<typeof Readiness>;
