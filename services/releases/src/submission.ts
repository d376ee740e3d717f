import { defineAggregate } from '@tongsheng/bus';
import {
  outsideSite,
  Refusal,
  SubmissionCommand,
  SubmissionEvent,
  type Recipient,
  type Side,
  type SubmissionLetter,
  type WarningShare,
} from '@tongsheng/contracts';

/** What lies on the table, and which side put it there: the other one answers. */
type Offer = Common & { by: Side; slot: string | null; html: string | null; warned: WarningShare[] };

/** `turn`: how many proposals were made. `told`: the letters whose fate is known, by what they say and at which turn. */
type Common = { to: Recipient; turn: number; told: string[]; claimed: string | null };

export type SubmissionState =
  | { status: 'new' }
  | ({ status: 'offered' | 'acknowledged' | 'negotiated' } & Offer)
  | ({ status: 'agreed'; arranged: boolean } & Common)
  | ({ status: 'declined' | 'withdrawn' | 'adopted' } & Common);

type Known = Extract<SubmissionState, Common>;
type Open = Extract<SubmissionState, Offer>;

/**
 * A release offered upward, negotiated and answered: `offered → acknowledged → negotiated → agreed → adopted`, or
 * `declined`, or `withdrawn`. What one side proposed only the other can agree to; what is agreed either can still leave
 * until it is public.
 */
export const submission = defineAggregate({
  name: 'submission',
  commands: SubmissionCommand,
  events: SubmissionEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.submissionId,
  opens: ['submission.offer'],
  initial: { status: 'new' } as SubmissionState,

  decide(command, submission): SubmissionEvent[] {
    const { submissionId, site, at } = command;
    const head = { submissionId, site };
    if (command.type === 'submission.offer') {
      if (submission.status !== 'new') return [];
      const { releaseId, contentHash, title, to, slot, html, message, limit, dueAt, actingSite } = command;
      if (actingSite !== site || (to.kind === 'site' && to.site === site))
        throw new Refusal('submission_wrong_side', `${site} offers, and not to itself`);
      if (dueAt === undefined) throw new Refusal('command_invalid', 'dueAt: the service says it, from the limit');
      if (slot !== null && slot <= at) throw slotPast(slot);
      const facts = { releaseId, contentHash, title, to, slot, html, message, limit, dueAt };
      return [{ type: 'submission.offered', ...head, ...facts, ...said(command), offeredAt: at }];
    }
    if (submission.status === 'new') throw new Refusal('submission_missing', `no submission ${submissionId}`);

    switch (command.type) {
      case 'submission.acknowledge': {
        mustBe('receiving', command, submission);
        if (submission.status !== 'offered') return [];
        return [{ type: 'submission.acknowledged', ...head, ...said(command), acknowledgedAt: at }];
      }
      case 'submission.counter': {
        const open = mustBeOpen(command, submission);
        const { slot, html, message, dueAt } = command;
        const side = sideOf(command, open);
        if (dueAt === undefined) throw new Refusal('command_invalid', 'dueAt: the service says it, from the limit');
        if (open.by === side && open.slot === slot && open.html === html) return [];
        mustBeTurn(command, open);
        if (slot !== null && slot <= at) throw slotPast(slot);
        const facts = { side, slot, html, message, dueAt };
        return [{ type: 'submission.countered', ...head, ...facts, ...said(command), counteredAt: at }];
      }
      case 'submission.agree': {
        if (submission.status === 'agreed') return [];
        const open = mustBeOpen(command, submission);
        const side = sideOf(command, open);
        if (side === open.by)
          throw new Refusal('submission_own', `the ${side} side proposed it; the other one agrees`, { side });
        mustBeTurn(command, open);
        const { slot, html } = open;
        if (slot !== null && slot <= at) throw slotPast(slot);
        return [{ type: 'submission.agreed', ...head, side, slot, html, ...said(command), agreedAt: at }];
      }
      case 'submission.decline': {
        if (submission.status === 'declined') return [];
        mustStand(command, submission);
        mustBe('receiving', command, submission);
        mustBeTurn(command, submission);
        return [{ type: 'submission.declined', ...head, reason: command.reason, ...said(command), declinedAt: at }];
      }
      case 'submission.withdraw': {
        if (submission.status === 'withdrawn') return [];
        mustStand(command, submission);
        mustBe('offering', command, submission);
        return [{ type: 'submission.withdrawn', ...head, reason: command.reason, ...said(command), withdrawnAt: at }];
      }
      case 'submission.tell_again': {
        mustBe('offering', command, submission);
        if (submission.to.kind === 'site')
          throw new Refusal('submission_wrong_side', `${submission.to.site} reads it on its own screen`);
        if (letterDue(submission) === null) return [];
        return [{ type: 'submission.telling_again', ...head, ...said(command), askedAt: at }];
      }
      case 'submission.claim_adopted': {
        if (submission.status === 'adopted') return [];
        sideOf(command, submission);
        const { url } = command;
        return [{ type: 'submission.claimed', ...head, url, ...said(command), claimedAt: at }];
      }
      case 'submission.record_arranged': {
        if (submission.status !== 'agreed' || submission.arranged) return [];
        const { linked, adoptedAs, agreedHash, trouble } = command;
        const facts = { linked, adoptedAs, agreedHash, trouble };
        return [{ type: 'submission.arranged', ...head, ...facts, arrangedAt: at }];
      }
      case 'submission.record_told': {
        const { letter, turn, by, outcome, detail } = command;
        if (submission.told.includes(`${letter}/${turn}`)) return [];
        return [{ type: 'submission.told', ...head, letter, turn, by, outcome, detail, toldAt: at }];
      }
      case 'submission.record_unproven': {
        const { url, detail } = command;
        if (submission.status === 'adopted' || submission.claimed !== url) return [];
        return [{ type: 'submission.unproven', ...head, url, detail, lookedAt: at }];
      }
      case 'submission.record_adopted': {
        // Whatever was said: that it is public over there is a fact.
        if (submission.status === 'adopted') return [];
        const { url, snapshot } = command;
        return [{ type: 'submission.adopted', ...head, url, adoptedAt: at, ...(snapshot && { snapshot }) }];
      }
      case 'submission.warn': {
        const { share, fellDueAt } = command;
        if (!('warned' in submission) || submission.warned.includes(share)) return [];
        return [{ type: 'submission.warned', ...head, share, fellDueAt, warnedAt: at }];
      }
    }
  },

  evolve(submission, event): SubmissionState {
    if (event.type === 'submission.offered') {
      const { to, slot, html } = event;
      const common = { to, turn: 1, told: [], claimed: null };
      return { status: 'offered', ...common, by: 'offering', slot, html, warned: [] };
    }
    if (submission.status === 'new') return submission;
    const { to, turn, told, claimed } = submission;
    const common = { to, turn, told, claimed };
    switch (event.type) {
      case 'submission.acknowledged':
        return submission.status === 'offered' ? { ...submission, status: 'acknowledged' } : submission;
      case 'submission.countered': {
        const { side: by, slot, html } = event;
        return { status: 'negotiated', ...common, turn: turn + 1, by, slot, html, warned: [] };
      }
      case 'submission.agreed':
        return { status: 'agreed', ...common, arranged: false };
      case 'submission.declined':
        return { status: 'declined', ...common };
      case 'submission.withdrawn':
        return { status: 'withdrawn', ...common };
      case 'submission.arranged':
        return submission.status === 'agreed' ? { ...submission, arranged: true } : submission;
      case 'submission.told':
        return { ...submission, told: [...told, `${event.letter}/${event.turn}`] };
      case 'submission.telling_again':
        return { ...submission, told: told.filter((each) => each !== `${letterDue(submission)}/${turn}`) };
      case 'submission.claimed':
        return { ...submission, claimed: event.url };
      case 'submission.unproven':
        return { ...submission, claimed: null };
      case 'submission.adopted':
        return { status: 'adopted', ...common };
      case 'submission.warned':
        return 'warned' in submission ? { ...submission, warned: [...submission.warned, event.share] } : submission;
    }
  },
});

