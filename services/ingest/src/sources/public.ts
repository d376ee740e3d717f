import { PublicDocument } from '@tongsheng/contracts';
import type { SourceAdapter } from './source.ts';

/** A document of another deployment's PUBLIC stream: what it published, told the moment it did. */
export const publicStream: SourceAdapter = {
  kind: 'public',
  arrives: 'push',
  textOnPages: false,

  read({ bytes }) {
    const parsed = PublicDocument.safeParse(parse(bytes));
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
    return {
      ok: true,
      title: siteName,
      entries: [entry],
      skipped: [],
      charset: 'utf-8',
      replaced: 0,
      trouble: null,
      next: [],
      websub: null,
    };
  },
};

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
