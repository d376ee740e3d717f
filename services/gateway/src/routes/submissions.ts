import {
  homeOf,
  instant,
  SubmissionCounts,
  SubmissionDetail,
  SubmissionRecipients,
  SubmissionRow,
  token,
  type Role,
} from '@tongsheng/contracts';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { countSubmissions } from '../submission-counts.ts';
import { merged, type ViewTools } from './views.ts';

const readers: Role[] = ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'];
const figureReaders: Role[] = ['comms', 'editor', 'signer', 'manager', 'duty', 'admin'];
const most = 10_000;
const period = z.object({ from: instant, to: instant, site: token.optional() });

/** What sites offer each other, seen from both sides; what neighbouring deployments offer to ours beside it. */
export function submissionRoutes({ models, details, clock, settings }: ViewTools): Route[] {
  const now = () => clock.now();
  const sitesOf = (caller: Caller) => (caller.sites.includes('*') ? ['*'] : caller.sites);
  const within = async ({ from, to, site }: z.infer<typeof period>, caller: Caller): Promise<SubmissionRow[]> => {
    if (site !== undefined) mustServeSite(caller, site);
    const sites = site === undefined ? sitesOf(caller) : [site];
    const range = { min: Date.parse(from), max: Date.parse(to) - 1, limit: most };
    const found = await Promise.all(
      sites.flatMap((each) => [`out:${each}`, `in:${each}`]).map((set) => models.submissions.reader.list(set, range)),
    );
    const rows = new Map(found.flat().map((row) => [`${row.site}/${row.submissionId}`, row]));
    return [...rows.values()].sort((one, other) => (one.offeredAt < other.offeredAt ? -1 : 1));
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/submissions',
      says: 'Submissions that these sites offered (`out`) or were offered (`in`), the newest first.',
      may: readers,
      query: z.object({ way: z.enum(['out', 'in']), atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: z.object({ rows: z.array(SubmissionRow), position: z.int(), serverTime: instant }),
      async handle({ query: { way, atLeast }, caller }) {
        const { reader, runner } = models.submissions;
        await runner.reach(atLeast);
        const sets = sitesOf(caller).map((site) => `${way}:${site}`);
        const slice = { reverse: true, limit: 1_000 };
        const told = way === 'in' ? [...models.submissionsOf.values()] : [];
        const lists = await Promise.all([models.submissions, ...told].map((model) => merged(model, sets, slice)));
        const rows = lists.flat().sort((one, other) => (one.offeredAt < other.offeredAt ? 1 : -1));
        return { rows, position: await reader.position(), serverTime: now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/submissions/recipients',
      says: 'Whom a release can be offered to: all sites, offices that were written to before, partners’ channels.',
      may: ['comms'],
      answer: SubmissionRecipients,
      async handle({ caller }) {
        const sets = sitesOf(caller).map((site) => `out:${site}`);
        const before = await merged(models.submissions, sets, { reverse: true, limit: 500 });
        const offices = new Map(before.flatMap(({ to }) => (to.kind === 'email' ? [[to.address, to]] : [])));
        return {
          sites: [
            ...models.sites.all(),
            ...(settings.values.NEIGHBOURS?.neighbours ?? []).flatMap(({ sites }) => sites),
          ].map(({ siteId, name }) => ({ siteId, name })),
          offices: [...offices.values()].map(({ address, name }) => ({ address, name })),
          partners: models.channels
            .all()
            .map(({ channel }) => channel)
            .filter(({ kind, site }) => kind === 'webhook' && servesSite(caller, site))
            .map(({ channelId, site, name }) => ({ channelId, site, name })),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/submissions/counts',
      says: 'How many were offered, answered and adopted, by site, of those offered in a period.',
      may: figureReaders,
      query: period,
      answer: SubmissionCounts,
      async handle({ query, caller }) {
        const rows = await within(query, caller);
        const isAsked = (site: string) => servesSite(caller, site) && (query.site ?? site) === site;
        return { rows: countSubmissions(rows, isAsked, now()), serverTime: now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/submissions.csv',
      says: 'The submissions behind those figures as CSV.',
      may: figureReaders,
      query: period,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query, caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="submissions.csv"');
        return toCsv(columns, await within(query, caller));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/submissions/:site/:submissionId',
      says: 'One submission: what each side wants, the text on the table, and all that happened. For both sides.',
      may: readers,
      params: z.object({ site: token, submissionId: token }),
      query: z.object({ atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: SubmissionDetail,
      async handle({ params: { site, submissionId }, query: { atLeast }, caller }) {
        const home = homeOf(settings.values.NEIGHBOURS, site)?.name;
        // A position is one of the log that the submission stands in.
        await (home === undefined ? models.submissions : models.submissionsOf.get(home)!).runner.reach(atLeast);
        const found = await details.submission(site, submissionId, servesSite(caller, site));
        const { to } = found.row;
        if (to.kind !== 'site' || !servesSite(caller, to.site)) mustServeSite(caller, site);
        return found;
      },
    }),
  ];
}

const columns: Columns<SubmissionRow> = [
  ['报送单位', ({ site }) => site],
  ['受理单位', ({ to }) => to.name],
  ['标题', ({ title }) => title],
  ['报送时间', ({ offeredAt }) => offeredAt],
  ['报送人', ({ offeredByName }) => offeredByName],
  ['应答复', ({ answerDueAt }) => answerDueAt],
  ['首次答复', ({ answeredAt }) => answeredAt],
  ['状态', ({ state }) => state],
  ['约定时刻', ({ slot }) => slot],
  ['采用时间', ({ adoptedAt }) => adoptedAt],
  ['采用地址', ({ url }) => url],
  ['理由', ({ reason }) => reason],
  ['报送号', ({ submissionId }) => submissionId],
];
