import type { PublicDocument } from '@tongsheng/contracts';

/** Whether a list or feed leads to a page; that it names its address as gone (RFC 6721) leads nowhere. */
export function leadsTo(
  text: string,
  { site, kind, documentId }: Pick<PublicDocument, 'site' | 'kind' | 'documentId'>,
): boolean {
  const leading = text.replaceAll(/<at:deleted-entry\b[^>]*>/g, '').replace(/"_deleted":\s*\[[^\]]*\]/, '');
  return ['"', '<'].some((end) => leading.includes(`/${site}/${kind}/${documentId}${end}`));
}