/** What an office outside is to be written at this point; null where the next word is ours. */
export function letterDue(submission: SubmissionState): SubmissionLetter | null {
  switch (submission.status) {
    case 'new':
    case 'declined':
      return null;
    case 'offered':
    case 'acknowledged':
    case 'negotiated':
      return submission.by === 'offering' ? 'proposal' : null;
    case 'agreed':
    case 'adopted':
      return 'agreed';
    case 'withdrawn':
      return 'withdrawn';
  }
}

/** An office outside speaks through its link, on behalf of no site of ours. */
const siteOfRecipient = (to: Recipient): string => (to.kind === 'site' ? to.site : outsideSite);

function sideOf({ actingSite, site }: SubmissionCommand, { to }: { to: Recipient }): Side {
  if (actingSite === site) return 'offering';
  if (actingSite === siteOfRecipient(to)) return 'receiving';
  throw new Refusal('submission_wrong_side', `${actingSite} has no part in it`);
}

function mustBe(wanted: Side, command: SubmissionCommand, submission: Known): void {
  const side = sideOf(command, submission);
  if (side !== wanted) throw new Refusal('submission_wrong_side', `that is for the ${wanted} side`, { side: wanted });
}

function mustBeOpen({ submissionId }: SubmissionCommand, submission: Known): Open {
  if ('by' in submission) return submission;
  throw new Refusal('submission_closed', `${submissionId} is ${submission.status}`);
}

/** Open, or agreed and not public yet. */
function mustStand(command: SubmissionCommand, submission: Known): void {
  if (submission.status !== 'agreed') mustBeOpen(command, submission);
}

function mustBeTurn(command: Extract<SubmissionCommand, { turn?: unknown }>, { turn }: Common): void {
  if (command.turn === undefined || command.turn === turn) return;
  throw new Refusal('submission_changed', `${command.submissionId} has another proposal on the table`, { turn });
}

const slotPast = (slot: string) => new Refusal('submission_slot_past', `${slot} is over`, { slot });

const said = ({ actor }: SubmissionCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
