import { defineAggregate } from '@tongsheng/bus';
import {
  CorrectionCommand,
  CorrectionEvent,
  Refusal,
  type CorrectionOutcome,
  type CorrectionState,
  type WarningShare,
} from '@tongsheng/contracts';

type Waiting = Exclude<CorrectionState, 'answered' | 'spam'>;
type Limit = { receivedAt: string; dueAt: string; unknownYears: number[]; warned: WarningShare[] };
type Answer = { outcome: CorrectionOutcome; answer: string };
/** `stage` is what was decided about it, whether it was answered or marked since. */
type Correction =
  | { status: 'new' }
  | ({
      status: 'waiting' | 'answered' | 'spam';
      stage: Waiting;
      into: string | null;
      forwarded: string | null;
      work: string[];
      answer: Answer | null;
      /** Sealed, of those who wait for the answer. */
      contacts: readonly string[];
    } & Limit);

/** So many addresses are written to of those who said the very same. */
const mostContacts = 20;

/** Which answers fit what was decided before. */
const fits: Record<Waiting, readonly CorrectionOutcome[]> = {
  received: [],
  accepted: ['corrected', 'unchanged'],
  forwarded: ['forwarded'],
  folded: ['folded'],
};

/**
 * A netizen's report of an error: `received → accepted | forwarded | folded → answered`, or spam, until somebody finds that
 * it was none. Its clock runs until the first answer.
 */
