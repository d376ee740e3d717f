import { PublicDocument } from '@tongsheng/contracts';
import { found, parseJson, type SourceAdapter } from './source.ts';

/** A document of another deployment's PUBLIC stream: what it published, or took back, told the moment it did. */
export const publicStream: SourceAdapter = {
  kind: 'public',
  arrives: 'push',
  textOnPages: false,

  read({ bytes }) {
    const parsed = PublicDocument.safeParse(parseJson(bytes));
    if (!parsed.success) return { ok: false, code: 'malformed', detail: 'not a document of a PUBLIC stream' };
    const { documentId, site, siteName, column, title, summary, html, url, postedAt, withdrawnAt } = parsed.data;
    const id = `${site}/${documentId}`;
    if (withdrawnAt !== undefined)
      return found({
        title: siteName,
        entries: [],
        presence: [{ id, link: url, is: 'gone', since: withdrawnAt }],
      });
    const entry = {
      id,
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
    return found({ title: siteName, entries: [entry], presence: [{ id, link: url, is: 'there', since: postedAt }] });
  },
};
