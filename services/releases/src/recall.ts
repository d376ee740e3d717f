import { defineAggregate } from '@tongsheng/bus';
import {
  RecallCommand,
  RecallEvent,
  Refusal,
  type RecallEnd,
  type RecallFound,
  type RecallKind,
  type RecallTarget,
} from '@tongsheng/contracts';

type Target = { target: RecallTarget; told: boolean; failed: boolean; end: RecallEnd | null };

type Proposal = { round: number; by: string; reason: string; publicReason: string | null };
type Round = {
  round: number;
  version: number;
  kind: RecallKind;
  by: string;
  countersigned: boolean;
  erased: boolean;
  targets: ReadonlyMap<string, Target>;
};

/** All that was ever corrected or taken back of one release; only what was decided last is carried out. */
export type Recall = { proposal: Proposal | null; current: Round | null; rounds: number };

type Happened<T extends RecallEvent['type']> = Extract<RecallEvent, { type: T }>;

/**
 * Corrections and withdrawals of one release, one after the other: proposed, decided by another person, and carried out
 * place by place until each is proven, told or a person's word. `kill` alone is decided by one, because each minute of
 * waiting does harm and a page that was taken down by mistake can be corrected; a second person must look afterwards.
 */
export const recall = defineAggregate({
  name: 'recall',
  commands: RecallCommand,
  events: RecallEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.releaseId,
  initial: { proposal: null, current: null, rounds: 0 } as Recall,

  decide(command, recall): RecallEvent[] {
    const { releaseId, site, at } = command;
    switch (command.type) {
      case 'recall.propose': {
        mustBeOpen(command, recall);
        if (recall.proposal) throw new Refusal('recall_open', `${releaseId} is proposed to be withdrawn already`);
        const { title, targets } = foundBy(command);
        const { reason, publicReason } = command;
        const facts = { title, reason, publicReason, targets, ...said(command) };
        return [{ type: 'recall.proposed', releaseId, site, round: recall.rounds + 1, ...facts, proposedAt: at }];
      }
      case 'recall.drop': {
        const { round, reason } = command;
        if (recall.proposal?.round !== round) throw missing(command);
        return [{ type: 'recall.dropped', releaseId, site, round, reason, ...said(command), droppedAt: at }];
      }
      case 'recall.approve': {
        mustBeOpen(command, recall);
        const { proposal } = recall;
        if (proposal?.round !== command.round) throw missing(command);
        if (proposal.by === command.actor.id)
          throw new Refusal('recall_same_person', `${command.actor.id} proposed it and can't decide it`);
        const { round, reason, publicReason, by: proposedBy } = proposal;
        const what = { kind: 'withdraw' as const, reason, publicReason, proposedBy, ...said(command) };
        return begun(recall, command, round, what, foundBy(command));
      }
      case 'recall.kill': {
        mustBeOpen(command, recall);
        const { reason, publicReason } = command;
        const { round = recall.rounds + 1, by: proposedBy = null } = recall.proposal ?? {};
        const what = { kind: 'kill' as const, reason, publicReason, proposedBy, ...said(command) };
        return begun(recall, command, round, what, foundBy(command));
      }
      case 'recall.correct': {
        const { reason, by, byName, found } = command;
        // Taken back meanwhile, or told twice.
        if (recall.current && (isTakenBack(recall.current) || recall.current.version >= found.version)) return [];
        const what = { kind: 'correct' as const, reason, publicReason: reason, proposedBy: null, by, byName };
        return begun(recall, command, recall.rounds + 1, what, found);
      }
      case 'recall.countersign': {
        const { round, verdict, note } = command;
        const { current } = recall;
        if (current?.round !== round || current.kind !== 'kill') throw missing(command);
        if (current.countersigned) return [];
        if (current.by === command.actor.id)
          throw new Refusal('recall_same_person', `${command.actor.id} decided it and can't look at it as the second`);
        const facts = { verdict, note, ...said(command), countersignedAt: at };
        return [{ type: 'recall.countersigned', releaseId, site, round, ...facts }];
      }
      case 'recall.record_erased': {
        const { round, messages, refused } = command;
        if (recall.current?.round !== round || recall.current.erased) return [];
        return [{ type: 'recall.erased', releaseId, site, round, messages, refused, erasedAt: at }];
      }
      case 'recall.report': {
        const place = recall.current?.round === command.round && recall.current.targets.get(command.targetId);
        if (!place) throw missing(command);
        if (place.end !== null)
          throw new Refusal('recall_settled', `${command.targetId} of ${releaseId} is ${place.end}`);
        const { end, note, screenshot } = command;
        return [settled(command, { end, detail: note, screenshot, ...said(command) })];
      }
      case 'recall.record_told': {
        const place = waiting(command, recall);
        if (!place) return [];
        const { url } = place.target;
        if (place.target.means !== 'delete' || url === null)
          return [settled(command, { end: endOf(place.target), detail: command.detail })];
        if (place.told) return [];
        const { round, targetId, detail } = command;
        return [{ type: 'recall.target_told', releaseId, site, round, targetId, url, detail, toldAt: at }];
      }
      case 'recall.record_seen': {
        const place = waiting(command, recall);
        if (!place) return [];
        const { detail, evidence } = command;
        return [settled(command, { end: endOf(place.target), detail, evidence })];
      }
      case 'recall.record_never_had':
        return waiting(command, recall) ? [settled(command, { end: 'never_had', detail: command.detail })] : [];
      case 'recall.record_failed': {
        const place = waiting(command, recall);
        if (!place || place.failed) return [];
        const { round, targetId, detail } = command;
        return [{ type: 'recall.target_failed', releaseId, site, round, targetId, detail, failedAt: at }];
      }
    }
  },

  evolve(recall, event): Recall {
    const { current } = recall;
    switch (event.type) {
      case 'recall.proposed': {
        const { round, by, reason, publicReason } = event;
        return { ...recall, proposal: { round, by, reason, publicReason }, rounds: Math.max(recall.rounds, round) };
      }
      case 'recall.dropped':
        return { ...recall, proposal: null };
      case 'recall.decided': {
        const { round, version, kind, by, targets } = event;
        const places = new Map(targets.map((target) => [target.targetId, placeOf(target)]));
        const next = { round, version, kind, by, countersigned: false, erased: false, targets: places };
        // A correction leaves the question open whether all of it is to be taken back.
        const proposal = kind === 'correct' ? recall.proposal : null;
        return { proposal, current: next, rounds: Math.max(recall.rounds, round) };
      }
      case 'recall.superseded':
        return recall;
      case 'recall.countersigned':
        return current ? { ...recall, current: { ...current, countersigned: true } } : recall;
      case 'recall.erased':
        return current ? { ...recall, current: { ...current, erased: true } } : recall;
      case 'recall.target_told':
        return changed(recall, event, { told: true });
      case 'recall.target_settled':
        return changed(recall, event, { end: event.end });
      case 'recall.target_failed':
        return changed(recall, event, { failed: true });
    }
  },
});

