import type { Draft, PublicDocument, Site } from '@tongsheng/contracts';

/** What a repost's page is made of: the item as its source has it, and the site that carries it. */
export type RepostParts = {
  taskId: string;
  site: Site;
  column: string;
  version: number;
  contentHash: string;
  title: string;
  html: string;
  source: NonNullable<PublicDocument['source']>;
  postedAt: string;
};

export const pageUrl = ({ baseUrl, siteId }: Site, kind: PublicDocument['kind'], id: string): string =>
  `${baseUrl.replace(/\/$/, '')}/${siteId}/${kind}/${id}`;

/** The public document of a repost: title, text and dates are the source's own, unaltered. */
export function repostDocument({ taskId, site, ...parts }: RepostParts): PublicDocument {
  const { column, title, html, source, postedAt, version, contentHash } = parts;
  return {
    documentId: taskId,
    site: site.siteId,
    siteName: site.name,
    kind: 'repost',
    column,
    title,
    summary: '',
    html,
    url: pageUrl(site, 'repost', taskId),
    source,
    verdict: null,
    postedAt,
    version,
    contentHash,
  };
}

export type ReleaseParts = {
  releaseId: string;
  site: Site;
  draft: Draft;
  contentHash: string;
  revision: number;
  postedAt: string;
};

const columns = { press: '新闻发布', rebuttal: '辟谣平台' } as const;

/** The public document of a release of our own. The rumor's address is never in it. */
export function releaseDocument({
  releaseId,
  site,
  draft,
  contentHash,
  revision,
  postedAt,
}: ReleaseParts): PublicDocument {
  const { kind, title, summary, html, rumor } = draft;
  return {
    documentId: releaseId,
    site: site.siteId,
    siteName: site.name,
    kind,
    column: columns[kind],
    title,
    summary,
    html,
    url: pageUrl(site, kind, releaseId),
    source: null,
    verdict: rumor?.verdict ?? null,
    postedAt,
    version: revision,
    contentHash,
  };
}
