import { defineAggregate } from '@tongsheng/bus';
import {
  InspectionCommand,
  InspectionEvent,
  judgedFindings,
  leastShare,
  Refusal,
  resultOf,
  sampleSize,
  type InspectedSite,
  type Judgement,
  type SiteFinding,
  type SiteResult,
  type WarningShare,
} from '@tongsheng/contracts';

/** A site that is inspected, and how far that is. */
type Inspected = {
  judgements: Judgement[] | null;
  result: SiteResult | null;
  isReplaced: boolean;
};

type Inspection = {
  status: 'new' | 'expected' | 'opened' | 'drawn';
  population: InspectedSite[];
  /** The whole list in the draw's order, and how far into it sites were taken. */
  order: string[];
  taken: number;
  sites: ReadonlyMap<string, Inspected>;
  warned: WarningShare[];
  /** Counted when it was decided; and whether the results are to be read. */
  versions: number;
  recorded: number;
  isPublic: boolean;
  isOver: boolean;
};

const initial: Inspection = {
  status: 'new',
  population: [],
  order: [],
  taken: 0,
  sites: new Map(),
  warned: [],
  versions: 0,
  recorded: 0,
  isPublic: false,
  isOver: false,
};

const untouched: Inspected = { judgements: null, result: null, isReplaced: false };

/**
 * A quarter's inspection: the list frozen, the sample drawn once from seed and list, each site judged and concluded, the
 * result published. There is one a quarter, so that nobody draws until the sample pleases; more only adds.
 */
