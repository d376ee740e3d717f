import type { BusClient } from '@tongsheng/bus';
import {
  EvidenceView,
  hash,
  instant,
  RecallDetail,
  recallKind,
  RecallPlan,
  RecallRow,
  Refusal,
  siteId,
  token,
  type Role,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import type { Details } from '../details.ts';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import type { Named, Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { fileAnswer, sendBody } from './downloads.ts';
import { merged } from './views.ts';

export type RecallTools = { models: Models; details: Details; proofs: Proofs; client: BusClient; clock: Clock };

const readers: Role[] = ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'];
const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };
const one = { releaseId: token, round: z.coerce.number().int().min(1) };
const ofAnswer = z.object({ site: siteId, ...one, snapshot: hash });

/** Corrections and withdrawals: the plan before it is decided, the board, and what was seen from outside. */
export function recallRoutes({ models, details, proofs, client, clock }: RecallTools): Route[] {
  const rowsFor = (caller: Caller): Promise<RecallRow[]> => {
    const sets = caller.sites.includes('*') ? ['all:*'] : caller.sites.map((each) => `all:${each}`);
    return merged(models.recalls, sets, { reverse: true, limit: 1_000 });
  };
  const proofOf = async ({ site, releaseId, round, snapshot }: z.infer<typeof ofAnswer>): Promise<Named> => {
    const { row } = await details.recall(site, releaseId, round);
    const seen = row.targets.find(({ evidence }) => evidence?.snapshot === snapshot);
    if (!seen?.evidence || !seen.url || !seen.at)
      throw new Refusal('not_found', `no look at ${releaseId} received ${snapshot}`);
    return { url: seen.url, seenAt: seen.at, snapshot, bodyHash: seen.evidence.pageHash };
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId/recall-plan',
      says: 'Where a release is, and what would be done about it there if it were decided now. Writes nothing.',
      may: readers,
      params: z.object({ releaseId: token }),
      query: z.object({ site: siteId, kind: recallKind }),
      answer: RecallPlan,
      async handle({ params: { releaseId }, query: { site, kind }, caller }) {
        mustServeSite(caller, site);
        return RecallPlan.parse(await client.ask('releases.recall-plan', { site, releaseId, kind }));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/recalls',
      says: 'Corrections and withdrawals, the newest first.',
      may: readers,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(RecallRow), position: z.int(), serverTime: instant }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.recalls;
        await runner.reach(atLeast);
        return { rows: await rowsFor(caller), position: await reader.position(), serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/recalls.csv',
      says: 'The same as CSV, a line for each place.',
      may: readers,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="recalls.csv"');
        const rows = await rowsFor(caller);
        return toCsv(
          columns,
          rows.flatMap((row) => row.targets.map((target) => ({ row, target }))),
        );
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/recalls/:releaseId/:round',
      says: 'One correction or withdrawal: every place, what is done there, and how it ended.',
      may: readers,
      params: z.object(one),
      query: z.object({ site: siteId, ...fresh }),
      answer: RecallDetail,
      async handle({ params: { releaseId, round }, query: { site, atLeast }, caller }) {
        mustServeSite(caller, site);
        await models.recalls.runner.reach(atLeast);
        return details.recall(site, releaseId, round);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/recalls/:site/:releaseId/:round/evidence/:snapshot',
      says: 'What the public received when a place was looked at, hashed again.',
      may: readers,
      params: ofAnswer,
      answer: EvidenceView,
      async handle({ params, caller }) {
        mustServeSite(caller, params.site);
        return proofs.view(await proofOf(params));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/recalls/:site/:releaseId/:round/evidence/:snapshot/body',
      says: 'The body of that answer, byte for byte.',
      may: readers,
      params: ofAnswer,
      ...fileAnswer,
      async handle({ params, caller, reply }) {
        mustServeSite(caller, params.site);
        return sendBody(proofs, await proofOf(params), reply);
      },
    }),
  ];
}

const columns: Columns<{ row: RecallRow; target: RecallRow['targets'][number] }> = [
  ['站点 site', ({ row }) => row.site],
  ['发布号 release', ({ row }) => row.releaseId],
  ['标题 title', ({ row }) => row.title],
  ['类型 kind', ({ row }) => row.kind],
  ['状态 state', ({ row }) => row.state],
  ['原因 reason', ({ row }) => row.reason],
  ['决定人 decided by', ({ row }) => row.decided?.byName ?? null],
  ['决定时间 decided at', ({ row }) => row.decided?.at ?? null],
  ['位置 place', ({ target }) => target.name],
  ['原有 had', ({ target }) => target.holding],
  ['办法 means', ({ target }) => target.means],
  ['结果 end', ({ target }) => target.end],
  ['结果时间 ended at', ({ target }) => target.at],
  ['说明 detail', ({ target }) => target.detail],
  ['HTTP', ({ target }) => target.evidence?.status.toString() ?? null],
  ['页面哈希 page hash', ({ target }) => target.evidence?.pageHash ?? null],
  ['填报人 reported by', ({ target }) => target.byName],
];
