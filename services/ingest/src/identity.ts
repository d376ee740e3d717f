import { hash } from 'node:crypto';
import type { Entry } from './sources/source.ts';
import { linkKey } from './webpages/links.ts';

export const sha256 = (text: string | Uint8Array) => hash('sha256', text);

/** The first 24 digits of it. Not cut out of all of them, which would stay in memory behind it. */
export const shortHash = (text: string) => hash('sha256', text, 'buffer').toString('hex', 0, 12);

/** What a key is called as one token of a subject; an item's id is that of its first key. */
export const idOfKey = (sourceId: string, key: string): string => shortHash(`${sourceId}\n${key}`);

/**
 * The stable keys of an entry, the strongest first, never its date: its id, its link without what only tracks readers;
 * where it has neither, its document number, and failing that its own words.
 */
export function keysOf(entry: Pick<Entry, 'id' | 'link' | 'documentNumber' | 'title'>, text: () => string): string[] {
  const link = entry.link && linkKey(entry.link);
  // An id that is the link, in whichever spelling, is one key and not two.
  const id = entry.id && (isAddress(entry.id) ? linkKey(entry.id) : entry.id);
  const strong = [...new Set([id, link])].filter((each): each is string => Boolean(each));
  if (strong.length > 0) return strong.map((each) => each.slice(0, 2_000));
  return [entry.documentNumber ?? sha256(`${entry.title}\n${text()}`)];
}

const isAddress = (id: string) => /^https?:\/\//i.test(id) && URL.canParse(id);

/** Ids and links that entries of several pages share in one document name none of them. */
export function withoutSharedKeys<E extends Pick<Entry, 'id' | 'link' | 'title'>>(entries: readonly E[]): E[] {
  const pages = new Map<string, Set<string>>();
  const titles = new Map<string, Set<string>>();
  const nameless = new Map<string, Set<string>>();
  const note = (map: typeof pages, name: string | null, value: string | null) => {
    if (name && value) map.set(name, (map.get(name) ?? new Set()).add(value));
  };
  for (const { id, link, title } of entries) {
    note(pages, id, link);
    note(titles, link, title);
    if (!link) note(nameless, id, title);
  }
  const isShared = (map: typeof pages, name: string | null, most: number) => (map.get(name ?? '')?.size ?? 0) > most;
  return entries.map((entry) => {
    const shared = entry.link ? isShared(pages, entry.id, 1) : isShared(nameless, entry.id, 1);
    const id = shared ? null : entry.id;
    // Two titles at one address may be an edit seen twice; four are a home page that everything points to.
    const link = isShared(titles, entry.link, 3) ? null : entry.link;
    return { ...entry, id, link };
  });
}
