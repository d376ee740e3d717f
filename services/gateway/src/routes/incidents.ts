import type { Journal } from '@tongsheng/bus';
import { hash, IncidentRow, instant, Refusal, token, type IncidentEvent, incidentReaders } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import { fileAnswer, sendFile } from './downloads.ts';
import { merged, setsFor } from './views.ts';

const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };

/** Incidents: what is open and what was, each with its whole timeline. */
export function incidentRoutes(tools: { models: Models; proofs: Proofs; journal: Journal; clock: Clock }): Route[] {
  const { models, proofs, journal, clock } = tools;
  return [
    defineRoute({
      method: 'GET',
      path: '/api/incidents',
      says: 'Incidents: open ones first, by the time that is left to report them, then all, newest first.',
      may: incidentReaders,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(IncidentRow), position: z.int(), serverTime: instant }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.incidents;
        await runner.reach(atLeast);
        const [open, all] = await Promise.all([
          merged(models.incidents, setsFor('open', caller), { limit: 1_000 }),
          merged(models.incidents, setsFor('all', caller), { reverse: true, limit: 1_000 }),
        ]);
        const rows = [...open, ...all.filter(({ state }) => state === 'closed')];
        return { rows, position: await reader.position(), serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/incidents/:incidentId',
      says: 'One incident: what happened when, to whom it was handed on, and what was said at the end.',
      may: incidentReaders,
      params: z.object({ incidentId: token }),
      query: z.object({ site: token, ...fresh }),
      answer: IncidentRow,
      async handle({ params: { incidentId }, query: { site, atLeast }, caller }) {
        mustServeSite(caller, site);
        await models.incidents.runner.reach(atLeast);
        const row = await models.incidents.reader.get(`${site}/${incidentId}`);
        if (!row) throw new Refusal('incident_missing', `no incident ${incidentId}`);
        return row;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/incidents/:incidentId/files/:hash',
      says: 'A proof of an incident, as it was kept.',
      may: incidentReaders,
      params: z.object({ incidentId: token, hash }),
      query: z.object({ site: token }),
      ...fileAnswer,
      async handle({ params: { incidentId, hash: wanted }, query: { site }, caller, http, reply }) {
        mustServeSite(caller, site);
        const { events } = await journal.read({ aggregate: 'incident', site, id: incidentId });
        const named = (events as IncidentEvent[])
          .flatMap((event) => ('evidence' in event ? event.evidence : []))
          .find((file) => file.hash === wanted);
        if (!named) throw new Refusal('not_found', `${incidentId} has no file ${wanted}`);
        const { bytes, intact } = await proofs.bytes(wanted);
        const { name, mediaType } = named;
        return sendFile(reply, { bytes, intact, name, mediaType, range: http.headers.range });
      },
    }),
  ];
}
