import { eachEntry, type RawFeed } from './feed.ts';
import { resolve } from './markup.ts';
import { child, childrenNamed, innerHtml, plain, type Element } from './tree.ts';

/** Channel Definition Format (Microsoft, 1997): addresses and dates are attributes. */
export const isCdf = (root: Element): boolean =>
  root.name === 'channel' &&
  (root.attributes['href'] !== undefined ||
    childrenNamed(root, 'item').some(({ attributes: { href } }) => href !== undefined));

export function readCdf(root: Element): Omit<RawFeed, 'truncated'> {
  return {
    format: 'cdf',
    title: plain(child(root, 'title')),
    link: resolve(root.attributes['href'] ?? '', root.base),
    description: plain(child(root, 'abstract')),
    id: '',
    language: '',
    updated: root.attributes['lastmod'] ?? '',
    entries: eachEntry(
      childrenNamed(root, 'item').filter(({ cut }) => !cut),
      (item) => {
        const abstract = innerHtml(child(item, 'abstract'));
        return {
          id: '',
          title: plain(child(item, 'title')),
          link: resolve(item.attributes['href'] ?? '', item.base),
          published: item.attributes['lastmod'] ?? '',
          updated: item.attributes['lastmod'] ?? '',
          summary: abstract,
          contentHtml: abstract,
          author: '',
          categories: [],
          enclosures: [],
        };
      },
    ),
  };
}
