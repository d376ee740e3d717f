import { defineAggregate } from '@tongsheng/bus';
import { draft, Refusal, ReleaseCommand, ReleaseEvent, type Draft, type ReviewStep } from '@tongsheng/contracts';

type Signature = { step: ReviewStep; by: string; byName: string; at: string };

/** The draft as it stands, and everyone who ever wrote in it: none of them may pass a step. */
type Manuscript = {
  draft: Draft;
  revision: number;
  contentHash: string;
  drafters: string[];
  lastDrafter: { by: string; byName: string };
};

type InReview = { status: ReviewStep; manuscript: Manuscript; signatures: Signature[] };

type Release =
  | { status: 'new' }
  | { status: 'draft'; manuscript: Manuscript; signatures: [] }
  | InReview
  | { status: 'signed' | 'published'; manuscript: Manuscript; signatures: Signature[] };

type Written = Exclude<Release, { status: 'new' }>;

const nextStep = { review: 'confidentiality', confidentiality: 'sign', sign: 'sign' } as const;

/** What we originate: `draft → review → confidentiality → sign → signed → published`; each step another person. */
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

    switch (command.type) {
      case 'release.submit': {
        mustHaveSeen(command, release);
        if (release.status !== 'draft') throw wrongStep(releaseId, release);
        mustBeComplete(command, release.manuscript);
        const { contentHash } = release.manuscript;
        return [{ type: 'release.submitted', ...head, contentHash, ...said(command), submittedAt: at }];
      }
      case 'release.pass_step': {
        mustStandAt(command, release);
        mustBeAnotherPerson(command, release);
        const { draft, contentHash } = release.manuscript;
        const by = { contentHash, ...said(command) };
        if (command.step === 'sign') mustSpeakTogether(command, draft);
        if (command.step === 'sign') return [{ type: 'release.signed', ...head, ...draft, ...by, signedAt: at }];
        return [{ type: 'release.step_passed', ...head, step: command.step, ...by, passedAt: at }];
      }
      case 'release.return': {
        mustStandAt(command, release);
        const { step, reason } = command;
        const { contentHash } = release.manuscript;
        return [{ type: 'release.returned', ...head, step, contentHash, ...said(command), reason, returnedAt: at }];
      }
      case 'release.pull_back': {
        if (release.status !== 'signed') return [];
        const { reason, by, byName } = command;
        return [{ type: 'release.pulled_back', ...head, reason, by, byName, pulledBackAt: at }];
      }
      case 'release.record_published': {
        if (release.status === 'published') return [];
        if (release.status !== 'signed') throw wrongStep(releaseId, release);
        const { url, publicPosition } = command;
        return [{ type: 'release.published', ...head, url, publicPosition, publishedAt: at }];
      }
    }
  },

  evolve(release, event): Release {
    if (event.type === 'release.drafted')
      return { status: 'draft', manuscript: written(release, event), signatures: [] };
    if (release.status === 'new') return release;
    const { manuscript, signatures } = release;
    switch (event.type) {
      case 'release.submitted':
        return { status: 'review', manuscript, signatures: [] };
      case 'release.step_passed': {
        const { step, by, byName, passedAt } = event;
        return { status: nextStep[step], manuscript, signatures: [...signatures, { step, by, byName, at: passedAt }] };
      }
      case 'release.returned':
        return { status: 'draft', manuscript, signatures: [] };
      case 'release.signed': {
        const { by, byName, signedAt } = event;
        return {
          status: 'signed',
          manuscript,
          signatures: [...signatures, { step: 'sign', by, byName, at: signedAt }],
        };
      }
      case 'release.published':
        return { status: 'published', manuscript, signatures };
      case 'release.pulled_back':
        return { status: 'draft', manuscript, signatures: [] };
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
    if (release.status === 'signed' || release.status === 'published') throw wrongStep(releaseId, release);
    if (release.manuscript.contentHash === contentHash) return [];
    if (baseRevision !== revision) throw changed(releaseId, release.manuscript);
  }
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

function mustBeComplete({ releaseId, actor }: ReleaseCommand, { draft, drafters }: Manuscript): void {
  if (!drafters.includes(actor.id)) {
    throw new Refusal('release_not_drafter', `only who wrote ${releaseId} can submit it`);
  }
  // Where a part of a linked release is pushed to, its plan says.
  if (draft.channels.length === 0 && draft.linked === null)
    throw new Refusal('release_no_channel', `${releaseId} names no channel`);
  if ((draft.kind === 'rebuttal') !== (draft.rumor !== null)) {
    throw new Refusal('command_invalid', 'rumor: a rebuttal names the rumor that it answers, a press release none');
  }
}

function mustStandAt(command: Step, release: Written): asserts release is InReview {
  mustHaveSeen(command, release);
  if (release.status !== command.step) throw wrongStep(command.releaseId, release);
}

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