export const correction = defineAggregate({
  name: 'correction',
  commands: CorrectionCommand,
  events: CorrectionEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.correctionId,
  opens: ['correction.receive'],
  initial: { status: 'new' } as Correction,

  decide(command, state): CorrectionEvent[] {
    const { correctionId, site, at } = command;
    const head = { correctionId, site };
    if (command.type === 'correction.receive') {
      const { page, text, contact, dueAt, unknownYears } = command;
      if (state.status === 'new')
        return [{ type: 'correction.received', ...head, page, text, contact, dueAt, unknownYears, receivedAt: at }];
      if (contact === null || state.contacts.length >= mostContacts || state.status === 'spam') return [];
      return [{ type: 'correction.repeated', ...head, contact, repeatedAt: at }];
    }
    if (state.status === 'new') throw new Refusal('correction_missing', `no correction ${correctionId}`);
    const said = { by: command.actor.id, byName: command.actor.name ?? command.actor.id };

    switch (command.type) {
      case 'correction.accept':
        mustWait(state, correctionId);
        return state.stage === 'accepted' ? [] : [{ type: 'correction.accepted', ...head, ...said, acceptedAt: at }];
      case 'correction.fold': {
        const { into, answer } = command;
        mustWait(state, correctionId);
        if (into === correctionId) throw new Refusal('correction_same', `${into} is this very one`);
        const folded: CorrectionEvent[] =
          state.stage === 'folded' && state.into === into
            ? []
            : [{ type: 'correction.folded', ...head, into, ...said, foldedAt: at }];
        if (!answer) return folded;
        return [
          ...folded,
          { type: 'correction.answered', ...head, outcome: 'folded', answer, ...said, answeredAt: at },
        ];
      }
      case 'correction.forward': {
        const { to, reason } = command;
        mustWait(state, correctionId);
        if (state.stage === 'forwarded' && state.forwarded === `${to}\n${reason}`) return [];
        return [{ type: 'correction.forwarded', ...head, to, reason, ...said, forwardedAt: at }];
      }
      case 'correction.link': {
        const { work } = command;
        if (state.status === 'spam') throw new Refusal('correction_spam', `${correctionId} is marked as spam`);
        if (state.work.includes(`${work.kind}/${work.id}`)) return [];
        return [{ type: 'correction.linked', ...head, work, ...said, linkedAt: at }];
      }
      case 'correction.answer': {
        const { outcome, answer } = command;
        if (state.status === 'spam') throw new Refusal('correction_spam', `${correctionId} is marked as spam`);
        if (!fits[state.stage].includes(outcome))
          throw new Refusal('correction_not_accepted', `${correctionId} is ${state.stage}, not to be ${outcome}`);
        if (state.answer?.outcome === outcome && state.answer.answer === answer) return [];
        return [{ type: 'correction.answered', ...head, outcome, answer, ...said, answeredAt: at }];
      }
      case 'correction.record_mailed':
        return [{ type: 'correction.mailed', ...head, outcome: command.outcome, detail: command.detail, mailedAt: at }];
      case 'correction.mark_spam':
        if (state.status === 'spam') return [];
        mustWait(state, correctionId);
        return [{ type: 'correction.spam_marked', ...head, reason: command.reason, ...said, markedAt: at }];
      case 'correction.lift_spam': {
        if (state.status !== 'spam') return [];
        const { receivedAt, dueAt, unknownYears } = state;
        const limit = { dueAt: command.dueAt ?? dueAt, unknownYears: command.unknownYears ?? unknownYears };
        return [{ type: 'correction.spam_lifted', ...head, receivedAt, ...limit, ...said, liftedAt: at }];
      }
      case 'correction.warn': {
        const { share, fellDueAt } = command;
        if (state.status !== 'waiting' || state.warned.includes(share)) return [];
        return [{ type: 'correction.warned', ...head, share, fellDueAt, warnedAt: at }];
      }
      case 'correction.move_deadline': {
        const { dueAt, unknownYears } = command;
        const isSame = dueAt === state.dueAt && unknownYears.join() === state.unknownYears.join();
        if (state.status !== 'waiting' || isSame) return [];
        const { receivedAt } = state;
        return [{ type: 'correction.deadline_moved', ...head, receivedAt, dueAt, unknownYears, movedAt: at }];
      }
      case 'correction.reseal': {
        const contacts = command.contacts.filter(({ was }) => state.contacts.includes(was));
        return contacts.length === 0 ? [] : [{ type: 'correction.resealed', ...head, contacts, resealedAt: at }];
      }
    }
  },

  evolve(state, event): Correction {
    if (event.type === 'correction.received') {
      const { receivedAt, dueAt, unknownYears } = event;
      const limit = { receivedAt, dueAt, unknownYears, warned: [] };
      const undecided = { into: null, forwarded: null, work: [], answer: null };
      return {
        status: 'waiting',
        stage: 'received',
        ...undecided,
        ...limit,
        contacts: addressIn(event),
      };
    }
    if (state.status === 'new') return state;
    switch (event.type) {
      case 'correction.repeated':
        return { ...state, contacts: [...state.contacts, ...addressIn(event)] };
      case 'correction.accepted':
        return { ...state, stage: 'accepted', into: null, forwarded: null };
      case 'correction.folded':
        return { ...state, stage: 'folded', into: event.into, forwarded: null };
      case 'correction.forwarded':
        return { ...state, stage: 'forwarded', into: null, forwarded: `${event.to}\n${event.reason}` };
      case 'correction.linked':
        return { ...state, work: [...state.work, `${event.work.kind}/${event.work.id}`] };
      case 'correction.answered':
        return { ...state, status: 'answered', answer: { outcome: event.outcome, answer: event.answer } };
      case 'correction.resealed':
        return { ...state, contacts: resealed(state.contacts, event.contacts) };
      case 'correction.mailed':
        return state;
      case 'correction.spam_marked':
        return { ...state, status: 'spam' };
      case 'correction.spam_lifted':
        return { ...state, status: 'waiting', ...limitOf(state, event) };
      case 'correction.warned':
        return { ...state, warned: [...state.warned, event.share] };
      case 'correction.deadline_moved':
        return { ...state, ...limitOf(state, event) };
    }
  },
});

/** A limit that is another one is warned of anew. */
const limitOf = ({ dueAt, warned }: Limit, moved: Pick<Limit, 'dueAt' | 'unknownYears'>) => ({
  dueAt: moved.dueAt,
  unknownYears: moved.unknownYears,
  warned: moved.dueAt === dueAt ? warned : [],
});

/** @throws Refusal correction_answered, correction_spam */
function mustWait({ status }: Correction, correctionId: string): void {
  if (status === 'answered') throw new Refusal('correction_answered', `${correctionId} was answered`);
  if (status === 'spam') throw new Refusal('correction_spam', `${correctionId} is marked as spam`);
}

/** The addresses with those that were sealed anew in their places. */
export const resealed = (
  contacts: readonly string[],
  changes: readonly { was: string; now: string }[],
): readonly string[] => contacts.map((each) => changes.find(({ was }) => was === each)?.now ?? each);

/** The address that came with a report, where one was left. */
export const addressIn = ({ contact }: { contact: string | null }): string[] => (contact === null ? [] : [contact]);
