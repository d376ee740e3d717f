import { defineAggregate } from '@tongsheng/bus';
import {
  draft,
  missingPicturesOf,
  plainReview,
  Refusal,
  ReleaseCommand,
  ReleaseEvent,
  textsOf,
  unnamedPicturesIn,
  type Draft,
  type Hurry,
  type ReviewAct,
  type ReviewStep,
  type StandsFor,
  type WarningShare,
} from '@tongsheng/contracts';

type Signature = { step: ReviewStep; by: string; byName: string; onBehalfOf: StandsFor | null; at: string };

/** The draft as it stands, and everyone who ever wrote in it: none of them may pass a step. */
type Manuscript = {
  draft: Draft;
  revision: number;
  contentHash: string;
  drafters: string[];
  lastDrafter: { by: string; byName: string };
  /** Comments by their names, and the answers to each; no new revision loses one. */
  comments: ReadonlyMap<string, { resolved: boolean; answers: string[] }>;
};

/** What the public has, while a later version is written and signed. */
type Out = { draft: Draft; contentHash: string; version: number };

/** `debt`: of what went out last, until a later version is signed. */
type Common = { manuscript: Manuscript; signatures: Signature[]; out: Out | null; debt: Debt | null };

type InReview = Common & {
  status: ReviewStep;
  /** The chain that it was submitted to. */
  acts: readonly ReviewAct[];
  urgent: Hurry | null;
};

/** What an urgent signature left out. The full review is done by others than those who wrote or signed it. */
type Debt = {
  acts: readonly ReviewAct[];
  /** The urgent signatures. */
  signed: Signature[];
  signatures: Signature[];
  warned: WarningShare[];
  isClosed: boolean;
};

type Release =
  | { status: 'new' }
  | (Common & { status: 'draft' | 'signed' })
  | InReview
  | (Common & { status: 'published' | 'withdrawn'; out: Out });

type Written = Exclude<Release, { status: 'new' }>;

type InDebt = Written & { debt: Debt };

/**
 * What we originate: `draft → its review chain, step by step → signed → published`; each step another person. A
 * correction of what is public goes the same way again; what is taken back stays so.
 */
