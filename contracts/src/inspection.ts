import { z } from 'zod';
import { siteFinding, judgement, siteResult, type VetoState } from './inspection-findings.ts';
import { warningShare } from './repost.ts';
import { level } from './registry.ts';
import { releaseFile } from './release.ts';
import { SiteCheckRow } from './site-check.ts';
import { commandHead, hash, instant, line, personId, siteId } from './words.ts';

/** A quarter of Beijing's calendar: `2026-Q4`. Each site that supervises has one inspection a quarter. */
export const inspectionId = z.string().regex(/^\d{4}-Q[1-4]$/);
const key = { inspectionId, site: siteId };
const said = { by: personId, byName: line };

/** 税总发〔2017〕84号 二(五)1: at least this many of a hundred sites each quarter. */
export const leastShare = 30;

/** A site on the list that is drawn from, as it was registered when the list was frozen. */
export const inspectedSite = z.object({ siteId, name: line, level, homeUrl: z.url() });
export type InspectedSite = z.infer<typeof inspectedSite>;
const excluded = z.object({ siteId, name: line, reason: line });
const share = z.int().min(1).max(100);
const text = z.string().trim().min(1).max(10_000);

/** The quarter has begun: by its end its inspection must be public. */
const InspectionExpected = z.object({
  type: z.literal('inspection.expected'),
  ...key,
  startsAt: instant,
  dueAt: instant,
  expectedAt: instant,
});
/**
 * The list of sites is frozen, by the byte order of their ids, and a public value is named that nobody knows yet: seed and
 * sample follow from both.
 */
