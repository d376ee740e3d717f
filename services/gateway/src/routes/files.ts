import { Readable } from 'node:stream';
import type { Journal } from '@tongsheng/bus';
import {
  hash,
  inspectionId,
  line,
  Refusal,
  releaseFile,
  token,
  uploadPurpose,
  type InspectionEvent,
  type ReleaseEvent,
  type RumorEvent,
  rumorReaders,
} from '@tongsheng/contracts';
import { z } from 'zod';
import { mustServeSite } from '../permissions.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Uploads } from '../uploads.ts';
import { fileAnswer, sendFile } from './downloads.ts';

/** Pictures, recordings and attachments of releases. Until a release is out, its files are for those who may read it. */
export function fileRoutes({
  uploads,
  proofs,
  journal,
}: {
  uploads: Uploads;
  proofs: Proofs;
  journal: Journal;
}): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/files',
      says: 'Takes a file for a release, a clue, an incident or an inspection, as bytes. What it is, its content says; the answer is what names it.',
      may: ['comms', 'editor', 'duty', 'manager', 'admin'],
      query: z.object({ site: token, name: line.max(200), purpose: uploadPurpose }),
      takesBytes: true,
      answer: releaseFile,
      status: 201,
      async handle({ query: { site, name, purpose }, caller, http }) {
        mustServeSite(caller, site);
        if (!(http.body instanceof Readable))
          throw new Refusal('command_invalid', 'content-type: application/octet-stream');
        return uploads.keep(http.body, { name, purpose, personId: caller.personId });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/rumors/:rumorCaseId/files/:hash',
      says: 'What somebody saw of a rumor, as it was kept.',
      may: rumorReaders,
      params: z.object({ rumorCaseId: token, hash }),
      query: z.object({ site: token }),
      ...fileAnswer,
      async handle({ params: { rumorCaseId, hash: wanted }, query: { site }, caller, http, reply }) {
        mustServeSite(caller, site);
        const { events } = await journal.read({ aggregate: 'rumor', site, id: rumorCaseId });
        const named = (events as RumorEvent[])
          .flatMap((event) => ('evidence' in event ? (event.evidence ?? []) : []))
          .find((file) => file.hash === wanted);
        if (!named) throw new Refusal('not_found', `no clue of ${rumorCaseId} has a file ${wanted}`);
        const { bytes, intact } = await proofs.bytes(wanted);
        const { name, mediaType } = named;
        return sendFile(reply, { bytes, intact, name, mediaType, range: http.headers.range });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/inspections/:inspectionId/files/:hash',
      says: 'What somebody saw of a site while judging it, as it was kept.',
      may: ['manager', 'duty', 'admin'],
      params: z.object({ inspectionId, hash }),
      query: z.object({ site: token }),
      ...fileAnswer,
      async handle({ params: { inspectionId: id, hash: wanted }, query: { site }, caller, http, reply }) {
        mustServeSite(caller, site);
        const { events } = await journal.read({ aggregate: 'inspection', site, id });
        const named = (events as InspectionEvent[])
          .flatMap((event) => (event.type === 'inspection.judged' ? (event.evidence ?? []) : []))
          .find((file) => file.hash === wanted);
        if (!named) throw new Refusal('not_found', `no worksheet of ${id} has a file ${wanted}`);
        const { bytes, intact } = await proofs.bytes(wanted);
        const { name, mediaType } = named;
        return sendFile(reply, { bytes, intact, name, mediaType, range: http.headers.range });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId/files/:hash',
      says: 'A file that some version of a release names, or that the caller brought for it.',
      may: ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'],
      params: z.object({ releaseId: token, hash }),
      query: z.object({ site: token }),
      ...fileAnswer,
      async handle({ params: { releaseId, hash: wanted }, query: { site }, caller, http, reply }) {
        mustServeSite(caller, site);
        const named =
          (await fileOf(journal, site, releaseId, wanted)) ?? (await uploads.broughtBy(caller.personId, wanted));
        if (!named) throw new Refusal('not_found', `${releaseId} names no file ${wanted}`);
        const { bytes, intact } = await proofs.bytes(wanted);
        const { name, mediaType } = named;
        return sendFile(reply, { bytes, intact, name, mediaType, range: http.headers.range });
      },
    }),
  ];
}

/** By the log itself: a read model may not know yet what was saved a moment ago. */
async function fileOf(journal: Journal, site: string, releaseId: string, wanted: string) {
  const past = await journal.read({ aggregate: 'release', site, id: releaseId });
  for (const event of (past.events as ReleaseEvent[]).toReversed()) {
    if (event.type !== 'release.drafted') continue;
    const covers = [event.cover, ...Object.values(event.variants ?? {}).map(({ cover }) => cover)];
    const found = [...(event.files ?? []), ...covers].find((file) => file?.hash === wanted);
    if (found) return found;
  }
  return null;
}