export const release = defineAggregate({
  name: 'release',
  commands: ReleaseCommand,
  events: ReleaseEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.releaseId,
  initial: { status: 'new' } as Release,

  decide(command, release): ReleaseEvent[] {
    const { releaseId, site, at } = command;
    const head = { releaseId, site };
    if (command.type === 'release.draft') return write(command, release);
    if (release.status === 'new') throw new Refusal('release_missing', `no release ${releaseId}`);
    if (release.status === 'withdrawn') {
      if (toldOfWithdrawn.has(command.type)) return [];
      throw new Refusal('release_withdrawn', `${releaseId} was taken back`);
    }

    switch (command.type) {
      case 'release.submit': {
        mustHaveSeen(command, release);
        if (release.status !== 'draft') throw wrongStep(releaseId, release);
        mustBeComplete(command, release);
        const { contentHash } = release.manuscript;
        const path = { ...pathOf(command), ...mustBeWaived(command) };
        return [{ type: 'release.submitted', ...head, contentHash, ...path, ...said(command), submittedAt: at }];
      }
      case 'release.pass_step': {
        mustStandAt(command, release);
        const by = mustBeTheirs(command, release, release.acts);
        mustBeAnotherPerson(command, by, release);
        const { draft, contentHash } = release.manuscript;
        if (command.step !== 'sign')
          return [{ type: 'release.step_passed', ...head, step: command.step, contentHash, ...by, passedAt: at }];
        if (!release.out) mustSpeakTogether(command, draft);
        const more = { ...debtOf(command, release), ...versionOf(release) };
        return [{ type: 'release.signed', ...head, ...draft, contentHash, ...by, signedAt: at, ...more }];
      }
      case 'release.return': {
        mustStandAt(command, release);
        const by = mustBeTheirs(command, release, release.acts);
        const { step, reason } = command;
        const { contentHash } = release.manuscript;
        return [{ type: 'release.returned', ...head, step, contentHash, ...by, reason, returnedAt: at }];
      }
      case 'release.pass_debt':
      case 'release.object_debt': {
        mustOwe(command, release);
        const by = mustBeTheirs(command, release, release.debt.acts);
        mustBeAnotherPerson(command, by, release);
        const signed = { step: command.step, contentHash: release.manuscript.contentHash, ...by };
        if (command.type === 'release.object_debt')
          return [{ type: 'release.debt_objected', ...head, ...signed, reason: command.reason, objectedAt: at }];
        if (release.debt.acts.at(-1)?.step === command.step)
          return [{ type: 'release.debt_settled', ...head, ...signed, settledAt: at }];
        return [{ type: 'release.debt_step_passed', ...head, ...signed, passedAt: at }];
      }
      case 'release.warn_debt': {
        if (!isOwing(release)) return [];
        const { share, fellDueAt } = command;
        if (release.debt.warned.includes(share)) return [];
        return [{ type: 'release.debt_warned', ...head, share, fellDueAt, warnedAt: at }];
      }
      case 'release.comment': {
        if (release.manuscript.comments.has(command.commentId)) return [];
        mustHaveSeen(command, release);
        const { commentId, text, quote } = command;
        const { revision, contentHash } = release.manuscript;
        const about = { commentId, text, quote, revision, contentHash };
        return [{ type: 'release.commented', ...head, ...about, ...said(command), commentedAt: at }];
      }
      case 'release.answer_comment': {
        const { commentId, answerId, text } = command;
        if (commentOf(command, release).answers.includes(answerId)) return [];
        const answer = { commentId, answerId, text };
        return [{ type: 'release.comment_answered', ...head, ...answer, ...said(command), answeredAt: at }];
      }
      case 'release.settle_comment': {
        const { commentId, resolved } = command;
        if (commentOf(command, release).resolved === resolved) return [];
        return [{ type: 'release.comment_settled', ...head, commentId, resolved, ...said(command), settledAt: at }];
      }
      case 'release.pull_back': {
        if (release.status !== 'signed' || release.out) return [];
        const { reason, by, byName } = command;
        return [{ type: 'release.pulled_back', ...head, reason, by, byName, pulledBackAt: at }];
      }
      case 'release.record_published': {
        if (release.status === 'published') return [];
        if (release.status !== 'signed') throw wrongStep(releaseId, release);
        const { url, publicPosition, version = 1 } = command;
        if (version !== nextVersion(release)) return [];
        return [{ type: 'release.published', ...head, url, publicPosition, publishedAt: at, ...versionOf(release) }];
      }
      case 'release.drop_correction': {
        const { reason } = command;
        if (release.status === 'published') return [];
        if (!release.out || release.status === 'signed') throw wrongStep(releaseId, release);
        const { draft, contentHash } = release.out;
        const public_ = { title: draft.title, contentHash };
        return [{ type: 'release.correction_dropped', ...head, ...public_, reason, ...said(command), droppedAt: at }];
      }
      case 'release.withdraw': {
        const { killed, reason, publicReason, by, byName } = command;
        if (!isPublic(release)) throw new Refusal('release_not_public', `${releaseId} is ${release.status}`);
        // Also what was signed a moment ago and is on its way is older than this.
        const version = Math.max(command.version, nextVersion(release));
        const why = { killed, reason, publicReason, by, byName };
        return [{ type: 'release.withdrawn', ...head, version, ...why, withdrawnAt: at }];
      }
    }
  },

  evolve(release, event): Release {
    if (event.type === 'release.drafted') {
      const { out = null, debt = null } = release.status === 'new' ? {} : release;
      return { status: 'draft', manuscript: written(release, event), signatures: [], out, debt };
    }
    if (release.status === 'new') return release;
    const { manuscript, signatures, out, debt } = release;
    const kept = { manuscript, signatures, out, debt };
    switch (event.type) {
      case 'release.submitted': {
        const { acts = plainReview, urgent = null } = event;
        return { ...kept, status: acts[0]!.step, signatures: [], acts, urgent };
      }
      case 'release.step_passed': {
        if (!('acts' in release)) return release;
        const signed = [...signatures, signatureOf(event, event.passedAt)];
        const next = release.acts[release.acts.findIndex(({ step }) => step === event.step) + 1];
        return { ...release, status: next?.step ?? 'sign', signatures: signed };
      }
      case 'release.returned':
        return { ...kept, status: 'draft', signatures: [] };
      case 'release.signed': {
        const signed = [...signatures, signatureOf({ ...event, step: 'sign' }, event.signedAt)];
        const owed = event.debt ? { acts: event.debt.acts, signed, signatures: [], warned: [], isClosed: false } : null;
        return { ...kept, status: 'signed', signatures: signed, debt: owed };
      }
      case 'release.published':
        return { ...kept, status: 'published', out: outFrom(manuscript, event.version ?? 1) };
      case 'release.pulled_back':
        return { ...kept, status: 'draft', signatures: [], debt: null };
      case 'release.correction_dropped': {
        if (!out) return release;
        const { draft, contentHash } = out;
        const before = { ...manuscript, draft, contentHash };
        return { ...kept, status: 'published', manuscript: before, signatures: [], out };
      }
      case 'release.withdrawn':
        return { ...kept, status: 'withdrawn', out: out ?? outFrom(manuscript, 1), debt: null };
      case 'release.debt_step_passed':
      case 'release.debt_settled':
      case 'release.debt_objected': {
        if (!debt) return release;
        const at = 'passedAt' in event ? event.passedAt : 'settledAt' in event ? event.settledAt : event.objectedAt;
        const isClosed = event.type !== 'release.debt_step_passed';
        return { ...release, debt: { ...debt, signatures: [...debt.signatures, signatureOf(event, at)], isClosed } };
      }
      case 'release.debt_warned':
        return debt ? { ...release, debt: { ...debt, warned: [...debt.warned, event.share] } } : release;
      case 'release.commented':
        return withComment(release, event.commentId, () => ({ resolved: false, answers: [] }));
      case 'release.comment_answered':
        return withComment(release, event.commentId, (before) => ({
          ...before,
          answers: [...before.answers, event.answerId],
        }));
      case 'release.comment_settled':
        return withComment(release, event.commentId, (before) => ({ ...before, resolved: event.resolved }));
    }
  },
});

