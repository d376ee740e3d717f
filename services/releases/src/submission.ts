import { defineAggregate } from '@tongsheng/bus';
import {
  Refusal,
  SubmissionCommand,
  SubmissionEvent,
  type Recipient,
  type Side,
  type WarningShare,
} from '@tongsheng/contracts';

/** What lies on the table, and which side put it there: the other one answers. */
type Offer = { to: Recipient; by: Side; slot: string | null; html: string | null; warned: WarningShare[] };

type Submission =
  | { status: 'new' }
  | ({ status: 'offered' | 'acknowledged' | 'negotiated' } & Offer)
  | { status: 'agreed'; to: Recipient }
  | { status: 'declined' | 'withdrawn' | 'adopted' };

type Open = Extract<Submission, Offer>;

/**
 * A release offered upward, negotiated and answered: `offered → acknowledged → negotiated → agreed → adopted`, or
 * `declined`, or `withdrawn`. What one side proposed only the other can agree to.
 */
export const submission = defineAggregate({
  name: 'submission',
  commands: SubmissionCommand,
  events: SubmissionEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.submissionId,
  opens: ['submission.offer'],
  initial: { status: 'new' } as Submission,

  decide(command, submission): SubmissionEvent[] {
    const { submissionId, site, at } = command;
    const head = { submissionId, site };
    if (command.type === 'submission.offer') {
      if (submission.status !== 'new') return [];
      const { releaseId, contentHash, title, to, slot, html, message, limit, dueAt, actingSite } = command;
      if (actingSite !== site || (to.kind === 'site' && to.site === site))
        throw new Refusal('submission_wrong_side', `${site} offers, and not to itself`);
      if (dueAt === undefined) throw new Refusal('command_invalid', 'dueAt: the service says it, from the limit');
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
        const facts = { side, slot, html, message, dueAt };
        return [{ type: 'submission.countered', ...head, ...facts, ...said(command), counteredAt: at }];
      }
      case 'submission.agree': {
        if (submission.status === 'agreed') return [];
        const open = mustBeOpen(command, submission);
        const side = sideOf(command, open);
        if (side === open.by)
          throw new Refusal('submission_own', `the ${side} side proposed it; the other one agrees`, { side });
        const { slot, html } = open;
        if (slot !== null && slot <= at) throw new Refusal('submission_slot_past', `${slot} is over`, { slot });
        return [{ type: 'submission.agreed', ...head, side, slot, html, ...said(command), agreedAt: at }];
      }
      case 'submission.decline': {
        if (submission.status === 'declined') return [];
        mustBeOpen(command, submission);
        mustBe('receiving', command, submission);
        return [{ type: 'submission.declined', ...head, reason: command.reason, ...said(command), declinedAt: at }];
      }
      case 'submission.withdraw': {
        if (submission.status === 'withdrawn') return [];
        mustBeOpen(command, submission);
        mustBe('offering', command, submission);
        return [{ type: 'submission.withdrawn', ...head, reason: command.reason, ...said(command), withdrawnAt: at }];
      }
      case 'submission.record_adopted': {
        if (submission.status !== 'agreed') return [];
        return [{ type: 'submission.adopted', ...head, url: command.url, adoptedAt: at }];
      }
      case 'submission.warn': {
        const { share, fellDueAt } = command;
        if (!('warned' in submission) || submission.warned.includes(share)) return [];
        return [{ type: 'submission.warned', ...head, share, fellDueAt, warnedAt: at }];
      }
    }
  },

  evolve(submission, event): Submission {
    switch (event.type) {
      case 'submission.offered': {
        const { to, slot, html } = event;
        return { status: 'offered', to, by: 'offering', slot, html, warned: [] };
      }
      case 'submission.acknowledged':
        return submission.status === 'offered' ? { ...submission, status: 'acknowledged' } : submission;
      case 'submission.countered': {
        if (!('to' in submission)) return submission;
        const { side: by, slot, html } = event;
        return { status: 'negotiated', to: submission.to, by, slot, html, warned: [] };
      }
      case 'submission.agreed':
        return 'to' in submission ? { status: 'agreed', to: submission.to } : submission;
      case 'submission.declined':
        return { status: 'declined' };
      case 'submission.withdrawn':
        return { status: 'withdrawn' };
      case 'submission.adopted':
        return { status: 'adopted' };
      case 'submission.warned':
        return 'warned' in submission ? { ...submission, warned: [...submission.warned, event.share] } : submission;
    }
  },
});

/** An office that answers by mail speaks through its link, on behalf of no site of ours: `-`. */
const siteOfRecipient = (to: Recipient): string => (to.kind === 'site' ? to.site : '-');

function sideOf({ actingSite, site }: SubmissionCommand, { to }: { to: Recipient }): Side {
  if (actingSite === site) return 'offering';
  if (actingSite === siteOfRecipient(to)) return 'receiving';
  throw new Refusal('submission_wrong_side', `${actingSite} has no part in it`);
}

function mustBe(wanted: Side, command: SubmissionCommand, submission: Submission): void {
  if (!('to' in submission)) throw new Refusal('submission_closed', `${command.submissionId} is ${submission.status}`);
  const side = sideOf(command, submission);
  if (side !== wanted) throw new Refusal('submission_wrong_side', `that is for the ${wanted} side`, { side: wanted });
}

function mustBeOpen({ submissionId }: SubmissionCommand, submission: Submission): Open {
  if ('by' in submission) return submission;
  throw new Refusal('submission_closed', `${submissionId} is ${submission.status}`);
}

const said = ({ actor }: SubmissionCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
