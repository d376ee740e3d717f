import type { BusClient, Journal, WorkingCopies } from '@tongsheng/bus';
import {
  ChannelPreview,
  draft,
  draftInProgress,
  EditingView,
  Refusal,
  RevisionRow,
  token,
  withTexts,
  workingCopy,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { releaseDocument, renderPreview, renderSent } from '@tongsheng/pages';
import type { Clock } from '@tongsheng/runtime';
import { cleanOwnHtml } from '@tongsheng/web';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import { PresentEditors } from '../present-editors.ts';
import { defineRoute, type Route } from '../route.ts';

export type DraftTools = {
  models: Models;
  client: BusClient;
  journal: Journal;
  clock: Clock;
  copies: WorkingCopies;
  editors: PresentEditors;
};

const readers = ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'] as const;
const previewMs = 5_000;
const ofRelease = { params: z.object({ releaseId: token }), query: z.object({ site: token }) };

/** What people need who write a release: who else does, what is kept, how it will look, and what was there before. */
export function draftRoutes({ models, client, journal, clock, copies, editors }: DraftTools): Route[] {
  const draftedOf = async (site: string, id: string) =>
    ((await journal.read({ aggregate: 'release', site, id })).events as ReleaseEvent[]).filter(
      (event) => event.type === 'release.drafted',
    );

  return [
    defineRoute({
      method: 'POST',
      path: '/api/releases/:releaseId/editing',
      says: 'Says that the caller has the draft open, keeps what they have written so far, and tells who else is there.',
      may: ['comms'],
      ...ofRelease,
      body: z.strictObject({
        /** Of this window: a person may have several. */
        editorId: token,
        working: workingCopy.pick({ draft: true, baseRevision: true }).optional(),
        left: z.boolean().default(false),
      }),
      answer: EditingView,
      async handle({ params: { releaseId }, query: { site }, body: { editorId, working, left }, caller }) {
        mustServeSite(caller, site);
        const { personId, name } = caller;
        const place = { editorId, site, releaseId };
        const at = clock.now();
        if (working) await copies.keep(personId, { site, releaseId, ...working, keptAt: at });
        const present = await (left ? editors.leave(place) : editors.see(place, { personId, name, seenAt: at }));
        const last = (await draftedOf(site, releaseId)).at(-1);
        return {
          keptAt: working ? at : null,
          ...present,
          revision: last?.revision ?? 0,
          savedByName: last?.byName ?? null,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId/working',
      says: 'What the caller has written in this draft and not saved.',
      may: ['comms'],
      ...ofRelease,
      answer: z.object({ copy: workingCopy.nullable() }),
      async handle({ params: { releaseId }, query: { site }, caller: { personId, ...caller } }) {
        mustServeSite({ personId, ...caller }, site);
        return { copy: await copies.read({ personId, site, releaseId }) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/releases/:releaseId/working',
      says: 'Forgets what the caller has not saved: it was saved, or is not wanted.',
      may: ['comms'],
      ...ofRelease,
      answer: z.object({}),
      async handle({ params: { releaseId }, query: { site }, caller }) {
        mustServeSite(caller, site);
        await copies.drop({ personId: caller.personId, site, releaseId });
        return {};
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/working',
      says: 'Every draft in which the caller has something that is not saved, the newest first.',
      may: ['comms'],
      answer: z.object({
        rows: z.array(workingCopy.omit({ draft: true }).extend({ kind: draft.shape.kind, title: z.string() })),
      }),
      async handle({ caller }) {
        const all = await copies.of(caller.personId);
        const rows = all.map(({ draft: { kind, title }, ...rest }) => ({ ...rest, kind, title }));
        return { rows: rows.sort((a, b) => (a.keptAt < b.keptAt ? 1 : -1)) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId/revisions',
      says: 'Every saved version of a release, the newest first.',
      may: readers,
      ...ofRelease,
      answer: z.object({ rows: z.array(RevisionRow) }),
      async handle({ params: { releaseId }, query: { site }, caller }) {
        mustServeSite(caller, site);
        return { rows: (await draftedOf(site, releaseId)).reverse() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/releases/:releaseId/revisions/:revision',
      says: 'One saved version of a release.',
      may: readers,
      params: z.object({ releaseId: token, revision: z.coerce.number().int().min(1) }),
      query: ofRelease.query,
      answer: z.object({ row: RevisionRow, draft }),
      async handle({ params: { releaseId, revision }, query: { site }, caller }) {
        mustServeSite(caller, site);
        const found = (await draftedOf(site, releaseId)).find((each) => each.revision === revision);
        if (!found) throw new Refusal('release_missing', `no revision ${revision} of ${releaseId}`);
        return { row: found, draft: draft.parse(found) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/releases/:releaseId/preview',
      harmless: true,
      says: 'A draft as the portal will show it, before it is saved. Writes nothing.',
      may: ['comms'],
      ...ofRelease,
      body: z.strictObject({ draft: draftInProgress }),
      answer: z.object({ html: z.string() }),
      async handle({ params: { releaseId }, query: { site: siteId }, body, caller }) {
        mustServeSite(caller, siteId);
        const site = models.sites.get(siteId);
        if (!site) throw new Refusal('registration_missing', `no site ${siteId}`);
        const written = withTexts(body.draft, cleanOwnHtml);
        const { rumor } = written;
        const document = releaseDocument({
          releaseId,
          site,
          // What is not an address yet is no link.
          draft: { ...written, rumor: rumor && { ...rumor, publicLink: null } },
          contentHash: '0'.repeat(64),
          revision: 1,
          postedAt: clock.now(),
        });
        return { html: renderPreview(document) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/releases/:releaseId/previews/:channelId',
      harmless: true,
      says: 'What a channel would be handed of a draft, made by the code that will hand it over; HTML as a page for a frame. Sends nothing.',
      may: ['comms'],
      params: z.object({ releaseId: token, channelId: token }),
      query: ofRelease.query,
      body: z.strictObject({ draft: draftInProgress }),
      answer: ChannelPreview,
      async handle({ params, query: { site }, body, caller }) {
        mustServeSite(caller, site);
        if (models.channels.get(params.channelId)?.channel.site !== site)
          throw new Refusal('registration_missing', `no channel ${params.channelId} of ${site}`);
        const written = withTexts(body.draft, cleanOwnHtml);
        const { parts, ...preview } = ChannelPreview.parse(
          await client.ask('channels.preview', { ...params, site, draft: written }, previewMs),
        );
        return {
          ...preview,
          parts: parts.map((part) => (part.form === 'html' ? { ...part, value: renderSent(part.value) } : part)),
        };
      },
    }),
  ];
}