/** What services and the clock say of what was taken back meanwhile changes nothing. */
const toldOfWithdrawn: ReadonlySet<string> = new Set([
  'release.withdraw',
  'release.record_published',
  'release.warn_debt',
]);

type Write = Extract<ReleaseCommand, { type: 'release.draft' }>;
type Seen = Extract<ReleaseCommand, { seenHash: string }>;
type Step = Extract<ReleaseCommand, { step: ReviewStep }>;
type Submit = Extract<ReleaseCommand, { type: 'release.submit' }>;
type Signer = { by: string; byName: string; onBehalfOf?: StandsFor | undefined };
type Comment = { resolved: boolean; answers: string[] };
type Passing = Extract<ReleaseCommand, { type: 'release.pass_step' }>;
type Submitted = Extract<ReleaseEvent, { type: 'release.submitted' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** Writing what is already there changes nothing; writing anything else starts the chain anew. */
function write(command: Write, release: Release): ReleaseEvent[] {
  const { releaseId, site, draft, contentHash, baseRevision, at } = command;
  const revision = release.status === 'new' ? 0 : release.manuscript.revision;
  if (release.status === 'new') {
    if (baseRevision !== 0) throw new Refusal('release_missing', `no release ${releaseId}`);
  } else {
    if (release.status === 'withdrawn') throw new Refusal('release_withdrawn', `${releaseId} was taken back`);
    if (release.status === 'signed') throw wrongStep(releaseId, release);
    if (release.manuscript.contentHash === contentHash) return [];
    if (baseRevision !== revision) throw changed(releaseId, release.manuscript);
  }
  const out = release.status === 'new' ? null : release.out;
  if (out) mustBeCorrection(command, out);
  else if (draft.correction) throw new Refusal('release_not_public', `${releaseId} is not public: nothing to correct`);
  return [
    {
      type: 'release.drafted',
      releaseId,
      site,
      ...draft,
      revision: revision + 1,
      contentHash,
      ...said(command),
      draftedAt: at,
    },
  ];
}

/** What is signed is what was seen: the hash on the person's screen must be the current one. */
function mustHaveSeen({ releaseId, seenHash }: Seen, { manuscript }: Written): void {
  if (seenHash !== manuscript.contentHash) throw changed(releaseId, manuscript);
}

function mustBeComplete({ releaseId, actor }: ReleaseCommand, { manuscript, out }: Written): void {
  const { draft, drafters } = manuscript;
  if (!drafters.includes(actor.id)) {
    throw new Refusal('release_not_drafter', `only who wrote ${releaseId} can submit it`);
  }
  // Where a part of a linked release is pushed to, its plan says.
  if (draft.channels.length === 0 && draft.linked === null && !out)
    throw new Refusal('release_no_channel', `${releaseId} names no channel`);
  if (missingPicturesOf(draft).length > 0)
    throw new Refusal('release_file_missing', `a text of ${releaseId} names a picture that it doesn’t have`);
  if (textsOf(draft).some((html) => unnamedPicturesIn(html) > 0))
    throw new Refusal('release_picture_unnamed', `a picture of ${releaseId} has no description`);
  if ((draft.kind === 'rebuttal') !== (draft.rumor !== null)) {
    throw new Refusal('command_invalid', 'rumor: a rebuttal names the rumor that it answers, a press release none');
  }
}

function mustStandAt(command: Step, release: Written): asserts release is InReview {
  mustHaveSeen(command, release);
  if (release.status !== command.step) throw wrongStep(command.releaseId, release);
}

/**
 * A correction says what is different, stays what it was, and goes to whoever has any version: not into a linked release
 * once more.
 */
function mustBeCorrection({ releaseId, draft }: Write, { draft: before }: Out): void {
  if (!draft.correction)
    throw new Refusal('release_no_note', `${releaseId} is public: a new version says what is corrected`);
  if (draft.kind !== before.kind || draft.linked !== null)
    throw new Refusal('command_invalid', 'a correction keeps the kind, and is no part of a linked release');
}

/** The version that a signature makes. */
const nextVersion = ({ out }: { out: Out | null }): number => (out?.version ?? 0) + 1;

/** As events say it: the first version is not numbered. */
const versionOf = (release: Written) => (release.out ? { version: nextVersion(release) } : {});

const outFrom = ({ draft, contentHash }: Manuscript, version: number): Out => ({ draft, contentHash, version });

/** Whether the public has it, or gets it in a moment: of a part of a linked release its plan says that. */
const isPublic = ({ status, out, manuscript }: Written): boolean =>
  out !== null || (status === 'signed' && manuscript.draft.linked === null);

/** Which chain it goes through: the whole one, or fewer steps now and the rest afterwards. */
function pathOf({ releaseId, known, urgent: reason }: Submit): { acts?: ReviewAct[]; urgent?: Hurry } {
  if (reason === undefined) return known ? { acts: known.acts } : {};
  if (!known?.urgent) throw new Refusal('release_not_urgent', `${releaseId} is of a kind that has no urgent path`);
  const { acts: full, urgent: acts, debtLimit: limit } = known;
  return { acts, urgent: { reason, full, limit } };
}

/** What the checks forbid goes no further, unless somebody answers for it. */
function mustBeWaived({ releaseId, known, waiver: reason }: Submit): Pick<Submitted, 'waived'> {
  const findings = known?.forbidden ?? [];
  if (findings.length === 0) return {};
  if (reason === undefined)
    throw new Refusal('release_findings', `${findings.length} passages of ${releaseId} are forbidden`, {
      count: findings.length,
      first: findings[0]!.found,
    });
  return { waived: { reason, findings } };
}

/** The steps of the whole chain that the urgent path left out; none means that nothing is owed. */
function debtOf({ debtDueAt }: Passing, { acts, urgent }: InReview): Pick<Signed, 'debt'> {
  const owed = urgent?.full.filter(({ step }) => !acts.some((act) => act.step === step)) ?? [];
  if (owed.length === 0) return {};
  if (debtDueAt === undefined) throw new Refusal('command_invalid', 'debtDueAt: the service says it');
  return { debt: { acts: owed, dueAt: debtDueAt } };
}

/** The next step of the full review that an urgent signature left open, for exactly what was signed. */
function mustOwe(command: Extract<Step, Seen>, release: Written): asserts release is InDebt {
  if (!isOwing(release)) throw new Refusal('release_no_debt', `${command.releaseId} owes no review`);
  // A correction is under way: what it corrects is reviewed no more, unless it is dropped.
  if (release.status !== 'signed' && release.status !== 'published') throw wrongStep(command.releaseId, release);
  mustHaveSeen(command, release);
  const { acts, signatures } = release.debt;
  const due = acts[signatures.length];
  if (due?.step !== command.step)
    throw new Refusal('release_wrong_step', `the review of ${command.releaseId} stands at ${due?.step}`, {
      state: due?.step ?? release.status,
      byName: signatures.at(-1)?.byName ?? release.manuscript.lastDrafter.byName,
      at: signatures.at(-1)?.at ?? null,
    });
}

const isOwing = (release: Written): release is InDebt => release.debt !== null && !release.debt.isClosed;

/** Whoever has one of the step's roles passes it, or who stands in for one that has. @throws Refusal release_not_yours */
function mustBeTheirs(command: Step, release: InReview | InDebt, acts: readonly ReviewAct[]): Signer {
  const { step, roles, deputyOf, actor } = command;
  const wanted: readonly string[] = acts.find((act) => act.step === step)?.roles ?? [];
  if (roles.some((role) => wanted.includes(role))) return said(command);
  const principals = deputyOf.filter(
    (each) =>
      each.personId !== actor.id &&
      (each.steps.length === 0 || each.steps.includes(step)) &&
      each.roles.some((role) => wanted.includes(role)),
  );
  const principal = principals.find(({ personId }) => involvementOf(personId, release) === null) ?? principals[0];
  if (!principal)
    throw new Refusal('release_not_yours', `${command.actor.id} has no role for ${step}`, { roles: wanted.join(',') });
  return { ...said(command), onBehalfOf: { personId: principal.personId, name: principal.name } };
}

/** 税总发〔2017〕84号 二(三)1: nobody passes what they wrote, or passes twice; nor does anybody for them. */
function mustBeAnotherPerson({ releaseId }: Step, { by, onBehalfOf }: Signer, release: InReview | InDebt): void {
  for (const who of [by, ...(onBehalfOf ? [onBehalfOf.personId] : [])]) {
    const step = involvementOf(who, release);
    if (step !== null) throw new Refusal('release_same_person', `${who} has done ${step} of ${releaseId}`, { step });
  }
}

/** What somebody has done of a release, or another for them: `draft`, or the step that they signed. */
function involvementOf(who: string, release: InReview | InDebt): ReviewStep | 'draft' | null {
  const { manuscript, debt } = release;
  if (manuscript.drafters.includes(who)) return 'draft';
  const isOver = release.status === 'signed' || release.status === 'published';
  const signatures = isOver && debt ? [...debt.signed, ...debt.signatures] : release.signatures;
  return signatures.find((each) => each.by === who || each.onBehalfOf?.personId === who)?.step ?? null;
}

/** @throws Refusal comment_missing */
function commentOf({ releaseId, commentId }: ReleaseCommand & { commentId: string }, { manuscript }: Written): Comment {
  const comment = manuscript.comments.get(commentId);
  if (!comment) throw new Refusal('comment_missing', `${releaseId} has no comment ${commentId}`);
  return comment;
}

function withComment<R extends Written>(release: R, commentId: string, change: (before: Comment) => Comment): R {
  const { manuscript } = release;
  const before = manuscript.comments.get(commentId) ?? { resolved: false, answers: [] };
  const comments = new Map(manuscript.comments).set(commentId, change(before));
  return { ...release, manuscript: { ...manuscript, comments } };
}

const signatureOf = ({ step, by, byName, onBehalfOf }: Signer & { step: ReviewStep }, at: string): Signature => ({
  step,
  by,
  byName,
  onBehalfOf: onBehalfOf ?? null,
  at,
});

/** 税总发〔2017〕84号 二(三)2: a policy and its interpretation are public in the same moment, so neither goes out alone. */
function mustSpeakTogether({ releaseId, linked }: Passing, { kind, linked: planned }: Draft): void {
  if (planned !== null && !linked?.hasPart)
    throw new Refusal('linked_not_part', `${releaseId} is no part of ${planned.linkedId}`);
  if (kind === 'policy' && !(planned !== null && linked?.speaksTogether))
    throw new Refusal('release_no_interpretation', `${releaseId} is a policy without its interpretation`);
}

/** Names the step it stands at and who brought it there, so that the second of two reviewers learns who was first. */
function wrongStep(releaseId: string, { status, manuscript, signatures }: Written): Refusal {
  const last = signatures.at(-1);
  return new Refusal('release_wrong_step', `${releaseId} stands at ${status}`, {
    state: status,
    byName: last?.byName ?? manuscript.lastDrafter.byName,
    at: last?.at ?? null,
  });
}

const changed = (releaseId: string, { revision, lastDrafter }: Manuscript) =>
  new Refusal('release_changed', `${lastDrafter.byName} changed ${releaseId}; look at revision ${revision} first`, {
    ...lastDrafter,
    revision,
  });

function written(before: Release, event: Extract<ReleaseEvent, { type: 'release.drafted' }>): Manuscript {
  const { revision, contentHash, by, byName } = event;
  const drafters = before.status === 'new' ? [] : before.manuscript.drafters;
  return {
    draft: draft.parse(event),
    revision,
    contentHash,
    drafters: drafters.includes(by) ? drafters : [...drafters, by],
    lastDrafter: { by, byName },
    comments: before.status === 'new' ? new Map() : before.manuscript.comments,
  };
}

const said = ({ actor }: ReleaseCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
