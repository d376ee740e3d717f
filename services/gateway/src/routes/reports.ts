import type { BusClient, EvidenceStore } from '@tongsheng/bus';
import {
  entryOf,
  instant,
  Refusal,
  ReportCounting,
  reportForm,
  ReportFile,
  reportId,
  ReportRow,
  siteId,
  reportReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { toCsv } from '../csv.ts';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { fileAnswer, sendFile } from './downloads.ts';
import { merged } from './views.ts';

export type ReportTools = { models: Models; evidence: EvidenceStore; client: BusClient; clock: Clock };

const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };
const one = z.object({ site: siteId, reportId });

/** The yearly tables and bulletins: their list, their forms, and their prints. */
export function reportRoutes({ models, evidence, client, clock }: ReportTools): Route[] {
  const rowsFor = (caller: Caller): Promise<ReportRow[]> => {
    const sets = caller.sites.includes('*') ? ['all:*'] : caller.sites.map((each) => `all:${each}`);
    return merged(models.reports, sets, { reverse: true, limit: 1_000 });
  };
  const rowOf = async (caller: Caller, site: string, id: string): Promise<ReportRow> => {
    mustServeSite(caller, site);
    const row = await models.reports.reader.get(`${site}/${id}`);
    if (!row) throw new Refusal('report_missing', `no report ${id} of ${site}`);
    return row;
  };
  const print = async (site: string, id: string, format: 'pdf' | 'xlsx', reply: FastifyReply): Promise<Buffer> => {
    const file = ReportFile.parse(await client.ask('report.file', { site, reportId: id, format }, printMs));
    const kept = await evidence.read(file.hash);
    if (!kept) throw new Refusal('not_found', `the print of ${id} is not there`);
    return sendFile(reply, { bytes: kept.bytes, intact: kept.intact, name: file.name, mediaType: file.mediaType });
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/reports',
      says: 'Yearly tables and bulletins, the newest period first.',
      may: reportReaders,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(ReportRow), position: z.int(), serverTime: instant }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.reports;
        await runner.reach(atLeast);
        return { rows: await rowsFor(caller), position: await reader.position(), serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reports/:site/:reportId',
      says: 'One report: what the log counted, what people filled in, and who answers for it.',
      may: reportReaders,
      params: one,
      query: z.object(fresh),
      answer: ReportRow,
      async handle({ params, query: { atLeast }, caller }) {
        await models.reports.runner.reach(atLeast);
        return rowOf(caller, params.site, params.reportId);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reports/:site/:reportId/counting',
      says: 'How far the log is read for its figures, from 0 to 1; null while nobody counts.',
      may: reportReaders,
      params: one,
      answer: ReportCounting,
      async handle({ params, caller }) {
        mustServeSite(caller, params.site);
        return ReportCounting.parse(await client.ask('report.counting', params));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reports/:site/:reportId/report.csv',
      says: 'One report as CSV, in which no cell is run by a spreadsheet.',
      may: reportReaders,
      params: one,
      ...fileAnswer,
      mediaType: 'text/csv',
      async handle({ params, caller, reply }) {
        const row = await rowOf(caller, params.site, params.reportId);
        const lines = reportForm(row.template).sections.flatMap(({ name: section, fields }) =>
          fields.map((field) => ({ section, field, said: entryOf(row, field.id) })),
        );
        const csv = toCsv(
          [
            ['类别', ({ section }) => section],
            ['项目', ({ field }) => field.name],
            ['内容', ({ said }) => said.value],
            ['单位', ({ field }) => field.unit],
            ['系统统计', ({ field }) => row.figures[field.id] ?? null],
            ['说明', ({ said }) => said.note],
            ['口径', ({ field }) => field.means],
          ],
          lines,
        );
        return sendFile(reply, {
          bytes: Buffer.from(csv),
          intact: true,
          name: `${params.site}-${params.reportId}.csv`,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reports/:site/:reportId/report.pdf',
      says: 'One report as a PDF on A4.',
      may: reportReaders,
      params: one,
      ...fileAnswer,
      async handle({ params, caller, reply }) {
        await rowOf(caller, params.site, params.reportId);
        return print(params.site, params.reportId, 'pdf', reply);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reports/:site/:reportId/report.xlsx',
      says: 'One report as a workbook, all of its cells text.',
      may: reportReaders,
      params: one,
      ...fileAnswer,
      async handle({ params, caller, reply }) {
        await rowOf(caller, params.site, params.reportId);
        return print(params.site, params.reportId, 'xlsx', reply);
      },
    }),
  ];
}

/** A browser has to start for it. */
const printMs = 45_000;
