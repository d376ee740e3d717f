import { defineAggregate } from '@tongsheng/bus';
import {
  draft,
  missingPicturesOf,
  Refusal,
  ReleaseCommand,
  ReleaseEvent,
  textsOf,
  unnamedPicturesIn,
  type Draft,
  type ReviewStep,
} from '@tongsheng/contracts';

type Signature = { step: ReviewStep; by: string; byName: string; at: string };

/** The draft as it stands, and everyone who ever wrote in it: none of them may pass a step. */
type Manuscript = {
  draft: Draft;
  revision: number;
  contentHash: string;
  drafters: string[];
  lastDrafter: { by: string; byName: string };
};

/** What the public has, while a later version is written and signed. */
type Out = { draft: Draft; contentHash: string; version: number };

type InReview = { status: ReviewStep; manuscript: Manuscript; signatures: Signature[]; out: Out | null };

type Release =
  | { status: 'new' }
  | { status: 'draft'; manuscript: Manuscript; signatures: []; out: Out | null }
  | InReview
  | { status: 'signed'; manuscript: Manuscript; signatures: Signature[]; out: Out | null }
  | { status: 'published' | 'withdrawn'; manuscript: Manuscript; signatures: Signature[]; out: Out };

type Written = Exclude<Release, { status: 'new' }>;

const nextStep = { review: 'confidentiality', confidentiality: 'sign', sign: 'sign' } as const;

/**
 * What we originate: `draft → review → confidentiality → sign → signed → published`; each step another person. A
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
      if (command.type === 'release.withdraw' || command.type === 'release.record_published') return [];
      throw new Refusal('release_withdrawn', `${releaseId} was taken back`);
    }

    switch (command.type) {
      case 'release.submit': {
        mustHaveSeen(command, release);
        if (release.status !== 'draft') throw wrongStep(releaseId, release);
        mustBeComplete(command, release);
        const { contentHash } = release.manuscript;
        return [{ type: 'release.submitted', ...head, contentHash, ...said(command), submittedAt: at }];
      }
      case 'release.pass_step': {
        mustStandAt(command, release);
        mustBeAnotherPerson(command, release);
        const { draft, contentHash } = release.manuscript;
        const by = { contentHash, ...said(command) };
        if (command.step === 'sign' && !release.out) mustSpeakTogether(command, draft);
        if (command.step === 'sign')
          return [{ type: 'release.signed', ...head, ...draft, ...by, signedAt: at, ...versionOf(release) }];
        return [{ type: 'release.step_passed', ...head, step: command.step, ...by, passedAt: at }];
      }
      case 'release.return': {
        mustStandAt(command, release);
        const { step, reason } = command;
        const { contentHash } = release.manuscript;
        return [{ type: 'release.returned', ...head, step, contentHash, ...said(command), reason, returnedAt: at }];
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
    if (event.type === 'release.drafted')
      return { status: 'draft', manuscript: written(release, event), signatures: [], out: outOf(release) };
    if (release.status === 'new') return release;
    const { manuscript, signatures, out } = release;
    switch (event.type) {
      case 'release.submitted':
        return { status: 'review', manuscript, signatures: [], out };
      case 'release.step_passed': {
        const { step, by, byName, passedAt } = event;
        const signed = [...signatures, { step, by, byName, at: passedAt }];
        return { status: nextStep[step], manuscript, signatures: signed, out };
      }
      case 'release.returned':
        return { status: 'draft', manuscript, signatures: [], out };
      case 'release.signed': {
        const { by, byName, signedAt } = event;
        return {
          status: 'signed',
          manuscript,
          signatures: [...signatures, { step: 'sign', by, byName, at: signedAt }],
          out,
        };
      }
      case 'release.published':
        return { status: 'published', manuscript, signatures, out: outFrom(manuscript, event.version ?? 1) };
      case 'release.pulled_back':
        return { status: 'draft', manuscript, signatures: [], out };
      case 'release.correction_dropped': {
        if (!out) return release;
        const { draft, contentHash } = out;
        return { status: 'published', manuscript: { ...manuscript, draft, contentHash }, signatures: [], out };
      }
      case 'release.withdrawn':
        return { status: 'withdrawn', manuscript, signatures, out: out ?? outFrom(manuscript, 1) };
    }
  },
});

type Write = Extract<ReleaseCommand, { type: 'release.draft' }>;
type Seen = Extract<ReleaseCommand, { seenHash: string }>;
type Step = Extract<ReleaseCommand, { step: ReviewStep }>;
type Passing = Extract<ReleaseCommand, { type: 'release.pass_step' }>;

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
  const out = outOf(release);
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

const outOf = (release: Release): Out | null => (release.status === 'new' ? null : release.out);

const outFrom = ({ draft, contentHash }: Manuscript, version: number): Out => ({ draft, contentHash, version });

/** Whether the public has it, or gets it in a moment: of a part of a linked release its plan says that. */
const isPublic = ({ status, out, manuscript }: Written): boolean =>
  out !== null || (status === 'signed' && manuscript.draft.linked === null);

/** 税总发〔2017〕84号 二(三)1: nobody passes what they wrote, or passes twice. */
function mustBeAnotherPerson({ releaseId, actor }: Step, { manuscript, signatures }: InReview): void {
  if (manuscript.drafters.includes(actor.id)) {
    throw new Refusal('release_same_person', `${actor.id} wrote ${releaseId} and can't pass it`, { step: 'draft' });
  }
  const passed = signatures.find(({ by }) => by === actor.id);
  if (passed) {
    throw new Refusal('release_same_person', `${actor.id} passed ${passed.step} of ${releaseId}`, {
      step: passed.step,
    });
  }
}

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
  };
}

const said = ({ actor }: ReleaseCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