export const inspection = defineAggregate({
  name: 'inspection',
  commands: InspectionCommand,
  events: InspectionEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.inspectionId,
  opens: ['inspection.expect', 'inspection.open'],
  initial,

  decide(command, past): InspectionEvent[] {
    const { inspectionId, site, at } = command;
    const head = { inspectionId, site };
    if (command.type === 'inspection.expect') {
      if (past.status !== 'new') return [];
      const { startsAt, dueAt } = period(command);
      return [{ type: 'inspection.expected', ...head, startsAt, dueAt, expectedAt: at }];
    }
    if (command.type === 'inspection.open') {
      if (past.status === 'opened' || past.status === 'drawn')
        throw new Refusal('inspection_opened', `${inspectionId} was opened`, { quarter: inspectionId });
      const { share, publicValueName, exclude, registered, listHash } = command;
      if (share < leastShare)
        throw new Refusal('inspection_share_low', `${share} % of the sites; at least ${leastShare} %`, {
          share,
          least: leastShare,
        });
      if (!registered || listHash === undefined)
        throw new Refusal('command_invalid', 'registered: the service says it, from the registry');
      const reasons = new Map(exclude.map(({ siteId, reason }) => [siteId, reason]));
      const population = registered.filter(({ siteId }) => !reasons.has(siteId));
      if (population.length === 0) throw new Refusal('inspection_no_site', 'no site is left to draw from');
      const excluded = registered.flatMap(({ siteId, name }) => {
        const reason = reasons.get(siteId);
        return reason === undefined ? [] : [{ siteId, name, reason }];
      });
      const list = { population, excluded, listHash, share, publicValueName, ...period(command) };
      return [{ type: 'inspection.opened', ...head, ...list, ...said(command), openedAt: at }];
    }
    if (command.type === 'inspection.warn') {
      const { share, fellDueAt } = command;
      if (past.status === 'new') throw missing(inspectionId);
      if (share === 100)
        return past.isOver
          ? []
          : [{ type: 'inspection.quarter_ended', ...head, missed: !past.isPublic, fellDueAt, endedAt: at }];
      if (past.isPublic || past.isOver || past.warned.includes(share)) return [];
      return [{ type: 'inspection.warned', ...head, share, fellDueAt, warnedAt: at }];
    }
    if (past.status === 'new') throw missing(inspectionId);
    if (past.status === 'expected') throw new Refusal('inspection_not_opened', `${inspectionId} was not opened`);

    if (command.type === 'inspection.draw') {
      if (past.status === 'drawn')
        throw new Refusal('inspection_drawn', `${inspectionId} was drawn; more sites can only be added`);
      const { publicValue, drawn } = command;
      if (!drawn || !isOrderOf(drawn.order, past.population))
        throw new Refusal('command_invalid', 'drawn: the service says it, from list and value');
      const { seed, order } = drawn;
      const chosen = order.slice(0, past.taken);
      return [{ type: 'inspection.drawn', ...head, publicValue, seed, order, chosen, ...said(command), drawnAt: at }];
    }
    if (command.type === 'inspection.publish') {
      const { stage } = command;
      if (stage === 'results') mustBeFinished(past, inspectionId);
      else if (past.status === 'drawn')
        throw new Refusal('inspection_drawn', `${inspectionId} was drawn: its list is no news`);
      // Decided twice in one moment it goes out once.
      if (past.versions > past.recorded) return [];
      const version = past.versions + 1;
      return [{ type: 'inspection.publishing', ...head, stage, version, ...said(command), decidedAt: at }];
    }
    if (command.type === 'inspection.record_published') {
      const { stage, version, url, publicPosition } = command;
      if (version <= past.recorded) return [];
      return [{ type: 'inspection.published', ...head, stage, version, url, publicPosition, publishedAt: at }];
    }
    if (past.status !== 'drawn') throw new Refusal('inspection_not_drawn', `${inspectionId} was not drawn`);

    switch (command.type) {
      case 'inspection.enlarge': {
        const added = past.order.slice(past.taken, past.taken + command.count);
        if (added.length < command.count)
          throw new Refusal('inspection_exhausted', `${added.length} sites are left in the draw's order`, {
            left: added.length,
          });
        const { reason } = command;
        return [{ type: 'inspection.enlarged', ...head, added, reason, ...said(command), enlargedAt: at }];
      }
      case 'inspection.replace': {
        const { siteId, reason } = command;
        if (inspected(past, siteId).result !== null) throw concluded(siteId);
        const replacement = past.order[past.taken] ?? null;
        const facts = { siteId, replacement, reason };
        return [{ type: 'inspection.replaced', ...head, ...facts, ...said(command), replacedAt: at }];
      }
      case 'inspection.include': {
        const { siteId, reason, registered } = command;
        if (past.sites.has(siteId) || past.order.includes(siteId))
          throw new Refusal('inspection_listed', `${siteId} stands on the list that was drawn from`);
        const included = registered?.find((each) => each.siteId === siteId);
        if (!included) throw new Refusal('registration_missing', `no site ${siteId}`);
        return [{ type: 'inspection.included', ...head, included, reason, ...said(command), includedAt: at }];
      }
      case 'inspection.judge': {
        const { siteId, judgements, evidence } = command;
        if (inspected(past, siteId).result !== null) throw concluded(siteId);
        const sheet = { siteId, judgements, ...(evidence.length > 0 && { evidence }) };
        return [{ type: 'inspection.judged', ...head, ...sheet, ...said(command), judgedAt: at }];
      }
      case 'inspection.conclude': {
        const { siteId, found } = command;
        const { judgements, result: before } = inspected(past, siteId);
        if (before !== null) return [];
        if (judgements === null)
          throw new Refusal('inspection_not_judged', `${siteId}: nobody has filled in its worksheet`);
        if (!found) throw new Refusal('inspection_not_looked', `${siteId}: its check by machine has not gone through`);
        const findings: SiteFinding[] = [...judgedFindings(judgements), ...found];
        const result = resultOf(findings);
        const facts = { siteId, result, findings };
        return [{ type: 'inspection.concluded', ...head, ...facts, ...said(command), concludedAt: at }];
      }
      case 'inspection.notice': {
        const { siteId, text, mendBy } = command;
        mustBeFaulty(past, siteId);
        return [{ type: 'inspection.noticed', ...head, siteId, text, mendBy, ...said(command), noticedAt: at }];
      }
      case 'inspection.interview': {
        const { siteId, with: whom, where, heldAt, record } = command;
        mustBeFaulty(past, siteId);
        const facts = { siteId, with: whom, where, heldAt, record };
        return [{ type: 'inspection.interviewed', ...head, ...facts, ...said(command), interviewedAt: at }];
      }
      case 'inspection.recheck': {
        const { siteId, mended, note } = command;
        mustBeFaulty(past, siteId);
        return [{ type: 'inspection.rechecked', ...head, siteId, mended, note, ...said(command), recheckedAt: at }];
      }
    }
  },

  evolve(past, event): Inspection {
    const change = (siteId: string, more: Partial<Inspected>): Inspection => {
      const known = past.sites.get(siteId) ?? untouched;
      return { ...past, sites: new Map([...past.sites, [siteId, { ...known, ...more }]]) };
    };
    const take = (ids: readonly string[]) => new Map([...past.sites, ...ids.map((id) => [id, untouched] as const)]);
    switch (event.type) {
      case 'inspection.expected':
        return { ...past, status: 'expected' };
      case 'inspection.opened': {
        const { population, share } = event;
        return { ...past, status: 'opened', population, taken: sampleSize(population.length, share) };
      }
      case 'inspection.drawn':
        return { ...past, status: 'drawn', order: event.order, taken: event.chosen.length, sites: take(event.chosen) };
      case 'inspection.enlarged':
        return { ...past, taken: past.taken + event.added.length, sites: take(event.added) };
      case 'inspection.replaced': {
        const { siteId, replacement } = event;
        const without = change(siteId, { isReplaced: true });
        if (replacement === null) return without;
        return { ...without, taken: past.taken + 1, sites: new Map([...without.sites, [replacement, untouched]]) };
      }
      case 'inspection.included':
        return { ...past, sites: take([event.included.siteId]) };
      case 'inspection.judged':
        return change(event.siteId, { judgements: event.judgements });
      case 'inspection.concluded':
        return change(event.siteId, { result: event.result });
      case 'inspection.publishing':
        return { ...past, versions: event.version };
      case 'inspection.published':
        return { ...past, recorded: event.version, isPublic: past.isPublic || event.stage === 'results' };
      case 'inspection.warned':
        return { ...past, warned: [...past.warned, event.share] };
      case 'inspection.quarter_ended':
        return { ...past, isOver: true };
      case 'inspection.noticed':
      case 'inspection.interviewed':
      case 'inspection.rechecked':
        return past;
    }
  },
});

