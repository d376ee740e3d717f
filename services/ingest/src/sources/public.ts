import { PublicDocument } from '@tongsheng/contracts';
import { found, parseJson, type SourceAdapter } from './source.ts';

/** A document of another deployment's PUBLIC stream: what it published, told the moment it did. */
export const publicStream: SourceAdapter = {
  kind: 'public',
  arrives: 'push',
  textOnPages: false,

  read({ bytes }) {
    const parsed = PublicDocument.safeParse(parseJson(bytes));
    if (!parsed.success) return { ok: false, code: 'malformed', detail: 'not a document of a PUBLIC stream' };
    const { documentId, site, siteName, column, title, summary, html, url, postedAt } = parsed.data;
    const entry = {
      id: `${site}/${documentId}`,
      title,
      link: url,
      published: { at: postedAt, precision: 'second' as const, text: postedAt },
      updatedAt: null,
      summary,
      contentHtml: html,
      author: siteName,
      categories: [column],
      enclosures: [],
      documentNumber: null,
      issuer: siteName,
      column,
      attachments: [],
    };
    return found({ title: siteName, entries: [entry] });
  },
};
