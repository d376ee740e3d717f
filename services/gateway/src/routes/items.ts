import { EvidenceView, hash, ItemDetail, ItemSearch, token } from '@tongsheng/contracts';
import { z } from 'zod';
import type { ItemDetails } from '../item-details.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import { fileAnswer, sendBody, sendFile } from './downloads.ts';

export type ItemTools = { items: ItemDetails; proofs: Proofs };

const address = { sourceId: token, itemId: token };
const ofEvidence = z.object({ ...address, snapshot: hash });

/** What sources published, found and opened, with its proof of first sight. Upstream publishes for everyone. */
export function itemRoutes({ items, proofs }: ItemTools): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/items',
      says: 'Items, newest first; a search looks through titles, document numbers, issuers and texts.',
      may: 'signed-in',
      query: z.object({
        source: token.optional(),
        show: z.enum(['all', 'unrouted', 'optional', 'ignore', 'withdrawn']).default('all'),
        q: z.string().max(200).default(''),
        before: z
          .string()
          .regex(/^-?\d{1,16}\.\d{1,9}$/)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: ItemSearch,
      handle: ({ query }) => items.search(query),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/items/:sourceId/:itemId',
      says: 'One item: every version, its files, its tasks, and all that happened.',
      may: 'signed-in',
      params: z.object(address),
      answer: ItemDetail,
      handle: ({ params, caller }) => items.item(params, caller),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/items/:sourceId/:itemId/evidence/:snapshot',
      says: 'What the server answered when the item was seen, hashed again.',
      may: 'signed-in',
      params: ofEvidence,
      answer: EvidenceView,
      handle: async ({ params }) => proofs.view(await items.evidence(params, params.snapshot)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/items/:sourceId/:itemId/evidence/:snapshot/body',
      says: 'The body of that answer, byte for byte.',
      may: 'signed-in',
      params: ofEvidence,
      ...fileAnswer,
      async handle({ params: { snapshot, ...item }, reply }) {
        return sendBody(proofs, await items.evidence(item, snapshot), reply);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/items/:sourceId/:itemId/evidence/:snapshot/message',
      says: 'The whole answer as an HTTP message, whose SHA-256 is its name in the log.',
      may: 'signed-in',
      params: ofEvidence,
      ...fileAnswer,
      async handle({ params: { snapshot, ...item }, reply }) {
        await items.evidence(item, snapshot);
        return sendFile(reply, { ...(await proofs.bytes(snapshot)), name: `${snapshot.slice(0, 16)}.http` });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/items/:sourceId/:itemId/files/:hash',
      says: 'The copy of an image or attachment that was kept.',
      may: 'signed-in',
      params: z.object({ ...address, hash }),
      ...fileAnswer,
      async handle({ params, reply }) {
        const { name, mediaType } = await items.file(params, params.hash);
        return sendFile(reply, {
          ...(await proofs.bytes(params.hash)),
          name: name || params.hash.slice(0, 16),
          mediaType,
        });
      },
    }),
  ];
}
