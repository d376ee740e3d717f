import {
  checkIdOf,
  EvidenceView,
  hash,
  inspectionId,
  InspectionDetail,
  InspectionList,
  lookProgress,
  machineFindings,
  Refusal,
  SelfCheck,
  siteCheckId,
  siteId,
  supervisedBy,
  vetoStates,
  type InspectionRow,
  type InspectionSummary,
  type SiteCheckRow,
  type SiteFinding,
  inspectionReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { merged } from './views.ts';

export type InspectionTools = { models: Models; proofs: Proofs; clock: Clock };

const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };
const ofOne = { params: z.object({ inspectionId }), query: z.object({ site: siteId, ...fresh }) };

/** Quarterly inspections, and the checks of sites by machine. */
export function inspectionRoutes({ models, proofs, clock }: InspectionTools): Route[] {
  const rowOf = async (site: string, id: string, caller: Caller): Promise<InspectionRow> => {
    mustServeSite(caller, site);
    const row = await models.inspections.reader.get(`${site}/${id}`);
    if (!row) throw new Refusal('inspection_missing', `no inspection ${id} of ${site}`);
    return row;
  };
  const named = ({
    siteId: id,
    name,
    level,
  }: {
    siteId: string;
    name: string;
    level: 'national' | 'province' | 'city';
  }) => ({
    siteId: id,
    name,
    level,
  });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/inspections',
      says: 'Quarterly inspections, the newest first.',
      may: inspectionReaders,
      query: z.object(fresh),
      answer: InspectionList,
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.inspections;
        await runner.reach(atLeast);
        const sets = caller.sites.includes('*') ? ['all:*'] : caller.sites.map((each) => `all:${each}`);
        const rows = await merged(models.inspections, sets, { reverse: true, limit: 400 });
        const registered = models.sites.all();
        const inspected = new Set(
          rows.flatMap(({ site }) => supervisedBy(site, registered).map((each) => each.siteId)),
        );
        const sites = registered.filter((each) => inspected.has(each.siteId)).map(named);
        return { rows: rows.map(summaryOf), sites, position: await reader.position(), serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/inspections/:inspectionId',
      says: 'One inspection: the list, the draw, every site with what machines and people found.',
      may: inspectionReaders,
      ...ofOne,
      answer: InspectionDetail,
      async handle({ params, query: { site, atLeast }, caller }) {
        await models.inspections.runner.reach(atLeast);
        const row = await rowOf(site, params.inspectionId, caller);
        const found = await Promise.all(
          row.sites.map((each) => models.siteChecks.reader.get(`${each.siteId}/${checkIdOf(row.inspectionId)}`)),
        );
        const at = clock.now();
        const checks = found
          .filter((check) => check !== null)
          .map((check) => ({ check, findings: machineFindings(check, at), progress: lookProgress(check) }));
        const known = new Set([...row.population, ...row.excluded, ...row.sites].map((each) => each.siteId));
        const all = row.state === 'expected' ? [] : supervisedBy(row.site, models.sites.all()).map(named);
        const newcomers = all
          .filter((each) => !known.has(each.siteId))
          .map(({ siteId: id, name }) => ({ siteId: id, name }));
        return { row, checks, newcomers, serverTime: at };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/inspections/:inspectionId/sites.txt',
      says: 'The frozen list, one site id a line: what the draw is repeated from.',
      may: inspectionReaders,
      ...ofOne,
      answer: z.string(),
      mediaType: 'text/plain',
      async handle({ params, query: { site }, caller, reply }) {
        const row = await rowOf(site, params.inspectionId, caller);
        reply.type('text/plain; charset=utf-8').header('content-disposition', 'attachment; filename="sites.txt"');
        return row.population.map((each) => `${each.siteId}\n`).join('');
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/inspections/:inspectionId/findings.csv',
      says: 'What was found of each site, a line for each finding.',
      may: inspectionReaders,
      ...ofOne,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ params, query: { site }, caller, reply }) {
        const { sites, inspectionId: id } = await rowOf(site, params.inspectionId, caller);
        reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${id}.csv"`);
        const lines = sites.flatMap(({ conclusion, name }) =>
          (conclusion?.findings ?? []).map((found) => ({ name, result: conclusion!.result, found })),
        );
        return toCsv(columns, lines);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/site-checks',
      says: 'How the sites that one works for stand against what would fail them.',
      may: inspectionReaders,
      answer: z.object({ rows: z.array(SelfCheck), serverTime: z.string() }),
      async handle({ caller }) {
        const at = clock.now();
        const own = models.sites.all().filter((each) => servesSite(caller, each.siteId));
        const rows = await Promise.all(
          own.map(async ({ siteId: site, name }) => {
            const [check] = await models.siteChecks.reader.list(`self:${site}`, { reverse: true, limit: 1 });
            return selfCheck(site, name, check ?? null, at);
          }),
        );
        return { rows, serverTime: at };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/site-checks/:checkId/evidence/:snapshot',
      says: 'What a server said when a page of a site was read, as it was kept.',
      may: inspectionReaders,
      params: z.object({ checkId: siteCheckId, snapshot: hash }),
      query: z.object({ site: siteId }),
      answer: EvidenceView,
      async handle({ params: { checkId, snapshot }, query: { site } }) {
        const check = await models.siteChecks.reader.get(`${site}/${checkId}`);
        const page = check?.pages.find((each) => each.snapshot === snapshot);
        const look = check?.reposts?.looks.find((each) => each.snapshot === snapshot);
        const seenAt = page?.readAt ?? check?.reposts?.lookedAt;
        const url = page?.url ?? look?.url;
        if (!url || !seenAt) throw new Refusal('not_found', `no check ${checkId} of ${site} received ${snapshot}`);
        return proofs.view({ url, seenAt, snapshot, bodyHash: null });
      },
    }),
  ];
}

const selfCheck = (site: string, name: string, check: SiteCheckRow | null, at: string): SelfCheck => ({
  site,
  name,
  check,
  findings: check ? machineFindings(check, at) : [],
  states: check ? vetoStates(check, at) : [],
  progress: check ? lookProgress(check) : 0,
});

function summaryOf(row: InspectionRow): InspectionSummary {
  const { inspectionId: id, site, state, startsAt, dueAt, missed, population, sites, published } = row;
  const inspected = sites.filter(({ how }) => how !== 'replaced');
  const concluded = inspected.filter(({ conclusion }) => conclusion !== null);
  return {
    inspectionId: id,
    site,
    state,
    startsAt,
    dueAt,
    missed,
    population: population.length,
    inspected: inspected.length,
    concluded: concluded.length,
    failed: concluded.filter(({ conclusion }) => conclusion?.result === 'failed').length,
    url: published.at(-1)?.url ?? null,
  };
}

const columns: Columns<{ name: string; result: string; found: SiteFinding }> = [
  ['网站 site', ({ name }) => name],
  ['结果 result', ({ result }) => result],
  ['问题 finding', ({ found }) => found.code],
  ['程度 severity', ({ found }) => found.severity],
  ['对象 of', ({ found }) => found.of],
  ['数量 n', ({ found }) => found.n?.toString() ?? null],
  ['说明 detail', ({ found }) => found.detail],
  ['地址 url', ({ found }) => found.url],
  ['证据 evidence', ({ found }) => found.snapshot],
];
