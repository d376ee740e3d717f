import { readFeed } from '@tongsheng/feeds';
import { safeFetch } from '@tongsheng/web';
import type { SourceAdapter } from './source.ts';

const accept =
  'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5';

/** RSS, Atom and JSON Feed over HTTP, with conditional requests. */
export const feed: SourceAdapter = {
  kind: 'feed',
  async look({ url, zone }, { allow, marks }) {
    const fetched = await safeFetch(url, {
      allow,
      accept,
      etag: marks?.etag ?? null,
      lastModified: marks?.lastModified ?? null,
    });
    if (!fetched.ok) return { kind: 'trouble', code: fetched.code, detail: fetched.detail };
    if (fetched.notModified) return { kind: 'unchanged' };
    const read = await readFeed(fetched.bytes, { contentType: fetched.contentType, url: fetched.url, zone });
    if (!read.ok) return { kind: 'trouble', code: read.code, detail: read.detail };
    const { etag, lastModified } = fetched;
    const trouble = read.truncated ? { code: 'truncated', detail: 'the document ends in the middle' } : null;
    return { kind: 'read', entries: read.entries, marks: { etag, lastModified }, trouble };
  },
};
