import {
  attachmentsOf,
  picturesOf,
  recordingsOf,
  type Draft,
  type KeptFile,
  type PublicDocument,
  type Site,
} from '@tongsheng/contracts';

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
  /** Copies that our own page shows instead of upstream's. */
  files?: readonly KeptFile[];
  postedAt: string;
};

export const pageUrl = ({ baseUrl, siteId }: Site, kind: PublicDocument['kind'], id: string): string =>
  `${baseUrl.replace(/\/$/, '')}/${siteId}/${kind}/${id}`;

/** The public document of a repost: title, text and dates are the source's own, unaltered. */
export function repostDocument({ taskId, site, ...parts }: RepostParts): PublicDocument {
  const { column, title, html, source, files = [], postedAt, version, contentHash } = parts;
  const url = pageUrl(site, 'repost', taskId);
  const shown = files.filter((file) => html.includes(attribute(file.url)));
  return {
    documentId: taskId,
    site: site.siteId,
    siteName: site.name,
    kind: 'repost',
    column,
    title,
    summary: '',
    html: shown.reduce(
      (text, { url: from, hash }) => text.replaceAll(attribute(from), attribute(`${url}/files/${hash}`)),
      html,
    ),
    url,
    source,
    files: shown.map(({ url: _from, ...file }) => file),
    verdict: null,
    postedAt,
    version,
    contentHash,
  };
}

/** What is left in public of a page that its site took back: where it was, since when it is not, and why where that is said. */
export function withdrawnDocument(
  document: Omit<PublicDocument, 'title' | 'summary' | 'html' | 'source' | 'verdict' | 'files'>,
  withdrawnAt: string,
  because: string | null = null,
): PublicDocument {
  const { documentId, site, siteName, kind, column, url, postedAt, version, contentHash } = document;
  const place = { documentId, site, siteName, kind, column, url, postedAt, version, contentHash };
  const nothing = { title: '（已撤下）', summary: '', html: '', source: null, verdict: null, files: [] };
  return { ...place, ...nothing, withdrawnAt, ...(because !== null && { withdrawnBecause: because }) };
}

/** An address as it stands in an attribute of sanitised HTML. */
const attribute = (address: string) => `="${address.replaceAll('&', '&amp;')}"`;

export type ReleaseParts = {
  releaseId: string;
  site: Site;
  draft: Draft;
  contentHash: string;
  revision: number;
  /** When the first version was public. */
  postedAt: string;
  /** When this one was signed, where it is not the first. */
  correctedAt?: string;
};

const columns: Record<Draft['kind'], string> = {
  press: '新闻发布',
  policy: '政策文件',
  interpretation: '政策解读',
  response: '回应关切',
  rebuttal: '辟谣平台',
  notice: '通知公告',
};

/** Where a release stands among a site's pages. */
export const columnOf = (kind: Draft['kind']): string => columns[kind];

/** The public document of a release of our own. The rumor's address is in it only when somebody said so. */
export function releaseDocument({
  releaseId,
  site,
  draft,
  contentHash,
  revision,
  postedAt,
  correctedAt,
}: ReleaseParts): PublicDocument {
  const { kind, title, summary, html, rumor } = draft;
  const url = pageUrl(site, kind, releaseId);
  const shown = new Set(picturesOf(html));
  return {
    documentId: releaseId,
    site: site.siteId,
    siteName: site.name,
    kind,
    column: columns[kind],
    title,
    summary,
    html: html.replaceAll('="files/', `="${url.replaceAll('&', '&amp;')}/files/`),
    url,
    source: null,
    // What only a channel's own text shows is not on our page.
    files: [...draft.files.filter(({ hash }) => shown.has(hash)), ...recordingsOf(draft), ...attachmentsOf(draft)],
    verdict: rumor?.verdict ?? null,
    ...(correctedAt !== undefined &&
      draft.correction && { corrected: { at: correctedAt, note: draft.correction.note } }),
    ...(rumor && { rumor: { claim: rumor.claim, link: rumor.publicLink } }),
    postedAt,
    version: revision,
    contentHash,
  };
}