const placeOf = (target: RecallTarget): Target => ({
  target,
  told: false,
  failed: false,
  end: target.means === 'nothing' ? 'gone' : null,
});

/** Which of a round's places are not done with. */
export const openTargets = ({ current }: Recall): RecallTarget[] =>
  [...(current?.targets.values() ?? [])].filter(({ end }) => end === null).map(({ target }) => target);

const isTakenBack = ({ kind }: Round): boolean => kind !== 'correct';

/** What was taken back is not taken back, or corrected, once more. */
function mustBeOpen({ releaseId }: RecallCommand, { current }: Recall): void {
  if (current && isTakenBack(current)) throw new Refusal('release_withdrawn', `${releaseId} was taken back`);
}

function begun(
  recall: Recall,
  { releaseId, site, at }: RecallCommand,
  round: number,
  what: Pick<Happened<'recall.decided'>, 'kind' | 'reason' | 'publicReason' | 'proposedBy' | 'by' | 'byName'>,
  { title, contentHash, targets, together, version: found }: RecallFound,
): RecallEvent[] {
  const before = recall.current;
  const version = Math.max(found, (before?.version ?? 1) + 1);
  const facts = { version, ...what, title, contentHash, targets, together, decidedAt: at };
  const decided: RecallEvent = { type: 'recall.decided', releaseId, site, round, ...facts };
  if (!before || openTargets(recall).length === 0) return [decided];
  const over = { round: before.round, byRound: round, supersededAt: at };
  return [{ type: 'recall.superseded', releaseId, site, ...over }, decided];
}

/** A place of what was decided last that is not done with; null: nothing to say. */
function waiting({ round, targetId }: { round: number; targetId: string }, { current }: Recall): Target | null {
  const place = current?.round === round ? current.targets.get(targetId) : undefined;
  return place && place.end === null ? place : null;
}

/** What is true when it is done as planned. */
function endOf({ means }: RecallTarget): RecallEnd {
  switch (means) {
    case 'edit':
    case 'replace':
    case 'send':
      return 'corrected';
    case 'delete':
      return 'absent';
    case 'notice':
      return 'noticed';
    case 'person':
      return 'kept';
    case 'nothing':
      return 'gone';
  }
}

function settled(
  command: RecallCommand & { round: number; targetId: string },
  ended: Pick<Happened<'recall.target_settled'>, 'end' | 'detail'> &
    Partial<Pick<Happened<'recall.target_settled'>, 'evidence' | 'by' | 'byName' | 'screenshot'>>,
): RecallEvent {
  const { releaseId, site, round, targetId, at } = command;
  const nothing = { evidence: null, by: null, byName: null, screenshot: null };
  return { type: 'recall.target_settled', releaseId, site, round, targetId, ...nothing, ...ended, settledAt: at };
}

function changed(
  recall: Recall,
  { round, targetId }: { round: number; targetId: string },
  fields: Partial<Target>,
): Recall {
  const place = recall.current?.round === round ? recall.current.targets.get(targetId) : undefined;
  if (!recall.current || !place) return recall;
  const targets = new Map(recall.current.targets).set(targetId, { ...place, ...fields });
  return { ...recall, current: { ...recall.current, targets } };
}

function foundBy({ found, releaseId }: { found?: RecallFound | undefined; releaseId: string }): RecallFound {
  if (!found) throw new Refusal('command_invalid', `nobody looked where ${releaseId} is`);
  return found;
}

const missing = ({ releaseId }: RecallCommand) =>
  new Refusal('recall_missing', `nothing of the kind is open for ${releaseId}`);

const said = ({ actor }: RecallCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
