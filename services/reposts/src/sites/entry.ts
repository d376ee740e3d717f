import { createHash } from 'node:crypto';
import type { Entry, Standing } from '@tongsheng/cms';
import type { PublicDocument } from '@tongsheng/contracts';
import { renderContent } from '@tongsheng/pages';
import type { Published } from './site-kind.ts';

/** A document as another system is to have it; its name there follows from the task alone. */
export function entryOf(document: PublicDocument): Entry {
  const { site, documentId, title, files, postedAt } = document;
  const name = createHash('sha256').update(`${site}/${documentId}`).digest('hex').slice(0, 20);
  return {
    slug: `tongsheng-${name}`,
    uid: `urn:tongsheng:${site}:${documentId}`,
    title,
    html: renderContent(document).text,
    files,
    postedAt,
  };
}

/** Our own public side has nothing of a page that another system shows. */
export const publishedAs = ({ url, remoteId }: Standing): Published => ({
  url,
  ...(remoteId !== undefined && { remoteId }),
  publicPosition: null,
});
