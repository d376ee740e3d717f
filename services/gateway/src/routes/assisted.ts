import { hash, Refusal, siteId, token } from '@tongsheng/contracts';
import { fileTypeFromBuffer } from 'file-type';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import type { Proofs } from '../proofs.ts';
import { defineRoute, type Route } from '../route.ts';
import { fileAnswer, sendFile } from './downloads.ts';

/** What people hand over to platforms without an interface, and what they bring back. */
export function assistedRoutes({ models, proofs }: { models: Models; proofs: Proofs }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/deliveries/:site/:deliveryId/files/:hash',
      says: 'A file of the package that a person hands over, or the screenshot that came back.',
      may: ['comms', 'signer', 'manager', 'duty', 'admin'],
      params: z.object({ site: siteId, deliveryId: token, hash }),
      ...fileAnswer,
      async handle({ params: { site, deliveryId, hash: wanted }, caller, reply }) {
        mustServeSite(caller, site);
        const row = await models.deliveries.reader.get(`${site}/${deliveryId}`);
        const file = row?.assignment?.files.find((each) => each.hash === wanted);
        if (file) return sendFile(reply, { ...file, ...(await proofs.bytes(wanted)) });
        if (row?.reported?.screenshot !== wanted) throw new Refusal('not_found', `${deliveryId} has no file ${wanted}`);
        const kept = await proofs.bytes(wanted);
        const mediaType = (await fileTypeFromBuffer(kept.bytes))?.mime ?? '';
        return sendFile(reply, {
          ...kept,
          name: `${wanted.slice(0, 16)}.${mediaType.split('/')[1] ?? 'bin'}`,
          mediaType,
        });
      },
    }),
  ];
}
