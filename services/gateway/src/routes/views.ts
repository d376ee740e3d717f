import {
  BusClient,
  countDeadLetters,
  listDeadLetters,
  replayDeadLetter,
  streamTroubles,
  type Bus,
  type Journal,
} from '@tongsheng/bus';
import {
  auditReaders,
  ChannelRow,
  channelKinds,
  limitsOf,
  RefusedLogin,
  DeadLetter,
  FidelityQuery,
  FidelityView,
  checkpointAddress,
  HealthView,
  instant,
  LinkedDetail,
  LinkedRow,
  Refusal,
  ReleaseDetail,
  ReleaseRow,
  RepostDetail,
  RumorDetail,
  RumorRow,
  SimilarRumors,
  publicationShown,
  SiteRow,
  SiteTest,
  TimelineEntry,
  token,
  releaseReaders,
  rumorReaders,
  taskReaders,
} from '@tongsheng/contracts';
import { memoryTroubles } from '@tongsheng/projections';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Details } from '../details.ts';
import { auditFor } from '../audit-reach.ts';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import type { Settings } from '../settings.ts';

export type ViewTools = {
  models: Models;
  details: Details;
  client: BusClient;
  bus: Bus;
  journal: Journal;
  clock: Clock;
  settings: Settings;
};

const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };
const head = { position: z.int(), serverTime: instant };
/** Longer than a system that publishes may take. */
const siteTestMs = 40_000;
const siteQuery = z.object({ site: token });

