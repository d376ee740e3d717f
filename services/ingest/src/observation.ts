import { line, type Content, type Publication } from '@tongsheng/contracts';
import { cleanHtml, textOf, TooDeep } from '@tongsheng/web';
import { documentNumberOf } from './documents/document-number.ts';
import { keysOf, sha256 } from './identity.ts';
import type { Entry } from './sources/source.ts';
import { linkKey } from './webpages/links.ts';

/** An entry as an item: under which keys it is known, when it was published, what it says. */
export type Observation = { keys: string[]; publication: Publication; content: Content };

/** An entry that became an item's content, or why it could not. */
export type Observed =
  | { ok: true; observation: Observation }
  | { ok: false; key: string; title: string; code: string; detail: string };

const maxHtml = 1_000_000;

function cleaned({ contentHtml, summary, link }: Entry): string | null {
  try {
    return cleanHtml(contentHtml || summary, link);
  } catch (error) {
    if (error instanceof TooDeep) return null;
    throw error;
  }
}

/**
 * Reads an entry. Its hash covers title, link, visible text and attachments, so that a changed banner or class name is
 * no new version.
 */
export function observe(entry: Entry, source: { issuer?: string | undefined }): Observed {
  const turnedAway = (code: string, detail: string): Observed => {
    const key = (entry.id ?? entry.link ?? entry.title).slice(0, 2_000);
    return { ok: false, key, title: entry.title.slice(0, 500), code, detail: detail.slice(0, 1_000) };
  };
  const title = line.safeParse(entry.title.slice(0, 500));
  if (!title.success) return turnedAway('no_title', 'the entry has no title');
  if (entry.title.includes('\uFFFD')) return turnedAway('unreadable_title', `characters are lost: ${entry.title}`);
  const html = cleaned(entry);
  if (html === null) return turnedAway('too_deep', 'the content is nested beyond all reason');
  if (html.length > maxHtml)
    return turnedAway('too_large', `the content holds ${html.length} characters, more than ${maxHtml}`);
  const text = textOf(html);
  const documentNumber = entry.documentNumber ?? documentNumberOf(entry.title, { text })?.text ?? null;
  const attachments = entry.attachments.slice(0, 100);
  const { at, precision, text: written } = entry.published;
  const hashed = [title.data, entry.link ? linkKey(entry.link) : '', text, ...attachments.map(({ url }) => url)].join(
    '\n',
  );
  return {
    ok: true,
    observation: {
      keys: keysOf({ ...entry, documentNumber }, () => text),
      publication: { at, precision, text: written?.slice(0, 200) ?? null },
      content: {
        title: title.data,
        link: entry.link,
        html,
        author: entry.author?.slice(0, 500) ?? null,
        categories: entry.categories.slice(0, 50).map((each) => each.slice(0, 200)),
        contentHash: sha256(hashed),
        documentNumber,
        issuer: (entry.issuer ?? source.issuer ?? null)?.slice(0, 200) ?? null,
        column: entry.column?.slice(0, 200) ?? null,
        attachments,
      },
    },
  };
}