const InspectionOpened = z.object({
  type: z.literal('inspection.opened'),
  ...key,
  population: z.array(inspectedSite).min(1).max(5_000),
  excluded: z.array(excluded).max(5_000),
  /** SHA-256 of the ids, one a line. */
  listHash: hash,
  share,
  /** Where the value will be read, and when: 下一交易日上证综指收盘点位. */
  publicValueName: line,
  startsAt: instant,
  dueAt: instant,
  ...said,
  openedAt: instant,
});
/** The sample: the first sites by SHA-256 of `seed|siteId`. The whole order is kept, for whoever comes next in it. */
const InspectionDrawn = z.object({
  type: z.literal('inspection.drawn'),
  ...key,
  publicValue: line,
  seed: hash,
  order: z.array(siteId).min(1).max(5_000),
  chosen: z.array(siteId).min(1),
  ...said,
  drawnAt: instant,
});
/** More sites, next in the draw's order. A second draw never takes one away. */
const InspectionEnlarged = z.object({
  type: z.literal('inspection.enlarged'),
  ...key,
  added: z.array(siteId).min(1),
  reason: line,
  ...said,
  enlargedAt: instant,
});
/** A drawn site is there no more: the next in the draw's order takes its place, as far as there is one. */
const InspectionReplaced = z.object({
  type: z.literal('inspection.replaced'),
  ...key,
  siteId,
  replacement: siteId.nullable(),
  reason: line,
  ...said,
  replacedAt: instant,
});
/** A site that came after the list was frozen is inspected too, beside the sample. */
const InspectionIncluded = z.object({
  type: z.literal('inspection.included'),
  ...key,
  included: inspectedSite,
  reason: line,
  ...said,
  includedAt: instant,
});
/** Somebody judged what no machine can. A later sheet stands instead of the one before. */
const InspectionJudged = z.object({
  type: z.literal('inspection.judged'),
  ...key,
  siteId,
  judgements: z.array(judgement).min(1).max(50),
  /** What was seen: screenshots and documents, for the house alone. */
  evidence: z.array(releaseFile).max(20).optional(),
  ...said,
  judgedAt: instant,
});
/** What was found of a site, by machine and by people, as it stood at that moment; and what that amounts to. */
const InspectionConcluded = z.object({
  type: z.literal('inspection.concluded'),
  ...key,
  siteId,
  result: siteResult,
  findings: z.array(siteFinding).max(2_000),
  ...said,
  concludedAt: instant,
});
/** 通报: the site is told what is wrong and until when it is to be mended. */
const InspectionNoticed = z.object({
  type: z.literal('inspection.noticed'),
  ...key,
  siteId,
  text,
  mendBy: instant,
  ...said,
  noticedAt: instant,
});
/** 约谈: who answers for the site was talked to. */
const InspectionInterviewed = z.object({
  type: z.literal('inspection.interviewed'),
  ...key,
  siteId,
  /** With whom, by name and post. */
  with: line,
  where: line,
  heldAt: instant,
  record: text,
  ...said,
  interviewedAt: instant,
});
/** 复查: somebody looked again. */
const InspectionRechecked = z.object({
  type: z.literal('inspection.rechecked'),
  ...key,
  siteId,
  mended: z.boolean(),
  note: text,
  ...said,
  recheckedAt: instant,
});
/** `list`: the frozen list and the named value, before the draw. `results`: what was found of every site. */
export const publishedStage = z.enum(['list', 'results']);
/** The public is to read it, decided once by a person. */
const InspectionPublishing = z.object({
  type: z.literal('inspection.publishing'),
  ...key,
  stage: publishedStage,
  version: z.int().min(1),
  ...said,
  decidedAt: instant,
});
/** The public can read it. */
const InspectionPublished = z.object({
  type: z.literal('inspection.published'),
  ...key,
  stage: publishedStage,
  version: z.int().min(1),
  url: z.url(),
  publicPosition: z.int().min(1),
  publishedAt: instant,
});
/** A share of the quarter is gone, and its inspection is not public. */
const InspectionWarned = z.object({
  type: z.literal('inspection.warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});
/** The quarter is over; `missed`: without a public result. */
const InspectionQuarterEnded = z.object({
  type: z.literal('inspection.quarter_ended'),
  ...key,
  missed: z.boolean(),
  fellDueAt: instant,
  endedAt: instant,
});

export const InspectionEvent = z.discriminatedUnion('type', [
  InspectionExpected,
  InspectionOpened,
  InspectionDrawn,
  InspectionEnlarged,
  InspectionReplaced,
  InspectionIncluded,
  InspectionJudged,
  InspectionConcluded,
  InspectionNoticed,
  InspectionInterviewed,
  InspectionRechecked,
  InspectionPublishing,
  InspectionPublished,
  InspectionWarned,
  InspectionQuarterEnded,
]);
export type InspectionEvent = z.infer<typeof InspectionEvent>;

const command = { ...commandHead, ...key };
/** What the service says, and no client. */
const period = { startsAt: instant.optional(), dueAt: instant.optional() };

export const InspectionCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inspection.expect'), ...command, ...period }),
  z.strictObject({
    type: z.literal('inspection.open'),
    ...command,
    share,
    publicValueName: line,
    exclude: z.array(z.strictObject({ siteId, reason: line })).max(5_000),
    ...period,
    /** Set by the service: every registered site, by the byte order of the ids, and the hash of those that are not excluded. */
    registered: z.array(inspectedSite).max(5_000).optional(),
    listHash: hash.optional(),
  }),
  z.strictObject({
    type: z.literal('inspection.draw'),
    ...command,
    publicValue: line,
    /** Set by the service, from list and value. */
    drawn: z.object({ seed: hash, order: z.array(siteId).max(5_000) }).optional(),
  }),
  z.strictObject({ type: z.literal('inspection.enlarge'), ...command, count: z.int().min(1).max(5_000), reason: line }),
  z.strictObject({ type: z.literal('inspection.replace'), ...command, siteId, reason: line }),
  z.strictObject({
    type: z.literal('inspection.include'),
    ...command,
    siteId,
    reason: line,
    /** Set by the service, as the site is registered. */
    registered: z.array(inspectedSite).max(5_000).optional(),
  }),
  z.strictObject({
    type: z.literal('inspection.judge'),
    ...command,
    siteId,
    judgements: InspectionJudged.shape.judgements,
    evidence: z.array(releaseFile).max(20).default([]),
  }),
  z.strictObject({
    type: z.literal('inspection.conclude'),
    ...command,
    siteId,
    /** Set by the service: what the machine found; null: it never looked. */
    found: z.array(siteFinding).max(2_000).nullable().optional(),
  }),
  z.strictObject({ type: z.literal('inspection.notice'), ...command, siteId, text, mendBy: instant }),
  z.strictObject({
    type: z.literal('inspection.interview'),
    ...command,
    siteId,
    with: line,
    where: line,
    heldAt: instant,
    record: text,
  }),
  z.strictObject({ type: z.literal('inspection.recheck'), ...command, siteId, mended: z.boolean(), note: text }),
  z.strictObject({ type: z.literal('inspection.publish'), ...command, stage: publishedStage }),
  z.strictObject({
    type: z.literal('inspection.record_published'),
    ...command,
    stage: publishedStage,
    version: z.int().min(1),
    url: z.url(),
    publicPosition: z.int().min(1),
  }),
  z.strictObject({ type: z.literal('inspection.warn'), ...command, share: warningShare, fellDueAt: instant }),
]);
export type InspectionCommand = z.infer<typeof InspectionCommand>;

/** How many of a list a share is: never less than the share says. */
export const sampleSize = (sites: number, percent: number): number => Math.ceil((sites * percent) / 100);

/** A quarter of Beijing's calendar, and the moments between which it runs. */
export function quarterOf(at: string): { inspectionId: string; startsAt: string; dueAt: string } {
  const there = new Date(Date.parse(at) + beijingMs);
  return quarter(there.getUTCFullYear(), Math.floor(there.getUTCMonth() / 3));
}
/** The quarter of a name. */
export function quarterNamed(name: string): { inspectionId: string; startsAt: string; dueAt: string } {
  return quarter(Number(name.slice(0, 4)), Number(name.slice(-1)) - 1);
}
function quarter(year: number, at: number) {
  const begins = (place: number) => new Date(Date.UTC(year, place * 3, 1) - beijingMs).toISOString();
  return { inspectionId: `${year}-Q${at + 1}`, startsAt: begins(at), dueAt: begins(at + 1) };
}
/** Beijing is eight hours ahead, the whole year. */
const beijingMs = 8 * 3_600_000;

/** How anybody repeats the draw with the tools of any Linux or macOS; `sites.txt`: the list, one id a line. */
export const verifyScript = `LIST_HASH=$(sha256sum < sites.txt | cut -c1-64)
SEED=$(printf '%s|%s|%s' "$QUARTER" "$LIST_HASH" "$PUBLIC_VALUE" | sha256sum | cut -c1-64)
echo "list $LIST_HASH"
echo "seed $SEED"
while read -r id; do
  echo "$(printf '%s|%s' "$SEED" "$id" | sha256sum | cut -c1-64) $id"
done < sites.txt | LC_ALL=C sort | head -n "$COUNT" | cut -d' ' -f2`;

/** One site of an inspection: why it is in it, and how far it is. */
export const InspectedRow = z.object({
  ...inspectedSite.shape,
  /** `drawn` first, or added later with a reason; `replaced`: it is there no more. */
  how: z.enum(['drawn', 'enlarged', 'replacement', 'included', 'replaced']),
  reason: z.string(),
  judgements: z.array(judgement),
  evidence: z.array(releaseFile),
  judgedByName: z.string(),
  conclusion: z.object({ result: siteResult, findings: z.array(siteFinding), byName: line, at: instant }).nullable(),
  notices: z.array(z.object({ text: z.string(), mendBy: instant, byName: line, at: instant })),
  interviews: z.array(
    z.object({ with: line, where: line, heldAt: instant, record: z.string(), byName: line, at: instant }),
  ),
  rechecks: z.array(z.object({ mended: z.boolean(), note: z.string(), byName: line, at: instant })),
});
export type InspectedRow = z.infer<typeof InspectedRow>;

export const inspectionState = z.enum(['expected', 'opened', 'drawn', 'published']);

/** An inspection as the list and its own page show it. */
export const InspectionRow = z.object({
  ...key,
  state: inspectionState,
  startsAt: instant,
  dueAt: instant,
  missed: z.boolean(),
  population: z.array(inspectedSite),
  excluded: z.array(excluded),
  listHash: z.string(),
  share: z.int(),
  publicValueName: z.string(),
  openedAt: instant.nullable(),
  openedByName: z.string(),
  draw: z
    .object({
      publicValue: line,
      seed: hash,
      order: z.array(siteId),
      chosen: z.array(siteId),
      byName: line,
      at: instant,
    })
    .nullable(),
  sites: z.array(InspectedRow),
  published: z.array(z.object({ stage: publishedStage, version: z.int(), url: z.url(), at: instant })),
  updatedAt: instant,
});
export type InspectionRow = z.infer<typeof InspectionRow>;

/** An inspection in a list. */
export const InspectionSummary = z.object({
  ...key,
  state: inspectionState,
  startsAt: instant,
  dueAt: instant,
  missed: z.boolean(),
  population: z.int(),
  inspected: z.int(),
  concluded: z.int(),
  failed: z.int(),
  url: z.url().nullable(),
});
export type InspectionSummary = z.infer<typeof InspectionSummary>;

/** Every inspection, the newest first, and the sites that a list would be made of now. */
export const InspectionList = z.object({
  rows: z.array(InspectionSummary),
  sites: z.array(z.object({ siteId, name: line, level })),
  position: z.int(),
  serverTime: instant,
});
export type InspectionList = z.infer<typeof InspectionList>;

/** One inspection with what the machine saw, and what it takes to repeat the draw. */
export const InspectionDetail = z.object({
  row: InspectionRow,
  checks: z.array(z.object({ check: SiteCheckRow, findings: z.array(siteFinding), progress: z.number() })),
  /** Registered since the list was frozen. */
  newcomers: z.array(z.object({ siteId, name: line })),
  serverTime: instant,
});
export type InspectionDetail = z.infer<typeof InspectionDetail>;

/** How a site of ours stands against what would fail it: the self-check. */
export const SelfCheck = z.object({
  site: siteId,
  name: line,
  check: SiteCheckRow.nullable(),
  findings: z.array(siteFinding),
  states: z.array(z.custom<VetoState>()),
  progress: z.number(),
});
export type SelfCheck = z.infer<typeof SelfCheck>;

/** Where the check of a site for an inspection stands. */
export const checkIdOf = (inspection: string): string => `inspection-${inspection}`;
/** Where a site's check of itself stands that began on a day: a new one each week. */
export const selfCheckIdOf = (at: string): string => `self-${at.slice(0, 10)}`;
export const isSelfCheck = (checkId: string): boolean => checkId.startsWith('self-');