const said = ({ actor }: InspectionCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });

const missing = (id: string) => new Refusal('inspection_missing', `no inspection ${id}`);
const concluded = (siteId: string) => new Refusal('inspection_concluded', `${siteId} was concluded`);

function period({ startsAt, dueAt }: { startsAt?: string | undefined; dueAt?: string | undefined }) {
  if (startsAt === undefined || dueAt === undefined)
    throw new Refusal('command_invalid', 'startsAt: the service says it, from the calendar');
  return { startsAt, dueAt };
}

/** Every site of the list, once. */
function isOrderOf(order: readonly string[], population: readonly InspectedSite[]): boolean {
  const ids = new Set(population.map(({ siteId }) => siteId));
  return order.length === ids.size && order.every((id) => ids.delete(id));
}

/** @throws Refusal inspection_not_inspected */
function inspected({ sites }: Inspection, siteId: string): Inspected {
  const found = sites.get(siteId);
  if (!found || found.isReplaced) throw new Refusal('inspection_not_inspected', `${siteId} is not inspected`);
  return found;
}

/** @throws Refusal unless the site was concluded and something is wrong with it */
function mustBeFaulty(past: Inspection, siteId: string): void {
  const { result } = inspected(past, siteId);
  if (result === null) throw new Refusal('inspection_not_concluded', `${siteId} was not concluded`);
  if (result === 'passed') throw new Refusal('inspection_nothing_wrong', `nothing was found at ${siteId}`);
}

/** @throws Refusal while a site is not concluded: a result leaves nobody out. */
function mustBeFinished({ status, sites }: Inspection, id: string): void {
  if (status !== 'drawn') throw new Refusal('inspection_not_drawn', `${id} was not drawn`);
  const open = [...sites]
    .filter(([, { result, isReplaced }]) => result === null && !isReplaced)
    .map(([siteId]) => siteId);
  if (open.length > 0)
    throw new Refusal('inspection_unfinished', `not concluded: ${open.join(', ')}`, { left: open.length });
}
