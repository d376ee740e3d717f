import type { BusClient, Journal } from '@tongsheng/bus';
import {
  channelId,
  DeliveryBoard,
  DeliveryDetail,
  deliveryGroup,
  DeliveryRow,
  groupOf,
  hash,
  OutlookQuery,
  Outlooks,
  Refusal,
  siteId,
  token,
  Transcript,
  TranscriptView,
  urgency,
  type DeliveryEvent,
  type DeliveryGroup,
  type DeliveryOutlook,
  deliveryReaders,
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

/** Rows of a board at once; what waits for a person has sets of its own, so that it is never beyond them. */
const listed = 1_000;

const boardQuery = z.object({
  release: token.optional(),
  channel: channelId.optional(),
  site: siteId.optional(),
  group: deliveryGroup.optional(),
  urgency: urgency.optional(),
  limit: z.coerce.number().int().min(1).max(listed).default(listed),
  atLeast: z.coerce.number().int().min(0).default(0),
});
type BoardQuery = z.infer<typeof boardQuery>;

/** What was pushed, where it stands, what was said, and what would become of it if it were sent again. */
export function deliveryRoutes(tools: {
  models: Models;
  client: BusClient;
  journal: Journal;
  proofs: Proofs;
  clock: Clock;
}): Route[] {
  const { models, client, journal, proofs, clock } = tools;

  const sitesOf = (asked: BoardQuery, caller: Caller): readonly string[] => {
    if (asked.site === undefined) return caller.sites.includes('*') ? ['*'] : caller.sites;
    mustServeSite(caller, asked.site);
    return [asked.site];
  };

  const rowsOf = async (asked: BoardQuery, caller: Caller): Promise<DeliveryRow[]> => {
    await models.deliveries.runner.reach(asked.atLeast);
    const { release, channel, group } = asked;
    const sets =
      release !== undefined
        ? [`release:${release}`]
        : channel !== undefined
          ? [`channel:${channel}`]
          : sitesOf(asked, caller).map((site) => `${group ?? 'all'}:${site}`);
    const rows = await merged(models.deliveries, sets, { reverse: true, limit: asked.limit });
    return rows.filter(
      (row) =>
        servesSite(caller, row.site) &&
        (asked.site === undefined || row.site === asked.site) &&
        (channel === undefined || row.channelId === channel) &&
        (group === undefined || groupOf[row.state] === group) &&
        (asked.urgency === undefined || row.urgency === asked.urgency),
    );
  };

  const countsOf = async (asked: BoardQuery, caller: Caller): Promise<Record<DeliveryGroup, number>> => {
    const sites = sitesOf(asked, caller);
    const groups = deliveryGroup.options;
    const counts = await models.deliveries.reader.count(
      groups.flatMap((group) => sites.map((site) => `${group}:${site}`)),
    );
    const sum = (group: DeliveryGroup) => {
      const from = groups.indexOf(group) * sites.length;
      return counts.slice(from, from + sites.length).reduce((a, b) => a + b, 0);
    };
    return {
      open: sum('open'),
      unknown: sum('unknown'),
      failed: sum('failed'),
      confirmed: sum('confirmed'),
      cancelled: sum('cancelled'),
    };
  };

  const pastOf = async (site: string, deliveryId: string) =>
    (await journal.read({ aggregate: 'delivery', site, id: deliveryId })).entries;

  /** Those who push may not answer at this moment; what is in the log is shown all the same. */
  const outlookOf = async (site: string, deliveryId: string): Promise<DeliveryOutlook | null> => {
    const asked: OutlookQuery = { deliveries: [{ site, deliveryId }] };
    const answer = await client.ask('deliveries.outlook', asked).catch(() => null);
    return answer === null ? null : (Outlooks.parse(answer).rows[0] ?? null);
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/deliveries',
      says: 'Deliveries, newest first, and how many there are of each kind.',
      may: deliveryReaders,
      query: boardQuery,
      answer: DeliveryBoard,
      async handle({ query, caller }) {
        const rows = await rowsOf(query, caller);
        const [counts, position] = await Promise.all([countsOf(query, caller), models.deliveries.reader.position()]);
        return { rows, counts, position, serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/deliveries.csv',
      says: 'The same as CSV.',
      may: deliveryReaders,
      query: boardQuery,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query, caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="deliveries.csv"');
        return toCsv(columns, await rowsOf(query, caller));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/deliveries/:deliveryId',
      says: 'One delivery: every attempt and look, and what would become of it if it were sent again.',
      may: deliveryReaders,
      params: z.object({ deliveryId: token }),
      query: z.object({ site: siteId, atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: DeliveryDetail,
      async handle({ params: { deliveryId }, query: { site, atLeast }, caller }) {
        mustServeSite(caller, site);
        await models.deliveries.runner.reach(atLeast);
        const row = await models.deliveries.reader.get(`${site}/${deliveryId}`);
        if (!row) throw new Refusal('delivery_missing', `no delivery ${deliveryId}`);
        const [entries, outlook] = await Promise.all([pastOf(site, deliveryId), outlookOf(site, deliveryId)]);
        const steps = entries.flatMap(({ position, envelope, events }) =>
          (events as DeliveryEvent[]).map((event) => ({ position, at: envelope.time, actor: envelope.actor, event })),
        );
        return { row: DeliveryRow.parse(row), steps, outlook };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/deliveries/:deliveryId/transcripts/:hash',
      says: 'What was said to a channel and by it in one attempt, secrets masked.',
      may: deliveryReaders,
      params: z.object({ deliveryId: token, hash }),
      query: z.object({ site: siteId }),
      answer: TranscriptView,
      async handle({ params: { deliveryId, hash: wanted }, query: { site }, caller }) {
        mustServeSite(caller, site);
        // Only what this delivery names: the store has other things that are not for everybody.
        const events = (await pastOf(site, deliveryId)).flatMap((entry) => entry.events as DeliveryEvent[]);
        const named = events.some((event) => 'conversation' in event && event.conversation?.transcript === wanted);
        if (!named) throw new Refusal('not_found', `${deliveryId} names no ${wanted}`);
        const kept = await proofs.bytes(wanted).catch((error: unknown) => {
          if (error instanceof Refusal) return null;
          throw error;
        });
        if (!kept) return { transcript: null, intact: false };
        return { transcript: readTranscript(kept.bytes), intact: kept.intact };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/deliveries/outlook',
      harmless: true,
      says: 'What would become of each of these if a person had it sent again; nothing is done.',
      may: deliveryReaders,
      body: OutlookQuery,
      answer: Outlooks,
      async handle({ body, caller }) {
        for (const { site } of body.deliveries) mustServeSite(caller, site);
        return Outlooks.parse(await client.ask('deliveries.outlook', body));
      },
    }),
  ];
}

/** Damaged bytes are said to be damaged, and not guessed at. */
function readTranscript(bytes: Uint8Array): Transcript | null {
  try {
    return Transcript.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return null;
  }
}

const columns: Columns<DeliveryRow> = [
  ['站点', ({ site }) => site],
  ['稿件', ({ title }) => title],
  ['稿件号', ({ releaseId }) => releaseId],
  ['渠道', ({ channelName }) => channelName],
  ['渠道类型', ({ channelKind }) => channelKind],
  ['用途', ({ intent }) => intent],
  ['紧急程度', ({ urgency: how }) => how],
  ['状态', ({ state }) => state],
  ['次数', ({ attempts }) => String(attempts)],
  ['原因', ({ trouble }) => trouble],
  ['说明', ({ detail }) => detail],
  ['请求', ({ requestedAt }) => requestedAt],
  ['确认', ({ confirmedAt }) => confirmedAt],
  ['地址', ({ url }) => url],
  ['回执', ({ receiptId }) => receiptId],
  ['投递号', ({ deliveryId }) => deliveryId],
];
