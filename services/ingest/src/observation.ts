import { createHash } from 'node:crypto';
import { line, type Content, type Publication } from '@tongsheng/contracts';
import type { FeedEntry } from '@tongsheng/feeds';
import { cleanHtml, textOf } from '@tongsheng/web';

/** An entry as an item: who it is, when it was published, what it says. */
export type Observation = { itemId: string; key: string; publication: Publication; content: Content };

/** One entry could not become an item; the others can. */
export class BadEntry extends Error {
  readonly code: string;
  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** An id that entries of several pages share in one document names none of them; their links do. */
export function withoutSharedIds(entries: readonly FeedEntry[]): FeedEntry[] {
  const links = new Map<string, Set<string>>();
  for (const { id, link } of entries) if (id && link) links.set(id, (links.get(id) ?? new Set()).add(link));
  return entries.map((entry) =>
    entry.link && (links.get(entry.id ?? '')?.size ?? 0) > 1 ? { ...entry, id: null } : entry,
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const maxHtml = 1_000_000;

/**
 * Reads an entry. Its identity is the first stable key that it has (id, else link, else title and text), never its
 * date; its hash covers title, link and visible text, so that a changed banner or class name is no new version.
 * @throws BadEntry
 */
export function observe(sourceId: string, entry: FeedEntry): Observation {
  const title = line.safeParse(entry.title.slice(0, 500));
  if (!title.success) throw new BadEntry('no_title', 'the entry has no title');
  if (entry.title.includes('\uFFFD'))
    throw new BadEntry('unreadable_title', `characters of the title are lost: ${entry.title}`);
  const html = cleanHtml(entry.contentHtml || entry.summary, entry.link);
  if (html.length > maxHtml)
    throw new BadEntry('too_large', `the content holds ${html.length} characters, more than ${maxHtml}`);
  const text = textOf(html);
  const key = entry.id || entry.link || sha256(`${title.data}\n${text}`);
  const { at, precision, text: written } = entry.published;
  return {
    itemId: sha256(`${sourceId}\n${key}`).slice(0, 24),
    key: key.slice(0, 2_000),
    publication: { at, precision, text: written },
    content: {
      title: title.data,
      link: entry.link,
      html,
      author: entry.author?.slice(0, 500) ?? null,
      categories: entry.categories.slice(0, 50).map((each) => each.slice(0, 200)),
      contentHash: sha256(`${title.data}\n${entry.link ?? ''}\n${text}`),
    },
  };
}
