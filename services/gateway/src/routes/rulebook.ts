import type { BusClient, Journal } from '@tongsheng/bus';
import {
  BookChange,
  instant,
  MatrixQuery,
  MatrixView,
  publicationShown,
  RulebookView,
  SimilarView,
  sitePublication,
  Simulation,
  TimelineEntry,
  token,
  taskReaders,
} from '@tongsheng/contracts';
import { z } from 'zod';
import { timelineOf } from '../details.ts';
import type { Models } from '../models.ts';
import { defineRoute, type Route } from '../route.ts';

export type RulebookTools = { models: Models; client: BusClient; journal: Journal };

const list = z
  .string()
  .transform((value) => value.split(',').filter(Boolean))
  .pipe(z.array(token).min(1).max(100));
/** A replay of a thousand items. */
const simulationMs = 60_000;

/** What judges items: obligation policies, the matrix that follows from them, rules, and what a change would do. */
export function rulebookRoutes({ models, client, journal }: RulebookTools): Route[] {
  const readers = taskReaders;
  return [
    defineRoute({
      method: 'GET',
      path: '/api/rulebook',
      says: 'Obligation policies, overrides, rules and review chains, as they are in force, and the sources that they can speak of.',
      may: readers,
      answer: RulebookView,
      handle: () => ({
        sources: models.registeredSources.all().map((each) => RulebookView.shape.sources.element.parse(each)),
        policies: models.policies.all(),
        overrides: models.overrides.all(),
        rules: models.rules.all(),
        chains: models.chains.all(),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rulebook/matrix',
      says: 'Which site owes what for which source, and why: the cells asked for that bind.',
      may: readers,
      query: z.object({ sites: list, sources: list }),
      answer: MatrixView,
      handle: async ({ query }) =>
        MatrixView.parse(await client.ask('obligations.matrix', query satisfies z.infer<typeof MatrixQuery>)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/rulebook/simulation',
      harmless: true,
      says: 'What a change would have done to the items since a moment, one part of the log at a time. Writes nothing.',
      may: ['admin', 'manager'],
      body: z.strictObject({ change: BookChange, since: instant, after: z.int().min(0).default(0) }),
      answer: Simulation,
      handle: async ({ body }) => Simulation.parse(await client.ask('rules.simulate', body, simulationMs)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rulebook/:kind/:id/history',
      says: 'Every version of a registration: who changed what, and when.',
      may: readers,
      params: z.object({
        kind: z.enum(['policy', 'override', 'rule', 'chain', 'site', 'source']),
        id: z.string().max(130),
      }),
      answer: z.object({ rows: z.array(TimelineEntry) }),
      async handle({ params: { kind, id } }) {
        const { entries } = await journal.read({ aggregate: kind, site: 'registry', id });
        return { rows: timelineOf(entries).map((row) => ({ ...row, facts: unsecret(row.facts) })) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/clusters/:clusterId/similar',
      says: 'What may be the same policy, by title and text; a person decides.',
      may: readers,
      params: z.object({ clusterId: token }),
      answer: SimilarView,
      handle: async ({ params }) => SimilarView.parse(await client.ask('clusters.similar', params)),
    }),
  ];
}

/** Sources and their detectors, and who publishes a site, have secrets that no screen shows. */
function unsecret(facts: Record<string, unknown>): Record<string, unknown> {
  const { secret: _secret, also, publication, ...rest } = facts;
  const published = sitePublication.safeParse(publication);
  const shown = published.success ? { ...rest, publication: publicationShown(published.data) } : rest;
  if (!Array.isArray(also)) return shown;
  return { ...shown, also: also.map((each) => unsecret(each as Record<string, unknown>)) };
}
