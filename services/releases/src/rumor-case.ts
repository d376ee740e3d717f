import { defineAggregate } from '@tongsheng/bus';
import { Refusal, RumorCommand, RumorEvent, type RumorVerdict, type WarningShare } from '@tongsheng/contracts';

type RumorCase =
  | { status: 'new' }
  | { status: 'reported' | 'watched'; verdict: RumorVerdict | null; warned: WarningShare[] }
  | { status: 'to_rebut'; verdict: RumorVerdict; releaseId: string | null; warned: WarningShare[] }
  | { status: 'rebutted'; verdict: RumorVerdict; releaseId: string }
  | { status: 'closed' };

/**
 * What is being said about us, from the clue to its rebuttal: `reported → to_rebut → rebutted → closed`, or `watched`. Its
 * clock runs until the rebuttal is public, or somebody decided that there is nothing to rebut.
 */
export const rumorCase = defineAggregate({
  name: 'rumor',
  commands: RumorCommand,
  events: RumorEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.rumorCaseId,
  opens: ['rumor.report'],
  initial: { status: 'new' } as RumorCase,

  decide(command, rumor): RumorEvent[] {
    const { rumorCaseId, site, at } = command;
    const head = { rumorCaseId, site };
    if (command.type === 'rumor.report') {
      if (rumor.status !== 'new') return [];
      const { clue, limit, dueAt } = command;
      if (limit === undefined || dueAt === undefined)
        throw new Refusal('command_invalid', 'limit: the service says it, from the site’s own');
      return [{ type: 'rumor.reported', ...head, ...clue, limit, dueAt, ...said(command), reportedAt: at }];
    }
    if (rumor.status === 'new') throw new Refusal('rumor_missing', `no rumor case ${rumorCaseId}`);

    switch (command.type) {
      case 'rumor.add_clue':
        // Said again, it has its whole time again: as a case of its own.
        if (rumor.status === 'closed') throw new Refusal('rumor_closed', `${rumorCaseId} is closed`);
        return [{ type: 'rumor.clue_added', ...head, ...command.clue, ...said(command), addedAt: at }];
      case 'rumor.assess': {
        const { verdict, facts, basis, decision, dueAt } = command;
        if (rumor.status === 'rebutted') throw new Refusal('rumor_rebutted', `${rumorCaseId} was rebutted`);
        if (decision === 'rebut' && (verdict === 'true' || verdict === 'unclear'))
          throw new Refusal('rumor_not_false', `what is ${verdict} is not rebutted`, { verdict });
        if (rumor.status === 'closed') throw new Refusal('rumor_closed', `${rumorCaseId} is closed`);
        const restarts = decision === 'rebut' && rumor.status === 'watched';
        if (restarts && dueAt === undefined) throw new Refusal('command_invalid', 'dueAt: the service says it');
        const limit = restarts ? { dueAt } : {};
        const judged = { verdict, facts, basis, decision, ...limit };
        return [{ type: 'rumor.assessed', ...head, ...judged, ...said(command), assessedAt: at }];
      }
      case 'rumor.begin_rebuttal': {
        const { releaseId } = command;
        if (rumor.status === 'rebutted') throw new Refusal('rumor_rebutted', `${rumorCaseId} was rebutted`);
        if (rumor.status !== 'to_rebut') throw new Refusal('rumor_not_assessed', `${rumorCaseId} is ${rumor.status}`);
        if (rumor.releaseId === releaseId) return [];
        return [{ type: 'rumor.rebuttal_begun', ...head, releaseId, ...said(command), begunAt: at }];
      }
      case 'rumor.record_rebutted': {
        const { releaseId, url } = command;
        if (rumor.status !== 'to_rebut' || rumor.releaseId !== releaseId) return [];
        return [{ type: 'rumor.rebutted', ...head, releaseId, url, rebuttedAt: at }];
      }
      case 'rumor.warn': {
        const { share, fellDueAt } = command;
        if (rumor.status !== 'reported' && rumor.status !== 'to_rebut') return [];
        if (rumor.warned.includes(share)) return [];
        return [{ type: 'rumor.warned', ...head, share, fellDueAt, warnedAt: at }];
      }
      case 'rumor.note_effect': {
        if (rumor.status === 'closed') throw new Refusal('rumor_closed', `${rumorCaseId} is closed`);
        const { spread, reach, note } = command;
        return [{ type: 'rumor.effect_noted', ...head, spread, reach, note, ...said(command), notedAt: at }];
      }
      case 'rumor.close': {
        if (rumor.status === 'closed') return [];
        if (rumor.status === 'reported') throw new Refusal('rumor_not_assessed', `${rumorCaseId} was never assessed`);
        if (rumor.status === 'to_rebut') throw new Refusal('rumor_owed', `${rumorCaseId} waits for its rebuttal`);
        return [{ type: 'rumor.closed', ...head, reason: command.reason, ...said(command), closedAt: at }];
      }
    }
  },

  evolve(rumor, event): RumorCase {
    const warned = 'warned' in rumor ? rumor.warned : [];
    switch (event.type) {
      case 'rumor.reported':
        return { status: 'reported', verdict: null, warned: [] };
      case 'rumor.clue_added':
        return rumor;
      case 'rumor.assessed': {
        const { verdict, decision } = event;
        if (decision === 'drop') return { status: 'closed' };
        if (decision === 'watch') return { status: 'watched', verdict, warned };
        const releaseId = rumor.status === 'to_rebut' ? rumor.releaseId : null;
        return { status: 'to_rebut', verdict, releaseId, warned: event.dueAt ? [] : warned };
      }
      case 'rumor.rebuttal_begun':
        return rumor.status === 'to_rebut' ? { ...rumor, releaseId: event.releaseId } : rumor;
      case 'rumor.rebutted':
        return rumor.status === 'to_rebut'
          ? { status: 'rebutted', verdict: rumor.verdict, releaseId: event.releaseId }
          : rumor;
      case 'rumor.warned':
        return 'warned' in rumor ? { ...rumor, warned: [...rumor.warned, event.share] } : rumor;
      case 'rumor.effect_noted':
        return rumor;
      case 'rumor.closed':
        return { status: 'closed' };
    }
  },
});

const said = ({ actor }: RumorCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });
