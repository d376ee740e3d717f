import { EvidenceView, hash, siteId, token, taskReaders } from '@tongsheng/contracts';
import { z } from 'zod';
import type { PageLooks } from '../page-looks.ts';
import { mustServeSite } from '../permissions.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import { fileAnswer, sendBody, sendFile } from './downloads.ts';

export type PageLookTools = { looks: PageLooks; proofs: Proofs };

const address = { site: siteId, taskId: token };
const ofAnswer = z.object({ ...address, snapshot: hash });

/** What the public received of a task's page, and how a browser showed it. */
export function pageLookRoutes({ looks, proofs }: PageLookTools): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/reposts/:site/:taskId/evidence/:snapshot',
      says: 'What the public received when the page was looked at, hashed again.',
      may: taskReaders,
      params: ofAnswer,
      answer: EvidenceView,
      async handle({ params: { snapshot, ...task }, caller }) {
        mustServeSite(caller, task.site);
        return proofs.view(await looks.answer(task, snapshot));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reposts/:site/:taskId/evidence/:snapshot/body',
      says: 'The body of that answer, byte for byte.',
      may: taskReaders,
      params: ofAnswer,
      ...fileAnswer,
      async handle({ params: { snapshot, ...task }, caller, reply }) {
        mustServeSite(caller, task.site);
        return sendBody(proofs, await looks.answer(task, snapshot), reply);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reposts/:site/:taskId/pictures/:hash',
      says: 'The page as a browser showed it, a WebP whose SHA-256 is its name in the log.',
      may: taskReaders,
      params: z.object({ ...address, hash }),
      ...fileAnswer,
      async handle({ params: { hash: wanted, ...task }, caller, reply }) {
        mustServeSite(caller, task.site);
        const picture = await looks.picture(task, wanted);
        const name = `${picture.hash.slice(0, 16)}.webp`;
        return sendFile(reply, { ...(await proofs.bytes(picture.hash)), name, mediaType: 'image/webp' });
      },
    }),
  ];
}