/** What people read. Everything is filtered by the sites they work for. */
export function viewRoutes(tools: ViewTools): Route[] {
  const { models, details, client, bus, journal, clock, settings } = tools;
  const now = () => clock.now();

  return [
    defineRoute({
      method: 'GET',
      path: '/api/reposts/:taskId',
      says: 'One task: the original, our page as the public will see it, and all that happened.',
      may: taskReaders,
      params: z.object({ taskId: token }),
      query: z.object({ ...siteQuery.shape, item: token.optional() }),
      answer: RepostDetail,
      async handle({ params: { taskId }, query: { site, item }, caller }) {
        mustServeSite(caller, site);
        return details.repost(site, taskId, item);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/reposts/:taskId/fidelity',
      harmless: true,
      says: 'How faithful an edited text would be to the version that it is made from. Writes nothing.',
      may: ['editor'],
      params: z.object({ taskId: token }),
      body: FidelityQuery.omit({ taskId: true }),
      answer: FidelityView,
      async handle({ params: { taskId }, body, caller }) {
        mustServeSite(caller, body.site);
        return FidelityView.parse(await client.ask('reposts.fidelity', { ...body, taskId }));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases',
      says: 'Releases, newest first.',
      may: releaseReaders,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(ReleaseRow), ...head }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.releases;
        await runner.reach(atLeast);
        const rows = await merged(models.releases, setsFor('all', caller), { reverse: true, limit: 1_000 });
        return { rows, position: await reader.position(), serverTime: now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId',
      says: 'One release: the draft, its page, and all that happened.',
      may: releaseReaders,
      params: z.object({ releaseId: token }),
      query: siteQuery,
      answer: ReleaseDetail,
      async handle({ params: { releaseId }, query: { site }, caller }) {
        mustServeSite(caller, site);
        return details.release(site, releaseId);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/linked',
      says: 'Linked releases, the latest moment first.',
      may: ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'],
      query: z.object(fresh),
      answer: z.object({ rows: z.array(LinkedRow), ...head }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.linked;
        await runner.reach(atLeast);
        const rows = await merged(models.linked, setsFor('all', caller), { reverse: true, limit: 1_000 });
        return { rows, position: await reader.position(), serverTime: now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/linked/:linkedId',
      says: 'One linked release: its plan, its parts as they stand, and all that happened.',
      may: ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'],
      params: z.object({ linkedId: token }),
      query: siteQuery,
      answer: LinkedDetail,
      async handle({ params: { linkedId }, query: { site }, caller }) {
        mustServeSite(caller, site);
        return details.linked(site, linkedId);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rumors',
      says: 'Rumors: those that wait for an answer by the time that is left, then the others, newest first.',
      may: rumorReaders,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(RumorRow), ...head }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.rumors;
        await runner.reach(atLeast);
        const [open, done] = await Promise.all([
          merged(models.rumors, setsFor('open', caller), { limit: 1_000 }),
          merged(models.rumors, setsFor('done', caller), { reverse: true, limit: 1_000 }),
        ]);
        return { rows: [...open, ...done], position: await reader.position(), serverTime: now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rumors/similar',
      says: 'Rebuttals of before that answer much the same claim, the likest first.',
      may: rumorReaders,
      query: z.object({ claim: z.string().min(2).max(500) }),
      answer: SimilarRumors,
      async handle({ query: { claim } }) {
        return { rows: await details.similarRumors(claim) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rumors/:rumorCaseId',
      says: 'One rumor: its clues, what was found, what answers it, and all that happened.',
      may: rumorReaders,
      params: z.object({ rumorCaseId: token }),
      query: z.object({ ...siteQuery.shape, ...fresh }),
      answer: RumorDetail,
      async handle({ params: { rumorCaseId }, query: { site, atLeast }, caller }) {
        mustServeSite(caller, site);
        await models.rumors.runner.reach(atLeast);
        return details.rumor(site, rumorCaseId);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/sites',
      says: 'The sites this person works for.',
      may: 'signed-in',
      answer: z.object({ rows: z.array(SiteRow) }),
      handle: ({ caller }) => ({
        rows: models.sites
          .all()
          .filter(({ siteId }) => servesSite(caller, siteId))
          .map((each) => ({ ...each, publication: publicationShown(each.publication ?? { kind: 'portal' }) })),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/sites/:siteId/test',
      says: 'Whether the system that publishes a site would let us in; changes nothing there.',
      may: ['admin'],
      params: z.object({ siteId: token }),
      answer: SiteTest,
      async handle({ params: { siteId }, caller }) {
        mustServeSite(caller, siteId);
        return SiteTest.parse(await client.ask('site.test', { siteId }, siteTestMs));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/channels',
      says: 'The channels of those sites; never their settings.',
      may: 'signed-in',
      answer: z.object({ rows: z.array(ChannelRow) }),
      handle: ({ caller }) => ({
        rows: models.channels
          .all()
          .map(({ channel }) => {
            const { channelId, name, site, kind, paused } = channel;
            return { channelId, name, site, kind, paused, limits: limitsOf(channel), body: channelKinds[kind].body };
          })
          .filter(({ site }) => servesSite(caller, site)),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/refused-logins',
      says: 'Logins of channels that their platforms refuse: deliveries wait until they are mended.',
      may: 'signed-in',
      answer: z.object({ rows: z.array(RefusedLogin) }),
      handle: ({ caller }) => ({
        rows: models.credentials
          .all()
          .filter((event) => event.type === 'credential.failed')
          .filter(({ site }) => servesSite(caller, site))
          .map((event) => RefusedLogin.parse(event)),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/dead-letters',
      says: 'Messages that a service could not handle.',
      may: ['admin'],
      answer: z.object({ rows: z.array(DeadLetter) }),
      handle: async () => ({ rows: await listDeadLetters(bus) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/dead-letters/:position/replay',
      says: 'Has the service try the message again; when it succeeds the letter is gone.',
      may: ['admin'],
      params: z.object({ position: z.coerce.number().int().min(1) }),
      answer: z.object({ replayed: z.literal(true) }),
      status: 202,
      async handle({ params: { position } }) {
        await replayDeadLetter(bus, position);
        return { replayed: true as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/audit',
      says: 'Sign-ins and refusals, second factors, accounts and rights, newest first.',
      may: auditReaders,
      query: z.object({ limit: z.coerce.number().int().min(1).max(2_000).default(200) }),
      answer: z.object({ rows: z.array(TimelineEntry) }),
      handle: async ({ query: { limit }, caller }) => ({ rows: await auditFor(models, caller, limit) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/health',
      says: 'What guarantee holds, and how far each read model is.',
      may: 'public',
      answer: HealthView,
      async handle({ reply }) {
        const [journalPosition, deadLetters, streams, memory, notarised] = await Promise.all([
          journal.position(),
          countDeadLetters(bus),
          streamTroubles(bus),
          memoryTroubles(models.redis),
          journal.last(checkpointAddress),
        ]);
        const checkpoint = notarised?.events.findLast((event) => event.type === 'checkpoint.signed') ?? null;
        const projections = models.all.map(({ runner }) => runner.status);
        const ok = streams.length === 0 && projections.every(({ rebuilding }) => rebuilding === null);
        if (!ok) reply.code(503);
        return {
          ok,
          serverTime: now(),
          durability: settings.values.DURABILITY,
          journalPosition,
          streams,
          memory,
          checkpoint: checkpoint && { size: checkpoint.size, signedAt: checkpoint.signedAt, keyId: checkpoint.keyId },
          projections,
          deadLetters,
        };
      },
    }),
  ];
}

/** The sets that hold just what this caller may see. */
export const setsFor = (name: string, { sites }: Pick<Caller, 'sites'>): string[] =>
  sites.includes('*') ? [`${name}:*`] : sites.map((each) => `${name}:${each}`);

type Slice = { limit: number; reverse?: boolean; min?: number; max?: number };

type Model<Row> = {
  reader: { list(set: string, range: Slice): Promise<Row[]> };
  projection: { sets?(row: Row, key: string): Record<string, number> };
};

/** The first rows of several sets, in the order of their scores. Every row of a set stands in one of them. */
export async function merged<Row>({ reader, projection }: Model<Row>, sets: string[], range: Slice): Promise<Row[]> {
  const lists = await Promise.all(sets.map(async (set) => ({ set, rows: await reader.list(set, range) })));
  if (lists.length === 1) return lists[0]!.rows;
  const scored = lists.flatMap(({ set, rows }) =>
    rows.map((row) => ({ row, score: projection.sets?.(row, '')[set] ?? 0 })),
  );
  scored.sort((a, b) => (range.reverse ? b.score - a.score : a.score - b.score));
  return scored.slice(0, range.limit).map(({ row }) => row);
}

/** @throws Refusal */
export const notFound = (what: string) => new Refusal('not_found', what);
