import { readAtom } from './atom.ts';
import { isCdf, readCdf } from './cdf.ts';
import { BadFeed, type RawFeed } from './feed.ts';
import { readRss } from './rss.ts';
import { find, withoutOwnPrefix, type Element } from './tree.ts';

/** Reads RSS of any version, Atom 0.3 and 1.0, and CDF from a tolerant tree. @throws BadFeed when it is none. */
export function readXmlFeed(document: Element): RawFeed {
  const found = find(document, 'rss', 'rdf', 'feed', 'channel') ?? find(document, 'item', 'entry');
  if (!found) throw new BadFeed('not_a_feed', 'no <rss>, <feed> or <rdf:RDF> in the document');
  const root = ['item', 'entry'].includes(found.name) ? document : withoutOwnPrefix(found);
  const read = root.name === 'feed' || found.name === 'entry' ? readAtom : isCdf(root) ? readCdf : readRss;
  return { ...read(root), truncated: root.cut };
}
