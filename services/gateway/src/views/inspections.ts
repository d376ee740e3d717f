import type { InspectedRow, InspectionEvent, InspectionRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Quarters and their inspections: the list, the draw, how far each site is, what came of it. */
export const inspections = defineProjection({
  name: 'inspections',
  version: 2,
  follows: ['inspection'],
  keyOf: (event: InspectionEvent) => `${event.site}/${event.inspectionId}`,

  apply(row: InspectionRow | null, event): InspectionRow | null {
    if (event.type === 'inspection.expected') return row ?? begun(event, event.expectedAt);
    if (event.type === 'inspection.opened') {
      const { population, excluded, listHash, share, publicValueName, openedAt, byName } = event;
      const list = { population, excluded, listHash, share, publicValueName, openedAt, openedByName: byName };
      return { ...(row ?? begun(event, openedAt)), ...list, state: 'opened', updatedAt: openedAt };
    }
    if (row === null) return null;
    const all = (ids: readonly string[], how: InspectedRow['how'], reason: string) => [
      ...row.sites,
      ...row.population
        .filter(({ siteId }) => ids.includes(siteId))
        .map((site) => ({ ...site, ...untouched, how, reason })),
    ];
    const one = (siteId: string, change: (site: InspectedRow) => Partial<InspectedRow>) =>
      row.sites.map((site) =>
        site.siteId === siteId && site.how !== 'replaced' ? { ...site, ...change(site) } : site,
      );
    switch (event.type) {
      case 'inspection.drawn': {
        const { publicValue, seed, order, chosen, byName, drawnAt: at } = event;
        const draw = { publicValue, seed, order, chosen, byName, at };
        const inOrder = chosen.flatMap((id) => row.population.filter(({ siteId }) => siteId === id));
        const sites = inOrder.map((site) => ({ ...site, ...untouched, how: 'drawn' as const, reason: '' }));
        return { ...row, state: 'drawn', draw, sites, updatedAt: at };
      }
      case 'inspection.enlarged':
        return { ...row, sites: all(event.added, 'enlarged', event.reason), updatedAt: event.enlargedAt };
      case 'inspection.replaced': {
        const { siteId, replacement, reason, replacedAt } = event;
        const added = replacement === null ? row.sites : all([replacement], 'replacement', reason);
        const sites = added.map((site) =>
          site.siteId === siteId ? { ...site, how: 'replaced' as const, reason } : site,
        );
        return { ...row, sites, updatedAt: replacedAt };
      }
      case 'inspection.included': {
        const { included, reason, includedAt } = event;
        const sites = [...row.sites, { ...included, ...untouched, how: 'included' as const, reason }];
        return { ...row, sites, updatedAt: includedAt };
      }
      case 'inspection.judged': {
        const { siteId, judgements, evidence = [], byName, judgedAt } = event;
        const sheet = { judgements, evidence, judgedByName: byName };
        return { ...row, sites: one(siteId, () => sheet), updatedAt: judgedAt };
      }
      case 'inspection.concluded': {
        const { siteId, result, findings, byName, concludedAt: at } = event;
        return { ...row, sites: one(siteId, () => ({ conclusion: { result, findings, byName, at } })), updatedAt: at };
      }
      case 'inspection.noticed': {
        const { siteId, text, mendBy, byName, noticedAt: at } = event;
        const notice = { text, mendBy, byName, at };
        return { ...row, sites: one(siteId, ({ notices }) => ({ notices: [...notices, notice] })), updatedAt: at };
      }
      case 'inspection.interviewed': {
        const { siteId, with: whom, where, heldAt, record, byName, interviewedAt: at } = event;
        const held = { with: whom, where, heldAt, record, byName, at };
        return {
          ...row,
          sites: one(siteId, ({ interviews }) => ({ interviews: [...interviews, held] })),
          updatedAt: at,
        };
      }
      case 'inspection.rechecked': {
        const { siteId, mended, note, byName, recheckedAt: at } = event;
        const again = { mended, note, byName, at };
        return { ...row, sites: one(siteId, ({ rechecks }) => ({ rechecks: [...rechecks, again] })), updatedAt: at };
      }
      case 'inspection.published': {
        const { stage, version, url, publishedAt: at } = event;
        const state = stage === 'results' ? 'published' : row.state;
        return { ...row, state, published: [...row.published, { stage, version, url, at }], updatedAt: at };
      }
      case 'inspection.quarter_ended':
        return { ...row, missed: event.missed, updatedAt: event.endedAt };
      case 'inspection.publishing':
      case 'inspection.warned':
        return row;
    }
  },

  sets: ({ site, startsAt }) => ({ 'all:*': Date.parse(startsAt), [`all:${site}`]: Date.parse(startsAt) }),
});

const untouched = {
  judgements: [],
  evidence: [],
  judgedByName: '',
  conclusion: null,
  notices: [],
  interviews: [],
  rechecks: [],
};

const begun = (
  { inspectionId, site, startsAt, dueAt }: Pick<InspectionRow, 'inspectionId' | 'site' | 'startsAt' | 'dueAt'>,
  updatedAt: string,
): InspectionRow => ({
  inspectionId,
  site,
  state: 'expected',
  startsAt,
  dueAt,
  missed: false,
  population: [],
  excluded: [],
  listHash: '',
  share: 0,
  publicValueName: '',
  openedAt: null,
  openedByName: '',
  draw: null,
  sites: [],
  published: [],
  updatedAt,
});
